//! How a value becomes a word, part of a format or an argument of HAProxy, so that it never changes the shape of a rule.

use super::super::quote::double_quoted;

/// A text as one word of a line.
pub(super) fn word(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:%,=+*@?&|^()[]{}<>~!;".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    if !text.contains('\'') {
        return format!("'{text}'");
    }
    format!("\"{}\"", escaped(text))
}

/// A text within double quotes, where a dollar would name a variable of the environment.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if matches!(character, '"' | '\\' | '$') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// A text as an argument in the parentheses of a fetch or converter; the word around it is still to be quoted.
pub(super) fn argument(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:/".contains(&byte);
    if !text.is_empty() && text.bytes().all(is_plain) {
        return text.to_owned();
    }
    double_quoted(text)
}

/// Whether a text can stand in a configuration at all: a line break would end the line, and words have an end too.
pub(super) fn is_fit(text: &str) -> bool {
    const LONGEST: usize = 8000;
    text.len() <= LONGEST && !text.contains(|c: char| c.is_control() && c != '\t')
}

/// A text as part of the name of a section: what no name can have becomes a dash.
pub(super) fn name(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect()
}

/// Seconds as a timeout: HAProxy counts milliseconds up to two billion.
pub(super) fn seconds(seconds: i64) -> String {
    format!("{}s", seconds.clamp(1, 2_000_000))
}

/// A text with samples in it, as `set-header` and its like take it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Format(String);

impl Format {
    /// A text that stands for itself.
    pub(super) fn text(text: &str) -> Self {
        Self(text.replace('%', "%%"))
    }

    /// What an expression gives.
    pub(super) fn sample(expression: &str) -> Self {
        Self(format!("%[{expression}]"))
    }

    /// Adds a text that stands for itself.
    pub(super) fn push_text(&mut self, text: &str) {
        self.0.push_str(&text.replace('%', "%%"));
    }

    /// Adds what an expression gives.
    pub(super) fn push_sample(&mut self, expression: &str) {
        self.0.push_str("%[");
        self.0.push_str(expression);
        self.0.push(']');
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, as one word is to be made of it.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_they_must_be() {
        for (text, expected) in [
            ("/a/b", "/a/b"),
            ("", "''"),
            ("a b", "'a b'"),
            ("#x", "'#x'"),
            ("$HOME", "'$HOME'"),
            (r"a\b", r"'a\b'"),
            ("it's $x", r#""it's \$x""#),
            (r#"'"\"#, r#""'\"\\""#),
        ] {
            assert_eq!(word(text), expected, "{text}");
        }
    }

    #[test]
    fn names_of_sections_hold_what_these_can_have() {
        for (text, expected) in [("shop_api-80.x", "shop_api-80.x"), ("a/b c:80", "a-b-c-80"), ("é", "-"), ("", "")] {
            assert_eq!(name(text), expected, "{text}");
        }
    }

    #[test]
    fn arguments_are_quoted_where_they_must_be() {
        for (text, expected) in [("X-Name", "X-Name"), ("a,b", "\"a,b\""), (r#"a)"\"#, r#""a)\"\\""#)] {
            assert_eq!(argument(text), expected, "{text}");
        }
    }

    #[test]
    fn percents_stand_for_themselves() {
        let mut format = Format::text("100% ");
        format.push_sample("src");
        format.push_text("%[x]");
        assert_eq!(format.as_str(), "100%% %[src]%%[x]");
    }
}
