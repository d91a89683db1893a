use pretty_assertions::assert_eq;

use super::*;
use crate::expect::{Expected, Status};
use crate::route::CheckKind;

fn suite(text: &str) -> (Suite, Vec<String>) {
    let Outcome { value, diagnostics } = read(FileId(0), text);
    let told = diagnostics.iter().map(|finding| {
        let place = finding.span.map(|span| text.get(span.range()).unwrap_or_default().to_owned()).unwrap_or_default();
        format!("{} [{place}] {}", finding.message, finding.help.clone().unwrap_or_default()).trim_end().to_owned()
    });
    (value, told.collect())
}

#[test]
fn all_fields_are_read() {
    let (suite, told) = suite(
        "when: a\ntests:\n- name: one\n  request: {url: 'https://a.example/', headers: {X-A: b}, client_ip: 192.0.2.1}\n  when: [b, c]\n  expect:\n    \
         service: shop/web:http\n    port: 80\n    upstream: u\n    protocol: http\n    method: GET\n    path: /x?y\n    host: h\n    \
         headers: {X-B: '1', X-C: null}\n    removed: [X-D, X-E]\n    status: 404\n    redirect: https://b/\n    certificate: none\n    \
         protections: [rate, password]\n    reachable: true\n    canary: {shop/new: 12.5%}\n    ingress: shop/web\n    route: /\n    \
         response_headers: {Server: null}\n- request: http://b.example/\n  expect: {status: closed, protections: none, certificate: default, canary: none}\n",
    );
    assert_eq!(told, Vec::<String>::new());
    let [first, second] = suite.tests.as_slice() else { panic!("{suite:?}") };
    let fields: Vec<&str> = first.all.iter().map(|expectation| expectation.what.field()).collect();
    let expected = "service port upstream protocol method path host headers headers removed removed status redirect certificate protections \
                    protections reachable canary ingress route response_headers";
    assert_eq!(fields.join(" "), expected);
    assert_eq!((first.name.as_str(), first.is_from, first.when.len(), suite.when.len()), ("one", true, 2, 1));
    assert_eq!(second.name, "GET http://b.example/");
    let what: Vec<&Expected> = second.all.iter().map(|expectation| &expectation.what).collect();
    assert_eq!(
        what,
        [
            &Expected::Status(Status::Closed),
            &Expected::Unprotected,
            &Expected::Certificate(Some(String::from("default"))),
            &Expected::Canary(Vec::new())
        ]
    );
    assert_eq!(first.all[14].what, Expected::Protection(CheckKind::Rate));
}

#[test]
fn each_mistake_is_told_at_its_place_and_costs_its_test() {
    let test = |text: &str| format!("tests:\n- request: http://a/\n  expect: {{status: 200}}\n- {text}\n");
    for (text, expected) in [
        ("{request: http://a/, expect: {servce: a/b}}", "what is expected has no key `servce` [servce] did you mean `service`?"),
        (
            "{request: http://a/, expect: {service: web}}",
            "this is no Service: it lacks the namespace: it reads `namespace/name` or `namespace/name:port` [web]",
        ),
        ("{request: http://a/, expect: {status: ok}}", "`status` is a number from 100 to 599, or `closed` [ok]"),
        ("{request: http://a/, expect: {status: 99}}", "`status` is a number from 100 to 599, or `closed` [99]"),
        ("{request: http://a/, expect: {protections: [pasword]}}", "there is no protection `pasword` [[pasword]] did you mean `password`?"),
        ("{request: http://a/, expect: {protections: []}}", "`protections` is a list, or `none`, and this one is empty [[]]"),
        ("{request: http://a/, expect: {canary: {a/b: ten}}}", "a share is a part of all requests, as `10%` [ten]"),
        ("{request: http://a/, expect: {reachable: maybe}}", "`reachable` is `true` or `false` [maybe]"),
        (
            "{request: http://a/, expect: {headers: [a]}}",
            "headers are a mapping from names to values; `null` is for one that is not there [[a]]",
        ),
        ("{request: http://a/, expect: {}}", "this test expects nothing: `expect` is empty [{}]"),
        ("{request: http://a/}", "this test expects nothing: it has no `expect` []"),
        ("{expect: {status: 200}}", "this test has no `request` []"),
        ("{request: a, expect: {status: 200}}", "this is no request: `a` is no URL: it begins with `http://` or `https://` [a]"),
        ("{request: {url: 'http://a/', metod: PUT}, expect: {status: 200}}", "a request has no key `metod` [metod] did you mean `method`?"),
        ("{request: 7, expect: {status: 200}}", "a request is a URL, or a mapping with `url` [7]"),
        ("{request: http://a/, expected: {status: 200}}", "a test has no key `expected` [expected] did you mean `expect`?"),
        ("7", "a test is a mapping with `request` and `expect` [7]"),
    ] {
        let (suite, told) = suite(&test(text));
        assert!(told.iter().any(|told| told == expected), "{text}: {told:#?}");
        assert_eq!(suite.tests.len(), 1, "{text}");
    }
}

#[test]
fn what_is_no_file_of_expectations_is_told() {
    for (text, expected) in [
        ("", "the file expects nothing: it has no `tests`"),
        ("- a", "is a mapping with `tests`"),
        ("tests: 7", "`tests` is a list"),
        ("test: []", "has no key `test`"),
        ("apiVersion: v1\nkind: Service", "this is a manifest"),
        ("tests: [", "this is not YAML"),
    ] {
        let (suite, told) = suite(text);
        assert!(suite.tests.is_empty() && told.iter().any(|told| told.contains(expected)), "{text}: {told:?}");
    }
}
