//! Whether a text that is printed as it is keeps to its place, read as nginx reads it.

use std::ops::ControlFlow;

/// Where the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Gap,
    Word,
    Quoted(u8),
    AfterQuote,
}

/// Reads words as nginx does: what ends one, what starts a quote, what an escape and `${` hide.
struct Reader<'a> {
    bytes: &'a [u8],
    next: usize,
    at: At,
}

/// Something that stands between words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    End,
    Open,
    Close,
    Comment,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, at: At) -> Self {
        Self { bytes: text.as_bytes(), next: 0, at }
    }

    /// Goes on to the next mark. `Break(false)`: the text cannot be read; `Break(true)`: it ends.
    fn mark(&mut self) -> ControlFlow<bool, Mark> {
        while let Some(&byte) = self.bytes.get(self.next) {
            self.next += 1;
            self.at = match (self.at, byte) {
                (At::Quoted(quote), _) if byte == quote => At::AfterQuote,
                (At::Quoted(_) | At::Gap | At::Word, b'\\') => {
                    self.next += 1;
                    if self.at == At::Gap { At::Word } else { self.at }
                }
                (At::Quoted(_), _) => self.at,
                (_, b' ' | b'\t' | b'\r' | b'\n') => At::Gap,
                (_, b';') => return self.found(Mark::End),
                (_, b'{') => return self.found(Mark::Open),
                (At::Gap, b'}') => return self.found(Mark::Close),
                (At::Gap, b'#') => return self.found(Mark::Comment),
                (At::Gap, b'"' | b'\'') => At::Quoted(byte),
                (At::AfterQuote, b')') => At::Gap,
                (At::AfterQuote, _) => return ControlFlow::Break(false),
                (_, b'$') => {
                    self.next += usize::from(self.bytes.get(self.next) == Some(&b'{'));
                    At::Word
                }
                _ => At::Word,
            };
        }
        ControlFlow::Break(!matches!(self.at, At::Quoted(_)) && self.next == self.bytes.len())
    }

    fn found(&mut self, mark: Mark) -> ControlFlow<bool, Mark> {
        self.at = At::Gap;
        ControlFlow::Continue(mark)
    }

    fn skip_line(&mut self) {
        self.next += memchr::memchr(b'\n', &self.bytes[self.next..]).unwrap_or(self.bytes.len() - self.next);
    }
}

/// Whether the text is nothing but whole words, or none. With `continues` it goes on right behind another text.
pub(super) fn is_words(text: &str, continues: bool) -> bool {
    let is_harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:$@%+=,*~?&!^[]()| ".contains(&byte);
    text.bytes().all(is_harmless) || Reader::new(text, if continues { At::Word } else { At::Gap }).mark() == ControlFlow::Break(true)
}

/// Whether the text stays between two quotes.
pub(super) fn fits_quotes(text: &str, quote: u8) -> bool {
    let mut reader = Reader::new(text, At::Quoted(quote));
    // The closing quote would be the very next byte: the text alone must leave the quote open.
    reader.mark() == ControlFlow::Break(false) && reader.at == At::Quoted(quote) && reader.next == text.len()
}

/// Whether the text is nothing but whole directives and blocks.
pub(super) fn is_directives(text: &str) -> bool {
    let mut reader = Reader::new(text, At::Gap);
    let (mut depth, mut start) = (0_usize, 0);
    loop {
        let mark = match reader.mark() {
            ControlFlow::Continue(mark) => mark,
            ControlFlow::Break(is_readable) => return is_readable && depth == 0 && text[start..].trim().is_empty(),
        };
        match mark {
            Mark::End => {}
            Mark::Comment if text[start..reader.next - 1].trim().is_empty() => reader.skip_line(),
            // A comment between the words of a directive: the directive goes on behind it.
            Mark::Comment => {
                reader.skip_line();
                continue;
            }
            Mark::Open if is_lua(&text[start..reader.next - 1]) => match lua_end(reader.bytes, reader.next) {
                Some(end) => reader.next = end,
                None => return false,
            },
            Mark::Open => depth += 1,
            Mark::Close if depth == 0 => return false,
            Mark::Close => depth -= 1,
        }
        start = reader.next;
    }
}

/// The names of all directives and blocks of a text that [`is_directives`], outside of Lua.
pub(super) fn directives(text: &str) -> Vec<&str> {
    let mut reader = Reader::new(text, At::Gap);
    let (mut names, mut start) = (Vec::new(), 0);
    while let ControlFlow::Continue(mark) = reader.mark() {
        match mark {
            Mark::End | Mark::Open => names.extend(text[start..reader.next - 1].split_ascii_whitespace().next()),
            Mark::Comment => reader.skip_line(),
            Mark::Close => {}
        }
        if mark == Mark::Open && names.last().is_some_and(|name| is_lua(name)) {
            reader.next = lua_end(reader.bytes, reader.next).unwrap_or(reader.bytes.len());
        }
        start = reader.next;
    }
    names
}

/// The directives of a text that [`is_directives`] which stand in no block, each up to its semicolon.
pub(super) fn outer_directives(text: &str) -> Vec<&str> {
    pieces(text).into_iter().filter(|piece| piece.ends_with(';')).collect()
}

/// The directives and whole blocks of a text that [`is_directives`] which stand in no block.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let mut reader = Reader::new(text, At::Gap);
    let (mut found, mut piece, mut head, mut depth) = (Vec::new(), 0, 0, 0_usize);
    while let ControlFlow::Continue(mark) = reader.mark() {
        let is_gap = text[head..reader.next - 1].trim().is_empty();
        match mark {
            Mark::Comment => {
                reader.skip_line();
                // A comment between directives belongs to none.
                if is_gap {
                    head = reader.next;
                    piece = if depth == 0 { head } else { piece };
                }
                continue;
            }
            Mark::Open if is_lua(&text[head..reader.next - 1]) => {
                reader.next = lua_end(reader.bytes, reader.next).unwrap_or(reader.bytes.len());
            }
            Mark::Open => depth += 1,
            Mark::Close => depth = depth.saturating_sub(1),
            Mark::End => {}
        }
        head = reader.next;
        if depth == 0 {
            found.push(text[piece..head].trim());
            piece = head;
        }
    }
    found
}

fn is_lua(directive: &str) -> bool {
    directive.split_ascii_whitespace().next().is_some_and(|name| name.ends_with("_by_lua_block"))
}

/// Where the Lua block ends that starts at `next`: behind the brace that closes it.
fn lua_end(bytes: &[u8], mut next: usize) -> Option<usize> {
    let mut depth = 1;
    while depth > 0 {
        let rest = bytes.get(next..).filter(|rest| !rest.is_empty())?;
        next += match rest[0] {
            b'-' if rest.starts_with(b"--[[") => memchr::memmem::find(rest, b"]]")?,
            b'-' if rest.starts_with(b"--") => memchr::memchr(b'\n', rest)?,
            b'[' if rest.starts_with(b"[[") => memchr::memmem::find(rest, b"]]")?,
            quote @ (b'"' | b'\'') => lua_string(rest, quote)?,
            b'{' => {
                depth += 1;
                1
            }
            b'}' => {
                depth -= 1;
                1
            }
            _ => 1,
        };
    }
    Some(next)
}

/// The length of a Lua string with its quotes.
fn lua_string(bytes: &[u8], quote: u8) -> Option<usize> {
    let mut next = 1;
    while *bytes.get(next)? != quote {
        next += 1 + usize::from(bytes[next] == b'\\');
    }
    Some(next + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_nothing() {
        for text in ["", "a", "a b", "\"a;b\" 'c}'", "${x}y", "a\\;b", "x}", "$1/$2", "a{2}".replace('{', "\\{").as_str(), "a#b"] {
            assert!(is_words(text, false), "{text}");
        }
        for text in ["a;", "a {", "}", "# x", "\"a", "'", "a\\", "\"a\"b", "{"] {
            assert!(!is_words(text, false), "{text}");
        }
        assert!(is_words("#fragment", true) && is_words("}x", true));
        assert!(!is_words(";", true));
    }

    #[test]
    fn quotes_hold() {
        for text in ["", "a;b}", "it\\'s", "\\\\", "\"", "a\nb"] {
            assert!(fits_quotes(text, b'\''), "{text}");
        }
        for text in ["'", "a' b", "a\\", "\\\\'"] {
            assert!(!fits_quotes(text, b'\''), "{text}");
        }
    }

    #[test]
    fn directives_in_blocks_are_left_out() {
        let text = "a 1; # b;\nc { d 2; }\nx_by_lua_block { e; }\nf '}' 3;";
        assert_eq!(outer_directives(text), ["a 1;", "f '}' 3;"]);
        assert!(outer_directives("").is_empty());
        assert_eq!(pieces(text), ["a 1;", "c { d 2; }", "x_by_lua_block { e; }", "f '}' 3;"]);
    }

    #[test]
    fn directives_are_whole() {
        let whole = [
            "",
            "# nothing",
            "set $a b;",
            "if ($a) { return 403; }\nset $b \"}\";",
            "set # why }\n $a b;",
            "content_by_lua_block { local x = \"}\" -- }\n y = { [[ } ]] } }",
            "location ~ a\\{2} { }",
        ];
        for text in whole {
            assert!(is_directives(text), "{text}");
        }
        for text in ["a b", "}", "} location / {", "if {", "set $a 'b;", "a; }", "content_by_lua_block { '}", "x; #\n y"] {
            assert!(!is_directives(text), "{text}");
        }
    }

    #[test]
    fn directives_have_names() {
        let text =
            "# one {\nadd_header A \"b; c {\";\nif ($x = 'y;') { return 403; }\ncontent_by_lua_block { ngx.say(';') }\nallow 1.2.3.4;";
        assert_eq!(directives(text), ["add_header", "if", "return", "content_by_lua_block", "allow"]);
    }
}
