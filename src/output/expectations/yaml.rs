//! A file of expectations, as people would write it.

use std::fmt::Write as _;

use crate::expect::{Draft, Expected, Status, Test};
use crate::output::untrusted::one_line;
use crate::route::{ClientCertificate, Http, Request};

/// The file. The same configuration gives the same bytes.
#[must_use]
pub fn yaml(draft: &Draft) -> String {
    let mut out =
        String::from("# What requests come to: `ingressc test` says where that changes. Written by `ingressc test --generate`.\n");
    if draft.hosts.is_empty() {
        out.push_str("tests: []\n");
    } else {
        out.push_str("tests:\n");
    }
    for (host, tests) in &draft.hosts {
        let _ = writeln!(out, "  # {}", if host == "_" { "all other hosts".into() } else { one_line(host) });
        tests.iter().for_each(|own| test(&mut out, own));
    }
    for (host, path) in &draft.without {
        let _ = writeln!(out, "# Nothing is expected of {} {}: no request was found that gets there.", one_line(host), one_line(path));
    }
    out
}

fn test(out: &mut String, test: &Test) {
    let fields = request(&test.request);
    // Writing into a String cannot fail.
    let _ = match fields.as_slice() {
        [(_, url)] => writeln!(out, "  - request: {url}"),
        fields => {
            let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            writeln!(out, "  - request: {{{}}}", fields.join(", "))
        }
    };
    match test.when.as_slice() {
        [] => {}
        [one] => drop(writeln!(out, "    when: {}", scalar(&one.text))),
        all => drop(writeln!(out, "    when: [{}]", all.iter().map(|one| quoted(&one.text)).collect::<Vec<_>>().join(", "))),
    }
    out.push_str("    expect:\n");
    let mut protections = Vec::new();
    for expectation in &test.all {
        match value(&expectation.what) {
            Some(value) => drop(writeln!(out, "      {}: {value}", expectation.what.field())),
            None => {
                if let Expected::Protection(kind) = &expectation.what {
                    protections.push(kind.name());
                }
            }
        }
    }
    if !protections.is_empty() {
        let _ = writeln!(out, "      protections: [{}]", protections.join(", "));
    }
}

/// The fields of a request that are not usual.
fn request(request: &Request) -> Vec<(&'static str, String)> {
    let url = request.url();
    let mut all = vec![("url", scalar(&url))];
    let usual = Request::of_url(&url).ok();
    let is_usual = |same: &dyn Fn(&Request) -> bool| usual.as_ref().is_some_and(same);
    if request.method != "GET" {
        all.push(("method", scalar(&request.method)));
    }
    if !request.headers.is_empty() {
        let headers: Vec<String> =
            request.headers.iter().map(|(name, value)| format!("{}: {}", quoted_name(name), quoted(value))).collect();
        all.push(("headers", format!("{{{}}}", headers.join(", "))));
    }
    if !is_usual(&|usual| usual.client == request.client) {
        all.push(("client_ip", quoted(&request.client.to_string())));
    }
    if !is_usual(&|usual| usual.sni == request.sni) {
        all.push(("sni", request.sni.as_ref().map_or_else(|| String::from("null"), |sni| quoted(sni))));
    }
    match request.certificate {
        ClientCertificate::None => {}
        ClientCertificate::Valid => all.push(("client_cert", String::from("true"))),
        ClientCertificate::Invalid => all.push(("client_cert", String::from("invalid"))),
    }
    match request.http {
        Http::V11 => {}
        Http::V10 => all.push(("http", quoted("1.0"))),
        Http::V2 => all.push(("http", quoted("2"))),
    }
    all.extend(request.body.map(|bytes| ("body", bytes.to_string())));
    // In braces a colon or a comma would end the URL.
    if all.len() > 1 {
        all[0].1 = quoted(&url);
    }
    all
}

/// The value of a field that stands alone; none for protections, which stand in one list.
fn value(expected: &Expected) -> Option<String> {
    Some(match expected {
        Expected::Service(service) => scalar(&service.to_string()),
        Expected::Port(text)
        | Expected::Upstream(text)
        | Expected::Protocol(text)
        | Expected::Method(text)
        | Expected::Path(text)
        | Expected::Host(text)
        | Expected::Redirect(text)
        | Expected::Certificate(Some(text))
        | Expected::Ingress(text)
        | Expected::Route(text) => scalar(text),
        Expected::Status(Status::Code(code)) => code.to_string(),
        Expected::Status(Status::Closed) => String::from("closed"),
        Expected::Certificate(None) | Expected::Unprotected => String::from("none"),
        Expected::Reachable(reachable) => reachable.to_string(),
        Expected::Canary(shares) => {
            let shares: Vec<String> = shares
                .iter()
                .map(|(service, share)| {
                    let percent = format!("{:.2}", share * 100.0);
                    format!("{}: {}%", quoted_name(&service.to_string()), percent.trim_end_matches('0').trim_end_matches('.'))
                })
                .collect();
            format!("{{{}}}", shares.join(", "))
        }
        Expected::Protection(_) | Expected::Header(..) | Expected::Removed(_) | Expected::ResponseHeader(..) => return None,
    })
}

/// A text in YAML, in quotes where it could be read as anything else.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/_.~?=&%@+-:".contains(c);
    let is_known = text == "default";
    let starts = text.starts_with(|c: char| c == '/' || c.is_ascii_alphabetic());
    let is_word = text.contains('/') || text.contains('-') && text.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let is_sentence = text.starts_with("the ") && text.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ');
    if is_known || is_sentence || starts && is_word && text.chars().all(is_plain) && !text.ends_with(':') {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// A key within braces.
fn quoted_name(text: &str) -> String {
    let is_plain =
        text.chars().all(|c| c.is_ascii_alphanumeric() || "/_-".contains(c)) && text.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_plain && (text.contains('/') || text.contains('-')) { text.to_owned() } else { quoted(text) }
}

/// A text in double quotes, with the escapes of YAML.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if crate::output::untrusted::is_deceptive(c) => drop(write!(out, "\\U{:08x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_where_they_need_it() {
        for (text, expected) in [
            ("https://a.example/b?c=d", "https://a.example/b?c=d"),
            ("shop/web:http", "shop/web:http"),
            ("/", "/"),
            ("grpc", "\"grpc\""),
            ("80", "\"80\""),
            ("null", "\"null\""),
            ("~", "\"~\""),
            ("/a b#c", "\"/a b#c\""),
            ("https://a.example/,x", "\"https://a.example/,x\""),
            ("the password is right", "the password is right"),
            ("not: a", "\"not: a\""),
            ("a\"\\\u{7}", "\"a\\\"\\\\\\U00000007\""),
        ] {
            assert_eq!(scalar(text), expected);
        }
    }
}
