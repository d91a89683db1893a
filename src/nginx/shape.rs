//! Whether a text that is printed as it is keeps to its place, read as nginx reads it, and what keeps it from that.

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
    /// Where the last quote began.
    quote: usize,
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
        Self { bytes: text.as_bytes(), next: 0, at, quote: 0 }
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
                (At::Gap, b'"' | b'\'') => {
                    self.quote = self.next - 1;
                    At::Quoted(byte)
                }
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
pub fn is_words(text: &str, continues: bool) -> bool {
    let is_harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./:$@%+=,*~?&!^[]()| ".contains(&byte);
    text.bytes().all(is_harmless) || Reader::new(text, if continues { At::Word } else { At::Gap }).mark() == ControlFlow::Break(true)
}

/// Whether the text stays between two quotes.
pub fn fits_quotes(text: &str, quote: u8) -> bool {
    let mut reader = Reader::new(text, At::Quoted(quote));
    // The closing quote would be the very next byte: the text alone must leave the quote open.
    reader.mark() == ControlFlow::Break(false) && reader.at == At::Quoted(quote) && reader.next == text.len()
}

/// What keeps a text from being whole directives and blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, as a sentence.
    pub problem: String,
    /// The line where it is wrong, as it is written.
    pub line: String,
    /// What is missing is written, so that the rest can be judged; empty where nobody can tell what was meant.
    pub mended: String,
}

/// The fault of a text that leaves the block that it is printed in.
const CLOSES_OTHERS: &str = "its `}` closes a block that it has not opened";

impl Fault {
    /// Whether the text leaves the block that it is printed in, so that nginx may well take what comes of it.
    #[must_use]
    pub fn closes_others(&self) -> bool {
        self.problem == CLOSES_OTHERS
    }
}

/// Whether the text is nothing but whole directives and blocks.
#[must_use]
pub fn is_directives(text: &str) -> bool {
    fault(text).is_none()
}

/// What keeps a text from being whole directives and blocks: the first fault.
#[must_use]
pub fn fault(text: &str) -> Option<Fault> {
    let mut scan = Scan { text, reader: Reader::new(text, At::Gap), blocks: Vec::new(), start: 0, missing: Vec::new(), first: None };
    match scan.run() {
        Ok(()) => scan.first.take().map(|(problem, at)| {
            let mut mended = text.to_owned();
            scan.missing.iter().rev().for_each(|(at, mark)| mended.insert_str(*at, mark));
            Fault { problem, line: line_at(text, at).to_owned(), mended }
        }),
        Err((problem, at)) => {
            let (problem, at) = scan.first.take().unwrap_or((problem, at));
            Some(Fault { problem, line: line_at(text, at).to_owned(), mended: String::new() })
        }
    }
}

/// The line that an offset is in, without the blanks around it.
fn line_at(text: &str, at: usize) -> &str {
    let at = at.min(text.len());
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    text[start..].lines().next().unwrap_or_default().trim()
}

/// A fault, and where it is.
type Found = (String, usize);

/// Goes through a text, and takes note of what is missing.
struct Scan<'a> {
    text: &'a str,
    reader: Reader<'a>,
    /// Where the blocks begin that are open.
    blocks: Vec<usize>,
    /// Where the directive begins that is read.
    start: usize,
    missing: Vec<(usize, &'static str)>,
    first: Option<Found>,
}

impl Scan<'_> {
    fn run(&mut self) -> Result<(), Found> {
        loop {
            let mark = match self.reader.mark() {
                ControlFlow::Continue(mark) => mark,
                ControlFlow::Break(is_readable) => return self.end(is_readable),
            };
            let head = self.start + (self.text[self.start..].len() - self.text[self.start..].trim_start().len());
            let is_gap = head >= self.reader.next - 1;
            match mark {
                Mark::End if is_gap => return Err((String::from("a `;` stands alone"), head)),
                Mark::End => {}
                Mark::Comment => {
                    self.reader.skip_line();
                    // Between the words of a directive: the directive goes on behind it.
                    if !is_gap {
                        continue;
                    }
                }
                Mark::Open if is_gap => return Err((String::from("a `{` stands alone"), head)),
                Mark::Open if is_lua(&self.text[head..self.reader.next - 1]) => match lua_end(self.reader.bytes, self.reader.next) {
                    Some(end) => self.reader.next = end,
                    None => return Err((String::from("the block of Lua is not closed: a `}` is missing"), head)),
                },
                Mark::Open => self.blocks.push(head),
                Mark::Close if !is_gap => {
                    self.lack(
                        ";",
                        self.reader.next - 1,
                        format!("a `;` is missing behind `{}`", last_line(&self.text[head..self.reader.next - 1])),
                        head,
                    );
                    self.blocks.pop();
                }
                Mark::Close if self.blocks.is_empty() => {
                    return Err((String::from(CLOSES_OTHERS), self.reader.next - 1));
                }
                Mark::Close => drop(self.blocks.pop()),
            }
            self.start = self.reader.next;
        }
    }

    fn end(&mut self, is_readable: bool) -> Result<(), Found> {
        if !is_readable {
            return Err(match self.reader.at {
                At::Quoted(quote) => (format!("the quote `{}` is not closed", char::from(quote)), self.reader.quote),
                At::AfterQuote => (String::from("a blank or a `;` is missing behind a quote"), self.reader.next.saturating_sub(1)),
                At::Gap | At::Word => (String::from("it ends with a backslash"), self.text.len()),
            });
        }
        let rest = self.text[self.start..].trim();
        let rest_at = self.text.len() - self.text[self.start..].trim_start().len();
        if !rest.is_empty() {
            let last = last_line(rest);
            let at = rest_at + rest.find(last).unwrap_or(0);
            self.lack("\n;", self.text.len(), format!("a `;` is missing behind `{last}`"), at);
        }
        while let Some(block) = self.blocks.pop() {
            let head = self.text[block..].split('{').next().unwrap_or_default().trim();
            self.lack("\n}", self.text.len(), format!("a `}}` is missing: nothing closes `{head} {{`"), block);
        }
        Ok(())
    }

    fn lack(&mut self, mark: &'static str, at: usize, problem: String, told_at: usize) {
        self.missing.push((at, mark));
        self.first.get_or_insert((problem, told_at));
    }
}

/// The last line of a directive that does not end, without a comment behind it.
fn last_line(text: &str) -> &str {
    let without_comment = |line: &'_ str| line.find(" #").map_or(line.len(), |at| at);
    let mut lines = text.lines().map(|line| line[..without_comment(line)].trim());
    lines.rfind(|line| !line.is_empty() && !line.starts_with('#')).unwrap_or_default()
}

/// The names of all directives and blocks of a text that [`is_directives`], outside of Lua.
pub fn directives(text: &str) -> Vec<&str> {
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
pub fn outer_directives(text: &str) -> Vec<&str> {
    pieces(text).into_iter().filter(|piece| piece.ends_with(';')).collect()
}

/// The directives and whole blocks of a text that [`is_directives`] which stand in no block.
pub fn pieces(text: &str) -> Vec<&str> {
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
        for text in [
            "a b",
            "}",
            "} location / {",
            "if {",
            "set $a 'b;",
            "a; }",
            "a {};",
            "a { b }",
            ";",
            "{}",
            "content_by_lua_block { '}",
            "x; #\n y",
        ] {
            assert!(!is_directives(text), "{text}");
        }
    }

    #[test]
    fn faults_are_told_where_they_are() {
        for (text, problem, line, mended) in [
            ("a 1;\nb 2", "a `;` is missing behind `b 2`", "b 2", "a 1;\nb 2\n;"),
            ("a 1; # x\nb 2 # y", "a `;` is missing behind `b 2`", "b 2 # y", "a 1; # x\nb 2 # y\n;"),
            (
                "if ($a) { return 403 }\nb 1;",
                "a `;` is missing behind `return 403`",
                "if ($a) { return 403 }",
                "if ($a) { return 403 ;}\nb 1;",
            ),
            ("if ($a) {\n  b 1;\n", "a `}` is missing: nothing closes `if ($a) {`", "if ($a) {", "if ($a) {\n  b 1;\n\n}"),
            ("a {\n b 1", "a `;` is missing behind `b 1`", "b 1", "a {\n b 1\n;\n}"),
            ("a 1;\n}", "its `}` closes a block that it has not opened", "}", ""),
            ("a 1;;", "a `;` stands alone", "a 1;;", ""),
            ("a 'b;\nc 1;", "the quote `'` is not closed", "a 'b;", ""),
            ("a \"b\"c;", "a blank or a `;` is missing behind a quote", "a \"b\"c;", ""),
            ("content_by_lua_block {\n x", "the block of Lua is not closed: a `}` is missing", "content_by_lua_block {", ""),
        ] {
            let expected = Fault { problem: problem.to_owned(), line: line.to_owned(), mended: mended.to_owned() };
            assert_eq!(fault(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn directives_have_names() {
        let text =
            "# one {\nadd_header A \"b; c {\";\nif ($x = 'y;') { return 403; }\ncontent_by_lua_block { ngx.say(';') }\nallow 1.2.3.4;";
        assert_eq!(directives(text), ["add_header", "if", "return", "content_by_lua_block", "allow"]);
    }
}
