//! The configuration as lines: words, comments and blocks, which a template prints.
//!
//! A value can only become a word or a comment here, so that it never changes the shape of the output.

use std::sync::Arc;

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
        indent: Raw,
        comment: Option<Raw>,
        words: Vec<Word>,
        end: Raw,
    }
}

/// One word, quoted where nginx needs it.
#[derive(Debug, Clone)]
pub(super) enum Word {
    /// A value.
    Value(String),
    /// Configuration that was checked as a whole.
    Raw(Raw),
}

impl Word {
    /// The text.
    pub(super) fn text(&self) -> &str {
        match self {
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
            Self::Raw(_) => true,
        }
    }
}

impl Shown for Word {
    fn shown(&self) -> Value {
        match self {
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

/// Lines in the making.
#[derive(Debug, Default)]
pub(super) struct Lines {
    lines: Vec<Arc<Line>>,
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
        self.lines.retain(|line| {
            let is_fit = line.words.iter().all(Word::is_fit);
            match line.end.as_str() {
                " {" if depth > 0 || !is_fit => depth += 1,
                "}" if depth > 0 => depth -= 1,
                _ => return depth == 0 && is_fit,
            }
            false
        });
    }

    /// A directive.
    pub(super) fn directive(&mut self, name: &'static str, mut words: Vec<Word>) {
        words.insert(0, Word::Raw(Raw::new(name)));
        self.words(words, ";");
    }

    /// A line of a block that is a table, as `map`: the first word is a value too.
    pub(super) fn entry(&mut self, words: Vec<Word>) {
        self.words(words, ";");
    }

    /// A block and what is in it.
    pub(super) fn block(&mut self, name: &'static str, mut words: Vec<Word>, fill: impl FnOnce(&mut Self)) {
        words.insert(0, Word::Raw(Raw::new(name)));
        self.words(words, " {");
        self.depth += 1;
        fill(self);
        self.depth -= 1;
        self.drop_gaps();
        self.push(None, Vec::new(), "}");
    }

    /// A location that answers nobody. Its path may hold control characters: in quotes they harm nobody.
    pub(super) fn closed_location(&mut self, matcher: Vec<Word>) {
        let unfit = self.unfit.take();
        self.block("location", matcher, |lines| lines.directive("return", vec![Word::from(503_i64)]));
        self.unfit = unfit;
    }

    /// A comment. Control characters would end it.
    pub(super) fn comment(&mut self, text: &str) {
        self.push(Some(Raw::new(names::comment(text))), Vec::new(), "");
    }

    /// An empty line between parts.
    pub(super) fn gap(&mut self) {
        let is_start = self.lines.last().is_none_or(|line| is_gap(line) || line.end.as_str() == " {");
        if !is_start {
            self.lines.push(Arc::new(Line { indent: Raw::default(), comment: None, words: Vec::new(), end: Raw::default() }));
        }
    }

    /// Configuration that was checked as a whole, as it was written.
    pub(super) fn raw(&mut self, text: &str) {
        for line in text.trim_matches('\n').lines() {
            let words = vec![Word::Raw(Raw::new(line.trim_end_matches('\r')))];
            self.lines.push(Arc::new(Line { indent: self.indent(), comment: None, words, end: Raw::default() }));
        }
    }

    /// Other lines behind these.
    pub(super) fn append(&mut self, other: Self) {
        self.lines.extend(other.lines);
        self.unfit = self.unfit.take().or(other.unfit);
    }

    /// Other lines behind these, of which no word is looked at any more: printed, they take a tenth of the room.
    ///
    /// # Errors
    /// They cannot be printed.
    pub(super) fn append_printed(&mut self, mut other: Self) -> Result<(), Box<Diagnostic>> {
        other.drop_gaps();
        let mut text = other.text()?;
        if text.pop().is_some() {
            let words = vec![Word::Raw(Raw::new(text))];
            self.lines.push(Arc::new(Line { indent: Raw::default(), comment: None, words, end: Raw::default() }));
        }
        Ok(())
    }

    /// The text.
    ///
    /// # Errors
    /// They cannot be printed.
    pub(super) fn text(self) -> Result<String, Box<Diagnostic>> {
        environment::render("nginx/lines.conf", Page { lines: self.lines })
    }

    /// Forgets empty lines at the end.
    fn drop_gaps(&mut self) {
        while self.lines.last().is_some_and(|line| is_gap(line)) {
            self.lines.pop();
        }
    }

    fn words(&mut self, words: Vec<Word>, end: &'static str) {
        let unfit = words.iter().find_map(|word| match word {
            Word::Value(text) if !is_fit(text) => Some(text),
            Word::Value(_) | Word::Raw(_) => None,
        });
        if let (None, Some(text)) = (&self.unfit, unfit) {
            self.unfit = Some(text.clone());
        }
        self.push(None, words, end);
    }

    fn push(&mut self, comment: Option<Raw>, words: Vec<Word>, end: &'static str) {
        self.lines.push(Arc::new(Line { indent: self.indent(), comment, words, end: Raw::new(end) }));
    }

    fn indent(&self) -> Raw {
        const INDENTS: &str = "                                ";
        Raw::new(&INDENTS[..(4 * self.depth).min(INDENTS.len())])
    }
}

fn is_gap(line: &Line) -> bool {
    line.comment.is_none() && line.words.is_empty() && line.end.as_str().is_empty()
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
