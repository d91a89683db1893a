//! The tokens of nginx.conf, as nginx's own reader (`ngx_conf_read_token`) cuts them; the only file that knows quotes and escapes.

use std::borrow::Cow;

use nom::branch::alt;
use nom::bytes::complete::{tag, take, take_till, take_while, take_while1};
use nom::combinator::{opt, recognize, value};
use nom::multi::{many0_count, many1_count};
use nom::sequence::{delimited, preceded, terminated};
use nom::{IResult, Parser};

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

/// Skips white space.
pub(super) fn space(input: &[u8]) -> IResult<&[u8], &[u8]> {
    take_while(is_space).parse(input)
}

/// Reads one token. An error means that the text ends within an argument: a quote is never closed, or a backslash is the last byte.
pub(super) fn token(input: &[u8]) -> IResult<&[u8], Token> {
    match input.first() {
        Some(b';') => value(Token::End, take(1usize)).parse(input),
        Some(b'{') => value(Token::Open, take(1usize)).parse(input),
        Some(b'}') => value(Token::Close, take(1usize)).parse(input),
        Some(b'#') => value(Token::Comment, take_till(|byte| byte == b'\n')).parse(input),
        Some(b'\'') => value(Token::Single, |rest| quoted(rest, b'\'')).parse(input),
        Some(b'"') => value(Token::Double, |rest| quoted(rest, b'"')).parse(input),
        _ => value(Token::Bare, word).parse(input),
    }
}

/// A quoted argument with its quotes. Line breaks may stand in it.
fn quoted(input: &[u8], quote: u8) -> IResult<&[u8], &[u8]> {
    let plain = take_while1(move |byte| byte != quote && byte != b'\\');
    let edge = [quote];
    delimited(tag(&edge[..]), recognize(many0_count(alt((plain, escape)))), tag(&edge[..])).parse(input)
}

/// An argument without quotes. Quotes, `}` and `#` within it are plain text, and so is a `{` right behind `$`.
fn word(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let plain = take_while1(|byte| !is_space(byte) && !matches!(byte, b';' | b'{' | b'\\' | b'$'));
    let variable = recognize(preceded(tag("$"), opt(tag("{"))));
    let (rest, found) = recognize(many1_count(alt((plain, variable, escape)))).parse(input)?;
    match rest.first() {
        // The one way to stop at a backslash: the text ends behind it.
        Some(b'\\') => escape(rest),
        _ => Ok((rest, found)),
    }
}

/// A backslash and the byte behind it.
fn escape(input: &[u8]) -> IResult<&[u8], &[u8]> {
    recognize(terminated(tag("\\"), take(1usize))).parse(input)
}

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
        let (rest, token) = token(text.as_bytes()).ok()?;
        Some((token, &text[..text.len() - rest.len()]))
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
