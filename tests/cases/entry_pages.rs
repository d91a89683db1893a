//! The pages of `check`, `diff`, `prove` and `inventory` in a real browser: their search, their filters and their folds work, and
//! what is found is what the other formats say.

use std::fs;
use std::path::Path;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::browser::{driven, program};
use crate::need::{Need, trial};

/// A word is searched for, a filter is set, all groups are folded.
const DRIVER: &str = r##"
const shown = () => Number(count.textContent.split(" ")[0]);
const put = (field, value, event) => { field.value = value; field.dispatchEvent(new Event(event)); };
const found = { all: shown(), facets: selects.filter(Boolean).map((select) => select.getAttribute("aria-label")) };
put(search, "WORD", "input");
found.search = shown();
found.subjects = [...document.querySelectorAll("section:not([hidden]) h3")].map((subject) => subject.textContent);
put(search, "", "input");
put(selects.find((select) => select?.getAttribute("aria-label") === "FACET"), "VALUE", "change");
found.filtered = shown();
found.groups = [...document.querySelectorAll(".group:not([hidden]) h2")].map((title) => title.textContent);
fold.click();
found.open = document.querySelectorAll("details[open]").length;
found.wide = document.documentElement.scrollWidth <= document.documentElement.clientWidth;
"##;

pub fn trials() -> Vec<Trial> {
    let needs = [Need::Program("chromium")];
    vec![
        trial("page of findings in a browser", &needs, findings),
        trial("page of differences in a browser", &needs, differences),
        trial("page of a proof in a browser", &needs, proof),
        trial("page of an inventory in a browser", &needs, inventory),
    ]
}

fn looked_at(folder: &Path, page: &str, [word, facet, value]: [&str; 3]) -> Value {
    driven(folder, page, &DRIVER.replace("WORD", word).replace("FACET", facet).replace("VALUE", value))
}

const BEFORE: &str = r#"
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8, nginx.ingress.kubernetes.io/proxy-read-timeout: "90", nginx.ingress.kubernetes.io/wrong-name: "x"}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
  - host: blog.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: blog, port: {number: 80}}}}
"#;

/// Both sides as files.
fn sides() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("there is room for files");
    let after = BEFORE.replace("nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8, ", "").replace("\"90\"", "\"91\"");
    fs::write(folder.path().join("before.yaml"), BEFORE).expect("files can be written");
    fs::write(folder.path().join("after.yaml"), after).expect("files can be written");
    folder
}

fn findings() {
    let folder = sides();
    let refused = BEFORE
        .replace("wrong-name: \"x\"", "limit-rps: many")
        .replace("name: shop\n", "name: refused\n")
        .replace(".example.com", ".example.org");
    fs::write(folder.path().join("refused.yaml"), refused).expect("files can be written");
    let page = program(folder.path(), &["check", "before.yaml", "refused.yaml", "--format", "html"]);
    let lines = program(folder.path(), &["check", "before.yaml", "refused.yaml", "--format", "concise"]);
    let found = looked_at(folder.path(), &page, ["wrong-name unknown-ANNOTATION", "Severity", "warning"]);
    assert_eq!(found["all"], json!(lines.lines().count()), "{found}");
    assert_eq!((&found["search"], &found["subjects"]), (&json!(1), &json!(["unknown-annotation"])), "{found}");
    assert_eq!(found["filtered"], json!(lines.lines().filter(|line| line.contains(" warning[")).count()), "{found}");
    assert_eq!((&found["groups"], &found["open"], &found["wide"]), (&json!(["Warnings"]), &json!(0), &json!(true)), "{found}");
}

fn differences() {
    let folder = sides();
    let page = program(folder.path(), &["diff", "--base", "before.yaml", "--head", "after.yaml", "--format", "html"]);
    let found = looked_at(folder.path(), &page, ["shop.example.com read_timeout", "Protection", "lost"]);
    // What is changed on both hosts is told at the first.
    assert_eq!((&found["all"], &found["search"], &found["filtered"]), (&json!(2), &json!(1), &json!(1)), "{found}");
    assert_eq!((&found["subjects"], &found["groups"]), (&json!(["blog.example.com/"]), &json!(["Protections"])), "{found}");
}

fn proof() {
    let folder = sides();
    let page = program(folder.path(), &["prove", "--base", "before.yaml", "--head", "after.yaml", "--format", "html"]);
    let found = looked_at(folder.path(), &page, ["blog.example.com", "Verdict", "equal"]);
    assert_eq!(found["facets"], json!(["Verdict", "Protection", "Host"]), "{found}");
    assert_eq!((&found["groups"], &found["open"]), (&json!(["Equal"]), &json!(0)), "{found}");
}

/// The first table: a word, a choice and the order by a column, and a row that opens.
const TABLES: &str = r##"
const first = document.querySelector("section.table"), field = first.querySelector("input"), rows = () => [...first.querySelectorAll("tbody tr:not(.details)")];
const names = () => rows().map((row) => row.cells[0].textContent);
const heading = (name) => [...first.querySelectorAll("th button")].find((button) => button.textContent === name);
const found = { title: first.querySelector("h2").textContent, all: names() };
field.value = "blog.EXAMPLE"; field.dispatchEvent(new Event("input"));
found.search = names();
field.value = ""; field.dispatchEvent(new Event("input"));
const choice = first.querySelector("select[data-column=Namespace]");
choice.value = "=blog"; choice.dispatchEvent(new Event("change"));
found.chosen = names();
choice.value = "*"; choice.dispatchEvent(new Event("change"));
heading("Routes").click();
found.most_routes = names();
first.querySelector(".opener").click();
found.opened = first.querySelector("tr.details").textContent;
found.expanded = first.querySelectorAll("[aria-expanded=true]").length;
first.querySelector(".opener").click();
found.closed = first.querySelectorAll("tr.details").length;
"##;

fn inventory() {
    let folder = sides();
    let blog = BEFORE
        .replace("name: shop\n  namespace: shop", "name: posts\n  namespace: blog")
        .split("  - host: blog")
        .next()
        .unwrap_or_default()
        .replace("shop.example.com", "blog.example.com");
    fs::write(folder.path().join("blog.yaml"), blog).expect("files can be written");
    let page = program(folder.path(), &["inventory", "before.yaml", "blog.yaml", "--format", "html"]);
    let found = driven(folder.path(), &page, TABLES);
    assert_eq!((&found["title"], &found["all"]), (&json!("Ingresses"), &json!(["posts", "shop"])), "{found}");
    assert_eq!((&found["search"], &found["chosen"]), (&json!(["posts", "shop"]), &json!(["posts"])), "{found}");
    assert_eq!((&found["most_routes"], &found["expanded"], &found["closed"]), (&json!(["shop", "posts"]), &json!(1), &json!(0)), "{found}");
    assert!(found["opened"].as_str().is_some_and(|text| text.contains("before.yaml") && text.contains("shop.example.com/")), "{found}");
}
