//! The text of `log_format`, compiled.

use std::borrow::Cow;
use std::ops::Range;

use super::entry::Entry;
use super::escape::Escape;
use super::object::Object;
use super::role::Role;
use super::scan::{Mismatch, Pattern};
use super::wrapped::{is_of_program, unwrapped};

/// What may stand around a line: a container runtime, and a program that shows its logs.
const MOST_WRAPS: usize = 3;

/// Bytes of a line at most: nginx logs no headers that are longer together.
const LONGEST: usize = 256 << 10;

/// A format of access logs.
#[derive(Debug)]
pub struct Format {
    pattern: Pattern,
    /// The same, where it is an object of JSON whose keys may come in another order.
    object: Option<Object>,
    /// What lines about TCP and UDP look like.
    streams: Option<Pattern>,
    text: String,
}

/// What a line is.
#[derive(Debug, PartialEq)]
pub enum Line<'l> {
    /// A request.
    Request(Box<Entry<'l>>),
    /// A connection that was passed on, and no request.
    Stream,
    /// What the controller or nginx says beside its access log.
    Program,
    /// Nothing.
    Empty,
    /// It can be read in two ways.
    Unclear,
    /// Something else.
    Unread,
}

/// Something that a format does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    /// The request line, or method and target.
    Target,
    /// The host.
    Host,
    /// Whether it came over TLS.
    Scheme,
    /// The address of the client.
    Client,
    /// Who logs in.
    User,
    /// The status.
    Status,
    /// The upstream.
    Upstream,
    /// Whether somebody was asked.
    Address,
}

impl Line<'_> {
    /// The same, without the text that it was read from.
    fn into_owned(self) -> Line<'static> {
        match self {
            Self::Request(entry) => Line::Request(Box::new(entry.into_owned())),
            Self::Stream => Line::Stream,
            Self::Program => Line::Program,
            Self::Empty => Line::Empty,
            Self::Unclear => Line::Unclear,
            Self::Unread => Line::Unread,
        }
    }
}

impl Format {
    /// Compiles the text of `log_format`.
    #[must_use]
    pub fn new(text: &str, escape: Escape) -> Self {
        let pattern = Pattern::compile(text, escape);
        Self { object: Object::of(text), pattern, streams: None, text: text.to_owned() }
    }

    /// Knows lines about TCP and UDP as well, by the text of their format.
    #[must_use]
    pub fn with_streams(mut self, text: &str, escape: Escape) -> Self {
        self.streams = (!text.is_empty() && text != self.text).then(|| Pattern::compile(text, escape));
        self
    }

    /// The text that it was compiled from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What a line is.
    #[must_use]
    pub fn read<'l>(&self, line: &'l [u8]) -> Line<'l> {
        self.read_within(line, MOST_WRAPS)
    }

    fn read_within<'l>(&self, line: &'l [u8], wraps: usize) -> Line<'l> {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.iter().all(u8::is_ascii_whitespace) {
            return Line::Empty;
        }
        if line.len() > LONGEST {
            return Line::Unread;
        }
        match self.entry(line) {
            Ok(entry) => return Line::Request(Box::new(entry)),
            Err(Mismatch::Unclear) => return Line::Unclear,
            Err(Mismatch::Other) => {}
        }
        // What stands around a line is taken off where the line as it is makes no sense.
        if let Some(inner) = unwrapped(line).filter(|_| wraps > 0) {
            return match inner {
                Cow::Borrowed(inner) => self.read_within(inner, wraps - 1),
                Cow::Owned(inner) => self.read_within(&inner, wraps - 1).into_owned(),
            };
        }
        if self.streams.as_ref().is_some_and(|streams| streams.read(line).is_ok()) {
            return Line::Stream;
        }
        if is_of_program(line) { Line::Program } else { Line::Unread }
    }

    fn entry<'l>(&self, line: &'l [u8]) -> Result<Entry<'l>, Mismatch> {
        match self.pattern.read(line) {
            Ok(values) => {
                let fields = self.pattern.fields.iter().zip(values);
                let values = fields.map(|(field, value): (_, Range<usize>)| (&field.role, self.pattern.escape.undo(&line[value])));
                Entry::of(values, self.pattern.escape).ok_or(Mismatch::Other)
            }
            Err(why) => {
                let entry = self.object.as_ref().filter(|_| line.first() == Some(&b'{')).and_then(|object| object.read(line));
                entry.ok_or(why)
            }
        }
    }

    /// What its lines do not tell.
    #[must_use]
    pub fn lacks(&self) -> Vec<Lack> {
        let has = |sought: &[Role]| self.pattern.fields.iter().any(|field| sought.contains(&field.role));
        let is_there = [
            (Lack::Target, has(&[Role::Line]) || has(&[Role::Method]) && has(&[Role::Target])),
            (Lack::Host, has(&[Role::Host])),
            (Lack::Scheme, has(&[Role::Scheme, Role::Https, Role::Tls])),
            (Lack::Client, has(&[Role::Client])),
            (Lack::User, has(&[Role::User, Role::Header(String::from("authorization"))])),
            (Lack::Status, has(&[Role::Status])),
            (Lack::Upstream, has(&[Role::Upstream])),
            (Lack::Address, has(&[Role::Address])),
        ];
        is_there.into_iter().filter(|(_, is_there)| !is_there).map(|(lack, _)| lack).collect()
    }

    /// The headers that its lines tell, in small letters.
    #[must_use]
    pub fn headers(&self) -> Vec<String> {
        let of = |role: &Role| match role {
            Role::Header(name) => Some(name.to_ascii_lowercase()),
            Role::User => Some(String::from("authorization")),
            _ => None,
        };
        self.pattern.fields.iter().filter_map(|field| of(&field.role)).collect()
    }
}

#[cfg(test)]
mod tests;
