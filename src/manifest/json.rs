//! JSON text to a tree, with the places of keys and values.

use std::borrow::Cow;

use super::keys::{self, KeyIndex, Twice};
use super::scalar;
use super::tree::{Entry, Node, Value};
use super::yaml::{DEPTH, too_deep};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// Why a text cannot be read on.
pub(super) struct Broken {
    /// The finding.
    pub(super) refusal: Box<Diagnostic>,
    /// Where the last value before it ends.
    pub(super) from: usize,
}

/// Reads all JSON values of a text, one after another.
///
/// # Errors
/// Why the rest cannot be read; values before it are in `values`.
pub(super) fn read<'a>(file: FileId, text: &'a str, values: &mut Vec<Node<'a>>, findings: &mut Vec<Diagnostic>) -> Result<(), Broken> {
    let mut reader = Reader { file, text, at: 0, twice: Twice::default(), findings };
    loop {
        let (from, found) = (reader.at, reader.findings.len());
        reader.skip_blanks();
        if reader.at == text.len() {
            return Ok(());
        }
        match reader.value(0) {
            Ok(value) => values.push(value),
            Err(refusal) => {
                reader.findings.truncate(found);
                return Err(Broken { refusal, from });
            }
        }
        std::mem::take(&mut reader.twice).tell(reader.findings);
    }
}

struct Reader<'a, 'f> {
    file: FileId,
    text: &'a str,
    at: usize,
    twice: Twice,
    findings: &'f mut Vec<Diagnostic>,
}

type Refusal = Box<Diagnostic>;

impl<'a> Reader<'a, '_> {
    fn span(&self, start: usize) -> Span {
        Span::new(self.file, start..self.at)
    }

    fn refuse(&self, message: &str) -> Refusal {
        Box::new(Diagnostic::error("json-syntax", format!("this is not JSON: {message}")).at(self.span(self.at)))
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn eat(&mut self, byte: u8) -> bool {
        self.skip_blanks();
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Result<Node<'a>, Refusal> {
        if depth > DEPTH {
            return Err(too_deep(self.span(self.at)));
        }
        self.skip_blanks();
        let start = self.at;
        let value = match self.peek() {
            Some(b'{') => self.mapping(depth)?,
            Some(b'[') => self.sequence(depth)?,
            Some(b'"') => Value::String(self.string()?),
            _ => self.literal()?,
        };
        Ok(Node { span: self.span(start), value })
    }

    fn mapping(&mut self, depth: usize) -> Result<Value<'a>, Refusal> {
        self.at += 1;
        let mut entries: Vec<Entry> = Vec::new();
        let mut index = KeyIndex::default();
        if self.eat(b'}') {
            return Ok(Value::Mapping(entries.into_boxed_slice()));
        }
        loop {
            self.skip_blanks();
            let start = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.refuse("a key in double quotes is missing"));
            }
            let key = self.string()?;
            let key_span = self.span(start);
            if !self.eat(b':') {
                return Err(self.refuse("a colon is missing behind the key"));
            }
            let entry = Entry { key, key_span, value: self.value(depth + 1)? };
            keys::insert(&mut entries, &mut index, entry, &mut self.twice, self.findings);
            if self.eat(b'}') {
                return Ok(Value::Mapping(entries.into_boxed_slice()));
            }
            if !self.eat(b',') {
                return Err(self.refuse("a comma or `}` is missing"));
            }
        }
    }

    fn sequence(&mut self, depth: usize) -> Result<Value<'a>, Refusal> {
        self.at += 1;
        let mut items = Vec::new();
        if self.eat(b']') {
            return Ok(Value::Sequence(items.into_boxed_slice()));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.eat(b']') {
                return Ok(Value::Sequence(items.into_boxed_slice()));
            }
            if !self.eat(b',') {
                return Err(self.refuse("a comma or `]` is missing"));
            }
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Refusal> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut end = start + 1;
        loop {
            match memchr::memchr2(b'"', b'\\', bytes.get(end..).unwrap_or_default()) {
                Some(found) if bytes[end + found] == b'\\' => end += found + 2,
                Some(found) => {
                    end += found + 1;
                    break;
                }
                None => return Err(self.refuse("a string does not end")),
            }
        }
        let token = self.text.get(start..end).ok_or_else(|| self.refuse("a string does not end"))?;
        let inner = &token[1..token.len() - 1];
        let text = if inner.bytes().any(|byte| byte == b'\\' || byte < b' ') {
            let refusal = || self.refuse("a string holds an escape or a character that JSON does not allow");
            Cow::Owned(serde_json::from_str(&without_lone_surrogates(token)).map_err(|_| refusal())?)
        } else {
            Cow::Borrowed(inner)
        };
        self.at = end;
        Ok(text)
    }

    fn literal(&mut self) -> Result<Value<'a>, Refusal> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))).unwrap_or(rest.len());
        let token = &rest[..end];
        let value = match token {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => match serde_json::from_str::<serde_json::Number>(token) {
                Ok(number) => number.as_i64().map_or_else(|| scalar::whole(number.as_f64().unwrap_or(f64::NAN)), Value::Integer),
                Err(_) => return Err(self.refuse("a value is missing")),
            },
        };
        self.at += end;
        Ok(value)
    }
}

/// A string in quotes where halves of a character that stand alone are the sign for what cannot be shown, as Go reads them.
fn without_lone_surrogates(token: &str) -> Cow<'_, str> {
    let unit = |at: usize| {
        let digits = token.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut text, mut from, mut at) = (String::new(), 0, 0);
    while let Some(found) = memchr::memchr(b'\\', &token.as_bytes()[at..]) {
        at += found;
        let length = match unit(at) {
            Some(0xd800..=0xdbff) if matches!(unit(at + 6), Some(0xdc00..=0xdfff)) => 12,
            Some(0xd800..=0xdfff) => {
                text.push_str(&token[from..at]);
                text.push('\u{fffd}');
                from = at + 6;
                6
            }
            Some(_) => 6,
            None => 2,
        };
        at = (at + length).min(token.len());
    }
    if from == 0 {
        return Cow::Borrowed(token);
    }
    text.push_str(&token[from..]);
    Cow::Owned(text)
}
