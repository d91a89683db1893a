//! `ingressc test`: expectations on requests, compared field by field, and on the command line.

use std::fs;
use std::path::Path;

use ingressc::conf;
use ingressc::expect::{Coverage, Judged, Summary, Verdict, judge, read};
use ingressc::route::{Config, Dynamic, Table};
use ingressc::source::FileId;
use pretty_assertions::assert_eq;
use serde_json::Value;

use crate::support::program::{Run, folder, run};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A configuration with what the fields are about: another path, headers, redirects, a limit, a list, a password, an authentication
/// service, a part by chance, and something that nobody here can know.
const NGINX: &str = "
events {}
http {
    limit_req_zone $binary_remote_addr zone=z:1m rate=1r/s;
    split_clients $request_id $choice { 25% new; * old; }
    upstream old { server 10.0.0.1:80; }
    upstream new { server 10.0.0.2:80; }
    upstream web { server 10.0.0.3:80; }
    server {
        listen 80 default_server;
        server_name _;
        return 444;
    }
    server {
        listen 80;
        listen 443 ssl;
        ssl_certificate tls/a.pem;
        server_name a.example;
        location / { proxy_pass http://web; proxy_set_header Host $host; proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Gone \"\"; }
        location /api/ { proxy_pass http://web/; }
        location /limited { limit_req zone=z; proxy_pass http://web; }
        location /listed { allow 192.0.2.0/24; deny all; proxy_pass http://web; }
        location /secret { auth_basic closed; auth_basic_user_file f; proxy_pass http://web; }
        location /asked { auth_request /auth; proxy_pass http://web; }
        location = /auth { internal; proxy_pass http://10.0.0.9/; }
        location /moved { return 301 https://b.example/x; }
        location /gone { return 410; }
        location /split { proxy_pass http://$choice; }
        location /odd { some_module on; proxy_pass http://web; }
    }
}
";

/// The fields, and requests of which each holds or not: path, method and headers of the request, what is expected, the outcome.
const FIELDS: &[(&str, &str, Summary)] = &[
    ("http://a.example/x", "{upstream: web}", Summary::Passed),
    ("http://a.example/x", "{upstream: old}", Summary::Failed),
    ("http://a.example/x", "{service: shop/web}", Summary::Failed),
    ("http://a.example/x", "{protocol: http, method: GET, path: /x, host: a.example}", Summary::Passed),
    ("http://a.example/x", "{protocol: https}", Summary::Failed),
    ("http://a.example/x", "{method: POST}", Summary::Failed),
    ("http://a.example/api/v1?a=b", "{path: '/v1?a=b'}", Summary::Passed),
    ("http://a.example/api/v1?a=b", "{path: /api/v1}", Summary::Failed),
    ("http://a.example/x", "{host: b.example}", Summary::Failed),
    ("http://a.example/x", "{headers: {x-real-ip: 127.0.0.1, X-Gone: null, X-None: null}}", Summary::Passed),
    ("http://a.example/x", "{headers: {X-Real-IP: 192.0.2.1}}", Summary::Failed),
    ("http://a.example/x", "{headers: {X-Real-IP: null}}", Summary::Failed),
    ("http://a.example/x", "{headers: {X-None: a}}", Summary::Failed),
    ("{url: http://a.example/x, headers: {X-Own: a, X-Gone: b}}", "{headers: {X-Own: a}, removed: X-Gone}", Summary::Passed),
    ("{url: http://a.example/x, headers: {X-Own: a, X-Gone: b}}", "{removed: X-Own}", Summary::Failed),
    ("http://a.example/x", "{removed: X-Gone}", Summary::Failed),
    ("http://a.example/x", "{reachable: true}", Summary::Passed),
    ("http://a.example/x", "{reachable: false}", Summary::Failed),
    ("http://a.example/gone", "{reachable: false, status: 410}", Summary::Passed),
    ("http://a.example/gone", "{status: 404}", Summary::Failed),
    ("http://a.example/gone", "{reachable: true}", Summary::Failed),
    ("http://a.example/x", "{status: 200}", Summary::Failed),
    ("http://a.example/x", "{upstream: web, status: 200}", Summary::Unchecked),
    ("http://a.example/x", "{response_headers: {Server: nginx}}", Summary::Unchecked),
    ("http://a.example/moved", "{status: 301, redirect: https://b.example/x}", Summary::Passed),
    ("http://a.example/moved", "{redirect: https://b.example/}", Summary::Failed),
    ("http://a.example/moved", "{reachable: false}", Summary::Failed),
    ("http://a.example/x", "{redirect: https://b.example/}", Summary::Failed),
    ("http://b.example/", "{status: closed, reachable: false}", Summary::Passed),
    ("http://a.example/gone", "{status: closed}", Summary::Failed),
    ("https://a.example/x", "{certificate: tls/a.pem}", Summary::Passed),
    ("https://a.example/x", "{certificate: default}", Summary::Failed),
    ("http://a.example/x", "{certificate: none}", Summary::Passed),
    ("http://a.example/x", "{certificate: tls/a.pem}", Summary::Failed),
    ("http://a.example/x", "{route: /}", Summary::Passed),
    ("http://a.example/api/", "{route: /}", Summary::Failed),
    ("http://a.example/x", "{ingress: shop/web}", Summary::Failed),
    ("http://a.example/x", "{protections: none}", Summary::Passed),
    ("http://a.example/limited", "{protections: none}", Summary::Failed),
    ("http://a.example/limited", "{protections: [rate], upstream: web}", Summary::Passed),
    ("http://a.example/x", "{protections: [rate]}", Summary::Failed),
    ("http://a.example/listed", "{protections: [allow], status: 403}", Summary::Passed),
    ("{url: http://a.example/listed, client_ip: 192.0.2.7}", "{protections: allow, upstream: web}", Summary::Passed),
    ("http://a.example/secret", "{protections: [password], status: 401}", Summary::Passed),
    ("http://a.example/asked", "{protections: [external-auth]}", Summary::Passed),
    ("http://a.example/asked", "{upstream: web}", Summary::Failed),
    ("http://a.example/asked", "{status: 401}", Summary::Failed),
    ("http://a.example/split", "{canary: none}", Summary::Failed),
    ("http://a.example/x", "{canary: none}", Summary::Passed),
    ("http://a.example/split", "{upstream: old}", Summary::Failed),
    ("http://a.example/odd", "{upstream: web}", Summary::Failed),
];

fn judged<'s>(config: &Config<'_>, suite: &'s ingressc::expect::Suite) -> Vec<Judged<'s>> {
    let table = Table::default();
    suite.tests.iter().map(|test| judge(config, suite, test, &mut Coverage::of(&table))).collect()
}

/// How a single test ended, and what is said of it.
fn outcome(test: &str) -> (Summary, String) {
    let parsed = conf::parse(FileId(0), NGINX);
    assert_eq!(parsed.diagnostics.len(), 0, "{:?}", parsed.diagnostics);
    let config = Config::lift(&parsed.value, Dynamic::default());
    let suite = read(FileId(0), &format!("tests:\n- {test}\n"));
    assert!(suite.diagnostics.is_empty(), "{test}: {:?}", suite.diagnostics);
    let judged = judged(&config, &suite.value);
    let text = format!("{:?} {:?}", judged[0].checks.iter().map(|check| &check.model).collect::<Vec<_>>(), judged[0].problems);
    (judged[0].summary(), text)
}

#[test]
fn each_field_holds_or_not() {
    for (request, expect, expected) in FIELDS {
        let (summary, text) = outcome(&format!("{{request: {request}, expect: {expect}}}"));
        assert_eq!(summary, *expected, "{request} {expect}: {text}");
    }
}

#[test]
fn what_depends_on_something_fails_unless_that_is_named() {
    for (request, when, expect, expected) in [
        ("http://a.example/asked", "the authentication service says yes", "{upstream: web, protections: [external-auth]}", Summary::Passed),
        ("http://a.example/asked", "the authentication service says 401", "{status: 401}", Summary::Passed),
        ("http://a.example/asked", "the authentication service says 401", "{upstream: web}", Summary::Failed),
        ("http://a.example/limited", "requests are too many", "{status: 503}", Summary::Passed),
        ("http://a.example/x", "the backend cannot be reached", "{status: 502}", Summary::Passed),
        ("http://a.example/odd", "what `some_module` does", "{upstream: web}", Summary::Passed),
        ("http://a.example/x", "the moon is full", "{upstream: web}", Summary::Failed),
        (
            "{url: http://a.example/secret, headers: {Authorization: Basic eA==}}",
            "the password is right",
            "{upstream: web, protections: [password]}",
            Summary::Passed,
        ),
    ] {
        let (summary, text) = outcome(&format!("{{request: {request}, when: '{when}', expect: {expect}}}"));
        assert_eq!(summary, expected, "{request} where {when}: {text}");
    }
    let (_, text) = outcome("{request: http://a.example/asked, expect: {upstream: web}}");
    assert!(text.contains("Depends") && text.contains("says yes") && text.contains("answers 401"), "{text}");
    let (_, text) = outcome("{request: http://a.example/split, expect: {upstream: old}}");
    assert!(text.contains("Depends") && text.contains("chance decides (25%)"), "{text}");
    let (_, text) = outcome("{request: http://a.example/x, when: the moon is full, expect: {upstream: web}}");
    assert!(text.contains("no way of the request depends on `the moon is full`"), "{text}");
}

#[test]
fn what_holds_for_the_whole_file_need_not_come_up() {
    let parsed = conf::parse(FileId(0), NGINX);
    let config = Config::lift(&parsed.value, Dynamic::default());
    let text = "when: the authentication service says yes\ntests:\n- {request: http://a.example/asked, expect: {upstream: web}}\n\
                - {request: http://a.example/x, expect: {upstream: web}}\n";
    let suite = read(FileId(0), text).value;
    for judged in judged(&config, &suite) {
        assert!(judged.checks.iter().all(|check| check.model == Verdict::Holds) && judged.problems.is_empty(), "{judged:?}");
    }
}

fn test(args: &[&str]) -> Run {
    run(root(), &[&["test"], args].concat(), "")
}

fn json(args: &[&str]) -> Value {
    let found = test(&[args, &["--format", "json"]].concat());
    serde_json::from_str(&found.stdout).unwrap_or_else(|error| panic!("{error}: {}{}", found.stdout, found.stderr))
}

#[test]
fn what_is_generated_holds_and_touches_everything() {
    let folder = folder(&[]);
    let file = folder.path().join("routes.yaml").to_string_lossy().into_owned();
    for source in [&["examples/shop"][..], &["examples/shop", "--target", "nginx"], &["--live", "examples/rendered/shop"]] {
        let written = test(&[&[file.as_str()], source, &["--generate", "--force"]].concat());
        assert_eq!(written.code, Some(0), "{}", written.stderr);
        let text = fs::read_to_string(&file).expect("it is written");
        let again = test(&[&["-"], source, &["--generate"]].concat());
        assert_eq!(again.stdout, text, "it is the same each time");
        let report = json(&[&[file.as_str()], source].concat());
        assert!(report["summary"]["total"].as_u64().is_some_and(|total| total > 8), "{text}");
        assert_eq!(
            (&report["summary"]["passed"], &report["coverage"]["percent"]),
            (&report["summary"]["total"], &Value::from(100.0)),
            "{text}"
        );
    }
    // One file serves the controller and what is written for nginx itself.
    for source in [&["examples/shop"][..], &["examples/shop", "--target", "nginx"], &["--live", "examples/rendered/shop"]] {
        let found = test(&[&[file.as_str()], source].concat());
        assert_eq!(found.code, Some(0), "{source:?}: {}", found.stdout);
    }
    assert_eq!(test(&[&file, "examples/shop", "--generate"]).code, Some(2), "a file that is there is not written over");
}

/// A file of expectations for the example, with one line changed, and the field whose failure that is.
const CHANGES: &[(&str, &str, &str)] = &[
    ("service: shop/api:http", "service: shop/web:http", "service"),
    ("path: /v1", "path: /api/v1", "path"),
    ("certificate: shop/shop-tls", "certificate: default", "certificate"),
    ("protections: [rate]", "protections: [password]", "protections"),
    ("status: 308", "status: 301", "status"),
    ("redirect: https://shop.example.com/cart", "redirect: https://shop.example.com/", "redirect"),
    ("{shop/storefront-canary: 10%}", "{shop/storefront-canary: 20%}", "canary"),
    ("X-Forwarded-Proto: https", "X-Forwarded-Proto: http", "headers"),
    ("reachable: false", "reachable: true", "reachable"),
    ("ingress: shop/storefront", "ingress: shop/api", "ingress"),
];

const SHOP: &str = "tests:
- request: https://shop.example.com/api/v1
  expect:
    service: shop/api:http
    path: /v1
    certificate: shop/shop-tls
    protections: [rate]
- request: http://shop.example.com/cart
  expect:
    status: 308
    redirect: https://shop.example.com/cart
- request: https://shop.example.com/
  expect:
    service: shop/storefront
    canary: {shop/storefront-canary: 10%}
    ingress: shop/storefront
    headers: {X-Forwarded-Proto: https}
- request: https://admin.shop.example.com/
  expect:
    reachable: false
";

#[test]
fn a_change_of_each_field_is_told_with_both_places() {
    let folder = folder(&[("routes.yaml", SHOP)]);
    let file = folder.path().join("routes.yaml");
    let name = file.to_string_lossy().into_owned();
    let found = test(&[&name, "examples/shop"]);
    assert_eq!((found.code, found.stdout.lines().next_back().is_some()), (Some(0), true), "{}", found.stdout);
    for (from, to, field) in CHANGES {
        fs::write(&file, SHOP.replacen(from, to, 1)).expect("it is written");
        let found = test(&[&name, "examples/shop"]);
        let line = SHOP.lines().position(|line| line.contains(from)).expect("it is there") + 1;
        let place = format!("{name}:{line}:");
        let told = found.stdout.lines().find(|line| line.contains(&place)).unwrap_or_default();
        let word = if *field == "headers" { "header `X-Forwarded-Proto`" } else { field };
        assert!(found.code == Some(1) && told.contains(&format!(" {word}: expected ")), "{field}: {}", found.stdout);
        assert!(found.stdout.contains("    examples/shop/ingress.yaml:"), "{field}: {}", found.stdout);
        let report = json(&[&name, "examples/shop"]);
        let rows = report["tests"].as_array().expect("a list").iter().flat_map(|test| test["expectations"].as_array().expect("a list"));
        let failed: Vec<&Value> = rows.filter(|row| row["result"] != "passed").collect();
        assert_eq!((failed.len(), &failed[0]["field"]), (1, &Value::from(*field)), "{failed:?}");
    }
}

#[test]
fn what_nothing_touches_is_told_with_a_request() {
    let folder = folder(&[("routes.yaml", "tests:\n- {request: https://shop.example.com/api/v1, expect: {service: shop/api}}\n")]);
    let name = folder.path().join("routes.yaml").to_string_lossy().into_owned();
    let report = json(&[&name, "examples/shop"]);
    let open: Vec<String> = report["coverage"]["open"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|item| format!("{} {} {} {}", item["kind"], item["path"], item["detail"], item["request"]).replace('"', ""))
        .collect();
    for expected in [
        "protection ~* ^/api(/|$)(.*) rate https://shop.example.com/api",
        "route ~* ^/ null https://shop.example.com/",
        "canary ~* ^/ shop/storefront-canary:80: 10 of 100 requests https://shop.example.com/",
        "protection / allow https://admin.shop.example.com/ --client-ip 192.0.2.1",
    ] {
        assert!(open.iter().any(|item| item == expected), "{expected} is not in {open:#?}");
    }
    assert!(!open.iter().any(|item| item.starts_with("route ~* ^/api")), "{open:#?}");
    // Each of the requests is one that `explain` takes.
    for item in report["coverage"]["open"].as_array().expect("a list") {
        let request = item["request"].as_str().expect("a request was found");
        let args: Vec<&str> = std::iter::once("explain").chain(request.split(' ')).chain(["examples/shop"]).collect();
        assert_eq!(run(root(), &args, "").code, Some(0), "{request}");
    }
    for (least, code) in [("5", 0), ("90", 1)] {
        assert_eq!(test(&[&name, "examples/shop", "--min-coverage", least]).code, Some(code));
    }
    let shown = test(&[&name, "examples/shop", "--coverage"]).stdout;
    assert!(shown.contains("its canary shop/storefront-canary:80: 10 of 100 requests"), "{shown}");
}

#[test]
fn mistakes_of_the_file_are_told_and_the_rest_is_run() {
    let text = "tests:\n- {request: https://shop.example.com/, expect: {servce: shop/storefront}}\n\
                - {request: https://shop.example.com/api, expect: {service: shop/api}}\n";
    let folder = folder(&[("routes.yaml", text)]);
    let name = folder.path().join("routes.yaml").to_string_lossy().into_owned();
    let found = test(&[&name, "examples/shop"]);
    assert_eq!(found.code, Some(2), "{}", found.stdout);
    assert!(found.stdout.contains("1 passed, 0 failed of 1"), "{}", found.stdout);
    assert!(found.stderr.contains("routes.yaml:2:49") && found.stderr.contains("did you mean `service`?"), "{}", found.stderr);
    for (args, word) in [
        (vec!["nowhere.yaml", "examples/shop"], "`--generate` writes it"),
        (vec!["examples/shop/ingress.yaml"], "this is a manifest, not a file of expectations"),
        (vec!["-", "-"], "standard input cannot be both"),
        (vec![&name, "examples/shop", "--against", "ftp://a"], "is none of `http` and `https`"),
        (vec![&name, "examples/shop", "--min-coverage", "101"], "from 0 to 100"),
    ] {
        let found = test(&args);
        assert!(found.code == Some(2) && found.stderr.contains(word), "{args:?}: {}", found.stderr);
    }
}

#[test]
fn reports_are_what_test_runners_write() {
    let folder = folder(&[("routes.yaml", &SHOP.replace("path: /v1", "path: \"/a<b>&'\\u001b\"").replace("status: 308", "status: 301"))]);
    let name = folder.path().join("routes.yaml").to_string_lossy().into_owned();
    let junit = test(&[&name, "examples/shop", "--format", "junit"]).stdout;
    assert!(junit.contains("tests=\"4\" failures=\"2\" errors=\"0\" skipped=\"0\"") && junit.matches("<testcase ").count() == 4, "{junit}");
    assert!(junit.contains("/a&lt;b&gt;&amp;") && !junit.contains('\u{1b}'), "{junit}");
    let github = test(&[&name, "examples/shop", "--format", "github", "--min-coverage", "99"]).stdout;
    let lines: Vec<&str> = github.lines().collect();
    assert_eq!(lines.len(), 3, "{github}");
    assert!(lines[0].starts_with("::error file=") && lines[0].contains(",line=5,col=11,endColumn="), "{github}");
    assert!(lines[2].starts_with("::error title=coverage::"), "{github}");
}

#[test]
fn secrets_are_in_no_report() {
    let text = "tests:\n- request: {url: 'https://shop.example.com/?token=SECRETVALUE1', headers: {Authorization: Bearer SECRETVALUE2, X-Api-Key: SECRETVALUE3}}\n  \
                expect:\n    headers: {Authorization: Bearer SECRETVALUE4, X-Api-Key: null}\n    removed: [Authorization]\n    path: /?token=SECRETVALUE5\n    redirect: https://u:SECRETVALUE6@x/\n";
    let folder = folder(&[("routes.yaml", text)]);
    let name = folder.path().join("routes.yaml").to_string_lossy().into_owned();
    for format in ["text", "json", "junit", "github"] {
        let found = test(&[&name, "examples/shop", "--format", format, "--verbose", "--coverage"]);
        assert_eq!(found.code, Some(1), "{}", found.stderr);
        assert!(!format!("{}{}", found.stdout, found.stderr).contains("SECRETVALUE"), "{format}: {}", found.stdout);
    }
}

/// Pieces that a file of expectations has a use for, and some that it has none for.
const PIECES: [&str; 24] = [
    "tests:",
    "\n",
    "\n- ",
    "\n  ",
    "request: ",
    "http://a.example/",
    "expect: ",
    "{",
    "}",
    "[",
    "]",
    ", ",
    ": ",
    "status: 404",
    "service: a/b",
    "canary: {a/b: 10%}",
    "protections: none",
    "when: x",
    "headers: {Authorization: SECRETVALUE}",
    "url: ",
    "null",
    "---\n",
    "&a ",
    "\u{202e}",
];

proptest::proptest! {
    #[test]
    fn any_text_is_read_or_told(pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 0..40)) {
        let text = pieces.concat();
        let outcome = read(FileId(0), &text);
        for finding in &outcome.diagnostics {
            let is_inside = finding.span.is_none_or(|span| text.get(span.range()).is_some());
            proptest::prop_assert!(is_inside && !finding.message.contains("SECRETVALUE"), "{:?}", finding);
        }
    }
}
