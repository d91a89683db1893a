//! Which host a request is for, as nginx reads the `Host` header and the name in the TLS handshake.

use std::borrow::Cow;

/// A name in small letters.
pub(super) fn small(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) { Cow::Owned(name.to_ascii_lowercase()) } else { Cow::Borrowed(name) }
}

/// The host of a `Host` header: small letters, without port and final dot. None where nginx answers 400.
///
/// Source: `ngx_http_validate_host` of the releases up to 1.29, which every image of the controller has.
pub(super) fn valid(raw: &str) -> Option<Cow<'_, str>> {
    #[derive(PartialEq)]
    enum State {
        Usual,
        Literal,
        Rest,
    }
    let bytes = raw.as_bytes();
    let (mut state, mut end, mut dot) = (State::Usual, bytes.len(), None);
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'.' if at > 0 && dot == Some(at - 1) => return None,
            b'.' => dot = Some(at),
            b':' if state == State::Usual => {
                end = at;
                state = State::Rest;
            }
            b'[' if at == 0 => state = State::Literal,
            b']' if state == State::Literal => {
                end = at + 1;
                state = State::Rest;
            }
            b'/' | 0..=b' ' | 0x7f => return None,
            _ => {}
        }
    }
    if end > 0 && dot == Some(end - 1) {
        end -= 1;
    }
    (end > 0).then(|| small(&raw[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_lose_ports_dots_and_capitals() {
        for (raw, expected) in [
            ("Shop.Example.COM", Some("shop.example.com")),
            ("shop.example.com:8080", Some("shop.example.com")),
            ("shop.example.com.", Some("shop.example.com")),
            ("shop.example.com.:443", Some("shop.example.com")),
            ("[::1]:80", Some("[::1]")),
            ("a_b!", Some("a_b!")),
            ("", None),
            (".", None),
            (":80", None),
            ("a..b", None),
            ("a b", None),
            ("a/b", None),
            ("a\tb", None),
        ] {
            assert_eq!(valid(raw).as_deref(), expected, "{raw}");
        }
    }
}
