//! URLs as Go 1.26 reads them: what the controller takes for one, and which host it finds in it.

mod rewritten;

use std::net::Ipv6Addr;

pub use rewritten::{around_host, with_way_back};

/// Why Go does not take a text for a URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Bytes below the space, or DEL.
    #[error("it holds a control character")]
    ControlCharacter,
    /// Nothing at all, where a path is needed.
    #[error("it is empty")]
    Empty,
    /// It starts with a colon.
    #[error("nothing stands before the first colon")]
    NoScheme,
    /// No scheme, where one is needed.
    #[error("it does not start with a scheme like `http://`")]
    Relative,
    /// No host, where one is needed.
    #[error("it names no host")]
    NoHost,
    /// Two dots in a row, where the host is looked at closely.
    #[error("two dots follow each other in the host")]
    Dots,
    /// No path, where one is needed; or a colon before the first slash.
    #[error("it is neither a URL nor a path that starts with `/`")]
    NoPath,
    /// The part before `@`.
    #[error("the part before `@` holds characters that must be escaped")]
    User,
    /// The port.
    #[error("the port is not a number")]
    Port,
    /// The host.
    #[error("the host holds characters that no host can have")]
    Host,
    /// A per cent sign.
    #[error("`%` is not followed by two hexadecimal digits")]
    Escape,
}

/// The parts of a URL that the controller looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// The scheme in lower case; empty if there is none.
    pub scheme: String,
    /// Host and port; empty if there are none.
    pub host: String,
}

impl Url {
    /// Reads a URL or a reference relative to one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
        let url = parse(text, false)?;
        check_escapes(fragment)?;
        Ok(url)
    }

    /// Reads the URL of a service: scheme and host must be there.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse_absolute(text: &str) -> Result<Self, UrlError> {
        let url = Self::parse(text)?;
        match (url.scheme.as_str(), url.host.as_str()) {
            ("", _) => Err(UrlError::Relative),
            (_, "") => Err(UrlError::NoHost),
            (_, host) if host.contains("..") => Err(UrlError::Dots),
            _ => Ok(url),
        }
    }

    /// Reads what may stand in the first line of a request: a URL, or a path that starts with a slash.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse_request(text: &str) -> Result<Self, UrlError> {
        parse(text, true)
    }

    /// The host without port and brackets.
    #[must_use]
    pub fn hostname(&self) -> &str {
        let host = match self.host.rfind(':') {
            Some(colon) if is_port(&self.host[colon..]) => &self.host[..colon],
            _ => &self.host,
        };
        host.strip_prefix('[').and_then(|inside| inside.strip_suffix(']')).unwrap_or(host)
    }
}

fn parse(text: &str, is_request: bool) -> Result<Url, UrlError> {
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Err(UrlError::ControlCharacter);
    }
    if text.is_empty() && is_request {
        return Err(UrlError::Empty);
    }
    let (scheme, rest) = split_scheme(text)?;
    let mut url = Url { scheme: scheme.to_ascii_lowercase(), host: String::new() };
    let rest = rest.split_once('?').map_or(rest, |(path, _)| path);
    if text == "*" {
        return Ok(url);
    }
    if !rest.starts_with('/') {
        if !scheme.is_empty() {
            return Ok(url);
        }
        if is_request || rest.split('/').next().is_some_and(|first| first.contains(':')) {
            return Err(UrlError::NoPath);
        }
    }
    let has_authority = !scheme.is_empty() || !is_request && !rest.starts_with("///");
    let path = match rest.strip_prefix("//").filter(|_| has_authority) {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            url.host = parse_authority(authority)?;
            path
        }
        None => rest,
    };
    check_escapes(path)?;
    Ok(url)
}

/// Splits off the scheme; empty where the text before the first colon is none.
fn split_scheme(text: &str) -> Result<(&str, &str), UrlError> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at > 0 => return Ok((&text[..at], &text[at + 1..])),
            b':' => return Err(UrlError::NoScheme),
            _ => break,
        }
    }
    Ok(("", text))
}

fn parse_authority(authority: &str) -> Result<String, UrlError> {
    let Some((user, host)) = authority.rsplit_once('@') else { return parse_host(authority) };
    let host = parse_host(host)?;
    let is_user = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte);
    if !user.bytes().all(is_user) {
        return Err(UrlError::User);
    }
    check_escapes(user)?;
    Ok(host)
}

fn parse_host(host: &str) -> Result<String, UrlError> {
    if let Some(inside) = host.strip_prefix('[') {
        let (address, port) = inside.rsplit_once(']').ok_or(UrlError::Host)?;
        if !is_port(port) {
            return Err(UrlError::Port);
        }
        let (address, zone) = address.split_once("%25").map_or((address, None), |(address, zone)| (address, Some(zone)));
        let is_zone = zone.is_none_or(|zone| !zone.is_empty() && check_escapes(zone).is_ok());
        if address.parse::<Ipv6Addr>().is_err() || !is_zone {
            return Err(UrlError::Host);
        }
        let zone = zone.map(|zone| format!("%{zone}")).unwrap_or_default();
        return Ok(format!("[{address}{zone}]{port}"));
    }
    if host.contains('[') {
        return Err(UrlError::Host);
    }
    if let Some(colon) = host.find(':')
        && !is_port(&host[colon..])
    {
        return Err(UrlError::Port);
    }
    unescape_host(host)
}

/// Whether a text is a colon with digits behind it, or nothing.
fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// In a host only bytes beyond ASCII may be escaped.
fn unescape_host(host: &str) -> Result<String, UrlError> {
    check_escapes(host)?;
    let is_allowed = |byte: u8| byte >= 0x80 || byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte);
    let mut bytes = Vec::with_capacity(host.len());
    let mut rest = host.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'%' {
            is_allowed(*first).then_some(()).ok_or(UrlError::Host)?;
            bytes.push(*first);
            continue;
        }
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()).unwrap_or_default();
        match u8::from_str_radix(digits, 16) {
            Ok(byte) if byte >= 0x80 => bytes.push(byte),
            Ok(b'%') => bytes.push(b'%'),
            _ => return Err(UrlError::Escape),
        }
        rest = after.get(2..).unwrap_or_default();
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn check_escapes(text: &str) -> Result<(), UrlError> {
    let mut parts = text.split('%').skip(1);
    let is_escape = |part: &str| part.len() >= 2 && part.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    if parts.all(is_escape) { Ok(()) } else { Err(UrlError::Escape) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found() {
        for (text, scheme, host, hostname) in [
            ("http://auth.example.com/check", "http", "auth.example.com", "auth.example.com"),
            ("HTTPS://a.example:8443?x", "https", "a.example:8443", "a.example"),
            ("http://user:p%40ss@a.example/", "http", "a.example", "a.example"),
            ("http://[::1]:80/", "http", "[::1]:80", "::1"),
            ("http://[fe80::1%25eth0]/", "http", "[fe80::1%eth0]", "fe80::1%eth0"),
            ("http://$host/x", "http", "$host", "$host"),
            ("http://a.example:/", "http", "a.example:", "a.example"),
            ("http://%C3%A4.example", "http", "ä.example", "ä.example"),
            ("//a.example/x", "", "a.example", "a.example"),
            ("mailto:x y", "mailto", "", ""),
            ("http:/x", "http", "", ""),
            ("///x", "", "", ""),
            ("*", "", "", ""),
            ("", "", "", ""),
            ("/a b{", "", "", ""),
        ] {
            let url = Url::parse(text);
            let found = url.as_ref().map(|url| (url.scheme.as_str(), url.host.as_str(), url.hostname()));
            assert_eq!(found, Ok((scheme, host, hostname)), "{text}");
        }
    }

    #[test]
    fn bad_urls_are_refused() {
        for (text, expected) in [
            ("http://a b/", UrlError::Host),
            ("http://a{/", UrlError::Host),
            ("http://a:b/", UrlError::Port),
            ("http://a:1:2/", UrlError::Port),
            ("http://[x]/", UrlError::Host),
            ("http://[::1/", UrlError::Host),
            ("http://a[::1]/", UrlError::Host),
            ("http://%zz", UrlError::Escape),
            ("http://%41/", UrlError::Escape),
            ("http://a/%4", UrlError::Escape),
            ("http://a/#%zz", UrlError::Escape),
            ("http://u ser@a/", UrlError::User),
            (":x", UrlError::NoScheme),
            ("1a:b", UrlError::NoPath),
            ("a\nb", UrlError::ControlCharacter),
        ] {
            assert_eq!(Url::parse(text), Err(expected), "{text}");
        }
    }

    #[test]
    fn services_need_scheme_and_host() {
        for (text, expected) in [
            ("http://auth.example.com/check", Ok("auth.example.com")),
            ("http://$host/x", Ok("$host")),
            ("http://", Err(UrlError::NoHost)),
            ("mailto:x", Err(UrlError::NoHost)),
            ("//a.example/x", Err(UrlError::Relative)),
            ("/only/path", Err(UrlError::Relative)),
            ("auth.example/x", Err(UrlError::Relative)),
            ("", Err(UrlError::Relative)),
            ("http://a..b/c", Err(UrlError::Dots)),
            ("http://a b/", Err(UrlError::Host)),
        ] {
            let host = Url::parse_absolute(text).map(|url| url.hostname().to_owned());
            assert_eq!(host, expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn requests_need_a_path() {
        for (text, expected) in [
            ("/x?y", Ok(())),
            ("http://a/x", Ok(())),
            ("//a/x", Ok(())),
            ("*", Ok(())),
            ("nodash", Err(UrlError::NoPath)),
            ("", Err(UrlError::Empty)),
            ("/%", Err(UrlError::Escape)),
        ] {
            assert_eq!(Url::parse_request(text).map(|_| ()), expected, "{text}");
        }
    }
}
