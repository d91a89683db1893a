//! What a request of somebody else may show: the names of its arguments, and the parts of its path that name no one thing.

use super::names::is_name;

/// What stands in the place of a value.
const LEFT_OUT: &str = "…";
/// Digits in a row from which on a number names one thing of many.
const MOST_DIGITS: usize = 4;
/// Letters and digits in a row from which on they are no word.
const SHORTEST_MIX: usize = 5;
/// Letters in a row from which on it counts how often small ones and capitals change.
const SHORTEST_TURNS: usize = 10;
/// Letters of an argument without a value that are a flag: `?wsdl`.
const LONGEST_FLAG: usize = 12;
/// Letters in a row from which on they are no word.
const LONGEST_WORD: usize = 24;

/// A target without the values of its arguments and without what looks like a token, a number of a customer, or an address.
#[must_use]
pub fn hide_values(target: &str) -> String {
    let target = target.split('#').next().unwrap_or_default();
    let (path, args) = target.split_once('?').map_or((target, None), |(path, args)| (path, Some(args)));
    let (site, path) = site(path);
    let mut out = site.to_owned();
    let mut before = "";
    for (at, segment) in path.split('/').enumerate() {
        if at > 0 {
            out.push('/');
        }
        out.push_str(&shown_segment(segment, before));
        before = segment;
    }
    if let Some(args) = args {
        out.push('?');
        let shown: Vec<String> = args.split('&').filter(|arg| !arg.is_empty()).map(argument).collect();
        out.push_str(&shown.join("&"));
    }
    out
}

/// The scheme and the host of a whole URL, without a user, and its path.
fn site(path: &str) -> (&str, &str) {
    let Some(start) = path.find("://").map(|at| at + "://".len()) else { return ("", path) };
    let end = path[start..].find('/').map_or(path.len(), |at| start + at);
    if path[..end].contains('@') { ("", path) } else { path.split_at(end) }
}

fn argument(text: &str) -> String {
    let Some((name, _)) = text.split_once('=') else {
        let is_flag = text.len() <= LONGEST_FLAG && text.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_-".contains(&byte));
        return if is_flag { text.to_owned() } else { LEFT_OUT.to_owned() };
    };
    let name = if is_telling(name) { LEFT_OUT } else { name };
    format!("{name}={LEFT_OUT}")
}

/// A part of a path. What follows the name of a secret is one.
fn shown_segment(segment: &str, before: &str) -> String {
    if segment.is_empty() {
        return String::new();
    }
    if is_name(before) {
        return LEFT_OUT.to_owned();
    }
    // Parameters of a segment: `;jsessionid=…`
    let mut parts = segment.split(';');
    let first = parts.next().unwrap_or_default();
    let mut out = match first.split_once('=') {
        Some((name, _)) if !is_telling(name) => format!("{name}={LEFT_OUT}"),
        Some(_) => LEFT_OUT.to_owned(),
        None if is_telling(first) => LEFT_OUT.to_owned(),
        None => first.to_owned(),
    };
    for part in parts {
        out.push(';');
        out.push_str(&argument(part));
    }
    out
}

/// Whether a text may tell one thing or person from others.
fn is_telling(text: &str) -> bool {
    let is_escaped = text.matches('%').count() > 2 || text.contains("%40");
    let runs = |is_part: fn(char) -> bool| text.split(move |letter| !is_part(letter)).map(str::to_owned).collect::<Vec<_>>();
    let digits = runs(|letter| letter.is_ascii_digit());
    let words = runs(char::is_alphanumeric);
    // `v1`, `i18n` and `sha256` are words: what goes on with letters behind a digit is mostly none.
    let is_mixed = |word: &str| {
        let goes_on = word.as_bytes().windows(2).any(|pair| pair[0].is_ascii_digit() && pair[1].is_ascii_alphabetic());
        goes_on && word.chars().count() >= SHORTEST_MIX
    };
    let turns = |word: &str| word.as_bytes().windows(2).filter(|pair| pair[0].is_ascii_uppercase() != pair[1].is_ascii_uppercase()).count();
    is_escaped
        || text.contains('@')
        || text.parse::<std::net::IpAddr>().is_ok()
        || digits.iter().any(|run| run.len() > MOST_DIGITS)
        || words.iter().any(|word| {
            is_mixed(word) || word.chars().count() > LONGEST_WORD || word.len() >= SHORTEST_TURNS && turns(word) * 3 > word.len()
        })
        || !super::ranges(text).is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_of_others_show_no_values() {
        for (target, shown) in [
            ("/", "/"),
            ("/api/v1/orders", "/api/v1/orders"),
            ("/api/orders/8123456/items/12", "/api/orders/…/items/12"),
            ("/a?token=abc&q=a+b", "/a?token=…&q=…"),
            ("/a?", "/a?"),
            ("/a?abcdef0123456789abcdef", "/a?…"),
            ("/a?flag&b=", "/a?flag&b=…"),
            ("/a?c4n4ry", "/a?…"),
            ("/i18n/v1/sha256/es2015/k8s", "/i18n/v1/sha256/es2015/k8s"),
            ("/reset/c4n4ry-5ecret", "/reset/…"),
            ("/a?8123456789=1", "/a?…=…"),
            ("/users/anna@example.com/photo", "/users/…/photo"),
            ("/users/anna%40example.com", "/users/…"),
            ("/reset-password/abc", "/reset-password/…"),
            ("/token/abc", "/token/…"),
            ("/f/3fa85f64-5717-4562-b3fc-2c963f66afa6", "/f/…"),
            ("/f/dQw4w9WgXcQ", "/f/…"),
            ("/j/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "/j/…"),
            ("/static/jquery-3.6.0.min.js", "/static/jquery-3.6.0.min.js"),
            ("/static/main.8f3a9c2b1d.js", "/static/…"),
            ("/.well-known/openid-configuration", "/.well-known/openid-configuration"),
            ("/s;jsessionid=0A1B", "/s;jsessionid=…"),
            ("/x/user=7/y", "/x/user=…/y"),
            ("/ip/192.0.2.7", "/ip/…"),
            ("/p%20a/%C3%A9%C3%A9", "/p%20a/…"),
            ("https://shop.example/a/b?c=d#e", "https://shop.example/a/b?c=…"),
            ("https://u:p@shop.example/a", "https://…/a"),
            ("", ""),
        ] {
            let found = hide_values(target);
            if target.starts_with("https://u") {
                assert!(!found.contains("u:p"), "{found}");
            } else {
                assert_eq!(found, shown, "{target}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn any_target_can_be_shown(target in ".*", value in "[a-z]{4}[0-9]{4}[A-Z]{4}") {
            let _ = hide_values(&target);
            let shown = hide_values(&format!("/a/{value}?b={value}&{value}"));
            proptest::prop_assert!(!shown.contains(&value), "{}", shown);
        }
    }
}
