//! The engine on configurations that are written by hand: nginx answers each of these so.

use super::{Answer, Config, Decision, Dynamic, End, Request};
use crate::conf;
use crate::source::FileId;

/// What becomes of a GET for a URL, in one line.
fn told(text: &str, url: &str) -> String {
    told_of(text, &Request::of_url(url).expect(url))
}

fn told_of(text: &str, request: &Request) -> String {
    let tree = conf::parse(FileId(0), text).value;
    let config = Config::lift(&tree, Dynamic::default());
    let decision = config.decide(request);
    assert_eq!(config.outcome(request), without_story(decision.clone()), "what is not told changes nothing");
    line(&decision)
}

fn without_story(mut decision: Decision) -> Decision {
    decision.steps.clear();
    decision.checks.iter_mut().for_each(|check| check.detail.clear());
    if let End::Backend(passed) = &mut decision.end {
        passed.headers.clear();
        passed.removed.clear();
    }
    decision
}

fn line(decision: &Decision) -> String {
    let location = decision.location.as_ref().map(|location| location.path.as_str()).unwrap_or("-");
    match &decision.end {
        End::Answer(Answer { status, redirect, .. }) => {
            format!("{location} {status}{}", redirect.as_ref().map(|to| format!(" {to}")).unwrap_or_default())
        }
        End::Backend(passed) => format!("{location} {} {}", passed.upstream, passed.uri.as_deref().unwrap_or("?")),
        End::Closed => String::from("closed"),
        End::Unknown => String::from("unknown"),
    }
}

fn assert_told(text: &str, cases: &[(&str, &str)]) {
    for (url, expected) in cases {
        assert_eq!(told(text, url), *expected, "{url}");
    }
}

#[test]
fn servers_are_found_by_their_names() {
    let server =
        |names: &str, name: &str| format!("server {{ listen 80; server_name {names}; location / {{ proxy_pass http://{name}; }} }}");
    let text = [
        server("_", "first"),
        server("shop.test", "exact"),
        server("*.shop.test .dot.test", "head"),
        server("*.deep.shop.test", "deep"),
        server("www.*", "tail"),
        server("~^api(?<n>[0-9]+)\\\\.", "pattern"),
    ];
    let text = format!("http {{ {} }}", text.concat());
    assert_told(
        &text,
        &[
            ("http://shop.test/", "/ exact /"),
            ("http://SHOP.test.:8080/", "/ exact /"),
            ("http://a.shop.test/", "/ head /"),
            ("http://a.b.shop.test/", "/ head /"),
            ("http://a.deep.shop.test/", "/ deep /"),
            ("http://dot.test/", "/ head /"),
            ("http://www.shop/", "/ tail /"),
            ("http://api12.x/", "/ pattern /"),
            ("http://other/", "/ first /"),
        ],
    );
}

#[test]
fn locations_are_found_in_the_order_of_nginx() {
    let text = r#"http { server { listen 80; server_name _;
        location / { proxy_pass http://root; }
        location = /exact { proxy_pass http://exact; }
        location /pre { proxy_pass http://pre; }
        location ^~ /final { proxy_pass http://final; }
        location /slash/ { proxy_pass http://slash; }
        location ~ ^/PRE { proxy_pass http://small; }
        location ~* ^/(pre|final)fix { proxy_pass http://pattern; }
        location ~ \.php$ { proxy_pass http://php; }
        location /outer { proxy_pass http://outer; location /outer/inner { proxy_pass http://inner; } }
        location /within { internal; proxy_pass http://within; }
    } }"#;
    assert_told(
        text,
        &[
            ("http://x/exact", "/exact exact /exact"),
            ("http://x/exact/", "/ root /exact/"),
            ("http://x/prefix", "^/(pre|final)fix pattern /prefix"),
            ("http://x/pre", "/pre pre /pre"),
            ("http://x/finalfix", "/final final /finalfix"),
            ("http://x/PREFIX", "^/PRE small /PREFIX"),
            ("http://x/slash", "/slash/ 301 http://x/slash/"),
            ("http://x/slash?a", "/slash/ 301 http://x/slash/?a"),
            ("http://x/a/../pre//x.php", r"\.php$ php /a/../pre//x.php"),
            ("http://x/outer/inner/z", "/outer/inner inner /outer/inner/z"),
            ("http://x/within", "/within 404"),
            ("http://x/..", "- 400"),
        ],
    );
}

#[test]
fn paths_are_rewritten_as_nginx_does() {
    let text = r#"http { server { listen 80; server_name _;
        location /a { rewrite ^/a(/.*)?$ /b$1 break; proxy_pass http://up; }
        location /q { rewrite ^/q/(.*)$ /r?x=$1 break; proxy_pass http://up; }
        location /d { rewrite ^/d/(.*)$ /e/$1? break; proxy_pass http://up; }
        location /l { rewrite ^/l(.*)$ /a$1 last; return 410; }
        location /m { rewrite ^/m(.*)$ https://new.test$1 permanent; }
        location /s { set $x $arg_y; if ($x = "") { return 403; } return 302 /t/$x; }
        location /u/ { proxy_pass http://up/v/; }
        location /loop { rewrite ^ /loop/x last; }
    } }"#;
    assert_told(
        text,
        &[
            ("http://x/a/c?z=1", "/a up /b/c?z=1"),
            ("http://x/a/%20?z", "/a up /b/%20?z"),
            ("http://x/q/1%2B2?z", "/q up /r?x=1%2B2&z"),
            ("http://x/d/f?z", "/d up /e/f"),
            ("http://x/l/c", "/a up /b/c"),
            ("http://x/m/n?o=p", "/m 301 https://new.test/n?o=p"),
            ("http://x/s", "/s 403"),
            ("http://x/s?y=z", "/s 302 http://x/t/z"),
            ("http://x/u/w%20w?k", "/u/ up /v/w%20w?k"),
            ("http://x/loop", "/loop 500"),
        ],
    );
}

#[test]
fn who_may_come_is_decided_in_order() {
    let text = r"http { limit_req_zone $limited zone=z:1m rate=1r/s; geo $limited { default 1; 10.0.0.0/8 ''; }
      server { listen 80; server_name _; error_page 403 = @denied; error_page 401 /login;
        location @denied { return 418; }
        location /login { return 302 https://login.test/?u=$request_uri; }
        location /all { allow 10.0.0.0/8; deny all; auth_basic x; proxy_pass http://up; }
        location /any { satisfy any; allow 10.0.0.0/8; deny all; auth_basic x; proxy_pass http://up; }
        location /rate { limit_req zone=z; proxy_pass http://up; }
    } }";
    let from = |url: &str, client: &str| {
        let request = Request { client: client.parse().expect("it is one"), ..Request::of_url(url).expect(url) };
        told_of(text, &request)
    };
    assert_eq!(from("http://x/all", "192.0.2.1"), "@denied 418");
    assert_eq!(from("http://x/all", "10.1.1.1"), "/login 302 https://login.test/?u=/all");
    assert_eq!(from("http://x/any", "10.1.1.1"), "/any up /any");
    assert_eq!(from("http://x/any", "192.0.2.1"), "/login 302 https://login.test/?u=/any");
    let tree = conf::parse(FileId(0), text).value;
    let config = Config::lift(&tree, Dynamic::default());
    let ways = |client: &str| {
        let request = Request { client: client.parse().expect("it is one"), ..Request::of_url("http://x/rate").expect("a URL") };
        config.branches(&request).iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(ways("10.1.1.1"), ["/rate up /rate", "/rate 502", "/rate 504"]);
    assert_eq!(ways("192.0.2.1"), ["/rate up /rate", "/rate 502", "/rate 504", "/rate 503"]);
}

#[test]
fn a_variable_that_is_set_elsewhere_is_the_one_of_nginx_here() {
    let text = "http { server { listen 80; server_name a; \
                location /set { set $http_origin *; set $arg_x 1; set $cookie_c 1; return 200; } \
                location / { if ($http_origin ~* ^https://a) { return 201; } if ($arg_x = 5) { return 202; } if ($cookie_c = 9) { return 203; } return 204; } } }";
    let with = |name: &str, value: &str| {
        let mut request = Request::of_url("http://a/").expect("a URL");
        request.add_header(name, value);
        told_of(text, &request)
    };
    assert_eq!([with("Origin", "https://a.example"), with("Origin", "http://b"), with("Cookie", "c=9")], ["/ 201", "/ 204", "/ 203"]);
    assert_told(text, &[("http://a/?x=5", "/ 202"), ("http://a/set?x=5", "/set 200")]);
}

#[test]
fn an_empty_value_takes_the_header_with_the_host_away() {
    for (line, expected) in [("", "app"), ("proxy_set_header Host \"\";", ""), ("set $h \"\"; proxy_set_header Host $h;", "")] {
        let text = format!("http {{ upstream app {{ server 10.0.0.1; }} server {{ location / {{ {line} proxy_pass http://app; }} }} }}");
        let tree = conf::parse(FileId(0), &text).value;
        let config = Config::lift(&tree, Dynamic::default());
        let decision = config.decide(&Request::of_url("http://a.test/").expect("a URL"));
        let End::Backend(passed) = decision.end else { panic!("{decision:?}") };
        assert_eq!(passed.host.as_deref(), Some(expected), "{line}");
    }
}

#[test]
fn what_a_request_does_not_say_is_a_branch() {
    let text = r"http { map $geoip_country_code $blocked { default 0; RU 1; }
      server { listen 80; server_name _; location / { if ($blocked) { return 403; } proxy_pass http://up; } } }";
    let tree = conf::parse(FileId(0), text).value;
    let ways = Config::lift(&tree, Dynamic::default()).branches(&Request::of_url("http://x/").expect("a URL"));
    let ends: Vec<String> = ways.iter().map(|way| format!("{}: {}", way.when.join(", "), line(way))).collect();
    assert_eq!(ends[0], "not: $blocked: / up /");
    assert_eq!(ends.last().map(String::as_str), Some("$blocked: / 403"));
}

#[test]
fn a_directive_that_decides_and_is_not_read_is_told() {
    for directive in ["limit_except GET { deny all; }", "limit_req_dry_run on;"] {
        let text = format!("http {{ server {{ listen 80; location / {{ {directive} proxy_pass http://up; }} }} }}");
        let tree = conf::parse(FileId(0), &text).value;
        let request = Request { method: String::from("POST"), ..Request::of_url("http://x/").expect("a URL") };
        let decision = Config::lift(&tree, Dynamic::default()).decide(&request);
        let name = directive.split(' ').next().unwrap_or_default();
        assert!(decision.unknown.iter().any(|unknown| unknown.contains(name)), "{directive}: {:?}", decision.unknown);
    }
}

#[test]
fn nothing_panics_on_any_configuration() {
    for text in [
        "",
        "http",
        "http { server { location } }",
        "server { listen; server_name ~(; location ~ ( { rewrite ( x; } }",
        "http { map a; geo; }",
    ] {
        for url in ["http://x/", "https://[::1]:70000/%zz?"] {
            told(text, url);
        }
    }
}
