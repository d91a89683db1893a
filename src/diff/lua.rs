//! Lua as Lua reads it: comments and white space are nothing, what stands in quotes is a value, whatever its spelling.
//!
//! It goes on after what Lua refuses, so that two texts that differ never come out the same for that.

use std::borrow::Cow;

use crate::conf::{Arg, Directive};

/// The code of a directive with a block of Lua, or the place of the code among its arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code<'a> {
    /// It is the block.
    Block(&'a str),
    /// It is this argument.
    Argument(usize),
}

/// Where a directive holds Lua code, if it does.
pub(super) fn code(directive: Directive<'_>) -> Option<Code<'_>> {
    if let Some(code) = directive.lua() {
        return Some(Code::Block(code));
    }
    match &*directive.name() {
        "set_by_lua" => Some(Code::Argument(1)),
        name if name.ends_with("_by_lua") => Some(Code::Argument(0)),
        _ => None,
    }
}

/// The words that tell a directive from others, with its code as Lua reads it.
pub(super) fn words(directive: Directive<'_>) -> Vec<Cow<'_, str>> {
    let mut words: Vec<Cow<'_, str>> = directive.words().map(Arg::value).collect();
    match code(directive) {
        Some(Code::Block(code)) => words.push(Cow::Owned(tokens(code))),
        Some(Code::Argument(at)) => {
            if let Some(word) = words.get_mut(at + 1) {
                *word = Cow::Owned(tokens(word));
            }
        }
        None => {}
    }
    words
}

/// The tokens of a program, one behind the other with a space between them. Values in quotes are written in one way.
pub(super) fn tokens(code: &str) -> String {
    let mut reader = Reader { bytes: code.as_bytes(), at: 0, out: String::with_capacity(code.len()), is_new_line: false };
    reader.read();
    reader.out
}

struct Reader<'c> {
    bytes: &'c [u8],
    at: usize,
    out: String,
    /// A line has ended since the last token.
    is_new_line: bool,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\n' => {
                    self.is_new_line = true;
                    self.at += 1;
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'-' if self.peek(1) == Some(b'-') => self.comment(),
                b'"' | b'\'' => self.quoted(byte),
                b'[' if self.level().is_some() => {
                    let text = self.long(true);
                    self.value(&text);
                }
                b'0'..=b'9' => self.number(),
                b'.' if self.peek(1).is_some_and(|next| next.is_ascii_digit()) => self.number(),
                _ if is_word(byte) => self.span(|byte, _| is_word(byte)),
                _ => self.operator(),
            }
        }
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Ends the token before.
    fn begin(&mut self) {
        if !self.out.is_empty() {
            self.out.push(' ');
        }
        self.is_new_line = false;
    }

    fn token(&mut self, end: usize) {
        self.begin();
        self.out.push_str(&String::from_utf8_lossy(&self.bytes[self.at..end]));
        self.at = end;
    }

    /// A token of all bytes that follow and fit, each asked with the one before it.
    fn span(&mut self, fits: impl Fn(u8, u8) -> bool) {
        let mut end = self.at + 1;
        while end < self.bytes.len() && fits(self.bytes[end], self.bytes[end - 1]) {
            end += 1;
        }
        self.token(end);
    }

    fn number(&mut self) {
        let is_hex = self.peek(0) == Some(b'0') && matches!(self.peek(1), Some(b'x' | b'X'));
        let exponents: &[u8] = if is_hex { b"pP" } else { b"eE" };
        self.span(|byte, before| is_word(byte) || byte == b'.' || (matches!(byte, b'+' | b'-') && exponents.contains(&before)));
    }

    fn operator(&mut self) {
        const LONG: [&[u8]; 8] = [b"...", b"..", b"==", b"~=", b"<=", b">=", b"::", b"//"];
        let rest = &self.bytes[self.at..];
        let length = LONG.iter().find(|operator| rest.starts_with(operator)).map_or(1, |operator| operator.len());
        // Lua refuses a call whose bracket stands on a new line: it could be a statement of its own.
        if rest[0] == b'(' && self.is_new_line && self.ends_expression() {
            self.begin();
            self.out.push('\n');
        }
        self.token(self.at + length);
    }

    fn ends_expression(&self) -> bool {
        self.out.bytes().next_back().is_some_and(|byte| is_word(byte) || matches!(byte, b')' | b']' | b'}' | b'"'))
    }

    fn comment(&mut self) {
        self.at += 2;
        if self.peek(0) == Some(b'[') && self.level().is_some() {
            let text = self.long(false);
            self.is_new_line |= text.contains(&b'\n');
            return;
        }
        self.at = memchr::memchr(b'\n', &self.bytes[self.at..]).map_or(self.bytes.len(), |end| self.at + end);
    }

    /// How many `=` stand between the brackets of a long text that begins here.
    fn level(&self) -> Option<usize> {
        let count = self.bytes[self.at + 1..].iter().take_while(|byte| **byte == b'=').count();
        (self.peek(count + 1) == Some(b'[')).then_some(count)
    }

    /// What is between long brackets. A line break right behind the first one is no part of a value.
    fn long(&mut self, is_value: bool) -> Vec<u8> {
        let level = self.level().unwrap_or_default();
        let start = self.at + level + 2;
        let closing = [b"]".as_slice(), &vec![b'='; level], b"]"].concat();
        let end = memchr::memmem::find(&self.bytes[start..], &closing).map(|end| start + end);
        let text = &self.bytes[start..end.unwrap_or(self.bytes.len())];
        self.at = end.map_or(self.bytes.len(), |end| end + closing.len());
        if end.is_none() {
            self.out.push_str(" unfinished");
        }
        let text = if is_value { text.strip_prefix(b"\r\n").or_else(|| text.strip_prefix(b"\n")).unwrap_or(text) } else { text };
        text.to_vec()
    }

    fn quoted(&mut self, quote: u8) {
        let mut text = Vec::new();
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match byte {
                _ if byte == quote => return self.value(&text),
                b'\\' => self.escape(&mut text),
                // Lua refuses it: what follows is code again.
                b'\n' => break,
                _ => text.push(byte),
            }
        }
        self.value(&text);
        self.out.push_str(" unfinished");
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek(0) else { return };
        self.at += 1;
        match byte {
            b'a' => text.push(7),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'n' | b'\n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'v' => text.push(11),
            b'z' => {
                while self.peek(0).is_some_and(|byte| byte.is_ascii_whitespace() || byte == 0x0b) {
                    self.at += 1;
                }
            }
            b'x' => match self.digits(2, 16) {
                Some(value) => text.push(u8::try_from(value).unwrap_or_default()),
                None => text.extend_from_slice(b"\\x"),
            },
            b'0'..=b'9' => {
                self.at -= 1;
                let count = self.bytes[self.at..].iter().take(3).take_while(|byte| byte.is_ascii_digit()).count();
                match self.digits(count, 10).and_then(|value| u8::try_from(value).ok()) {
                    Some(value) => text.push(value),
                    None => text.extend_from_slice(b"\\?"),
                }
            }
            other => text.push(other),
        }
    }

    fn digits(&mut self, count: usize, radix: u32) -> Option<u32> {
        let digits = std::str::from_utf8(self.bytes.get(self.at..self.at + count)?).ok()?;
        let value = u32::from_str_radix(digits, radix).ok()?;
        self.at += count;
        Some(value)
    }

    fn value(&mut self, text: &[u8]) {
        self.begin();
        self.out.push('"');
        self.out.push_str(&text.escape_ascii().to_string());
        self.out.push('"');
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::{tokens, words};
    use crate::conf;
    use crate::source::FileId;

    #[test]
    fn code_is_read_where_a_directive_holds_it() {
        let read = |text: &str| {
            let tree = conf::parse(FileId(0), text).value;
            tree.directives().map(|directive| words(directive).join("|")).collect::<Vec<_>>()
        };
        for (one, other, is_alike) in [
            ("set_by_lua $a 'return  1';", "set_by_lua $a \"return 1\";", true),
            ("set_by_lua $a 'return 1' $b;", "set_by_lua $a 'return 1' $c;", false),
            ("set_by_lua '$a  b' 'return 1';", "set_by_lua '$a b' 'return 1';", false),
            ("access_by_lua 'ngx.exit( 403)';", "access_by_lua 'ngx.exit(403)';", true),
            ("access_by_lua_block { ngx.exit( 403) }", "access_by_lua_block { ngx.exit(403) }", true),
            ("set $a 'return  1';", "set $a 'return 1';", false),
        ] {
            assert_eq!(read(one) == read(other), is_alike, "{one} / {other}");
        }
    }

    #[test]
    fn what_lua_reads_alike_is_equal() {
        for (one, other) in [
            ("a()\n\t b()", "a() b()"),
            ("a = 1 -- why\nb = 2", "a = 1\nb = 2"),
            ("a --[[ x\n y ]] = 1", "a = 1"),
            ("a --[==[ ]] ]==] = 1", "a=1"),
            ("a = 'b'", "a = \"b\""),
            ("a = [[b]]", "a = 'b'"),
            ("a = [==[\nb]==]", "a = 'b'"),
            (r"a = '\98\x62\z    b'", "a = 'bbb'"),
            ("a = 'b\\\nc'", r"a = 'b\nc'"),
            ("f{1,2}", "f { 1 , 2 }"),
            ("a=b-1", "a = b - 1"),
            ("f(\nx)", "f(x)"),
            ("local x\n(function() end)()", "local x\n(function() end)()"),
        ] {
            assert_eq!(tokens(one), tokens(other), "{one} / {other}");
        }
    }

    #[test]
    fn what_lua_reads_otherwise_is_not() {
        for (one, other) in [
            ("-- staff only\nngx.exit(403)", "-- staff only ngx.exit(403)"),
            ("--[[ x ]] a()", "--[ [ x ]] a()"),
            ("--[=[ ]] a() ]=]", "--[==[ ]] a() ]=]"),
            ("say('a  b')", "say('a b')"),
            ("say([[one\n\ttwo]])", "say([[one two]])"),
            ("say([[\n\na]])", "say([[a]])"),
            ("say('a')", "say('A')"),
            ("say('1')", "say(1)"),
            ("a = b - - c", "a = b -- c"),
            ("ab", "a b"),
            ("a .. b", "a . . b"),
            ("1 ..2", "1. .2"),
            (r"say('\n')", r"say('\\n')"),
            ("say('a\nb')", "say('a b')"),
            ("f\n(x)", "f(x)"),
            ("a = 0xA", "a = 0xB"),
            ("return 1", "return1"),
        ] {
            assert_ne!(tokens(one), tokens(other), "{one} / {other}");
        }
    }
}
