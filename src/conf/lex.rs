//! The tokens of nginx.conf, as nginx's own reader (`ngx_conf_read_token`) cuts them; the only file that knows quotes and escapes.

use std::borrow::Cow;

/// What stands next in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// `;`
    End,
    /// `{`
    Open,
    /// `}`
    Close,
    /// `#` up to the end of the line.
    Comment,
    /// An argument without quotes.
    Bare,
    /// An argument in `'`.
    Single,
    /// An argument in `"`.
    Double,
}

/// What follows the white space at the start of a text, and that white space.
pub(super) fn space(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text.iter().position(|byte| !is_space(*byte)).unwrap_or(text.len());
    let (blank, behind) = text.split_at(length);
    (behind, blank)
}

/// A token that was read.
pub(super) struct Lexed<'t> {
    /// What follows it.
    pub(super) behind: &'t [u8],
    /// What it is.
    pub(super) token: Token,
    /// Whether a backslash stands in it, where it is an argument.
    pub(super) has_escapes: bool,
}

/// Reads the token at the start of a text. None: the text ends within an argument, because a quote is never closed, or a backslash is
/// the last byte.
pub(super) fn token(text: &[u8]) -> Option<Lexed<'_>> {
    let mut has_escapes = false;
    let (length, token) = match text.first() {
        Some(b';') => (1, Token::End),
        Some(b'{') => (1, Token::Open),
        Some(b'}') => (1, Token::Close),
        Some(b'#') => (memchr::memchr(b'\n', text).unwrap_or(text.len()), Token::Comment),
        Some(b'\'') => (quoted(text, b'\'', &mut has_escapes)?, Token::Single),
        Some(b'"') => (quoted(text, b'"', &mut has_escapes)?, Token::Double),
        _ => (word(text, &mut has_escapes)?, Token::Bare),
    };
    Some(Lexed { behind: text.get(length..)?, token, has_escapes })
}

/// The length of an argument with its quotes. Line breaks may stand in it.
fn quoted(text: &[u8], quote: u8, has_escapes: &mut bool) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr2(quote, b'\\', text.get(at..)?)?;
        match text.get(at) {
            Some(b'\\') => {
                *has_escapes = true;
                at += ESCAPE;
            }
            _ => return Some(at + 1),
        }
    }
}

/// The length of an argument without quotes. Quotes, `}` and `#` within it are plain text, and so is a `{` right behind `$`.
fn word(text: &[u8], has_escapes: &mut bool) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = text.get(at..)?;
        at += rest.iter().position(|byte| MEANS_SOMETHING[usize::from(*byte)]).unwrap_or(rest.len());
        match text.get(at) {
            Some(b'\\') => {
                *has_escapes = true;
                at += ESCAPE;
            }
            Some(b'$') => at += 1 + usize::from(text.get(at + 1) == Some(&b'{')),
            _ => return Some(at),
        }
    }
}

/// The bytes of a backslash and the byte behind it.
const ESCAPE: usize = 2;

/// The bytes that are not plain text within an argument without quotes: a look at a table is faster than seven comparisons.
const MEANS_SOMETHING: [bool; 256] = {
    let (mut table, bytes, mut at) = ([false; 256], b" \t\r\n;{\\$", 0);
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

/// White space between arguments: these four bytes and no others.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// The value that nginx sees for the text of an argument without its quotes. Only these six escapes exist; in any other the
/// backslash stays, as regular expressions need it.
pub(super) fn unescape(raw: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\\', raw.as_bytes()).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw.chars();
    while let Some(next) = rest.next() {
        if next != '\\' {
            out.push(next);
            continue;
        }
        match rest.next() {
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some('n') => out.push('\n'),
            Some(same @ ('"' | '\'' | '\\')) => out.push(same),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    fn first(text: &str) -> Option<(Token, &str)> {
        let Lexed { behind, token, has_escapes } = token(text.as_bytes())?;
        let read = &text[..text.len() - behind.len()];
        assert_eq!(has_escapes, read.contains('\\'), "{text}");
        Some((token, read))
    }

    #[test]
    fn words_end_where_nginx_ends_them() {
        let cases = [
            ("a b", "a"),
            ("a;", "a"),
            ("a{", "a"),
            ("a}b c", "a}b"),
            ("a#b c", "a#b"),
            ("a\"b c\"", "a\"b"),
            ("${a}b;", "${a}b"),
            ("${a b}", "${a"),
            ("$${a};", "$${a}"),
            ("$;", "$"),
            ("a\\ b c", "a\\ b"),
            ("a\\;b;", "a\\;b"),
            ("\\{a;", "\\{a"),
            ("ä\u{a0}ö x", "ä\u{a0}ö"),
            ("a\0b;", "a\0b"),
        ];
        for (text, expected) in cases {
            assert_eq!(first(text), Some((Token::Bare, expected)), "{text}");
        }
    }

    #[test]
    fn quotes_hold_everything_but_themselves() {
        let cases = [
            (r#""a b";"#, Token::Double, r#""a b""#),
            (r#""a'b" c"#, Token::Double, r#""a'b""#),
            (r#""a\"b" c"#, Token::Double, r#""a\"b""#),
            (r#""a\\" b"#, Token::Double, r#""a\\""#),
            (r"'a\'b' c", Token::Single, r"'a\'b'"),
            ("'a\n}' c", Token::Single, "'a\n}'"),
            (r#""${a"b"#, Token::Double, r#""${a""#),
            ("''", Token::Single, "''"),
        ];
        for (text, kind, expected) in cases {
            assert_eq!(first(text), Some((kind, expected)), "{text}");
        }
    }

    #[test]
    fn a_text_that_ends_within_an_argument_is_an_error() {
        for text in ["\"", "'a", r#""a\""#, "\\", "a\\", "a\\;\\"] {
            assert_eq!(first(text), None, "{text}");
        }
    }

    #[test]
    fn only_six_escapes_are_decoded() {
        for (raw, expected) in [
            (r"a\tb", "a\tb"),
            (r"\r\n", "\r\n"),
            (r#"\"\'\\"#, "\"'\\"),
            (r"^/a\.b\d+$", r"^/a\.b\d+$"),
            (r"\\n", r"\n"),
            (r"\x41", r"\x41"),
            (r"a\ b", r"a\ b"),
            ("\\ä", "\\ä"),
        ] {
            assert_eq!(unescape(raw), expected, "{raw}");
        }
    }
}
