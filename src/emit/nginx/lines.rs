//! The configuration as lines: words, comments and blocks, which a template prints.
//!
//! A value can only become a word or a comment here, so that it never changes the shape of the output.

use std::sync::{Arc, LazyLock};

use minijinja::Value;

use super::super::view::{Raw, Shown, view};
use super::super::{FileName, environment, names};
use crate::diagnostic::Diagnostic;

view! {
    /// Lines that belong together.
    struct Page {
        lines: Vec<Arc<Line>>,
    }

    /// One line: a comment, or words with what ends them; or nothing at all.
    struct Line {
        indent: Indent,
        comment: Option<Raw>,
        words: Vec<Word>,
        end: End,
    }
}

/// How deep a line stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Indent(usize);

/// The blanks before lines, each there once for all of them.
static INDENTS: LazyLock<[Raw; 9]> = LazyLock::new(|| std::array::from_fn(|depth| Raw::new("    ".repeat(depth))));

impl Shown for Indent {
    fn shown(&self) -> Value {
        INDENTS[self.0.min(INDENTS.len() - 1)].shown()
    }
}

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

/// The ends of lines, each there once for all of them.
static ENDS: LazyLock<[Raw; 4]> = LazyLock::new(|| ["", ";", " {", "}"].map(Raw::new));

impl Shown for End {
    fn shown(&self) -> Value {
        ENDS[*self as usize].shown()
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

impl Shown for Word {
    fn shown(&self) -> Value {
        match self {
            Self::Name(name) => Raw::new(*name).shown(),
            Self::Value(text) => text.shown(),
            Self::Raw(raw) => raw.shown(),
        }
    }
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
    Line(Arc<Line>),
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
            self.line(Line { indent: Indent::default(), comment: None, words: Vec::new(), end: End::Nothing });
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
        let line = |item: &Item| if let Item::Line(line) = item { Some(Arc::clone(line)) } else { None };
        let lines: Option<Vec<_>> = own.items.iter().map(line).collect();
        match lines.filter(|lines| own.unfit.is_none() && !lines.is_empty()).map(printed) {
            Some(Ok(text)) => self.items.push(Item::Printed(text)),
            // Whoever prints all of it leaves out what is not fit, and tells why something cannot be printed.
            None | Some(Err(_)) => self.append(own),
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
        let (mut pieces, mut lines) = (Vec::new(), Vec::new());
        let frame = |lines: &mut Vec<Arc<Line>>| printed(std::mem::take(lines)).map(Piece::Frame);
        for item in self.items {
            match (is_gap(&item), item, pieces.last_mut()) {
                (true, _, Some(Piece::Part(part))) if lines.is_empty() => {
                    part.reserve_exact(1);
                    part.push('\n');
                }
                (_, Item::Line(line), _) => lines.push(line),
                (_, Item::Printed(text), _) => {
                    if !lines.is_empty() {
                        pieces.push(frame(&mut lines)?);
                    }
                    pieces.push(Piece::Part(text));
                }
            }
        }
        if !lines.is_empty() {
            pieces.push(frame(&mut lines)?);
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
        self.line(Line { indent: Indent(self.depth), comment, words, end });
    }

    fn line(&mut self, line: Line) {
        self.items.push(Item::Line(Arc::new(line)));
    }
}

/// The words of a directive or block.
fn named(name: &'static str, words: Vec<Word>) -> Vec<Word> {
    let mut all = Vec::with_capacity(1 + words.len());
    all.push(Word::Name(name));
    all.extend(words);
    all
}

fn printed(lines: Vec<Arc<Line>>) -> Result<String, Box<Diagnostic>> {
    environment::render("nginx/lines.conf", Page { lines })
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
