//! Paths that are regular expressions: most are plain beginnings in other words, which a table finds at once.

use super::effort::{self, START};

/// What a regular expression that a path begins with, in any case of letters, means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Meaning {
    /// The path begins with these letters, all small.
    Begins(String),
    /// The path is this, or goes on behind a slash.
    Under(String),
    /// Something else.
    Pattern,
}

/// Ends that say no more than that anything may follow.
const ANYTHING: &[&str] = &["", "(.*)", ".*", "(.*)$", ".*$", ".*?", "(.*?)"];

/// Ends that say that a slash or nothing follows, and then anything.
const AFTER_SLASH: &[&str] = &["(/|$)(.*)", "(/|$)", "(/|$).*", "(/.*)?$", "(/(.*))?$", "(/.*|$)", "(?:/|$)(.*)", "(?:/|$)"];

/// What a regular expression means.
pub(super) fn meaning(pattern: &str) -> Meaning {
    let is_special = |c: char| r"\.+*?()|[]{}^$".contains(c);
    let end = pattern.find(is_special).unwrap_or(pattern.len());
    let (literal, rest) = pattern.split_at(end);
    if !literal.is_ascii() || literal.contains(char::is_whitespace) {
        return Meaning::Pattern;
    }
    let literal_lower = literal.to_ascii_lowercase();
    if literal.is_empty() {
        // Every path begins with a slash.
        return if ANYTHING.contains(&rest) { Meaning::Begins(String::from("/")) } else { Meaning::Pattern };
    }
    if ANYTHING.contains(&rest) {
        return Meaning::Begins(literal_lower);
    }
    if AFTER_SLASH.contains(&rest) {
        return Meaning::Under(literal_lower);
    }
    match rest {
        // The last letter may be missing.
        "?(.*)" | "?.*" | "?" if literal.len() > 1 => Meaning::Begins(literal_lower[..literal_lower.len().saturating_sub(1)].to_owned()),
        _ => Meaning::Pattern,
    }
}

/// A pattern as the first word of a line of a map: blanks would end it.
pub(super) fn map_key(pattern: &str) -> String {
    let mut key = String::from(START);
    let mut is_escaped = false;
    for character in pattern.chars() {
        if character.is_whitespace() || character.is_control() {
            if is_escaped {
                key.pop();
            }
            character.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| key.push_str(&format!("\\x{byte:02x}")));
        } else {
            key.push(character);
        }
        is_escaped = character == '\\' && !is_escaped;
    }
    effort::limited(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_one_word() {
        assert_eq!(map_key("/a\\ b c\nd"), r"(?i)^/a\x20b\x20c\x0ad");
        assert_eq!(map_key("/(a|b)+"), "(*LIMIT_MATCH=200000)(?i)^/(a|b)+");
        assert_eq!(map_key("/a\\\\ b\\\t\u{a0}"), r"(?i)^/a\\\x20b\x09\xc2\xa0");
    }

    #[test]
    fn plain_beginnings_are_told_from_patterns() {
        let begins = |text: &str| Meaning::Begins(text.to_owned());
        let under = |text: &str| Meaning::Under(text.to_owned());
        for (pattern, expected) in [
            ("/", begins("/")),
            (".*", begins("/")),
            ("/API", begins("/api")),
            ("/api(/|$)(.*)", under("/api")),
            ("/api/(.*)", begins("/api/")),
            ("/api/?(.*)", begins("/api")),
            ("/api.*", begins("/api")),
            ("/a+", Meaning::Pattern),
            ("/a|/b", Meaning::Pattern),
            ("/a.b", Meaning::Pattern),
            ("/a$", Meaning::Pattern),
            ("/x/(.*)/y", Meaning::Pattern),
            ("/a b", Meaning::Pattern),
            ("(/|$)(.*)", Meaning::Pattern),
        ] {
            assert_eq!(meaning(pattern), expected, "{pattern}");
        }
    }
}
