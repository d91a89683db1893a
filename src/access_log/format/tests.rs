use proptest::prelude::*;

use super::*;

/// What the controller writes where nobody says otherwise.
const USUAL: &str = r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"#;
const STREAMS: &str = "[$remote_addr] [$time_local] $protocol $status $bytes_sent $bytes_received $session_time";

fn usual() -> Format {
    Format::new(USUAL, Escape::Default).with_streams(STREAMS, Escape::Default)
}

fn entry<'l>(format: &Format, line: &'l str) -> Entry<'l> {
    match format.read(line.as_bytes()) {
        Line::Request(entry) => *entry,
        other => panic!("{line}: {other:?}"),
    }
}

fn told(entry: &Entry<'_>) -> String {
    let sent = entry.sent.as_ref().map(|sent| format!("{} {} {}", sent.method, String::from_utf8_lossy(&sent.target), sent.version));
    format!(
        "{} | {} | {} | {} | {}",
        sent.unwrap_or_default(),
        entry.host.as_deref().unwrap_or("?"),
        entry.status.map(|status| status.to_string()).unwrap_or_default(),
        entry.upstream.as_deref().unwrap_or("?"),
        entry.is_passed.map_or("?", |is| if is { "passed" } else { "own" })
    )
}

const PLAIN: &str = r#"192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET /cart?id=7 HTTP/1.1" 200 612 "-" "curl/8.5 [x] (y)" 421 0.004 [shop-web-80] [] 10.0.0.1:8080 612 0.004 200 5f3c"#;

#[test]
fn lines_of_the_controller_are_read() {
    for (line, expected) in [
        (PLAIN, "GET /cart?id=7 1.1 | ? | 200 | shop-web-80 | passed"),
        (
            r#"2001:db8::1 - anna b [10/Oct/2025:13:55:36 +0000] "POST /a\x22b HTTP/2.0" 502 0 "https://a.example/\x22 200" "-" 1 5.001 [shop-web-80] [shop-new-80] 10.0.0.1:80, 10.0.0.2:80 : 10.0.0.3:80 0, 0 : 5 5.000, - : 0.001 502, 502 : 404 5f3c"#,
            "POST /a\"b 2.0 | ? | 502 | shop-web-80 | passed",
        ),
        (
            r#"192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "GET / HTTP/1.1" 308 164 "-" "-" 1 0.000 [shop-web-80] [] - - - - 5f3c"#,
            "GET / 1.1 | ? | 308 | shop-web-80 | own",
        ),
        (
            r#"192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "\x16\x03\x01\x00" 400 150 "-" "-" 0 0.001 [] [] - - - - 5f3c"#,
            " | ? | 400 |  | own",
        ),
        (r#"192.0.2.7 - - [10/Oct/2025:13:55:36 +0000] "" 408 0 "-" "-" 0 60.0 [] [] - - - - 5f3c"#, " | ? | 408 |  | own"),
    ] {
        assert_eq!(told(&entry(&usual(), line)), expected, "{line}");
    }
    let read = entry(&usual(), PLAIN);
    assert_eq!((read.client.map(|client| client.to_string()).as_deref(), read.user), (Some("192.0.2.7"), Some(None)));
    assert_eq!(read.headers, [(String::from("user-agent"), Cow::Borrowed("curl/8.5 [x] (y)"))]);
}

#[test]
fn formats_of_users_are_read() {
    for (format, escape, line, expected) in [
        (
            r#"$host "$request" $status"#,
            Escape::Default,
            r#"shop.example "GET /a b HTTP/1.0" 200"#,
            "GET /a b 1.0 | shop.example | 200 | ? | ?",
        ),
        (
            "$request_method $scheme://$host$request_uri => $status",
            Escape::Default,
            "GET https://a.example/x?y => 404",
            "GET /x?y  | a.example | 404 | ? | ?",
        ),
        ("$status $request", Escape::None, "200 GET /a HTTP/1.1", "GET /a 1.1 | ? | 200 | ? | ?"),
        ("$request $status", Escape::Default, "GET /a HTTP/1.1 200", "GET /a 1.1 | ? | 200 | ? | ?"),
        ("${host}|$request|$status", Escape::Default, "a|GET /|b HTTP/1.1|200", "GET /|b 1.1 | a | 200 | ? | ?"),
        (
            r#"{"h":"$host","r":"$request_uri","m":"$request_method","s":$status,"u":"$proxy_upstream_name","a":"$upstream_addr"}"#,
            Escape::Json,
            r#"{"h":"a.example","r":"/x\"y\\","m":"GET","s":200,"u":"n-s-80","a":"10.0.0.1:80, 10.0.0.2:80"}"#,
            "GET /x\"y\\  | a.example | 200 | n-s-80 | passed",
        ),
        // Who forwards a log may write it anew.
        (
            r#"{"h":"$host","r":"$request_method $request_uri","s":$status,"in":{"u":"$proxy_upstream_name"}}"#,
            Escape::Json,
            r#"{"added": [1], "in": {"u": "n-s-80"}, "s": 200, "r": "GET /x", "h": "a.example"}"#,
            "GET /x  | a.example | 200 | n-s-80 | ?",
        ),
        (
            r#"{"h":"$host","r":"$request","s":"$status","a":"$upstream_addr"}"#,
            Escape::Json,
            r#"{"h":"a","r":"GET / HTTP/1.1","s":"301","a":""}"#,
            "GET / 1.1 | a | 301 | ? | own",
        ),
    ] {
        assert_eq!(told(&entry(&Format::new(format, escape), line)), expected, "{format}");
    }
}

#[test]
fn what_can_be_read_in_two_ways_is_not_read() {
    for (format, line, expected) in [
        ("$http_x $request_uri $http_y", "a /b /c d", Line::Unclear),
        ("$http_x $http_y", "a b c", Line::Unclear),
        ("$http_x$http_y", "ab", Line::Unclear),
        ("$status", "2x0", Line::Unread),
        ("$status ", "200", Line::Unread),
        ("literal", "literal", Line::Request(Box::default())),
        ("", "x", Line::Unread),
    ] {
        assert_eq!(Format::new(format, Escape::Default).read(line.as_bytes()), expected, "{format}");
    }
    // What is not told may be read in any way.
    assert_eq!(told(&entry(&Format::new("$status $one $other", Escape::Default), "200 a b c")), " | ? | 200 | ? | ?");
}

#[test]
fn a_line_that_could_be_cut_in_many_ways_takes_no_time() {
    let format = Format::new("$http_a $http_b $http_c $http_d $http_e $status", Escape::None);
    let line = "a ".repeat(10_000);
    assert_eq!(format.read(line.as_bytes()), Line::Unclear);
}

#[test]
fn what_others_put_around_a_line_is_taken_off() {
    let docker = serde_json::json!({"log": format!("{PLAIN}\n"), "stream": "stdout", "time": "2025-10-10T13:55:36.1Z"}).to_string();
    for line in [
        format!("2025-10-10T13:55:36.123456789Z stdout F {PLAIN}"),
        format!("2025-10-10T13:55:36.123456789Z {PLAIN}"),
        format!("[pod/controller-x/controller] {PLAIN}"),
        format!("[pod/controller-x/controller] 2025-10-10T13:55:36.123456789Z {PLAIN}\r"),
        docker,
    ] {
        assert_eq!(told(&entry(&usual(), &line)), told(&entry(&usual(), PLAIN)), "{line}");
    }
}

#[test]
fn lines_of_others_are_told_apart() {
    for (line, expected) in [
        ("I1010 13:55:36.123456       7 main.go:49] starting", Line::Program),
        ("2025/10/10 13:55:36 [error] 30#30: *7 connect() failed", Line::Program),
        ("2025-10-10T13:55:36.123456789Z stderr F W1010 13:55:36.123456       7 main.go:49] odd", Line::Program),
        ("[192.0.2.7] [10/Oct/2025:13:55:36 +0000] TCP 200 1 2 0.1", Line::Stream),
        ("", Line::Empty),
        (" \r", Line::Empty),
        ("what is this", Line::Unread),
    ] {
        assert_eq!(usual().read(line.as_bytes()), expected, "{line}");
    }
}

#[test]
fn formats_say_what_they_lack() {
    assert_eq!(usual().lacks(), [Lack::Host, Lack::Scheme]);
    assert_eq!(Format::new("$status", Escape::Default).lacks().first(), Some(&Lack::Target));
    assert_eq!(usual().headers(), ["authorization", "referer", "user-agent"]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_not(format in "(\\$(status|request|host|http_x|upstream_addr|\\{time_local\\}|cookie_a)?|[ -~]){0,12}", bytes: Vec<u8>, cut in 0..PLAIN.len(), kind in 0_usize..3) {
        let escape = [Escape::Default, Escape::Json, Escape::None][kind];
        let format = Format::new(&format, escape);
        let line = [&PLAIN.as_bytes()[..cut], &bytes, &PLAIN.as_bytes()[cut..]].concat();
        for format in [&format, &usual()] {
            for line in [bytes.as_slice(), &line, &[b"{\"log\":\"", line.as_slice(), b"\",\"stream\":1}"].concat()] {
                let _ = format.read(line);
            }
        }
    }

    #[test]
    fn a_line_is_read_as_it_was_written(path in "/[!-~&&[^\"\\\\?]]{0,20}", user in "[a-z \\[]{0,8}[a-z]", agent in "[ -~&&[^\"\\\\]]{1,30}", status in 100u16..600) {
        let line = format!(
            "192.0.2.7 - {user} [10/Oct/2025:13:55:36 +0000] \"GET {path} HTTP/1.1\" {status} 1 \"-\" \"{agent}\" 421 0.004 [n-s-80] [] 10.0.0.1:80 1 0.004 {status} 5f3c"
        );
        let format = usual();
        let read = entry(&format, &line);
        prop_assert_eq!(read.sent.map(|sent| sent.target.into_owned()), Some(path.into_bytes()));
        prop_assert_eq!(read.status, Some(status));
        prop_assert_eq!(read.user.flatten().map(Cow::into_owned), Some(user));
    }
}
