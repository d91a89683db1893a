//! The configuration as lines: words, comments and blocks.
//!
//! A value can only become a word or a comment here, so that it never changes the shape of the output.

use super::super::view::Raw;
use super::super::{FileName, names, quote};
use crate::diagnostic::Diagnostic;

/// One line: a comment, or words with what ends them; or nothing at all.
#[derive(Debug)]
struct Line {
    /// How many blocks it stands in.
    depth: usize,
    comment: Option<Raw>,
    words: Vec<Word>,
    end: End,
}

/// The blanks before a line for each block around it.
const INDENT: &str = "    ";

/// What ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// It is no directive, or one that was checked as a whole.
    Nothing,
    /// It is a directive.
    Directive,
    /// A block begins.
    Opens,
    /// A block ends.
    Closes,
}

impl End {
    fn text(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Directive => ";",
            Self::Opens => " {",
            Self::Closes => "}",
        }
    }
}

/// One word, quoted where nginx needs it.
#[derive(Debug, Clone)]
pub(super) enum Word {
    /// The name of a directive.
    Name(&'static str),
    /// A value.
    Value(String),
    /// Configuration that was checked as a whole.
    Raw(Raw),
}

impl Word {
    /// The text.
    pub(super) fn text(&self) -> &str {
        match self {
            Self::Name(name) => name,
            Self::Value(text) => text,
            Self::Raw(raw) => raw.as_str(),
        }
    }

    /// A value as the key of a table, where some words mean something else.
    pub(super) fn key(text: &str) -> Self {
        let is_taken = matches!(text, "default" | "hostnames" | "include" | "volatile") || text.starts_with('\\');
        Self::Value(if is_taken { format!("\\{text}") } else { text.to_owned() })
    }

    /// Whether it can stand in a configuration.
    fn is_fit(&self) -> bool {
        match self {
            Self::Value(text) => is_fit(text),
            Self::Name(_) | Self::Raw(_) => true,
        }
    }
}

impl Line {
    /// Adds it to a text.
    ///
    /// # Errors
    /// A word cannot be quoted.
    fn print(&self, text: &mut String) -> Result<(), Box<Diagnostic>> {
        (0..self.depth).for_each(|_| text.push_str(INDENT));
        if let Some(comment) = &self.comment {
            text.push_str("# ");
            text.push_str(comment.as_str());
        }
        for (at, word) in self.words.iter().enumerate() {
            if at > 0 {
                text.push(' ');
            }
            match word {
                Word::Value(value) => text.push_str(&quote::nginx_word(value).ok_or_else(unquotable)?),
                Word::Name(_) | Word::Raw(_) => text.push_str(word.text()),
            }
        }
        text.push_str(self.end.text());
        text.push('\n');
        Ok(())
    }
}

fn unquotable() -> Box<Diagnostic> {
    Box::new(Diagnostic::error("cannot-render", "the configuration for nginx cannot be printed: a NUL cannot be quoted"))
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self::Value(text.to_owned())
    }
}

impl From<&String> for Word {
    fn from(text: &String) -> Self {
        Self::Value(text.clone())
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Self::Value(text)
    }
}

impl From<&FileName> for Word {
    fn from(name: &FileName) -> Self {
        Self::Value(name.to_string())
    }
}

impl From<FileName> for Word {
    fn from(name: FileName) -> Self {
        Self::from(&name)
    }
}

impl From<i64> for Word {
    fn from(number: i64) -> Self {
        Self::Value(number.to_string())
    }
}

impl From<u16> for Word {
    fn from(number: u16) -> Self {
        Self::Value(number.to_string())
    }
}

/// The words of a text, which blanks divide.
pub(super) fn words(text: &str) -> Vec<Word> {
    text.split_whitespace().map(Word::from).collect()
}

/// A line, or lines that are printed already.
#[derive(Debug)]
enum Item {
    Line(Line),
    Printed(String),
}

/// A piece of a text.
#[derive(Debug)]
pub(super) enum Piece {
    /// Lines that stand around others.
    Frame(String),
    /// Lines that were printed by themselves.
    Part(String),
}

impl AsRef<str> for Piece {
    fn as_ref(&self) -> &str {
        match self {
            Self::Frame(text) | Self::Part(text) => text,
        }
    }
}

impl From<Piece> for String {
    fn from(piece: Piece) -> Self {
        match piece {
            Piece::Frame(text) | Piece::Part(text) => text,
        }
    }
}

/// Lines in the making.
#[derive(Debug, Default)]
pub(super) struct Lines {
    items: Vec<Item>,
    depth: usize,
    /// A word that no quotes make harmless.
    unfit: Option<String>,
}

impl Lines {
    /// No lines yet, in so many blocks.
    pub(super) fn within(depth: usize) -> Self {
        Self { depth, ..Self::default() }
    }

    /// No lines yet, in the same blocks as these.
    pub(super) fn beside(&self) -> Self {
        Self::within(self.depth)
    }

    /// The first word that is not fit for a configuration, and forgets it.
    pub(super) fn take_unfit(&mut self) -> Option<String> {
        self.unfit.take()
    }

    /// Leaves out the directives that hold such a word, blocks with all that is in them.
    pub(super) fn drop_unfit(&mut self) {
        let mut depth = 0_usize;
        self.items.retain(|item| {
            let Item::Line(line) = item else { return depth == 0 };
            let is_fit = line.words.iter().all(Word::is_fit);
            match line.end {
                End::Opens if depth > 0 || !is_fit => depth += 1,
                End::Closes if depth > 0 => depth -= 1,
                End::Nothing | End::Directive | End::Opens | End::Closes => return depth == 0 && is_fit,
            }
            false
        });
    }

    /// A directive.
    pub(super) fn directive(&mut self, name: &'static str, words: Vec<Word>) {
        self.words(named(name, words), End::Directive);
    }

    /// A line of a block that is a table, as `map`: the first word is a value too.
    pub(super) fn entry(&mut self, words: Vec<Word>) {
        self.words(words, End::Directive);
    }

    /// A block and what is in it.
    pub(super) fn block(&mut self, name: &'static str, words: Vec<Word>, fill: impl FnOnce(&mut Self)) {
        self.words(named(name, words), End::Opens);
        self.depth += 1;
        fill(self);
        self.depth -= 1;
        self.drop_gaps();
        self.push(None, Vec::new(), End::Closes);
    }

    /// A location that answers nobody. Its path may hold control characters: in quotes they harm nobody.
    pub(super) fn closed_location(&mut self, matcher: Vec<Word>) {
        let unfit = self.unfit.take();
        self.block("location", matcher, |lines| lines.directive("return", vec![Word::from(503_i64)]));
        self.unfit = unfit;
    }

    /// A comment. Control characters would end it.
    pub(super) fn comment(&mut self, text: &str) {
        self.push(Some(Raw::new(names::comment(text))), Vec::new(), End::Nothing);
    }

    /// An empty line between parts.
    pub(super) fn gap(&mut self) {
        let opens = |item: &Item| matches!(item, Item::Line(line) if line.end == End::Opens);
        let is_start = self.items.last().is_none_or(|item| is_gap(item) || opens(item));
        if !is_start {
            self.line(Line { depth: 0, comment: None, words: Vec::new(), end: End::Nothing });
        }
    }

    /// Configuration that was checked as a whole, as it was written.
    pub(super) fn raw(&mut self, text: &str) {
        for line in text.trim_matches('\n').lines() {
            let words = vec![Word::Raw(Raw::new(line.trim_end_matches('\r')))];
            self.push(None, words, End::Nothing);
        }
    }

    /// Other lines behind these.
    pub(super) fn append(&mut self, other: Self) {
        self.items.extend(other.items);
        self.unfit = self.unfit.take().or(other.unfit);
    }

    /// Other lines behind these, of which no word is looked at any more: printed, they take a tenth of the room.
    ///
    /// # Errors
    /// They cannot be printed.
    pub(super) fn append_printed(&mut self, mut other: Self) -> Result<(), Box<Diagnostic>> {
        other.drop_gaps();
        let text = other.text()?;
        if !text.is_empty() {
            self.items.push(Item::Printed(text));
        }
        Ok(())
    }

    /// Lines behind an empty one, of which others may follow by the thousand: printed at once, where all are fit for a configuration.
    pub(super) fn apart(&mut self, fill: impl FnOnce(&mut Self)) {
        let mut own = self.beside();
        fill(&mut own);
        if !own.items.is_empty() {
            self.gap();
        }
        match printed(&own.items).filter(|text| own.unfit.is_none() && !text.is_empty()) {
            Some(text) => self.items.push(Item::Printed(text)),
            // Whoever prints all of it leaves out what is not fit, and tells why something cannot be printed.
            None => self.append(own),
        }
    }

    /// The text.
    ///
    /// # Errors
    /// They cannot be printed.
    pub(super) fn text(self) -> Result<String, Box<Diagnostic>> {
        let mut pieces = self.pieces()?;
        if pieces.len() == 1 {
            return Ok(pieces.remove(0).into());
        }
        let mut text = String::with_capacity(pieces.iter().map(|piece| piece.as_ref().len()).sum());
        pieces.into_iter().for_each(|piece| text.push_str(piece.as_ref()));
        Ok(text)
    }

    /// The text in pieces: an empty line belongs to what was printed before it.
    ///
    /// # Errors
    /// They cannot be printed.
    pub(super) fn pieces(self) -> Result<Vec<Piece>, Box<Diagnostic>> {
        let (mut pieces, mut frame) = (Vec::new(), String::new());
        for item in self.items {
            match (is_gap(&item), item, pieces.last_mut()) {
                (true, _, Some(Piece::Part(part))) if frame.is_empty() => {
                    part.reserve_exact(1);
                    part.push('\n');
                }
                (_, Item::Line(line), _) => line.print(&mut frame)?,
                (_, Item::Printed(text), _) => {
                    if !frame.is_empty() {
                        pieces.push(Piece::Frame(kept(&mut frame)));
                    }
                    pieces.push(Piece::Part(text));
                }
            }
        }
        if !frame.is_empty() {
            pieces.push(Piece::Frame(kept(&mut frame)));
        }
        Ok(pieces)
    }

    /// Forgets empty lines at the end.
    fn drop_gaps(&mut self) {
        while self.items.last().is_some_and(is_gap) {
            self.items.pop();
        }
    }

    fn words(&mut self, words: Vec<Word>, end: End) {
        let unfit = words.iter().find_map(|word| match word {
            Word::Value(text) if !is_fit(text) => Some(text),
            Word::Name(_) | Word::Value(_) | Word::Raw(_) => None,
        });
        if let (None, Some(text)) = (&self.unfit, unfit) {
            self.unfit = Some(text.clone());
        }
        self.push(None, words, end);
    }

    fn push(&mut self, comment: Option<Raw>, words: Vec<Word>, end: End) {
        self.line(Line { depth: self.depth, comment, words, end });
    }

    fn line(&mut self, line: Line) {
        self.items.push(Item::Line(line));
    }
}

/// The words of a directive or block.
fn named(name: &'static str, words: Vec<Word>) -> Vec<Word> {
    let mut all = Vec::with_capacity(1 + words.len());
    all.push(Word::Name(name));
    all.extend(words);
    all
}

/// The text of lines, if nothing else is there and all can be printed.
fn printed(items: &[Item]) -> Option<String> {
    let mut text = String::new();
    for item in items {
        let Item::Line(line) = item else { return None };
        line.print(&mut text).ok()?;
    }
    Some(kept(&mut text))
}

/// Takes a text. It grew by doubling: of a hundred thousand parts, each would keep several times its size.
fn kept(text: &mut String) -> String {
    text.shrink_to_fit();
    std::mem::take(text)
}

fn is_gap(item: &Item) -> bool {
    matches!(item, Item::Line(line) if line.comment.is_none() && line.words.is_empty() && line.end == End::Nothing)
}

/// Whether a value can be one word: nginx reads words of at most 4,095 bytes, and a line break in a value would become one in a
/// header.
fn is_fit(text: &str) -> bool {
    const LONGEST: usize = 4000;
    let escapes = text.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
    text.len() + escapes <= LONGEST && !text.contains(|c: char| c.is_control() && c != '\t')
}

/// Adds a directive with its words.
macro_rules! put {
    ($lines:expr, $name:literal $(, $word:expr)* $(,)?) => {
        $lines.directive($name, vec![$($crate::emit::nginx::lines::Word::from($word)),*])
    };
}

pub(super) use put;
