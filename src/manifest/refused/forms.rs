//! The forms that Kubernetes wants of names, hosts, addresses and ports: why a text has not the form, as the end of a sentence.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why a text has not a form; none where it has.
pub(super) type Form = fn(&str) -> Option<&'static str>;

/// Longest name of labels with dots between them.
const LONGEST_NAME: usize = 253;
/// Longest label.
const LONGEST_LABEL: usize = 63;

/// Lower-case labels with dots between them (RFC 1123). Labels may be of any length.
pub(super) fn subdomain(text: &str) -> Option<&'static str> {
    if text.len() > LONGEST_NAME {
        Some("because it has more than 253 characters")
    } else if text.split('.').all(is_label) {
        None
    } else if text.split('.').all(|label| is_label(&label.to_ascii_lowercase())) {
        Some("because letters must be small")
    } else {
        Some("which is small letters, digits and `-`, with dots between them")
    }
}

/// One lower-case label (RFC 1123).
pub(super) fn label(text: &str) -> Option<&'static str> {
    if text.len() > LONGEST_LABEL {
        Some("because it has more than 63 characters")
    } else if is_label(text) {
        None
    } else if is_label(&text.to_ascii_lowercase()) {
        Some("because letters must be small")
    } else {
        Some("which is small letters, digits and `-`")
    }
}

fn is_label(label: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !label.is_empty() && label.bytes().all(is_inner) && !label.starts_with('-') && !label.ends_with('-')
}

/// The beginning of a name that a server completes. Quirk: a dash at its end takes the character before it along.
pub(super) fn beginning(text: &str, form: Form) -> Option<&'static str> {
    let kept = text.strip_suffix('-').filter(|rest| !rest.is_empty()).map(|rest| {
        let end = rest.char_indices().last().map_or(0, |(at, _)| at);
        format!("{}a", &rest[..end])
    });
    form(kept.as_deref().unwrap_or(text))
}

/// The beginning of a name of labels.
pub(super) fn beginning_of_subdomain(text: &str) -> Option<&'static str> {
    beginning(text, subdomain)
}

/// The beginning of a label.
pub(super) fn beginning_of_label(text: &str) -> Option<&'static str> {
    beginning(text, label)
}

/// The host of a rule: a name, or `*.` in front of one.
pub(super) fn host(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        None
    } else if text.parse::<IpAddr>().is_ok() || is_sloppy_ipv4(text) {
        Some("but an address")
    } else {
        listed_host(text)
    }
}

/// A host that a certificate is for: Kubernetes lets addresses in, which look like names.
pub(super) fn listed_host(text: &str) -> Option<&'static str> {
    const FORM: &str = "which is labels of letters, digits and `-` with dots between them, and `*.` in front at most";
    let name = text.strip_prefix("*.").unwrap_or(text);
    if text.len() > LONGEST_NAME {
        return Some("because it has more than 253 characters");
    }
    subdomain(name).map(|problem| if problem.contains("small letters") { FORM } else { problem })
}

/// Four numbers with dots between them, whatever zeros are in front of them.
fn is_sloppy_ipv4(text: &str) -> bool {
    let is_octet = |part: &str| {
        let digits = part.trim_start_matches('0');
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) && digits.len() <= 3 && digits.parse().unwrap_or(0) <= 255_u16
    };
    text.split('.').count() == 4 && text.split('.').all(is_octet)
}

/// A name with a domain of its own, as `example.com/name`, or without one.
pub(super) fn qualified_name(text: &str) -> Option<&'static str> {
    const FORM: &str = "which is letters, digits, `-`, `_` and `.`, with a domain and a slash in front at most";
    let (domain, name) = match text.split_once('/') {
        Some((domain, name)) => (Some(domain), name),
        None => (None, text),
    };
    if domain.is_some_and(|domain| subdomain(domain).is_some()) || name.contains('/') || !is_name_part(name) {
        Some(FORM)
    } else if name.len() > LONGEST_LABEL {
        Some("because it has more than 63 characters")
    } else {
        None
    }
}

/// The name of an annotation, in which the case of letters does not count.
pub(super) fn annotation(text: &str) -> Option<&'static str> {
    qualified_name(&text.to_lowercase())
}

fn is_name_part(name: &str) -> bool {
    let bytes = name.as_bytes();
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    is_end(bytes.first()) && is_end(bytes.last()) && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte))
}

/// The value of a label.
pub(super) fn label_value(text: &str) -> Option<&'static str> {
    if text.len() > LONGEST_LABEL {
        Some("because it has more than 63 characters")
    } else if text.is_empty() || is_name_part(text) {
        None
    } else {
        Some("which is letters, digits, `-`, `_` and `.`")
    }
}

/// The name of a port of a container (RFC 6335).
pub(super) fn port_name(text: &str) -> Option<&'static str> {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if text.len() > 15 {
        Some("because it has more than 15 characters")
    } else if text.is_empty() || !text.bytes().all(is_inner) || text.contains("--") || text.starts_with('-') || text.ends_with('-') {
        Some("which is small letters, digits and single `-` between them")
    } else if !text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        Some("because it has no letter: numbers are written without quotes")
    } else {
        None
    }
}

/// The key of a ConfigMap or Secret.
pub(super) fn key(text: &str) -> Option<&'static str> {
    if text.len() > LONGEST_NAME {
        Some("because it has more than 253 characters")
    } else if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        Some("which is letters, digits, `-`, `_` and `.`")
    } else if text == "." || text.starts_with("..") {
        Some("because it is no name of a file")
    } else {
        None
    }
}

/// A part of a path in the API.
pub(super) fn segment(text: &str) -> Option<&'static str> {
    let is_bad = matches!(text, "." | "..") || text.contains(['/', '%']);
    is_bad.then_some("which holds no `/` and no `%`")
}

/// The name of a controller of Ingresses: a domain and a path.
pub(super) fn controller(text: &str) -> Option<&'static str> {
    const FORM: &str = "which is a domain, a slash and a path, as in `example.com/name`";
    let is_path = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&byte);
    let fits =
        text.split_once('/').is_some_and(|(domain, path)| !path.is_empty() && path.bytes().all(is_path) && subdomain(domain).is_none());
    if text.len() > 250 { Some("because it has more than 250 characters") } else { (!fits).then_some(FORM) }
}

/// A DNS name of two labels at least, with a dot behind it at most.
pub(super) fn full_name(text: &str) -> Option<&'static str> {
    let name = text.strip_suffix('.').unwrap_or(text);
    let is_full = name.contains('.') && subdomain(name).is_none() && name.split('.').all(|part| label(part).is_none());
    (!is_full).then_some("which has two labels of small letters, digits and `-` at least")
}

/// The name that a Service stands for.
pub(super) fn external_name(text: &str) -> Option<&'static str> {
    subdomain(text.strip_suffix('.').unwrap_or(text)).filter(|_| !text.is_empty())
}

/// An address of version 4.
pub(super) fn ipv4(text: &str) -> Option<&'static str> {
    text.parse::<Ipv4Addr>().is_err().then_some("which is four numbers with dots between them")
}

/// An address of version 6.
pub(super) fn ipv6(text: &str) -> Option<&'static str> {
    let is_other = text.parse::<Ipv6Addr>().map_or(true, |address| address.to_ipv4_mapped().is_some());
    is_other.then_some("which is groups of hexadecimal digits with colons between them")
}

/// An address of any version.
pub(super) fn address(text: &str) -> Option<&'static str> {
    (ipv4(text).is_some() && ipv6(text).is_some()).then_some("which is an IPv4 or IPv6 address")
}

/// An address or `None`, of a Service.
pub(super) fn cluster_address(text: &str) -> Option<&'static str> {
    if matches!(text, "" | "None") { None } else { address(text).map(|_| "which is an IPv4 or IPv6 address, or `None`") }
}

/// A network; blanks around it do not count.
pub(super) fn network(text: &str) -> Option<&'static str> {
    let fits = text.trim().split_once('/').is_some_and(|(address, length)| {
        let most = if address.contains(':') { 128 } else { 32 };
        let is_length = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
        (self::address(address).is_none() || is_sloppy_ipv4(address))
            && is_length
            && length.parse::<u32>().is_ok_and(|length| length <= most)
    });
    (!fits).then_some("which is an address, a slash and the length of a prefix")
}

/// Why an address can be none of an endpoint.
fn special(address: IpAddr) -> Option<&'static str> {
    let (is_link_local, is_group) = match address {
        IpAddr::V4(address) => (address.is_link_local(), address.octets()[..3] == [224, 0, 0]),
        IpAddr::V6(address) => {
            let first = address.segments()[0];
            (first & 0xffc0 == 0xfe80, first & 0xff0f == 0xff02)
        }
    };
    if address.is_unspecified() {
        Some("because it stands for every address of a machine")
    } else if is_link_local || is_group {
        Some("because it is one of the network that a machine stands in alone")
    } else {
        None
    }
}

/// The same for a text, which may be no address.
pub(super) fn special_text(text: &str) -> Option<&'static str> {
    text.parse().ok().and_then(special)
}

/// Why an address is one that a server refuses, but that a proxy is tried with.
pub(super) fn loopback(text: &str) -> Option<&'static str> {
    let is_loopback = text.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    is_loopback.then_some("because it is that of the machine itself")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Holds that texts have a form, and that others do not.
    fn check(form: Form, good: &[&str], bad: &[&str]) {
        for text in good {
            assert_eq!(form(text), None, "{text:?}");
        }
        for text in bad {
            assert!(form(text).is_some(), "{text:?}");
        }
    }

    #[test]
    fn hosts_are_names_of_small_letters() {
        let long = "a.".repeat(126) + "aa";
        let longest = "a.".repeat(126) + "a";
        let label = "a".repeat(100) + ".example";
        check(
            host,
            &["", "a", "a.example", "*.a.example", "*.a", "1.example", "xn--e1afmkfd.example", "1.2.3", "1.2.3.256", &longest, &label],
            &[
                "~.*",
                "*",
                "_",
                "*.*.a",
                "a*b",
                "*a.example",
                "a.*.b",
                "a..b",
                "a.example.",
                ".a",
                "-a",
                "a-",
                "a b",
                "a_b",
                "a.example/x",
                "a\nb",
                "a\n",
                "пример.example",
                "1.2.3.4",
                "001.2.3.4",
                "::1",
                "[::1]",
                "A.example",
                "a.example:80",
                " ",
                &long,
            ],
        );
        check(listed_host, &["1.2.3.4", "*.a"], &["", "*", "A", "a\nb"]);
    }

    #[test]
    fn names_have_their_forms() {
        let long = "a".repeat(64);
        check(subdomain, &["a", "a.b", "0"], &["", ".", "a.", "A", "a_b", "a/b", "é"]);
        check(label, &["a", "a-b", "0", &long[..63]], &["", "a.b", "-", "a-", "A", &long]);
        check(qualified_name, &["a", "A_b.c-d", "a.b/C", &long[..63]], &["", "/", "a/", "/a", "a/b/c", "a b", "A/b", "-a", "a_", &long]);
        check(annotation, &["A.b/C", "a"], &["a b/c", "a/b c", "a\n", "a:b"]);
        check(label_value, &["", "a", "A.b_c-d"], &["-a", "a ", "a/b", "a,b", &long]);
        check(port_name, &["a", "http2", "a-b-1"], &["", "80", "1-2", "A", "a--b", "-a", "a-", "a.b", "abcdefghijklmnop"]);
        check(key, &["a", ".a", "A_b-c", "-"], &["", ".", "..", "..a", "a b", "a/b", "a:b", "a\n", "é"]);
        check(segment, &["a", "a.b", "A B"], &[".", "..", "a/b", "a%b"]);
        check(controller, &["a/b", "k8s.io/ingress-nginx"], &["", "a", "a/", "/b", "A/b", "a/b c", &("a/".to_owned() + &"b".repeat(250))]);
        check(full_name, &["a.b", "a.b."], &["", "a", ".", "a.b..", "A.b", "a_b.c", &("a.".to_owned() + &long)]);
        check(external_name, &["", "a", "a.b.", "1.2.3.4"], &[".", "A", "unix:/a", "a b"]);
        check(beginning_of_subdomain, &["a-", "A-", "a.b-", "ab"], &["-", "a.-.", "A.b-", "..-"]);
    }

    #[test]
    fn addresses_are_addresses() {
        let bad =
            ["", "unix:/tmp/x", "unix@/tmp/x", "/tmp/x", "abns@x", "$http_x", "fd@3", "1.2.3", "01.2.3.4", "1.2.3.4:80", "a", "::1%lo"];
        check(ipv4, &["10.0.0.1"], &bad);
        check(ipv6, &["fd00::1", "::1.2.3.4"], &bad);
        check(ipv6, &[], &["::ffff:1.2.3.4", "[::1]", "10.0.0.1"]);
        check(cluster_address, &["", "None", "10.0.0.1", "fd00::1"], &["none", "a"]);
        check(
            network,
            &["10.0.0.0/8", " fd00::/8 ", "010.0.0.0/08"],
            &["10.0.0.0", "10.0.0.0/33", "/8", "a/8", "10.0.0.0/+8", "10.0.0.0/"],
        );
    }

    #[test]
    fn some_addresses_are_of_the_machine() {
        for (text, is_special) in [
            ("10.0.0.1", false),
            ("127.0.0.1", false),
            ("224.0.1.1", false),
            ("fd00::1", false),
            ("ff05::1", false),
            ("0.0.0.0", true),
            ("169.254.169.254", true),
            ("224.0.0.1", true),
            ("::", true),
            ("fe80::1", true),
            ("febf::1", true),
            ("ff02::1", true),
            ("ff12::1", true),
        ] {
            assert_eq!(special(text.parse().expect("it is an address")).is_some(), is_special, "{text}");
        }
    }
}
