//! Text from outside, made safe to show: what a terminal would obey and what would deceive a reader becomes visible.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Shows `text` on one line: line breaks, control characters and invisible or direction-changing characters as escapes.
#[must_use]
pub fn one_line(text: &str) -> Cow<'_, str> {
    escape(text, is_deceptive)
}

/// Shows `text` with its own lines and tabs: everything else as in [`one_line`].
#[must_use]
pub fn many_lines(text: &str) -> Cow<'_, str> {
    escape(text, |character| is_deceptive(character) && !matches!(character, '\n' | '\t'))
}

/// Shows a source line with one character for each character, so that columns stay what they are.
///
/// Control characters become their pictures and all other deceptive ones a replacement character; tabs stay.
#[must_use]
pub fn same_width(character: char) -> char {
    match character {
        '\t' | '\n' => character,
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)).unwrap_or(char::REPLACEMENT_CHARACTER),
        '\u{7f}' => '\u{2421}',
        _ if is_deceptive(character) => char::REPLACEMENT_CHARACTER,
        _ => character,
    }
}

/// Whether a terminal obeys the character, or a reader cannot see it or is misled by it about the order of others.
#[must_use]
pub fn is_deceptive(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' // soft hyphen, Arabic letter mark, vowel separator, byte order mark
            | '\u{200b}'..='\u{200f}' // zero width, and marks of direction
            | '\u{2028}'..='\u{202e}' // separators of lines and paragraphs, embeddings and overrides of direction
            | '\u{2060}'..='\u{206f}' // word joiner, isolates of direction
            | '\u{fff9}'..='\u{fffb}' // interlinear annotations
            | '\u{e0000}'..='\u{e007f}' // tags
        )
}

fn escape(text: &str, is_unsafe: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            _ if !is_unsafe(character) => shown.push(character),
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            _ => {
                // Writing into a String cannot fail.
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(character));
            }
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(one_line("plain, ünïcode, 日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn terminal_escapes_become_visible() {
        for (input, shown) in [
            ("\u{1b}[2J", "\\u{1b}[2J"),
            ("a\u{9b}1mb", "a\\u{9b}1mb"),
            ("a\nb\tc\r", "a\\nb\\tc\\r"),
            ("user\u{202e}txt", "user\\u{202e}txt"),
            ("\u{2066}a\u{2069}", "\\u{2066}a\\u{2069}"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("a\u{0}", "a\\u{0}"),
        ] {
            assert_eq!(one_line(input), shown);
        }
    }

    #[test]
    fn lines_survive_where_they_may() {
        assert_eq!(many_lines("a\n\tb\u{1b}"), "a\n\tb\\u{1b}");
    }

    #[test]
    fn source_lines_keep_their_columns() {
        let shown: String = "a\u{1b}b\u{7f}c\u{202e}d\te".chars().map(same_width).collect();
        assert_eq!(shown, "a␛b␡c\u{fffd}d\te");
    }
}
