//! Regular expressions among the arguments of directives.

use super::super::problem;

/// The first regular expression among the arguments of a directive that cannot be compiled.
pub(super) fn bad_in<'a>(name: &str, args: &[&'a str]) -> Option<&'a str> {
    let one = |text: &'a str| problem(text).map(|_| text);
    match (name, args) {
        ("location", ["~" | "~*", text]) | ("rewrite", [text, ..]) => one(text),
        _ => None,
    }
}

/// Why the regular expressions among the arguments of a directive cannot be compiled.
pub(super) fn refusal_in(name: &str, args: &[&str]) -> Option<String> {
    let is_match = |word: &&str| matches!(*word, "~" | "~*" | "!~" | "!~*");
    let one = |text: &str| problem(text).map(|problem| format!("`{text}` is no regular expression: {problem}"));
    match (name, args) {
        ("location", ["~" | "~*", text]) | ("rewrite", [text, ..]) => one(text),
        ("location", [text]) if text.starts_with('~') => one(text[1..].strip_prefix('*').unwrap_or(&text[1..])),
        ("location", ["=" | "^~", _] | [_]) => None,
        ("location", [modifier, ..]) => Some(format!("`{modifier}` is no modifier of `location`")),
        ("server_name", names) => names.iter().find_map(|name| match name.strip_prefix('~') {
            Some("") => Some(String::from("`~` is a regular expression without any text")),
            Some(pattern) => one(pattern),
            None => {
                (!is_server_name(name)).then(|| format!("`{name}` is no name of a server: a star stands for the first or the last label"))
            }
        }),
        ("if", words) => {
            let at = words.iter().position(is_match)?;
            let text = words.get(at + 1..)?.join(" ");
            one(text.strip_suffix(')').unwrap_or(&text).trim_end())
        }
        ("proxy_redirect" | "proxy_cookie_path" | "proxy_cookie_domain", [from, _]) if from.starts_with('~') => {
            one(from.trim_start_matches('~').trim_start_matches('*'))
        }
        _ => None,
    }
}

/// Whether nginx takes a name that is no pattern, beside other servers: stars and dots have their places.
pub(super) fn is_server_name(name: &str) -> bool {
    let stars = name.matches('*').count();
    let has_place = name.starts_with("*.") && name.len() > 2 || name.starts_with('.') || name.ends_with(".*") && name.len() > 2;
    name != "." && !name.contains("..") && stars <= 1 && (stars == 0 || has_place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_whole_labels() {
        for name in ["", "_", "a", "a.", "*.b", ".b", "b.*", ".b.*", ".*", "*.b.", "(a)", "~a*"] {
            assert!(refusal_in("server_name", &[name]).is_none(), "{name}");
        }
        for name in ["*", "*.", ".", "~", "a*b", "*a.b", "a.*.b", "a..b", "*..b", "*.*", "*.b.*", "..b", "a*", "a.**", "a.*."] {
            assert!(refusal_in("server_name", &["x", name]).is_some(), "{name}");
        }
    }

    #[test]
    fn patterns_are_found_in_directives() {
        assert!(refusal_in("location", &["~*", "^/a("]).is_some());
        assert!(refusal_in("location", &["/a("]).is_none());
        assert!(refusal_in("location", &["~~", "/"]).is_some());
        assert!(refusal_in("if", &["($uri", "~", "(x)"]).is_some_and(|message| message.contains("(x")));
        assert!(refusal_in("if", &["($uri", "~*", "^/x$", ")"]).is_none());
        assert!(refusal_in("rewrite", &["(?i)/a(", "/b", "break"]).is_some());
    }
}
