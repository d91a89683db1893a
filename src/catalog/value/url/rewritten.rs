//! URLs as Go writes them again, once the controller has changed a part.

use std::fmt::Write;

use super::Url;

/// Name of the parameter that carries the way back after signing in, where none is given.
const DEFAULT_RETURN_PARAMETER: &str = "rd";

/// What stands before and behind the host of a URL, as Go writes it; nothing where it is no absolute URL.
#[must_use]
pub fn around_host(text: &str) -> Option<(String, String)> {
    let url = Url::parse_absolute(text).ok()?;
    let (rest, fragment) = split(text, '#');
    let (rest, query) = split(&rest[url.scheme.len() + 1..], '?');
    let rest = rest.strip_prefix("//")?;
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let user = authority.rsplit_once('@').map(|(user, _)| format!("{user}@")).unwrap_or_default();
    let part = |mark: char, part: Option<&str>| part.map(|part| format!("{mark}{part}")).unwrap_or_default();
    let (query, fragment) = (part('?', query), part('#', fragment.filter(|fragment| !fragment.is_empty())));
    Some((format!("{}://{user}", url.scheme), format!("{}{query}{fragment}", written_path(path))))
}

/// A sign-in URL with the way back in a parameter, unless it brings that already; nothing where it is no URL.
#[must_use]
pub fn with_way_back(text: &str, parameter: &str) -> Option<String> {
    Url::parse(text).ok()?;
    let parameter = if parameter.is_empty() { DEFAULT_RETURN_PARAMETER } else { parameter };
    let pairs = pairs(split(split(text, '#').0, '?').1.unwrap_or_default());
    if pairs.iter().find(|(name, _)| name == parameter.as_bytes()).is_some_and(|(_, value)| !value.is_empty()) {
        return Some(text.to_owned());
    }
    let joint = if pairs.is_empty() { '?' } else { '&' };
    Some(format!("{text}{joint}{parameter}=$pass_access_scheme://$http_host$escaped_request_uri"))
}

fn split(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(text, rest)| (text, Some(rest)))
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
            let replace = |host: &str| around_host(url).map(|(before, behind)| format!("{before}{host}{behind}")).unwrap_or_default();
            let found = Url::parse_absolute(url).map(|url| url.host).unwrap_or_default();
            assert_eq!((found.as_str(), replace("up").as_str()), (host, replaced), "{url}");
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
            assert_eq!(with_way_back(url, parameter).unwrap_or_default(), expected, "{url}");
        }
    }
}
