//! `explain`: what it says of requests to the examples, of manifests and of what was rendered from them.

use std::path::Path;

use serde_json::Value;

use crate::support::program::{folder, run};

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// What is said of a request, as JSON.
pub fn told(args: &[&str]) -> Value {
    let mut all = vec!["explain"];
    all.extend(args);
    all.extend(["--format", "json"]);
    let found = run(root(), &all, "");
    serde_json::from_str(&found.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", found.stdout, found.stderr))
}

#[test]
fn manifests_and_what_they_are_rendered_to_say_the_same() {
    for url in
        ["https://shop.example.com/api/v1", "http://shop.example.com/", "https://admin.shop.example.com/x", "https://nobody.example.com/"]
    {
        let (declared, live) = (told(&[url, "examples/shop"]), told(&[url, "--live", "examples/rendered/shop"]));
        for field in ["status", "redirect", "backend", "sees", "canary", "certificate", "checks"] {
            let bare = |side: &Value| {
                let mut value = side[field].clone();
                value.as_array_mut().into_iter().flatten().for_each(|check| check["because"] = Value::Null);
                value
            };
            assert_eq!(bare(&declared), bare(&live), "{field} of {url}");
        }
    }
}

#[test]
fn an_answer_names_the_lines_that_decide() {
    let told = told(&["https://shop.example.com/api/v1?q=1", "examples/shop"]);
    assert_eq!(told["route"]["ingress"], "shop/api");
    assert_eq!(told["route"]["match"], "regex");
    assert_eq!(told["backend"]["service"], "api");
    assert_eq!(told["sees"]["uri"], "/v1?q=1");
    let rewritten = told["steps"].as_array().expect("a list").iter().find(|step| step["what"] == "the path becomes `/v1`").expect("a step");
    assert_eq!(rewritten["because"]["file"], "examples/shop/ingress.yaml");
    let others = told["branches"].as_array().expect("a list");
    assert!(others.iter().any(|way| way["status"] == 503 && way["when"][0] == "requests are too many"), "{others:?}");
}

#[test]
fn a_url_among_arguments_is_no_target_of_its_own() {
    let url = "https://shop.example.com/cart?next=https://other.example.com/";
    let found = run(root(), &["explain", url, "examples/shop"], "");
    assert_eq!(found.stdout.lines().next(), Some(format!("GET {url}").as_str()));
}

#[test]
fn an_asterisk_lists_the_routes_below() {
    let listed = |url: &str, more: &[&str]| run(root(), &[&["explain", url, "examples/shop"], more].concat(), "");
    let all = listed("https://shop.example.com/*", &[]).stdout;
    let (api, shop) = (all.find("^/api(/|$)(.*)").expect("it is listed"), all.find("^/ ").expect("it is listed"));
    assert!(api < shop, "in the order in which they are compared: {all}");
    // What is below a path can go to what is compared with less of it too.
    assert_eq!(listed("https://shop.example.com/api/*", &[]).stdout, all);
    let others = listed("https://shop.example.com/cart*", &[]).stdout;
    assert!(!others.contains("^/api") && others.contains("^/ "), "{others}");
    assert_eq!(listed("https://shop.example.com/%2A", &[]).stdout.lines().next(), Some("GET https://shop.example.com/%2A"));
    let both = listed("https://shop.example.com/*", &["--live", "examples/rendered/shop"]);
    assert_eq!((both.stdout, both.code), (all, Some(0)));
}

#[test]
fn many_requests_are_answered_line_by_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("requests.jsonl");
    let lines = [
        r#"{"url": "http://shop.example.com/a//b/"}"#,
        r#"{"url": "https://admin.shop.example.com/", "client_ip": "192.0.2.9", "sni": null}"#,
        r#"{"url": "https://admin.shop.example.com/", "client_ip": "198.51.100.9"}"#,
        r#"{"url": "http://shop.example.com/", "headers": {"Host": "a..b"}}"#,
    ];
    std::fs::write(&file, lines.join("\n")).expect("it is written");
    let found = run(root(), &["explain", "--requests", &file.to_string_lossy(), "--format", "json", "examples/shop"], "");
    let answers: Vec<Value> = found.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let shown: Vec<String> =
        answers.iter().map(|answer| format!("{} {} {}", answer["status"], answer["redirect"], answer["backend"]["service"])).collect();
    assert_eq!(
        shown,
        [r#"308 "https://shop.example.com/a//b" null"#, r#"null null "admin""#, "403 null null", "400 null null"],
        "{}",
        found.stderr
    );
}

#[test]
fn both_sides_are_shown_where_they_differ() {
    let read = |name: &str| std::fs::read_to_string(root().join("examples/shop").join(name)).expect("it is there");
    let names = ["certificate.yaml", "controller.yaml", "endpoints.yaml", "services.yaml"];
    let mut files: Vec<(String, String)> = names.iter().map(|name| (format!("shop/{name}"), read(name))).collect();
    files.push((String::from("shop/ingress.yaml"), read("ingress.yaml").replace("192.0.2.0/24", "198.51.100.0/24")));
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let folder = folder(&files);
    let shop = folder.path().join("shop");
    let args = [
        "explain",
        "https://admin.shop.example.com/",
        &shop.to_string_lossy(),
        "--live",
        "examples/rendered/shop",
        "--client-ip",
        "198.51.100.7",
    ];
    let found = run(root(), &args, "");
    assert_eq!(found.code, Some(1), "{}{}", found.stdout, found.stderr);
    assert!(found.stdout.contains("declared (") && found.stdout.contains("live (") && found.stdout.contains("403"), "{}", found.stdout);
}

#[test]
fn what_is_no_request_is_said() {
    for (args, word) in [
        (vec!["explain", "shop.example.com", "examples/shop"], "is no URL"),
        (vec!["explain", "http://a/", "-H", "nonsense", "examples/shop"], "is no header"),
        (vec!["explain", "http://a/", "--http", "9", "examples/shop"], "is no version of HTTP"),
        (vec!["explain", "http://a/", "examples/nowhere"], "nowhere"),
    ] {
        let found = run(root(), &args, "");
        assert!(found.code == Some(2) && found.stderr.contains(word), "{args:?}: {}", found.stderr);
    }
}

#[test]
fn secrets_of_the_configuration_are_not_shown() {
    let manifests = "apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {proxy-set-headers: ingress-nginx/headers}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: headers, namespace: ingress-nginx}
data: {Authorization: Basic dXNlcjpodW50ZXIyMg==, X-Color: blue}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/auth-url: 'https://auth.example.com/check?token=hunter22secret'}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
";
    let folder = folder(&[("in.yaml", manifests)]);
    for format in ["json", "text"] {
        let found = run(folder.path(), &["explain", "http://shop.example.com/?token=c11entsown", "in.yaml", "--format", format], "");
        let all = format!("{}{}", found.stdout, found.stderr);
        assert!(all.contains("auth.example.com/check?token=<hidden>") && all.contains("/?token=c11entsown"), "{all}");
        assert!(!all.contains("hunter22secret") && !all.contains("dXNlcjpodW50ZXIyMg"), "{all}");
    }
}

/// An Ingress with an annotation.
fn annotated(annotation: &str, more: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/{annotation}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http:
      paths:
      - {{path: /, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}
{more}"
    )
}

/// Paths of a host, so many that nothing can be tried with all of them.
fn many(host: &str) -> String {
    let path = |at| format!("      - {{path: /{at}, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}\n");
    let paths: String = (0..20_000).map(path).collect();
    let head = "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: many, namespace: shop}\nspec:\n";
    format!("{head}  ingressClassName: nginx\n  rules:\n  - host: {host}\n    http:\n      paths:\n{paths}")
}

/// Which line is told to be behind a step, by what the step does.
fn line_behind(manifests: &str, what: &str) -> Value {
    let folder = folder(&[("in.yaml", manifests)]);
    let file = folder.path().join("in.yaml");
    let told = told(&["https://shop.example/", &file.display().to_string()]);
    let steps = told["steps"].as_array().expect("a list");
    let step = steps.iter().find(|step| step["what"].as_str().is_some_and(|said| said.contains(what)));
    step.unwrap_or_else(|| panic!("no step says `{what}`: {told}"))["because"]["line"].clone()
}

#[test]
fn what_closes_a_route_is_the_annotation_that_does_and_not_one_that_is_not_there() {
    let cases = [
        ("allowlist-source-range: nowhere", "503"),
        ("denylist-source-range: nowhere", "503"),
        ("auth-url: nowhere", "503"),
        ("permanent-redirect: https://other.example", "answered with 301"),
        ("auth-tls-secret: shop/ca", "a certificate is needed"),
    ];
    for (annotation, what) in cases {
        assert_eq!(line_behind(&annotated(annotation, ""), what), 7, "{annotation}");
    }
    // What other hosts have is left out, and what cannot be tried is known by what the route was refused for.
    for (host, (annotation, what)) in [("many.example", cases[4]), ("shop.example", cases[0])] {
        assert_eq!(line_behind(&annotated(annotation, &many(host)), what), 7, "{annotation} beside paths of {host}");
    }
}

#[test]
fn a_service_without_endpoints_is_told_at_the_path_that_leads_to_it() {
    let others = "---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: other-1, namespace: shop, labels: {kubernetes.io/service-name: other}}
addressType: IPv4
ports: [{port: 8080}]
endpoints: [{addresses: [10.0.0.1]}]
";
    let manifests = annotated("proxy-body-size: 8m", others);
    assert_eq!(line_behind(&manifests, "has no endpoint"), 14, "that of the path");
}

#[test]
fn what_is_wrong_with_other_hosts_is_counted_and_stands_in_no_way() {
    let bad = annotated("proxy-body-size: 8m", "").replace("name: web\n  namespace", "name: other\n  namespace");
    let bad = bad.replace("networking.k8s.io/v1\n", "networking.k8s.io/v1beta1\n").replace("shop.example", "other.example");
    let folder = folder(&[("in.yaml", &annotated("proxy-body-size: 8m", "")), ("other.yaml", &bad)]);
    let asked = |host: &str| run(folder.path(), &["explain", &format!("https://{host}/"), "in.yaml", "other.yaml"], "").stderr;
    assert!(asked("other.example").contains("error[removed-api]"), "{}", asked("other.example"));
    let told = asked("shop.example");
    assert!(told.contains("not shown: 1 more error of Ingresses for other hosts") && !told.contains("removed-api"), "{told}");
}
