//! The page of `routes` in a real browser: what it says of URLs is what `explain` says, and its search and filters work.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::browser::{driven, program};
use crate::need::{Need, trial};

const CONF: &str = r"
http {
    server { listen 80 default_server; listen 443 ssl default_server; server_name _; location / { return 404; } location /healthz { return 200; } }
    server { listen 80; listen 443 ssl; server_name ~^v(?<n>\d+)\.test$; location / { proxy_pass http://10.0.0.1; } }
    server { listen 80; listen 443 ssl; server_name *.example; location /any { proxy_pass http://10.0.0.2; } location = /one { proxy_pass http://10.0.0.2; } }
    server { listen 80; listen 443 ssl; server_name *.long.example; location / { proxy_pass http://10.0.0.3; } }
    server { listen 80; listen 443 ssl; server_name mail.*; location / { proxy_pass http://10.0.0.4; } }
    server { listen 80; server_name www.shop.example; return 301 https://shop.example$request_uri; }
    server { listen 8080; server_name other.example; location / { proxy_pass http://10.0.0.5; } }
    server {
        listen 80;
        listen 443 ssl;
        server_name shop.example .dots.example;
        location / { proxy_pass http://10.0.0.6; }
        location /long/path/ { proxy_pass http://10.0.0.6; allow 192.0.2.0/24; deny all; }
        location ^~ /static { proxy_pass http://10.0.0.6; }
        location = /exact { proxy_pass http://10.0.0.6; auth_basic Staff; }
        location ~ \.PHP$ { proxy_pass http://10.0.0.6; }
        location ~* ^/api(/|$)(.*) { proxy_pass http://10.0.0.6; }
        location ~ ^/api/later { proxy_pass http://10.0.0.6; }
        location /outer { location /outer/in { proxy_pass http://10.0.0.6; } location ~ x$ { proxy_pass http://10.0.0.6; } proxy_pass http://10.0.0.6; }
        location /café { proxy_pass http://10.0.0.6; }
        location ~ ^/a.b$ { proxy_pass http://10.0.0.6; }
        location = /hidden { internal; proxy_pass http://10.0.0.6; }
    }
}
";

const URLS: &[&str] = &[
    "https://shop.example/",
    "https://SHOP.example./long/path/x",
    "https://shop.example/long/path",
    "https://shop.example/long//path/../path/x",
    "https://shop.example/%6cong%2Fpath/./x?y=/../z",
    "https://shop.example/static/x.PHP",
    "https://shop.example/x.PHP",
    "https://shop.example/x.php",
    "https://shop.example/exact",
    "https://shop.example/exact/",
    "https://shop.example/API/v1",
    "https://shop.example/api/later",
    "https://shop.example/apix",
    "https://shop.example/outer/in/y",
    "https://shop.example/outer/in/x",
    "https://shop.example/outer/y",
    "https://shop.example/outer/x",
    "https://shop.example/caf%C3%A9",
    "https://shop.example/a%0Db",
    "https://shop.example/a%0Ab",
    "https://shop.example/x.PHP%0A",
    "https://shop.example/hidden",
    "https://shop.example/../x",
    "https://shop.example/%zz",
    "https://a..b/",
    "http://shop.example:80/api?x#y",
    "https://x.dots.example/api",
    "https://dots.example/exact",
    "https://a.long.example/",
    "https://a.b.example/any",
    "https://a.example/nothing",
    "https://mail.anything/",
    "https://v12.test/",
    "https://vx.test/healthz",
    "http://other.example:8080/x",
    "http://other.example/any/x",
    "https://nobody.test/x",
    "http://www.shop.example/x",
];

/// What is done to the page: addresses are typed, words are searched for, a filter is set, a row and the picture are clicked.
const DRIVER: &str = r##"
const asked = URLS, answers = [];
const type = (id, value) => { element(id).value = value; element(id).dispatchEvent(new Event("input", { bubbles: true })); };
for (const url of asked) {
  type("url", url);
  answers.push({ ...element("answer").dataset });
}
type("url", "");
const count = () => Number(element("count").textContent.split(" ")[0]);
const steps = { all: count() };
type("search", "/outer");
steps.search = count();
type("search", "");
type("protection", "allow");
steps.protection = count();
document.querySelector(".row:not(.head)").click();
steps.details = element("details").hidden ? "" : element("details").textContent;
element("as-picture").click();
steps.edges = document.querySelectorAll("#picture .edge.guarded").length;
element("as-list").click();
type("protection", "");
element("list").focus();
element("list").dispatchEvent(new KeyboardEvent("keydown", { key: "End" }));
steps.last = document.querySelector("[aria-selected=true]") !== null;
const found = { answers, steps };
"##;

pub fn trials() -> Vec<Trial> {
    vec![trial("page of routes in a browser", &[Need::Program("chromium")], page)]
}

/// What `explain` says of all addresses.
fn explained(folder: &Path) -> Vec<Value> {
    let lines: String = URLS.iter().map(|url| format!("{}\n", json!({"url": url}))).collect();
    fs::write(folder.join("requests.jsonl"), lines).expect("files can be written");
    let out = program(folder, &["explain", "--requests", "requests.jsonl", "--format", "json", "--live", "nginx.conf"]);
    out.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

fn page() {
    let folder = tempfile::tempdir().expect("there is room for files");
    fs::write(folder.path().join("nginx.conf"), CONF).expect("files can be written");
    let page = program(folder.path(), &["routes", "--live", "nginx.conf", "--format", "html"]);
    let found = driven(folder.path(), &page, &DRIVER.replace("URLS", &json!(URLS).to_string()));
    let answers = found["answers"].as_array().expect("it is a list");
    let explained = explained(folder.path());
    assert_eq!((answers.len(), explained.len()), (URLS.len(), URLS.len()));
    for ((url, answer), decision) in URLS.iter().zip(answers).zip(&explained) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let of_page = [text(&answer["host"]), text(&answer["match"]), text(&answer["path"])];
        let route = &decision["route"];
        let status = text(&answer["status"]);
        if of_page[2].is_empty() {
            // No route: what nginx answers itself.
            let own = decision["status"].as_u64().map(|status| status.to_string()).unwrap_or_default();
            assert!(route.is_null() || status == own, "{url}: the page says {answer}, `explain` {decision}");
            continue;
        }
        if of_page[1] == "server" {
            assert!(route.is_null() && decision["status"].is_u64(), "{url}: the page says {answer}, `explain` {decision}");
            continue;
        }
        let expected = [text(&decision["server"]["name"]), text(&route["match"]), text(&route["location"])];
        assert_eq!(of_page, expected, "{url}: the page says {answer}, `explain` {decision}");
        assert!(status.is_empty() || decision["status"].as_u64() == status.parse().ok(), "{url}: {answer}, {decision}");
    }
    let paths: BTreeSet<Option<&str>> = answers.iter().map(|answer| answer["path"].as_str()).collect();
    assert!(paths.len() >= 14, "the addresses reach few routes: {paths:?}");
    let steps = &found["steps"];
    assert_eq!((&steps["all"], &steps["search"], &steps["protection"]), (&json!(21), &json!(2), &json!(1)), "{steps}");
    assert!(steps["details"].as_str().is_some_and(|text| text.contains("only 192.0.2.0/24")), "{steps}");
    assert_eq!((&steps["edges"], &steps["last"]), (&json!(1), &json!(true)), "{steps}");
}
