//! Where the Lua code of a `*_by_lua_block` ends: braces within Lua strings, long brackets and comments do not count.

use nom::branch::alt;
use nom::bytes::complete::{tag, take, take_till, take_until, take_while, take_while1};
use nom::combinator::{cut, opt, value, verify};
use nom::multi::many0_count;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// A stretch of Lua code.
#[derive(Clone, Copy)]
enum Piece {
    Open,
    Close,
    Text,
}

/// Reads from behind the opening brace through the closing one and returns the code between them. An error means that the
/// text ends within the code.
pub(super) fn body(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let mut rest = input;
    let mut depth = 0usize;
    loop {
        let (behind, next) = piece(rest)?;
        match next {
            Piece::Open => depth += 1,
            Piece::Close if depth == 0 => return Ok((behind, &input[..input.len() - rest.len()])),
            Piece::Close => depth -= 1,
            Piece::Text => {}
        }
        rest = behind;
    }
}

fn piece(input: &[u8]) -> IResult<&[u8], Piece> {
    alt((
        value(Piece::Text, take_while1(|byte| !matches!(byte, b'{' | b'}' | b'"' | b'\'' | b'-' | b'['))),
        value(Piece::Open, tag("{")),
        value(Piece::Close, tag("}")),
        value(Piece::Text, comment),
        value(Piece::Text, long_bracket),
        value(Piece::Text, |rest| string(rest, b'"')),
        value(Piece::Text, |rest| string(rest, b'\'')),
        value(Piece::Text, take(1usize)),
    ))
    .parse(input)
}

/// `--` to the end of the line, or a long comment.
fn comment(input: &[u8]) -> IResult<&[u8], &[u8]> {
    preceded(tag("--"), alt((long_bracket, take_till(|byte| byte == b'\n')))).parse(input)
}

/// `[[ ... ]]` with any number of `=` between the brackets. One that is never closed swallows the rest, as it does in Lua;
/// to look for another reading would cost the square of the length.
fn long_bracket(input: &[u8]) -> IResult<&[u8], &[u8]> {
    let (rest, level) = delimited(tag("["), take_while(|byte| byte == b'='), tag("[")).parse(input)?;
    let closing = [b"]", level, b"]"].concat();
    let (rest, text) = cut(take_until(&closing[..])).parse(rest)?;
    let (rest, _) = take(closing.len()).parse(rest)?;
    Ok((rest, text))
}

/// A string in quotes. One that is not closed ends with its line, as no Lua string goes beyond it without a backslash.
fn string(input: &[u8], quote: u8) -> IResult<&[u8], ()> {
    let plain = take_while1(move |byte| byte != quote && !matches!(byte, b'\\' | b'\n'));
    let escape = preceded(tag("\\"), take(1usize));
    let edge = verify(take(1usize), move |byte: &[u8]| byte == [quote]);
    let end = opt(verify(take(1usize), move |byte: &[u8]| byte == [quote]));
    value((), delimited(edge, many0_count(alt((plain, escape))), end)).parse(input)
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::body;

    fn check(text: &str, expected: Option<&str>) {
        let found = body(text.as_bytes()).ok().map(|(_, code)| std::str::from_utf8(code).unwrap_or("cut within a character"));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn braces_nest() {
        check("}", Some(""));
        check(" a = { b = { } } } x", Some(" a = { b = { } } "));
        check(" a = {", None);
    }

    #[test]
    fn braces_in_strings_and_comments_do_not_count() {
        check(" a = '}' }", Some(" a = '}' "));
        check(r#" a = "\"}" }"#, Some(r#" a = "\"}" "#));
        check(" -- it's a }\n }", Some(" -- it's a }\n "));
        check(" --[[ } \n ]] }", Some(" --[[ } \n ]] "));
        check(" --[=[ ]] } ]=] }", Some(" --[=[ ]] } ]=] "));
        check(" a = [==[ ]] } ]=] ]==] }", Some(" a = [==[ ]] } ]=] ]==] "));
        check(" a[b[1]] = {} }", Some(" a[b[1]] = {} "));
        check(" a = b - 1 }", Some(" a = b - 1 "));
    }

    #[test]
    fn what_is_never_closed() {
        check(" a = [[ }", None);
        check(" --[[ }", None);
        check(" -- }", None);
        check(" a = 'b\n }", Some(" a = 'b\n "));
        check(" a = 'b\\\n}' }", Some(" a = 'b\\\n}' "));
        check(" a = \"\\", None);
    }
}
