//! The events of a YAML document as kubectl's reader has them. The only file that knows the parser.
//!
//! kubectl reads with `goyaml.v2`, a port of libyaml to Go; `libyaml-safer` is the same to Rust. Where the two differ, is settled here.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{BufReader, Read};
use std::ops::{ControlFlow, Range};

use libyaml_safer::{Error, Event as Found, EventData, Mark, Parser, ScalarStyle};

/// One step through a document, and the bytes that it takes.
#[derive(Debug)]
pub(super) struct Event<'a> {
    /// What begins, ends or stands there.
    pub(super) what: What<'a>,
    /// Where; nothing for ends that no bracket marks.
    pub(super) range: Range<usize>,
    /// The name that aliases call it by.
    pub(super) anchor: Option<String>,
}

/// What an event is.
#[derive(Debug)]
pub(super) enum What<'a> {
    /// A scalar. It is plain where nothing says that it is text: neither quotes nor a tag.
    Scalar { text: Cow<'a, str>, tag: Option<String>, is_plain: bool },
    /// A mapping begins.
    Mapping,
    /// A list begins.
    Sequence,
    /// The innermost collection ends.
    End,
    /// What has this anchor is repeated.
    Alias(String),
}

/// Why a document is not YAML, and where.
#[derive(Debug)]
pub(super) struct Refusal {
    /// The reason, without a word of the text.
    pub(super) message: String,
    /// The offset.
    pub(super) at: usize,
}

/// Hands each event of the first document of a text to a function, until that breaks it off; then tells where the document ends.
///
/// # Errors
/// Why the text is not YAML.
pub(super) fn each<'a, B>(document: &'a str, mut take: impl FnMut(Event<'a>) -> ControlFlow<B>) -> Result<ControlFlow<B, usize>, Refusal> {
    let reader = Reader { document, substitutes: Substitutes::of(document)? };
    let text = reader.substitutes.as_ref().map_or(document, |substitutes| substitutes.text.as_str());
    // A break before it: the parser takes the first bytes for a mark of byte order. One behind it, as kubectl adds it: without, the
    // parser panics at the end of a block scalar.
    let last = if text.ends_with('\n') { "" } else { "\n" };
    let input = b"\n".as_slice().chain(BufReader::new(text.as_bytes())).chain(last.as_bytes());
    let mut parser = Parser::new();
    parser.set_input(input);
    loop {
        match parser.parse().map_err(|error| reader.refusal(&error)).and_then(|found| reader.event(found))? {
            Step::Event(event) => {
                if let ControlFlow::Break(result) = take(event) {
                    return Ok(ControlFlow::Break(result));
                }
            }
            Step::Skip => {}
            Step::End(end) => return Ok(ControlFlow::Continue(end)),
        }
    }
}

enum Step<'a> {
    Event(Event<'a>),
    Skip,
    /// The document ends.
    End(usize),
}

struct Reader<'a> {
    document: &'a str,
    substitutes: Option<Substitutes>,
}

impl<'a> Reader<'a> {
    /// The offset of a mark in the document.
    fn offset(&self, mark: Mark) -> usize {
        let at = usize::try_from(mark.index).unwrap_or(usize::MAX).saturating_sub(1);
        let at = self.substitutes.as_ref().map_or(at, |substitutes| substitutes.original(at));
        at.min(self.document.len())
    }

    fn event(&self, found: Found) -> Result<Step<'a>, Refusal> {
        let range = self.offset(found.start_mark)..self.offset(found.end_mark);
        let (what, anchor) = match found.data {
            EventData::Scalar { anchor, tag, value, plain_implicit, style, .. } => {
                let range = self.without_properties(range, anchor.is_some() || tag.is_some());
                let text = self.text(value, style, &range)?;
                let what = What::Scalar { text, tag, is_plain: plain_implicit };
                return Ok(Step::Event(Event { what, range, anchor }));
            }
            EventData::MappingStart { anchor, .. } => (What::Mapping, anchor),
            EventData::SequenceStart { anchor, .. } => (What::Sequence, anchor),
            EventData::MappingEnd | EventData::SequenceEnd => {
                let is_bracket = matches!(self.document.get(range.clone()), Some("]" | "}"));
                let range = if is_bracket { range } else { range.start..range.start };
                return Ok(Step::Event(Event { what: What::End, range, anchor: None }));
            }
            EventData::Alias { anchor } => (What::Alias(anchor), None),
            EventData::DocumentStart { version_directive: Some(version), .. } if (version.major, version.minor) != (1, 1) => {
                return Err(Refusal { message: String::from("kubectl reads version 1.1 alone"), at: range.start });
            }
            EventData::DocumentEnd { .. } => return Ok(Step::End(range.end)),
            EventData::StreamEnd => return Ok(Step::End(self.document.len())),
            EventData::DocumentStart { .. } | EventData::StreamStart { .. } => return Ok(Step::Skip),
        };
        let range = self.without_properties(range, anchor.is_some());
        Ok(Step::Event(Event { what, range, anchor }))
    }

    /// Leaves out the anchor and the tag that a value begins with.
    fn without_properties(&self, mut range: Range<usize>, has_some: bool) -> Range<usize> {
        while has_some && range.start < range.end {
            let rest = &self.document[range.clone()];
            let length = match rest.as_bytes()[0] {
                b'&' | b'!' => rest.find(char::is_whitespace).unwrap_or(rest.len()),
                b'#' => rest.find('\n').unwrap_or(rest.len()),
                _ => rest.len() - rest.trim_start().len(),
            };
            if length == 0 {
                break;
            }
            range.start += length;
        }
        range
    }

    /// The text of a scalar; a part of the document where it stands there as it is.
    fn text(&self, value: String, style: ScalarStyle, range: &Range<usize>) -> Result<Cow<'a, str>, Refusal> {
        let written = self.document.get(range.clone()).unwrap_or_default();
        if style == ScalarStyle::DoubleQuoted
            && let Some(at) = escape(written, b'/')
        {
            return Err(Refusal { message: String::from("found unknown escape character"), at: range.start + at });
        }
        let value = match &self.substitutes {
            Some(substitutes) => substitutes.restore(value, style).map_err(|message| Refusal { message, at: range.start })?,
            None => value,
        };
        let within = match style {
            ScalarStyle::DoubleQuoted | ScalarStyle::SingleQuoted => written.get(1..written.len().max(2) - 1),
            _ => Some(written),
        };
        Ok(within.filter(|within| *within == value).map_or_else(|| Cow::Owned(value), Cow::Borrowed))
    }

    fn refusal(&self, error: &Error) -> Refusal {
        let is_behind = |at: &usize| self.document.get(*at..).is_none_or(|rest| rest.trim().is_empty());
        let at = error.problem_mark().map(|mark| self.offset(mark));
        // What is not closed is noticed at the end, and began before.
        let begun = error.context_mark().map(|mark| self.offset(mark)).filter(|_| at.as_ref().is_some_and(is_behind));
        let at = begun.or(at).or_else(|| self.document.find(is_control)).unwrap_or_default();
        let context = error.context().filter(|context| !context.is_empty());
        Refusal { message: [Some(error.problem()), context].into_iter().flatten().collect::<Vec<_>>().join(" "), at }
    }
}

/// Whether YAML does not allow a character.
fn is_control(character: char) -> bool {
    !matches!(character, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Where a backslash that no other one precedes stands before a byte.
fn escape(text: &str, byte: u8) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    while let Some(found) = memchr::memchr(b'\\', bytes.get(from..)?) {
        if bytes.get(from + found + 1) == Some(&byte) {
            return Some(from + found);
        }
        from += found + 2;
    }
    None
}

/// A document in which characters stand for others that the parser does not read as kubectl does.
///
/// `\'` is an escape in double quotes for kubectl alone. At a comma right behind a tag the parser panics; kubectl takes it for a part
/// of the tag, which nobody means: it is refused. Which of both it is can be told from the scalar that they are found in.
struct Substitutes {
    text: String,
    /// Stands for a backslash before a single quote.
    backslash: char,
    /// Stands for the mark of a tag that ends in a comma.
    mark: char,
    /// Where the substitutes stand in the document; each takes the place of one byte.
    places: Vec<usize>,
}

impl Substitutes {
    /// The bytes of a substitute beyond the one that it stands for.
    const GROWTH: usize = 3;

    fn of(document: &str) -> Result<Option<Self>, Refusal> {
        let mut places = escapes(document);
        let quotes = places.len();
        places.extend(tags_before_commas(document));
        if places.is_empty() {
            return Ok(None);
        }
        let used: BTreeSet<char> = document.chars().filter(|character| *character >= '\u{100000}').collect();
        let mut free = ('\u{100000}'..='\u{10fffd}').filter(|character| !used.contains(character));
        let (Some(backslash), Some(mark)) = (free.next(), free.next()) else {
            return Err(Refusal { message: String::from("it holds too many characters of private use"), at: 0 });
        };
        let mut all: Vec<(usize, char)> =
            places.iter().enumerate().map(|(at, place)| (*place, if at < quotes { backslash } else { mark })).collect();
        all.sort_unstable();
        places.sort_unstable();
        let mut text = String::with_capacity(document.len() + all.len() * Self::GROWTH);
        let mut from = 0;
        for (place, substitute) in all {
            text.push_str(&document[from..place]);
            text.push(substitute);
            from = place + 1;
        }
        text.push_str(&document[from..]);
        Ok(Some(Self { text, backslash, mark, places }))
    }

    /// The offset in the document of an offset in the text.
    fn original(&self, at: usize) -> usize {
        let (mut low, mut high) = (0, self.places.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.places[middle] + middle * Self::GROWTH < at {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        at.saturating_sub(low * Self::GROWTH)
    }

    /// The text of a scalar with what was there before.
    fn restore(&self, value: String, style: ScalarStyle) -> Result<String, String> {
        if style == ScalarStyle::Plain && value.starts_with(self.mark) {
            return Err(String::from("did not find expected whitespace or line break while scanning a tag"));
        }
        if !value.contains([self.backslash, self.mark]) {
            return Ok(value);
        }
        let backslash = if style == ScalarStyle::DoubleQuoted { "" } else { "\\" };
        Ok(value.replace(self.backslash, backslash).replace(self.mark, "!"))
    }
}

/// The backslashes that escape single quotes.
fn escapes(document: &str) -> Vec<usize> {
    let (mut places, mut from) = (Vec::new(), 0);
    while let Some(found) = document.get(from..).and_then(|rest| escape(rest, b'\'')) {
        places.push(from + found);
        from += found + 2;
    }
    places
}

/// The marks of tags that a comma follows.
fn tags_before_commas(document: &str) -> Vec<usize> {
    let bytes = document.as_bytes();
    let (mut places, mut next) = (Vec::new(), 0);
    for at in memchr::memchr_iter(b'!', bytes) {
        if at < next {
            // Within the run of letters that was looked at, which ends with no comma.
            continue;
        }
        let is_verbatim = bytes.get(at + 1) == Some(&b'<');
        let ends = |byte: &u8| byte.is_ascii_whitespace() || if is_verbatim { *byte == b'>' } else { b",[]{}".contains(byte) };
        let end = at + bytes[at..].iter().position(ends).unwrap_or(bytes.len() - at);
        let end = end + usize::from(is_verbatim && bytes.get(end) == Some(&b'>'));
        if bytes.get(end) == Some(&b',') {
            places.extend(memchr::memchr_iter(b'!', &bytes[at..end]).map(|mark| at + mark));
        }
        next = end;
    }
    places
}
