//! `ingressc prove`: differences are shown by their smallest requests, and what is proved to be equal withstands attacks.

mod attack;
mod said;

use std::path::Path;

use attack::{Dice, ends, mutation, paths, request};
use ingressc::conf;
use ingressc::route::{Config, Dynamic, Kind, Limits, ProofVerdict};
use ingressc::source::FileId;
use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::program::{Run, folder, run};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/render");

/// Services of the manifests below.
const SERVICES: &str = "\
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
---
";

/// An Ingress with one path.
fn ingress(name: &str, annotations: &str, path: &str, kind: &str, service: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: {name}, namespace: shop, annotations: {{{annotations}}}}}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {{path: {path}, pathType: {kind}, backend: {{service: {{name: {service}, port: {{number: 80}}}}}}}}
---
"
    )
}

fn prove(base: &str, head: &str, more: &[&str]) -> Run {
    let folder = folder(&[("base.yaml", &format!("{SERVICES}{base}")), ("head.yaml", &format!("{SERVICES}{head}"))]);
    run(folder.path(), &[&["prove", "--base", "base.yaml", "--head", "head.yaml", "--quiet"], more].concat(), "")
}

fn document(base: &str, head: &str, more: &[&str]) -> (Option<i32>, Value) {
    let run = prove(base, head, &[&["--format", "json"], more].concat());
    (run.code, serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error}: {} {}", run.stdout, run.stderr)))
}

/// The first difference of a host over HTTPS: the URL, and what both sides answer.
fn first(document: &Value, host: &str) -> [String; 3] {
    let hosts = document["hosts"].as_array().expect("a list");
    let found = hosts.iter().find(|one| one["host"] == host && one["scheme"] == "https").expect("the host is there");
    let difference = &found["differences"][0];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    [text(&difference["request"]["url"]), text(&difference["base"]["answer"]), text(&difference["head"]["answer"])]
}

/// What surprised users of the controller when they left it: each with its smallest request.
#[test]
fn surprises_of_the_controller_are_shown_by_their_smallest_requests() {
    let web = || ingress("web", "", "/", "Prefix", "web");
    let regex = "nginx.ingress.kubernetes.io/use-regex: \"true\"";
    let target = "nginx.ingress.kubernetes.io/rewrite-target: /new";
    let loose = |annotations: &str, path: &str| ingress("a", annotations, path, "ImplementationSpecific", "api");
    let exact = |path: &str| ingress("a", "", path, "Exact", "api");
    let other = |annotations: &str| ingress("b", annotations, "/x", "ImplementationSpecific", "web");
    let cases = [
        // A regular expression fits the beginning of a path, not the whole of it.
        (loose(regex, "/shop$"), loose(regex, "/shop"), ["/shopa", "web:80 gets GET /shopa", "api:80 gets GET /shopa"]),
        // It fits in any case of letters.
        (loose("", "/shop"), loose(regex, "/shop"), ["/shoP", "web:80 gets GET /shoP", "api:80 gets GET /shoP"]),
        // One Ingress with an expression makes all paths of the host expressions.
        (exact("/shop") + &other(""), exact("/shop") + &other(regex), ["/shoP", "web:80 gets GET /shoP", "api:80 gets GET /shoP"]),
        // A changed path makes an expression of it, without being asked to.
        (loose("", "/shop"), loose(target, "/shop"), ["/shop", "api:80 gets GET /shop", "api:80 gets GET /new"]),
        // A path is compared in its plain form: no request comes to one with dots.
        (exact("/a/b"), exact("/a/../b"), ["/a/b", "api:80 gets GET /a/b", "web:80 gets GET /a/b"]),
    ];
    for (base, head, [path, before, after]) in cases {
        let (code, document) = document(&(base + &web()), &(head + &web()), &[]);
        assert_eq!(code, Some(1), "{document}");
        let expected = [format!("https://shop.example.com{path}"), format!("shop/{before}"), format!("shop/{after}")];
        assert_eq!(first(&document, "shop.example.com"), expected);
    }
}

#[test]
fn the_same_manifests_are_equal_for_both_targets() {
    let both = ingress("api", "nginx.ingress.kubernetes.io/rewrite-target: /$2", "/api(/|$)(.*)", "ImplementationSpecific", "api")
        + &ingress("web", "", "/", "Prefix", "web");
    let (code, same) = document(&both, &both, &[]);
    assert_eq!((code, same["verdict"].as_str()), (Some(0), Some("equal")));
    let (code, other) = document(&both, &both, &["--head-target", "nginx"]);
    assert_eq!((code, other["verdict"].as_str()), (Some(0), Some("equal")), "{other}");
}

#[test]
fn what_is_less_protected_is_weaker_and_not_implied() {
    let open = ingress("web", "", "/", "Prefix", "web");
    let closed = ingress("web", "nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8", "/", "Prefix", "web");
    let (code, weaker) = document(&closed, &open, &["--implies"]);
    assert_eq!((code, weaker["hosts"][0]["differences"][0]["protection"].as_str()), (Some(1), Some("weaker")));
    let (code, stronger) = document(&open, &closed, &["--implies"]);
    assert_eq!((code, stronger["hosts"][0]["differences"][0]["protection"].as_str()), (Some(0), Some("stronger")));
    // Who gets nothing is not protected.
    let gone = ingress("web", "", "/only", "Exact", "web");
    let (code, lost) = document(&open, &gone, &["--implies"]);
    assert_eq!((code, &lost["hosts"][0]["differences"][0]["protection"]), (Some(1), &Value::Null));
    let timeouts = ingress("web", "nginx.ingress.kubernetes.io/proxy-read-timeout: \"5\"", "/", "Prefix", "web");
    let (code, facts) = document(&open, &timeouts, &[]);
    assert_eq!(code, Some(1));
    let fact = &facts["hosts"][0]["facts"][0]["directives"][0];
    assert_eq!([&fact["name"], &fact["base"], &fact["head"]], ["proxy_read_timeout", "60s", "5s"]);
    assert_eq!(prove(&open, &timeouts, &["--implies"]).code, Some(0));
}

/// The verdict on a host, and the constructs that stand in the way.
fn doubts(document: &Value, host: &str) -> (String, Vec<String>) {
    let hosts = document["hosts"].as_array().expect("a list");
    let found = hosts.iter().find(|one| one["host"] == host && one["scheme"] == "http").expect("the host is there");
    let constructs = found["not_proved"].as_array().into_iter().flatten();
    let constructs = constructs.map(|doubt| doubt["construct"].as_str().unwrap_or_default().to_owned());
    (found["verdict"].as_str().unwrap_or_default().to_owned(), constructs.collect())
}

/// A route that needs what the input lacks is closed where the cluster lacks it too, and holds what nobody here can read.
#[test]
fn what_the_input_lacks_is_not_known() {
    let annotated = |annotation: &str| ingress("web", &format!("nginx.ingress.kubernetes.io/{annotation}"), "/", "Prefix", "web");
    let closed = annotated("denylist-source-range: none");
    for (annotations, object) in [
        ("custom-headers: shop/headers", "the ConfigMap `shop/headers`"),
        ("fastcgi-params-configmap: shop/params", "the ConfigMap `shop/params`"),
        ("proxy-ssl-secret: shop/own", "the Secret `shop/own`"),
    ] {
        let folder =
            folder(&[("base.yaml", &format!("{SERVICES}{}", annotated(annotations))), ("closed.yaml", &format!("{SERVICES}{closed}"))]);
        run(folder.path(), &["render", "closed.yaml", "--target", "ingress-nginx", "-o", "live", "--quiet"], "");
        let proved = run(folder.path(), &["prove", "--base", "base.yaml", "--head", "live", "--format", "json", "--quiet"], "");
        let proof: Value = serde_json::from_str(&proved.stdout).expect("a document");
        let (verdict, constructs) = doubts(&proof, "shop.example.com");
        assert_eq!((proved.code, verdict.as_str()), (Some(2), "not proved"), "{proof}");
        assert_eq!(constructs, [format!("{object}, which is not in the input")]);
    }
    // What only one side names can hold anything.
    let (code, proof) = document(&annotated("proxy-read-timeout: \"5\""), &annotated("custom-headers: shop/headers"), &[]);
    let (_, constructs) = doubts(&proof, "shop.example.com");
    assert_eq!(code, Some(1), "{proof}");
    assert_eq!(constructs, ["the ConfigMap `shop/headers`, which is not in the input, and which only one side names there"]);
    let (code, proof) = document(&annotated("custom-headers: shop/headers"), &annotated("custom-headers: shop/headers"), &[]);
    assert_eq!(code, Some(0), "{proof}");
    // So it can where what both come to without it is the same text.
    let (plain, named) = (ingress("web", "", "/", "Prefix", "web"), annotated("custom-headers: shop/headers"));
    for (base, head) in [(&plain, &named), (&named, &plain)] {
        let (code, proof) = document(base, head, &[]);
        let (verdict, constructs) = doubts(&proof, "shop.example.com");
        assert_eq!((code, verdict.as_str()), (Some(2), "not proved"), "{proof}");
        assert_eq!(constructs, ["the ConfigMap `shop/headers`, which is not in the input, and which only one side names there"]);
    }
    // A certificate that the input lacks closes nothing, and explains nothing.
    let tls = |ingress: String| ingress.replace("spec:\n", "spec:\n  tls: [{hosts: [shop.example.com], secretName: tls}]\n");
    let folder = folder(&[
        ("base.yaml", &format!("{SERVICES}{}", tls(ingress("web", "", "/", "Prefix", "web")))),
        ("closed.yaml", &format!("{SERVICES}{}", tls(closed))),
    ]);
    run(folder.path(), &["render", "closed.yaml", "--target", "ingress-nginx", "-o", "live", "--quiet"], "");
    assert_eq!(run(folder.path(), &["prove", "--base", "base.yaml", "--head", "live", "--quiet"], "").code, Some(1));
}

/// An Ingress of the target cases, in words of YAML.
fn shop_ingress(metadata: &str, spec: &str, host: &str, service: &str, port: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{namespace: shop, {metadata}}}
spec:
  ingressClassName: nginx
{spec}  rules: [{{host: {host}, http: {{paths: [{{path: /, pathType: Prefix, backend: {{service: {{name: {service}, port: {port}}}}}}}]}}}}]
---
"
    )
}

/// Manifests of which nginx itself answers otherwise for the Ingress `web`, which has no annotation.
fn unlike_for_nginx() -> [String; 3] {
    const PREFIX: &str = "nginx.ingress.kubernetes.io";
    const PORT: &str = "{number: 80}";
    let one = |name: &str, year: u32, annotations: &str| {
        format!("name: {name}, creationTimestamp: \"{year}-01-01T00:00:00Z\", annotations: {{{annotations}}}")
    };
    let aliased = shop_ingress(&one("web", 2020, ""), "  tls: [{hosts: [a.example]}]\n", "a.example", "web", PORT)
        + &shop_ingress(
            &one("alias", 2021, &format!("{PREFIX}/server-alias: b.example, {PREFIX}/ssl-redirect: \"false\"")),
            "",
            "a.example",
            "api",
            PORT,
        )
        .replace("path: /,", "path: /b,");
    let far = "apiVersion: v1\nkind: Service\nmetadata: {name: far, namespace: shop}\n\
               spec: {type: ExternalName, externalName: far.example, ports: [{name: x, port: 80}]}\n---\n";
    let elsewhere = far.to_owned() + &shop_ingress(&one("web", 2020, ""), "", "a.example", "far", "{name: http}");
    let sticky = one("first", 2020, &format!("{PREFIX}/affinity: cookie, {PREFIX}/denylist-source-range: none"));
    let canary = one("canary", 2022, &format!("{PREFIX}/canary: \"true\", {PREFIX}/canary-weight: \"20\""));
    let cookie = shop_ingress(&sticky, "", "b.example", "web", PORT)
        + &shop_ingress(&one("web", 2021, ""), "", "a.example", "web", PORT)
        + &shop_ingress(&canary, "", "a.example", "api", PORT);
    [aliased, elsewhere, cookie]
}

/// Where nginx itself answers otherwise than the controller, `check` tells it of the Ingress that this is about, whoever has the annotation.
#[test]
fn what_is_not_equal_for_a_target_has_its_finding() {
    let told = [
        "an alias that the certificate does not name is redirected to HTTPS too",
        "the Service has no such port",
        "clients that come with a cookie of the controller are parted anew",
    ];
    for (manifests, told) in unlike_for_nginx().into_iter().zip(told) {
        let (code, proof) = document(&manifests, &manifests, &["--head-target", "nginx"]);
        assert_eq!(code, Some(1), "{proof}");
        let folder = folder(&[("in.yaml", &format!("{SERVICES}{manifests}"))]);
        let checked = run(folder.path(), &["check", "in.yaml", "--target", "nginx", "--format", "json"], "");
        let found: Value = serde_json::from_str(&checked.stdout).expect("a document");
        let findings = found["findings"].as_array().into_iter().flatten();
        let about = findings.filter(|finding| finding["message"].as_str().is_some_and(|message| message.starts_with(told)));
        let about: Vec<&str> = about.filter_map(|finding| finding["object"]["name"].as_str()).collect();
        assert!(about.contains(&"web"), "{told}: {about:?} {}", checked.stdout);
    }
}

#[test]
fn secrets_that_a_configuration_asks_for_are_not_shown() {
    let server = |inside: &str| {
        format!("events {{}} http {{ server {{ listen 80; server_name a.example; location / {{ {inside} return 403; }} }} }}")
    };
    let base =
        server("if ($http_x_api_token = \"hunter22secret\") { return 200; } if ($cookie_session = \"hunter33secret\") { return 200; }");
    let folder = folder(&[("base.conf", &base), ("head.conf", &server(""))]);
    for more in [
        &["--format", "text"][..],
        &["--format", "json"],
        &["--format", "markdown"],
        &["--format", "html"],
        &["--format", "github"],
        &["--curl"],
    ] {
        let args = [&["prove", "--base", "base.conf", "--head", "head.conf", "--requests", "requests.jsonl"], more].concat();
        let found = run(folder.path(), &args, "");
        assert_eq!(found.code, Some(1), "{}", found.stderr);
        let requests = std::fs::read_to_string(folder.path().join("requests.jsonl")).expect("it is written");
        let all = format!("{}{}{requests}", found.stdout, found.stderr);
        assert!(all.contains("<hidden>") && !all.contains("hunter"), "{more:?}: {all}");
    }
}

#[test]
fn requests_of_a_proof_are_read_by_explain_which_sees_the_difference() {
    let (base, head) = (ingress("web", "", "/", "Prefix", "web"), ingress("web", "", "/", "Prefix", "api"));
    let folder = folder(&[("base.yaml", &format!("{SERVICES}{base}")), ("head.yaml", &format!("{SERVICES}{head}"))]);
    let args = ["prove", "--base", "base.yaml", "--head", "head.yaml", "--quiet", "--requests", "requests.jsonl"];
    let proved = run(folder.path(), &args, "");
    assert_eq!(proved.code, Some(1), "{}", proved.stderr);
    let asked =
        |manifests: &str| run(folder.path(), &["explain", "--requests", "requests.jsonl", "--format", "json", "--quiet", manifests], "");
    let (before, after) = (asked("base.yaml"), asked("head.yaml"));
    assert!(before.stdout.contains("\"service\":\"web\"") && after.stdout.contains("\"service\":\"api\""), "{}", before.stdout);
    let curl = run(folder.path(), &["prove", "--base", "base.yaml", "--head", "head.yaml", "--quiet", "--curl"], "");
    assert!(curl.stdout.contains("'http://shop.example.com/'\n"), "{}", curl.stdout);
    for format in ["text", "markdown", "html", "github"] {
        let shown = run(folder.path(), &["prove", "--base", "base.yaml", "--head", "head.yaml", "--quiet", "--format", format], "");
        assert!(shown.stdout.contains("http://shop.example.com/") && shown.stdout.contains("shop/api:80"), "{format}: {}", shown.stdout);
    }
}

#[test]
fn what_nobody_can_prove_is_said_to_be_so() {
    let text = |body: &str| format!("events {{}} http {{ server {{ listen 80; server_name a.example; {body} }} }}");
    let ask = |base: &str, head: &str| {
        let folder = folder(&[("base.conf", &text(base)), ("head.conf", &text(head))]);
        run(folder.path(), &["prove", "--base", "base.conf", "--head", "head.conf", "--quiet"], "")
    };
    let same = ask("location ~ ^/(?!a) { return 200; } ", "location ~ ^/(?!a) { return 200; } error_page 404 /x;");
    assert_eq!(same.code, Some(2), "{}", same.stdout);
    let code = ask("location / { content_by_lua_block { ngx.say(1) } }", "location / { content_by_lua_block { ngx.say(2) } }");
    assert_eq!(code.code, Some(2), "{}", code.stdout);
    assert!(code.stdout.contains("not proved: ") && code.stdout.contains("content_by_lua_block"), "{}", code.stdout);
    let renamed = ask(
        "location ~ ^/x/(.*)$ { rewrite ^/x/(.*)$ /$1 break; proxy_pass http://127.0.0.1:1; }",
        "location ~ ^/x/(.*)$ { rewrite ^/x(/)(.*)$ /$2 break; proxy_pass http://127.0.0.1:1; }",
    );
    assert_eq!(renamed.code, Some(0), "captures are renamed alone: {}", renamed.stdout);
}

/// nginx chooses among the servers of the address that is asked: another address is another set of servers.
#[test]
fn servers_that_listen_at_different_addresses_are_not_proved() {
    let text = |first: &str, second: &str| {
        let server = |name: &str, listen: &str, code: u16| format!("server {{ {listen} server_name {name}; return {code}; }}");
        format!("events {{}} http {{ {} {} }}", server("a.example", first, 200), server("b.example", second, 503))
    };
    for (first, second, expected) in [
        ("listen 80; listen [::]:80;", "listen [::]:80; listen *:80;", Some(0)),
        ("listen 80;", "listen 0.0.0.0:80;", Some(0)),
        ("listen [::];", "listen [::]:80;", Some(0)),
        ("listen 80; listen [::]:80;", "listen [::]:80;", Some(2)),
        ("listen 80;", "listen 192.0.2.1:80;", Some(2)),
        ("", "listen 127.0.0.1;", Some(2)),
    ] {
        let folder = folder(&[("base.conf", &text(first, second))]);
        let same = run(folder.path(), &["prove", "--base", "base.conf", "--head", "base.conf", "--quiet"], "");
        assert_eq!(same.code, expected, "{first} {second}: {}", same.stdout);
        let is_said = same.stdout.contains("servers of port 80 that listen at different addresses");
        assert_eq!(is_said, expected == Some(2), "{first} {second}: {}", same.stdout);
        let asked = run(folder.path(), &["explain", "http://b.example/", "--live", "base.conf", "--quiet", "--format", "json"], "");
        assert_eq!(asked.stdout.contains("the address that is asked"), is_said, "{first} {second}: {}", asked.stdout);
    }
}

/// Hostile expressions end within their budget, and nothing is said to be equal that is not.
#[test]
fn hostile_expressions_end_and_are_not_proved() {
    let many: Vec<String> = (0..40).map(|at| format!("location ~ a.{{{at}}}b{at}.*c {{ return 2{:02}; }}", at % 10)).collect();
    let base = format!(
        "events {{}} http {{ server {{ listen 80; server_name a.example; location ~ (.*a.*b)*c{{100,900}} {{ return 201; }} {} }} }}",
        many.join(" ")
    );
    let head = base.replace("return 201", "return 203");
    let folder = folder(&[("base.conf", &base), ("head.conf", &head)]);
    let ended = run(folder.path(), &["prove", "--base", "base.conf", "--head", "head.conf", "--quiet", "--most-states", "20000"], "");
    assert_ne!(ended.code, Some(0), "{}", ended.stdout);
}

/// Expressions of conditions and tables are looked into one by one, and hundreds of alternatives are one expression.
#[test]
fn hostile_expressions_that_requests_are_asked_for_end() {
    let words: Vec<String> = (0..300).map(|at| format!("w{at}.*x{at}")).collect();
    let asked: Vec<String> =
        (0..4).map(|at| format!("if ($http_x{at} ~ \"(.*a.*b)*c{{{},900}}d\") {{ set $v{at} {at}; }}", 100 + at)).collect();
    let base = format!(
        "events {{}} http {{ map $http_y $y {{ default 0; \"~({})\" 1; }} server {{ listen 80; server_name a.example; {} \
         location / {{ return 302 http://b.example/$v0$v1$v3$y; }} }} }}",
        words.join("|"),
        asked.join(" ")
    );
    let head = base.replace("set $v3 3", "set $v3 4").replace("http://b.example", "http://c.example");
    let folder = folder(&[("base.conf", &base), ("head.conf", &head)]);
    let ended = run(folder.path(), &["prove", "--base", "base.conf", "--head", "head.conf", "--quiet"], "");
    assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
}

/// The same server is another one where another file holds a part of it, or of what stands around it.
#[test]
fn what_stands_in_other_files_of_a_dump_is_compared() {
    let dump = |value: &str, inner: &str| {
        format!(
            "# configuration file /etc/nginx/nginx.conf:\nevents {{}}\nhttp {{\nmap $http_x $v {{ default {value}; }}\ninclude \
             /etc/nginx/conf.d/*.conf;\n}}\n\n# configuration file /etc/nginx/conf.d/a.conf:\nserver {{ listen 80; server_name a.example; \
             include /etc/nginx/inner.conf; location / {{ return 302 http://$v.example/; }} }}\n\n# configuration file \
             /etc/nginx/inner.conf:\n{inner}\n"
        )
    };
    let ask = |base: &str, head: &str| {
        let folder = folder(&[("base.conf", base), ("head.conf", head)]);
        run(folder.path(), &["prove", "--base", "base.conf", "--head", "head.conf", "--quiet"], "")
    };
    let plain = dump("one", "location /a { return 403; }");
    for other in [dump("two", "location /a { return 403; }"), dump("one", "location /b { return 403; }")] {
        let found = ask(&plain, &other);
        assert_eq!(found.code, Some(1), "{}{}", found.stdout, found.stderr);
    }
    let same = ask(&plain, &plain);
    assert_eq!(same.code, Some(0), "{}{}", same.stdout, same.stderr);
}

/// What runs says whether a Secret is there that manifests name and do not hold, and which endpoints there are.
#[test]
fn what_manifests_leave_open_is_as_in_the_configuration_that_runs() {
    let text = format!(
        "{SERVICES}{}",
        ingress("web", "", "/", "Prefix", "web").replace("  rules:", "  tls: [{hosts: [shop.example.com], secretName: ghost}]\n  rules:")
    );
    let folder = folder(&[("in.yaml", &text)]);
    let written = run(folder.path(), &["render", "in.yaml", "--target", "ingress-nginx", "-o", "live", "--quiet"], "");
    assert!(folder.path().join("live/certificates.json").is_file(), "{}", written.stderr);
    for sides in [["in.yaml", "live"], ["live", "in.yaml"]] {
        let found = run(folder.path(), &["prove", "--base", sides[0], "--head", sides[1], "--quiet"], "");
        assert_eq!(found.code, Some(0), "{}{}", found.stdout, found.stderr);
        assert!(found.stdout.contains("are taken to be as in the configuration that runs"), "{}", found.stdout);
    }
}

/// The same words for what nobody can follow are the same: an address that is made at run time, and an expression of a canary.
#[test]
fn the_same_function_of_a_request_is_equal_though_it_is_not_known() {
    let service = |variable: &str| {
        format!(
            "events {{}} http {{ server {{ listen 80; server_name a.example; location = /auth {{ internal; set $to http://{variable}/x; \
             proxy_pass $to; }} location / {{ auth_request /auth; proxy_pass http://127.0.0.1:1; }} error_page 404 /gone; }} }}"
        )
    };
    let ask = |base: String, head: String| {
        let folder = folder(&[("base.conf", &base), ("head.conf", &head)]);
        run(folder.path(), &["prove", "--base", "base.conf", "--head", "head.conf", "--quiet"], "")
    };
    let same = ask(service("$http_x"), service("$http_x").replace("error_page 404 /gone;", "error_page 404 /gone; # nothing else\n"));
    assert_eq!(same.code, Some(0), "{}", same.stdout);
    let other = ask(service("$http_x"), service("$http_y"));
    assert_ne!(other.code, Some(0), "{}", other.stdout);
}

/// Functions of a request that are written otherwise are the same where they are, and not where they are not.
#[test]
fn the_same_function_in_other_words_is_equal() {
    let ask = |base: &str, head: &str| {
        let text = |http: &str| format!("events {{}} http {{ {http} }}");
        let folder = folder(&[("base.conf", &text(base)), ("head.conf", &text(head))]);
        let found = run(folder.path(), &["prove", "--base", "base.conf", "--head", "head.conf", "--quiet"], "");
        (found.code, found.stdout)
    };
    let server = |tables: &str, inside: &str| format!("{tables} server {{ listen 80; server_name a.example; {inside} }}");
    let to = |uri: &str| format!("location / {{ proxy_pass http://127.0.0.1:1{uri}; }}");
    let mirror = |inside: &str| {
        format!(
            "location / {{ mirror /m; proxy_pass http://127.0.0.1:1; }} location = /m {{ internal; proxy_set_header Host x; {inside} }}"
        )
    };
    let redirect = |to: &str| server("", &format!("location / {{ return 302 {to}; }}"));
    let tables = "map $http_x $x { default $http_x; } map $http_host $host_of { '' $host; default $http_host; }";
    let others = "map $http_x $x { '' ''; default $http_x; } map $http_y $host_of { default $http_host; }";
    let headers = "location / { proxy_set_header X $x; proxy_set_header Host $host_of; proxy_pass http://127.0.0.1:1; }";
    for (base, head, expected) in [
        (redirect("http://b.example/$is_args$args"), redirect("http://b.example/?$args"), 1),
        (redirect("http://b.example$uri$is_args$args"), redirect("http://b.example$uri$is_args$query_string"), 0),
        (server(tables, headers), server(others, headers), 0),
        (server(tables, headers), server(&others.replace("'' ''", "'' x"), headers), 1),
        // The answers of copies are thrown away: no request shows what becomes of them.
        (
            server("", &mirror("proxy_pass http://m.example/x;")),
            server("", &mirror("set $to http://m.example:80/x; proxy_pass $to$is_args$args;")),
            1,
        ),
        (server("", &mirror("proxy_pass http://m.example/x;")), server("", &mirror("proxy_pass http://m.example/y;")), 1),
        (server("", &to("/x/")), server("", &to("/y/")), 1),
    ] {
        let (code, said) = ask(&base, &head);
        assert_eq!(code, Some(expected), "{base}\n{head}\n{said}");
    }
}

/// Connections that are passed on by their name are compared by where they go.
#[test]
fn connections_that_are_passed_on_are_compared() {
    let text = |to: &str| {
        format!(
            "events {{}} stream {{ map $ssl_preread_server_name $to {{ hostnames; a.example {to}; default 127.0.0.1:8443; }} server {{ listen \
             443; ssl_preread on; proxy_pass $to; }} }} http {{ server {{ listen 127.0.0.1:8443 ssl; server_name a.example; return 204; }} \
             server {{ listen 127.0.0.1:8443 ssl default_server; return 404; }} }}"
        )
    };
    let ask = |base: &str, head: &str| {
        let folder = folder(&[("base.conf", base), ("head.conf", head)]);
        run(folder.path(), &["prove", "--base", "base.conf", "--head", "head.conf", "--quiet"], "")
    };
    let same = ask(&text("10.0.0.1:443"), &text("10.0.0.1:443").replace("return 404", "return 404 ''"));
    assert_eq!(same.code, Some(0), "{}", same.stdout);
    let other = ask(&text("10.0.0.1:443"), &text("10.0.0.2:443"));
    assert_eq!(other.code, Some(1), "{}", other.stdout);
    assert!(other.stdout.contains("a.example https: differs") && other.stdout.contains("any other host https: equal"), "{}", other.stdout);
}

/// Single mutations of goldens: what is proved to be equal is attacked with random requests, and what differs is confirmed.
#[test]
fn proofs_withstand_random_requests() {
    let mut goldens: Vec<_> = std::fs::read_dir(GOLDEN).expect("goldens").map(|entry| entry.expect("an entry").path()).collect();
    goldens.retain(|path| path.join("nginx.conf").is_file());
    goldens.sort();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let (mut pairs, mut equal, mut differing) = (0, 0, 0);
    while pairs < 60 {
        let golden = dice.one(&goldens).clone();
        let text = std::fs::read_to_string(golden.join("nginx.conf")).expect("a golden");
        let Some(mutant) = mutation(&text, &mut dice).filter(|mutant| *mutant != text) else { continue };
        pairs += 1;
        let (found, others) = attacked(&golden, &text, &mutant, &mut dice);
        equal += found;
        differing += others;
    }
    assert!(equal > 30 && differing > 10, "{equal} equal, {differing} differ: the mutations hit nothing");
}

fn attacked(golden: &Path, text: &str, mutant: &str, dice: &mut Dice) -> (usize, usize) {
    let json = |name: &str| std::fs::read_to_string(golden.join(name)).ok().and_then(|text| serde_json::from_str(&text).ok());
    let lua: [Option<Value>; 3] = [json("backends.json"), json("certificates.json"), json("lua.json")];
    let dynamic = || Dynamic::new(lua[0].as_ref(), lua[1].as_ref(), lua[2].as_ref());
    let trees = [text, mutant].map(|text| conf::parse(FileId(0), text).value);
    let [base, head] = [0, 1].map(|at| Config::lift(&trees[at], dynamic()));
    let proof = Config::prove(&base, &head, &Limits::default());
    let words = [paths(text), paths(mutant)].concat();
    let (mut equal, mut differing) = (0, 0);
    for host in proof.hosts.iter().filter(|host| !host.name.is_empty()) {
        for difference in &host.differences {
            let is_seen = !difference.aspects.iter().any(|aspect| matches!(aspect.kind, Kind::Text | Kind::Certificate | Kind::Mirror));
            let (before, after) = (ends(&base, &difference.request), ends(&head, &difference.request));
            assert!(before != after || !is_seen, "{}: not confirmed: {difference:?}", golden.display());
            differing += 1;
        }
        if host.verdict() != ProofVerdict::Equal {
            continue;
        }
        equal += 1;
        for _ in 0..40 {
            let asked = request(std::slice::from_ref(&host.name), &words, dice);
            let is_own = String::from_utf8_lossy(&asked.target).contains("_external-auth");
            if asked.is_tls != host.is_tls || is_own {
                continue;
            }
            let (before, after) = (ends(&base, &asked), ends(&head, &asked));
            assert_eq!(before, after, "{}: {} {:?}", golden.display(), String::from_utf8_lossy(&asked.target), asked.headers);
        }
    }
    (equal, differing)
}

#[test]
fn what_is_written_for_nginx_is_proved_at_the_end() {
    let plain = format!("{SERVICES}{}", ingress("web", "", "/", "Prefix", "web"));
    // nginx has no firewall: what it protected is closed.
    let guarded = format!("{plain}{}", ingress("api", "nginx.ingress.kubernetes.io/enable-modsecurity: 'true'", "/api", "Prefix", "api"));
    let folder = folder(&[("plain.yaml", &plain), ("guarded.yaml", &guarded)]);
    let render = |args: &[&str]| run(folder.path(), &[&["render", "--quiet", "--prove", "-o", "out"], args].concat(), "");
    let equal = render(&["plain.yaml", "--target", "nginx", "--nginx-state", "/var/lib/other"]);
    assert!(equal.code == Some(0) && equal.stdout.ends_with("hosts and schemes: 4 equal\n"), "{equal:?}");
    let closed = render(&["guarded.yaml", "--target", "nginx"]);
    assert!(
        closed.code == Some(1) && closed.stdout.contains("https://shop.example.com/api") && closed.stdout.contains("head  503"),
        "{closed:?}"
    );
    for (args, why) in
        [(&["-", "--target", "nginx"], "in place of `-`"), (&["plain.yaml", "--target", "haproxy"], "goes with `--target nginx`")]
    {
        let refused = render(args);
        assert!(refused.code == Some(2) && refused.stderr.contains(why), "{refused:?}");
    }
}

#[test]
fn whoever_is_refused_on_both_sides_is_no_loss() {
    let asked = "nginx.ingress.kubernetes.io/auth-url: https://auth.example.com/check";
    let listed = "nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8";
    let with = |annotations: &str| ingress("web", annotations, "/", "Prefix", "web");
    let (code, more) = document(&with(asked), &with(&format!("{asked}, {listed}")), &["--implies"]);
    assert_eq!(code, Some(0), "{more}");
    let (code, less) = document(&with(&format!("{asked}, {listed}")), &with(asked), &["--implies"]);
    assert_eq!(code, Some(1), "{less}");
}

#[test]
fn files_of_passwords_are_the_same_where_they_hold_the_same() {
    let with = |secret: &str| {
        let annotations = format!("nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: {secret}");
        ingress("web", &annotations, "/", "Prefix", "web")
    };
    // Both files are called alike where no cluster has given the Secrets an identity.
    let secret = |name: &str, auth: &str| {
        format!("apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}, namespace: shop}}\ndata: {{auth: {auth}}}\n---\n")
    };
    let (one, other) = (secret("one", "dXNlcjokYXByMSR4JHg="), secret("one", "b3RoZXI6JGFwcjEkeCR5"));
    for (base, head, is_same) in [
        (with("one"), with("one"), true),
        (with("one") + &one, with("one") + &one, true),
        (with("one"), with("two"), false),
        (with("one") + &one, with("one") + &other, false),
    ] {
        assert_eq!(prove(&base, &head, &[]).code == Some(0), is_same, "{head}");
        let folder = folder(&[("base.yaml", &base), ("head.yaml", &head)]);
        let differences = run(folder.path(), &["diff", "--base", "base.yaml", "--head", "head.yaml"], "");
        assert_eq!(differences.code == Some(0), is_same, "{head}: {differences:?}");
    }
}

#[test]
fn what_is_not_written_for_its_class_is_not_said_to_be_equal() {
    let other = ingress("other", "", "/", "Prefix", "web").replace("shop.example.com", "other.example.com").replace("nginx", "internal");
    let folder = folder(&[("in.yaml", &format!("{SERVICES}{}{other}", ingress("web", "", "/", "Prefix", "web")))]);
    let args = ["render", "in.yaml", "--target", "nginx", "-o", "out", "--prove", "--quiet"];
    let written = run(folder.path(), &args, "");
    let note = "note: 1 Ingress is not written and not compared, as nobody knows whose the class `internal` is";
    assert!(!written.stdout.contains("other.example.com http: equal") && written.stdout.contains(note), "{written:?}");
}

#[test]
fn what_cannot_be_read_is_not_compared_and_no_gate_is_open_for_it() {
    let web = ingress("web", "", "/", "Prefix", "web");
    for broken in [
        "apiVersion: v1\nkind: Service\nmetadata: [\n",
        "{apiVersion: v1, kind: Service, metadata: {name: [a]}}",
        "{apiVersion: v1, kind: Service, metadata: {namespace: a}}",
        "{kind: Service, metadata: {name: a}}",
        "{{ if .x }}\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n{{ end }}\n",
        "apiVersion: v1\nkind: Service\nmetadata: &a {name: a, labels: *a}\n",
    ] {
        let folder = folder(&[("base/web.yaml", &web), ("head/web.yaml", &web), ("head/broken.yaml", broken)]);
        for args in [&["diff", "--deny", "weaker"][..], &["diff"], &["prove"], &["prove", "--implies"]] {
            let args = [args, &["--base", "base", "--head", "head"]].concat();
            assert_eq!(run(folder.path(), &args, "").code, Some(2), "{args:?}: {broken}");
        }
    }
}
