//! Regular expressions among the arguments of directives.

use crate::nginx::problem;

/// Why the regular expressions among the arguments of a directive cannot be compiled.
pub(super) fn refusal_in(name: &str, args: &[&str]) -> Option<String> {
    let is_match = |word: &&str| matches!(*word, "~" | "~*" | "!~" | "!~*");
    let one = |text: &str| problem(text).map(|problem| format!("`{text}` is no regular expression: {problem}"));
    match (name, args) {
        ("location", ["~" | "~*", text]) | ("rewrite", [text, ..]) => one(text),
        ("location", ["=" | "^~", _] | [_]) => None,
        ("location", [modifier, ..]) => Some(format!("`{modifier}` is no modifier of `location`")),
        ("server_name", names) => names.iter().filter_map(|name| name.strip_prefix('~')).find_map(one),
        ("if", words) => {
            let at = words.iter().position(is_match)?;
            let text = words.get(at + 1..)?.join(" ");
            one(text.strip_suffix(')').unwrap_or(&text).trim_end())
        }
        ("proxy_redirect" | "proxy_cookie_path" | "proxy_cookie_domain", [from, ..]) if from.starts_with('~') => {
            one(from.trim_start_matches('~').trim_start_matches('*'))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
