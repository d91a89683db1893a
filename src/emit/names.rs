//! Names that this target makes: variables, files, comments.

use sha1_smol::Sha1;

use crate::ir::Owner;

/// Sixteen digits that stand for a text where it is too long, or must not be read.
pub(super) fn mark(text: &str) -> String {
    Sha1::from(text).digest().to_string()[..16].to_owned()
}

/// A part of the name of a variable, another one for each name: dashes become underscores, and what else no variable can have becomes
/// its number behind a `z`, as capitals do, which nginx takes for small letters. nginx does not start with names that are too long for its
/// table of variables: the end of a long one is a hash behind `zh`, which nothing else has.
pub(super) fn variable_part(name: &str) -> String {
    const READABLE: usize = 40;
    const LONGEST: usize = 90;
    let part = escaped(name);
    if part.len() <= LONGEST { part } else { format!("{}zh{}", &part[..READABLE], mark(name)) }
}

fn escaped(name: &str) -> String {
    let mut part = String::with_capacity(name.len());
    for byte in name.bytes() {
        match byte {
            b'-' => part.push('_'),
            b'z' => part.push_str("zz"),
            b'a'..=b'y' | b'0'..=b'9' => part.push(char::from(byte)),
            _ => part.push_str(&format!("z{byte:02x}")),
        }
    }
    part
}

/// What variables for single things are for. None begins like another, or like one that nginx has.
const VARIABLES: &[&str] = &[
    "by_cookie",
    "by_header",
    "choice",
    "fresh_cookie",
    "is_limited",
    "kept_by_canary",
    "kept_by_own",
    "limit_key",
    "new_cookie",
    "read_cookie",
    "share",
    "sticky_key",
    "sticky_value",
    "subset",
    "value_of_cookie",
];

/// A variable of our own for a thing, which a [`variable_part`] stands for.
pub(super) fn variable(purpose: &'static str, part: &str) -> String {
    debug_assert!(VARIABLES.contains(&purpose), "{purpose} is in the list");
    format!("${purpose}_{part}")
}

/// The variable that holds a request header.
pub(super) fn header_variable(name: &str) -> String {
    format!("$http_{}", name.replace('-', "_").to_lowercase())
}

/// Whether a name is that of a header that a variable can hold.
pub(super) fn is_header(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// A path as part of the name of a location of our own: what is no plain path gets a number of its own, so that none is like another.
pub(super) fn path_part(path: &str) -> String {
    let is_plain = path.len() <= 60 && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte));
    if is_plain { path.to_owned() } else { format!(":{}", Sha1::from(path).digest()) }
}

/// A URL of a service outside, with its port written out: a host without one would be the group of endpoints of that name, if there is
/// one, whoever it belongs to. No group has a port.
pub(super) fn outside(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let port = match scheme {
        _ if scheme.eq_ignore_ascii_case("http") => 80,
        _ if scheme.eq_ignore_ascii_case("https") => 443,
        _ => return url.to_owned(),
    };
    let (host, behind) = rest.split_at(rest.find(['/', '?', '#', '$']).unwrap_or(rest.len()));
    let is_path = !behind.starts_with('$') || PATHS.iter().any(|path| behind.starts_with(path));
    let has_port = host.rsplit(']').next().is_some_and(|end| end.contains(':'));
    if host.is_empty() || has_port || !is_path { url.to_owned() } else { format!("{scheme}://{host}:{port}{behind}") }
}

/// Variables that hold a path.
const PATHS: &[&str] = &["$request_uri", "$uri", "$document_uri", "$is_args"];

/// The host of a URL, with its port; all of the URL where variables alone say what it is.
pub(super) fn authority(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let end = PATHS.iter().filter_map(|path| rest.find(path)).chain(rest.find(['/', '?', '#'])).min();
    &rest[..end.unwrap_or(rest.len())]
}

/// A text in which dollars stand for themselves.
pub(super) fn literal(text: &str) -> String {
    text.replace('$', "${literal_dollar}")
}

/// A text as a comment: control characters would end it, and both proxies read lines of a limited length only.
pub(super) fn comment(text: &str) -> String {
    const LONGEST: usize = 500;
    let mut comment: String = text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        comment.push('…');
    }
    comment
}

/// A name for a comment: what is no name of an object or host is not shown.
pub(super) fn shown(name: &str) -> &str {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._*/:".contains(&byte);
    if name.bytes().all(fits) { name } else { "(a name that cannot be shown)" }
}

/// The words that name the Ingress.
pub(super) fn place(owner: &Owner) -> String {
    format!("Ingress {}", shown(&format!("{}/{}", owner.namespace, owner.name)))
}

/// The words that say whose route it is.
pub(super) fn owner(owner: &Owner) -> String {
    let service = if owner.port.is_empty() { owner.service.clone() } else { format!("{}:{}", owner.service, owner.port) };
    let to = if owner.service.is_empty() { String::new() } else { format!(" to Service {}", shown(&service)) };
    place(owner) + &to
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nginx;

    #[test]
    fn variables_of_our_own_are_nobody_elses() {
        for name in VARIABLES {
            let beginning = format!("{name}_");
            let like: Vec<_> = VARIABLES.iter().filter(|other| *other != name && format!("{other}_").starts_with(&beginning)).collect();
            assert!(like.is_empty(), "{name} begins {like:?}");
            assert!(!nginx::is_builtin(&format!("{name}_x")), "{name}");
        }
    }

    #[test]
    fn hosts_outside_have_a_port() {
        for (url, expected) in [
            ("http://a-web-80", "http://a-web-80:80"),
            ("http://a-web-80/x?y", "http://a-web-80:80/x?y"),
            ("HTTPS://a-web-443?y=$arg_y", "HTTPS://a-web-443:443?y=$arg_y"),
            ("http://a-web-80$request_uri", "http://a-web-80:80$request_uri"),
            ("http://[::1]/x", "http://[::1]:80/x"),
            ("http://[::1]:81/x", "http://[::1]:81/x"),
            ("http://a.example:8080/x", "http://a.example:8080/x"),
            ("http://a.example:$port/x", "http://a.example:$port/x"),
            ("http://a$x.example/x", "http://a$x.example/x"),
            ("http://$host/x", "http://$host/x"),
            ("unix:/x", "unix:/x"),
            ("", ""),
        ] {
            assert_eq!(outside(url), expected, "{url}");
        }
    }

    #[test]
    fn variables_have_letters_digits_and_underscores() {
        assert_eq!(variable_part("shop-web-80"), "shop_web_80");
        assert_eq!(variable_part("a.b/Zoo"), "az2ebz2fz5aoo");
        assert_eq!(variable_part("zoo"), "zzoo");
        let long = |last: &str| variable_part(&format!("{}{last}", "a".repeat(5000)));
        assert!(long("b").len() < 100 && long("b") != long("c"), "{}", long("b"));
        assert_eq!(header_variable("X-Canary"), "$http_x_canary");
    }
}
