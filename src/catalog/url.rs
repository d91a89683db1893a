//! URLs as the controller reads them: what it takes for one, and the host in it.
//!
//! The controller uses the URL parser of Go 1.26, which lets through more than browsers do: variables of nginx in the host, for one.

use std::net::Ipv6Addr;

/// The parts of a URL that decide something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// The scheme, in lower case.
    pub scheme: String,
    /// Host and port, as they were written.
    pub host: String,
}

/// Why a text is not a URL with scheme and host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// A control character.
    #[error("a control character is in it")]
    ControlCharacter,
    /// Nothing stands before the colon.
    #[error("the scheme is missing")]
    NoScheme,
    /// The host is missing.
    #[error("the host is missing")]
    NoHost,
    /// A character that no host can have.
    #[error("the host has a character that no host can have")]
    BadHost,
    /// An address in brackets that is none.
    #[error("the address in brackets is not an IPv6 address")]
    BadAddress,
    /// A port that is not a number.
    #[error("the port is not a number")]
    BadPort,
    /// A user name with a character that it cannot have.
    #[error("the user name has a character that it cannot have")]
    BadUser,
    /// A percent sign without two hexadecimal digits.
    #[error("a percent sign is not followed by two hexadecimal digits")]
    BadEscape,
}

impl Url {
    /// The host without port and brackets.
    #[must_use]
    pub fn hostname(&self) -> &str {
        let host = match self.host.rfind(':') {
            Some(colon) if is_optional_port(&self.host[colon..]) => &self.host[..colon],
            _ => &self.host,
        };
        host.strip_prefix('[').and_then(|inner| inner.strip_suffix(']')).unwrap_or(host)
    }
}

/// Reads a URL that must have a scheme and a host.
///
/// # Errors
/// Why it is not one.
pub fn parse(text: &str) -> Result<Url, UrlError> {
    let (text, fragment) = text.split_once('#').unwrap_or((text, ""));
    if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
        return Err(UrlError::ControlCharacter);
    }
    check_escapes(fragment)?;
    let (scheme, rest) = split_scheme(text)?;
    let (rest, _query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = rest.strip_prefix("//").ok_or(UrlError::NoHost)?;
    let (authority, path) = authority.find('/').map_or((authority, ""), |slash| authority.split_at(slash));
    check_escapes(path)?;
    let host = match authority.rsplit_once('@') {
        None => host(authority)?,
        Some((user, host_and_port)) => {
            let host = host(host_and_port)?;
            check_user(user)?;
            host
        }
    };
    if host.is_empty() {
        return Err(UrlError::NoHost);
    }
    if host.contains("..") {
        return Err(UrlError::BadHost);
    }
    Ok(Url { scheme, host })
}

fn split_scheme(text: &str) -> Result<(String, &str), UrlError> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '+' | '-' | '.')).ok_or(UrlError::NoScheme)?;
    let (scheme, rest) = text.split_at(end);
    match rest.strip_prefix(':') {
        Some(rest) if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) => Ok((scheme.to_ascii_lowercase(), rest)),
        _ => Err(UrlError::NoScheme),
    }
}

fn check_escapes(text: &str) -> Result<(), UrlError> {
    let mut parts = text.split('%');
    parts.next();
    let hexadecimal = |part: &str| part.len() >= 2 && part.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit);
    if parts.all(hexadecimal) { Ok(()) } else { Err(UrlError::BadEscape) }
}

fn check_user(user: &str) -> Result<(), UrlError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !user.chars().all(allowed) {
        return Err(UrlError::BadUser);
    }
    check_escapes(user)
}

/// The host and port, with the escapes of the host resolved.
fn host(text: &str) -> Result<String, UrlError> {
    if let Some(inner) = text.strip_prefix('[') {
        let (address, port) = inner.rsplit_once(']').ok_or(UrlError::BadAddress)?;
        if !is_optional_port(port) {
            return Err(UrlError::BadPort);
        }
        let (address, zone) = address.split_once("%25").map_or((address, None), |(address, zone)| (address, Some(zone)));
        if address.parse::<Ipv6Addr>().is_err() || zone == Some("") {
            return Err(UrlError::BadAddress);
        }
        let zone = zone.map(|zone| format!("%{zone}")).unwrap_or_default();
        return Ok(format!("[{address}{zone}]{port}"));
    }
    if text.contains('[') {
        return Err(UrlError::BadAddress);
    }
    if text.find(':').is_some_and(|colon| !is_optional_port(&text[colon..])) {
        return Err(UrlError::BadPort);
    }
    unescaped_host(text)
}

/// Resolves the escapes of a host: only characters beyond ASCII may be escaped.
fn unescaped_host(text: &str) -> Result<String, UrlError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte) || !byte.is_ascii();
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        if *first != b'%' {
            if !allowed(*first) {
                return Err(UrlError::BadHost);
            }
            bytes.push(*first);
            continue;
        }
        let [high, low, behind @ ..] = rest else { return Err(UrlError::BadEscape) };
        let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).ok_or(UrlError::BadEscape);
        let byte = digit(*high)? << 4 | digit(*low)?;
        match byte {
            // A percent sign may be escaped, for the zone of an address; it need not be one.
            b'%' => bytes.push(b'%'),
            0x80.. => bytes.push(byte),
            _ => return Err(UrlError::BadEscape),
        }
        rest = behind;
    }
    String::from_utf8(bytes).map_err(|_| UrlError::BadHost)
}

/// Nothing, or a colon and digits, which may be missing.
fn is_optional_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_with_scheme_and_host_are_taken() {
        let good = [
            ("http://auth.corp/verify", "http", "auth.corp", "auth.corp"),
            ("HTTPS://Auth.Corp", "https", "Auth.Corp", "Auth.Corp"),
            ("http://auth:8080/x?next=http://y#top", "http", "auth:8080", "auth"),
            ("http://auth:/", "http", "auth:", "auth"),
            ("http://me:secret@auth/", "http", "auth", "auth"),
            ("http://$host:9000/check", "http", "$host:9000", "$host"),
            ("http://[2001:db8::9]:81/", "http", "[2001:db8::9]:81", "2001:db8::9"),
            ("http://[fe80::9%25eth1]/", "http", "[fe80::9%eth1]", "fe80::9%eth1"),
            ("http://m%C3%BCnster/", "http", "münster", "münster"),
            ("http://auth/with space|and<more>", "http", "auth", "auth"),
            ("x-y.z+1://h", "x-y.z+1", "h", "h"),
        ];
        for (text, scheme, host, hostname) in good {
            let url = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!((url.scheme.as_str(), url.host.as_str(), url.hostname()), (scheme, host, hostname), "{text}");
        }
    }

    #[test]
    fn everything_else_has_a_reason() {
        let bad = [
            ("", UrlError::NoScheme),
            ("auth.corp/verify", UrlError::NoScheme),
            ("://auth", UrlError::NoScheme),
            ("7http://auth", UrlError::NoScheme),
            ("//auth/verify", UrlError::NoScheme),
            ("http:auth", UrlError::NoHost),
            ("http:///verify", UrlError::NoHost),
            ("http://?x", UrlError::NoHost),
            ("http://me@/", UrlError::NoHost),
            ("http://au th/", UrlError::BadHost),
            ("http://{auth}/", UrlError::BadHost),
            ("http://auth..corp/", UrlError::BadHost),
            ("http://auth\\corp/", UrlError::BadHost),
            ("http://auth:web/", UrlError::BadPort),
            ("http://auth:80:81/", UrlError::BadPort),
            ("http://2001:db8::9/", UrlError::BadPort),
            ("http://[2001:db8::9", UrlError::BadAddress),
            ("http://[auth]/", UrlError::BadAddress),
            ("http://[10.0.0.7]/", UrlError::BadAddress),
            ("http://x[::1]/", UrlError::BadAddress),
            ("http://me[@auth/", UrlError::BadUser),
            ("http://au%20th/", UrlError::BadEscape),
            ("http://auth%/", UrlError::BadEscape),
            ("http://auth/%2", UrlError::BadEscape),
            ("http://auth/#%zz", UrlError::BadEscape),
            ("http://auth/\nx", UrlError::ControlCharacter),
        ];
        for (text, error) in bad {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }
}
