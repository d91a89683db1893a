//! URLs as Go reads and writes them, as far as the controller takes them apart.

use std::fmt::Write;

/// A URL in its parts; path, query and fragment as they were written.
struct Url<'a> {
    scheme: &'a str,
    user: Option<&'a str>,
    host: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    fragment: Option<&'a str>,
}

/// Name of the parameter that carries the way back after signing in, where none is given.
const DEFAULT_RETURN_PARAMETER: &str = "rd";

/// Host and port of a URL; empty where the controller cannot read it.
pub(super) fn host_and_port(url: &str) -> &str {
    absolute(url).map_or("", |url| url.host)
}

/// The URL with another host; empty where the controller cannot read it.
pub(super) fn with_host(url: &str, host: &str) -> String {
    let Some(url) = absolute(url) else { return String::new() };
    let user = url.user.map(|user| format!("{user}@")).unwrap_or_default();
    let part = |mark: &str, part: Option<&str>| part.map(|part| format!("{mark}{part}")).unwrap_or_default();
    let (query, fragment) = (part("?", url.query), part("#", url.fragment.filter(|fragment| !fragment.is_empty())));
    format!("{}://{user}{host}{}{query}{fragment}", url.scheme.to_ascii_lowercase(), written_path(url.path))
}

/// Where to send people who are not signed in: the URL, with the way back in a parameter unless it brings that already.
pub(super) fn sign_in(url: &str, parameter: &str) -> String {
    let Some(parsed) = parse(url) else { return String::new() };
    let parameter = if parameter.is_empty() { DEFAULT_RETURN_PARAMETER } else { parameter };
    let pairs = pairs(parsed.query.unwrap_or_default());
    if pairs.iter().find(|(name, _)| name == parameter.as_bytes()).is_some_and(|(_, value)| !value.is_empty()) {
        return url.to_owned();
    }
    let joint = if pairs.is_empty() { '?' } else { '&' };
    format!("{url}{joint}{parameter}=$pass_access_scheme://$http_host$escaped_request_uri")
}

/// A URL with a scheme and a host, as authentication needs it.
fn absolute(url: &str) -> Option<Url<'_>> {
    parse(url).filter(|url| !url.scheme.is_empty() && !url.host.is_empty() && !url.host.contains(".."))
}

fn parse(url: &str) -> Option<Url<'_>> {
    if url.bytes().any(|byte| byte.is_ascii_control()) {
        return None;
    }
    let (rest, fragment) = split(url, '#');
    let (scheme, rest) = split_scheme(rest)?;
    let (rest, query) = split(rest, '?');
    let mut parsed = Url { scheme, user: None, host: "", path: rest, query, fragment };
    if !rest.starts_with('/') {
        let is_confusing = scheme.is_empty() && rest.split('/').next().is_some_and(|segment| segment.contains(':'));
        return (!is_confusing).then_some(parsed);
    }
    if let Some(rest) = rest.strip_prefix("//").filter(|_| !scheme.is_empty() || !rest.starts_with("///")) {
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        parsed.path = path;
        match authority.rsplit_once('@') {
            Some((user, host)) => (parsed.user, parsed.host) = (Some(user), host),
            None => parsed.host = authority,
        }
    }
    let is_valid =
        is_valid_host(parsed.host) && unescape(parsed.path, false).is_some() && unescape(fragment.unwrap_or_default(), false).is_some();
    is_valid.then_some(parsed)
}

fn split(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(text, rest)| (text, Some(rest)))
}

/// The scheme, or nothing; none where a URL starts with a colon.
fn split_scheme(url: &str) -> Option<(&str, &str)> {
    let end = url.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))).unwrap_or(url.len());
    let (scheme, rest) = url.split_at(end);
    match rest.strip_prefix(':') {
        Some(_) if scheme.is_empty() => None,
        Some(rest) if scheme.starts_with(|c: char| c.is_ascii_alphabetic()) => Some((scheme, rest)),
        _ => Some(("", url)),
    }
}

fn is_valid_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|host| host.rsplit_once(']')) {
        Some((_, port)) => ("", port),
        None if host.starts_with('[') => return false,
        None => host.split_at(host.rfind(':').unwrap_or(host.len())),
    };
    let is_port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    let is_host_byte = |byte: u8| byte >= 0x80 || byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"%".contains(&byte);
    is_port && name.bytes().all(is_host_byte) && unescape(name, false).is_some()
}

/// The bytes that a text with `%` stands for; none where a `%` has no two digits behind it.
fn unescape(text: &str, is_query: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, behind @ ..] = rest {
        rest = behind;
        bytes.push(match byte {
            b'%' => {
                let digits =
                    std::str::from_utf8(rest.get(..2)?).ok().filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
                rest = &rest[2..];
                u8::from_str_radix(digits, 16).ok()?
            }
            b'+' if is_query => b' ',
            byte => *byte,
        });
    }
    Some(bytes)
}

/// The parameters of a query; those that cannot be read are left out.
fn pairs(query: &str) -> Vec<(Vec<u8>, Vec<u8>)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty() && !pair.contains(';'));
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        Some((unescape(name, true)?, unescape(value, true)?))
    };
    pairs.filter_map(pair).collect()
}

/// Go keeps a path as it was written only where nothing in it needed an escape; else it escapes anew.
fn written_path(path: &str) -> String {
    let needs_none = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte);
    if path.bytes().all(|byte| needs_none(byte) || b"!'()*[]%".contains(&byte)) {
        return path.to_owned();
    }
    let mut written = String::with_capacity(path.len());
    for byte in unescape(path, false).unwrap_or_default() {
        if needs_none(byte) {
            written.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(written, "%{byte:02X}");
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_and_replaced() {
        let cases = [
            ("http://auth.example.com/check", "auth.example.com", "http://up/check"),
            ("HTTPS://u:p@a.b:8080?x=1#f", "a.b:8080", "https://u:p@up?x=1#f"),
            ("http://[::1]:80/", "[::1]:80", "http://up/"),
            ("http://$host/a$b", "$host", "http://up/a$b"),
            ("http://a/${b} ü%41", "a", "http://up/$%7Bb%7D%20%C3%BCA"),
            ("http://a/(x)%2f", "a", "http://up/(x)%2f"),
            ("http://a..b/", "", ""),
            ("http://a{b/", "", ""),
            ("http://a:b/", "", ""),
            ("http://a/%zz", "", ""),
            ("/relative", "", ""),
            (":", "", ""),
            ("mailto:x", "", ""),
        ];
        for (url, host, replaced) in cases {
            assert_eq!((host_and_port(url), with_host(url, "up").as_str()), (host, replaced), "{url}");
        }
    }

    #[test]
    fn the_way_back_is_added_once() {
        let back = "rd=$pass_access_scheme://$http_host$escaped_request_uri";
        let cases = [
            ("http://a/s", "", format!("http://a/s?{back}")),
            ("http://a/s?", "", format!("http://a/s??{back}")),
            ("http://a/s?x=1", "", format!("http://a/s?x=1&{back}")),
            ("http://a/s?rd=$escaped_request_uri", "", "http://a/s?rd=$escaped_request_uri".to_owned()),
            ("http://a/s?rd=", "", format!("http://a/s?rd=&{back}")),
            ("http://a/s?rd=1", "back", format!("http://a/s?rd=1&back{}", &back[2..])),
            ("http://a/s?%zz=1", "", format!("http://a/s?%zz=1?{back}")),
            ("http://${host}/s", "", String::new()),
        ];
        for (url, parameter, expected) in cases {
            assert_eq!(sign_in(url, parameter), expected, "{url}");
        }
    }
}
