//! Where the Lua code of a `*_by_lua_block` ends: braces within Lua strings, long brackets and comments do not count.

/// Reads from behind the opening brace through the closing one: what follows, and the code between them. None: the text ends within the
/// code.
pub(super) fn body(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut at, mut depth) = (0, 0usize);
    loop {
        let rest = text.get(at..)?;
        at += rest.iter().position(|byte| matches!(byte, b'{' | b'}' | b'"' | b'\'' | b'-' | b'['))?;
        at += match &text[at..] {
            [b'}', behind @ ..] if depth == 0 => return Some((behind, &text[..at])),
            [b'}', ..] => {
                depth -= 1;
                1
            }
            [b'{', ..] => {
                depth += 1;
                1
            }
            [b'-', b'-', comment @ ..] => {
                let line = || memchr::memchr(b'\n', comment).unwrap_or(comment.len());
                2 + long_bracket(comment).unwrap_or_else(line)
            }
            [quote @ (b'"' | b'\''), string @ ..] => 1 + string_length(string, *quote),
            code => long_bracket(code).unwrap_or(1),
        };
    }
}

/// The length of `[[ ... ]]` with any number of `=` between the brackets. One that is never closed swallows the rest, as it does in Lua;
/// to look for another reading would cost the square of the length.
fn long_bracket(text: &[u8]) -> Option<usize> {
    let level = text.strip_prefix(b"[")?.iter().take_while(|byte| **byte == b'=').count();
    let inside = text.get(level + 1..)?.strip_prefix(b"[")?;
    let closing = [b"]", &text[1..=level], b"]"].concat();
    Some(memchr::memmem::find(inside, &closing).map_or(text.len(), |at| level + 2 + at + closing.len()))
}

/// The length of what follows the opening quote of a string. One that is not closed ends with its line, as no Lua string goes beyond it
/// without a backslash.
fn string_length(text: &[u8], quote: u8) -> usize {
    let mut at = 0;
    while let Some(next) = memchr::memchr3(quote, b'\\', b'\n', text.get(at..).unwrap_or_default()) {
        at += next;
        match text[at] {
            b'\\' => at += 2,
            b'\n' => return at,
            _ => return at + 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::body;

    fn check(text: &str, expected: Option<&str>) {
        let found = body(text.as_bytes()).map(|(_, code)| std::str::from_utf8(code).unwrap_or("cut within a character"));
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
