//! Quoting: how a value becomes one word of the configuration, whatever it holds.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether nginx reads the text as one word as it stands.
///
/// `$` is no matter of quoting: variables are read in quotes too.
fn is_plain(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:$@%+=,*~?&!^[]()|<>".contains(&byte);
    !text.is_empty() && text.bytes().all(is_plain)
}

/// The text as one word of nginx; none where no quoting helps, because nginx ends every word at a NUL.
pub(super) fn nginx_word(text: &str) -> Option<Cow<'_, str>> {
    if is_plain(text) {
        return Some(Cow::Borrowed(text));
    }
    (!text.contains('\0')).then(|| Cow::Owned(double_quoted(text)))
}

/// The text in double quotes, with the two characters escaped that would end them.
pub(super) fn double_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    quoted.push('"');
    quoted
}

/// The text in double quotes as Go's `%q` writes it: control characters become escapes, of which nginx reads only some.
pub(super) fn go_quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            ' '..='~' => quoted.push(character),
            '\x07' => quoted.push_str("\\a"),
            '\x08' => quoted.push_str("\\b"),
            '\x0c' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\x0b' => quoted.push_str("\\v"),
            _ => push_rare(&mut quoted, character),
        }
    }
    quoted.push('"');
    quoted
}

/// A character outside of ASCII, or a control character without a short escape. Writing to a `String` cannot fail.
fn push_rare(quoted: &mut String, character: char) {
    let code = u32::from(character);
    let _ = match code {
        0..=0x1f | 0x7f => write!(quoted, "\\x{code:02x}"),
        _ if is_printable(character) => write!(quoted, "{character}"),
        0..=0xffff => write!(quoted, "\\u{code:04x}"),
        _ => write!(quoted, "\\U{code:08x}"),
    };
}

/// Whether Go calls a character printable: letters, marks, numbers, punctuation, symbols. Spaces other than the ASCII one,
/// format characters, private use and what is not assigned are not.
fn is_printable(character: char) -> bool {
    let is_odd_format = matches!(character, '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}');
    let is_invisible = matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    let is_private = matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..);
    !(character.is_control() || character.is_whitespace() || is_odd_format || is_invisible || is_private)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_quoted_only_where_it_must_be() {
        let cases = [
            ("/a/b", Some("/a/b")),
            ("$host$uri", Some("$host$uri")),
            ("", Some("\"\"")),
            ("a b", Some("\"a b\"")),
            ("x;}", Some("\"x;}\"")),
            ("a{2}", Some("\"a{2}\"")),
            ("#no comment", Some("\"#no comment\"")),
            (r#"say "hi" \"#, Some(r#""say \"hi\" \\""#)),
            ("it's", Some("\"it's\"")),
            ("nul\0", None),
        ];
        for (text, expected) in cases {
            assert_eq!(nginx_word(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn go_writes_escapes() {
        let cases = [
            ("plain", r#""plain""#),
            (r#"a"b\c"#, r#""a\"b\\c""#),
            ("a\nb\tc\rd", r#""a\nb\tc\rd""#),
            ("\0\x07\x08\x0b\x0c\x1b\x7f", r#""\x00\a\b\v\f\x1b\x7f""#),
            ("grün 日本 \u{1f600}", "\"grün 日本 \u{1f600}\""),
            ("\u{a0}\u{200b}\u{feff}\u{ad}\u{85}", r#""\u00a0\u200b\ufeff\u00ad\u0085""#),
            ("\u{f0000}", r#""\U000f0000""#),
        ];
        for (text, expected) in cases {
            assert_eq!(go_quoted(text), expected, "{text:?}");
        }
    }
}
