//! YAML as machines and most people write manifests: nested blocks, one key or item a line, scalars that end with their line.
//!
//! It takes a tenth of the time of a whole parser. What is written in any other way is left to that one, so that nothing is read
//! differently: a test holds the two against each other.

use std::ops::Range;

/// One step through a document. Ranges are offsets in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// A scalar; in quotes or not.
    Scalar { text: Range<usize>, is_quoted: bool },
    /// A mapping starts.
    Mapping(Range<usize>),
    /// A list starts.
    Sequence(Range<usize>),
    /// The innermost collection ends.
    End(Range<usize>),
}

/// The steps through a document; none where it is not plain throughout.
pub(super) fn steps(document: &str) -> Option<Vec<Step>> {
    let mut reader = Reader { text: document, steps: Vec::with_capacity(document.len() / 8), open: Vec::new(), awaits: true };
    let mut start = document.strip_prefix("---\n").map_or(0, |_| 4);
    for line in document[start..].split_inclusive('\n') {
        reader.line(start, line.strip_suffix('\n').unwrap_or(line))?;
        start += line.len();
    }
    // A document without a node, or whose last key has no value, is told apart elsewhere.
    if reader.awaits {
        return None;
    }
    reader.close_to(None);
    Some(reader.steps)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mapping,
    Sequence,
}

struct Reader<'a> {
    text: &'a str,
    steps: Vec<Step>,
    /// The collections that are open, with their columns.
    open: Vec<(Kind, usize)>,
    /// Whether a key, an item or the document has no value yet.
    awaits: bool,
}

impl Reader<'_> {
    /// Reads the line that starts at an offset.
    fn line(&mut self, start: usize, line: &str) -> Option<()> {
        // All else than printable ASCII has rules of its own.
        if !line.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return None;
        }
        let content = line.trim_ascii();
        if content.is_empty() || content.starts_with('#') {
            return Some(());
        }
        let column = line.len() - line.trim_ascii_start().len();
        let range = start + column..start + column + content.len();
        match content.strip_prefix("- ") {
            Some(item) => {
                let inner = column + content.len() - item.trim_ascii_start().len();
                self.settle(Kind::Sequence, column, range.start)?;
                self.item(inner, start + inner..range.end)
            }
            None => {
                self.settle(Kind::Mapping, column, range.start)?;
                self.entry(range)
            }
        }
    }

    /// Opens and closes collections so that one of a kind at a column goes on.
    fn settle(&mut self, kind: Kind, column: usize, at: usize) -> Option<()> {
        if self.awaits {
            let fits = match (self.open.last(), kind) {
                (None, _) => true,
                // A list may stand right under its key.
                (Some((Kind::Mapping, outer)), Kind::Sequence) => column >= *outer,
                (Some((_, outer)), _) => column > *outer,
            };
            return fits.then(|| self.open(kind, column, at));
        }
        self.close_to(Some((kind, column)));
        (self.open.last() == Some(&(kind, column))).then_some(())
    }

    /// Closes the collections that cannot go on with one of a kind at a column.
    fn close_to(&mut self, goes_on: Option<(Kind, usize)>) {
        let is_over = |&(kind, outer): &(Kind, usize)| match goes_on {
            Some((next, column)) => outer > column || outer == column && kind == Kind::Sequence && next == Kind::Mapping,
            None => true,
        };
        while self.open.last().is_some_and(is_over) {
            self.open.pop();
            self.steps.push(Step::End(0..0));
        }
    }

    fn open(&mut self, kind: Kind, column: usize, at: usize) {
        self.open.push((kind, column));
        self.steps.push(match kind {
            Kind::Mapping => Step::Mapping(at..at),
            Kind::Sequence => Step::Sequence(at..at),
        });
    }

    /// Reads what follows the dash of an item.
    fn item(&mut self, column: usize, range: Range<usize>) -> Option<()> {
        if key_length(&self.text[range.clone()]).is_some() {
            self.open(Kind::Mapping, column, range.start);
            return self.entry(range);
        }
        self.value(range)
    }

    /// Reads a key, and its value where that stands behind it.
    fn entry(&mut self, range: Range<usize>) -> Option<()> {
        let length = key_length(&self.text[range.clone()])?;
        self.steps.push(Step::Scalar { text: range.start..range.start + length, is_quoted: false });
        let behind = self.text[range.start + length + 1..range.end].trim_ascii_start();
        if behind.is_empty() {
            self.awaits = true;
            return Some(());
        }
        self.value(range.end - behind.len()..range.end)
    }

    /// Reads a scalar or an empty collection that ends with its line.
    fn value(&mut self, range: Range<usize>) -> Option<()> {
        self.awaits = false;
        let text = &self.text[range.clone()];
        let Range { start, end } = range;
        match text.as_bytes() {
            b"{}" => self.steps.extend([Step::Mapping(start..start + 1), Step::End(start + 1..end)]),
            b"[]" => self.steps.extend([Step::Sequence(start..start + 1), Step::End(start + 1..end)]),
            [quote @ (b'"' | b'\''), inside @ .., last] if last == quote => {
                // Escapes are left to the other reader.
                if inside.iter().any(|byte| byte == quote || *byte == b'\\') {
                    return None;
                }
                self.steps.push(Step::Scalar { text: start..end, is_quoted: true });
            }
            _ if is_plain(text) => self.steps.push(Step::Scalar { text: start..end, is_quoted: false }),
            _ => return None,
        }
        Some(())
    }
}

/// The length of the key that a text starts with.
fn key_length(text: &str) -> Option<usize> {
    let length = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"_./-".contains(byte)).count();
    let is_key = text.as_bytes().get(length) == Some(&b':') && matches!(text.as_bytes().get(length + 1), None | Some(b' '));
    // Longer keys are refused elsewhere.
    (is_key && length < 1000 && text.starts_with(|first: char| first.is_ascii_alphanumeric())).then_some(length)
}

/// Whether a text is a scalar without quotes that has no other meaning.
fn is_plain(text: &str) -> bool {
    let starts = |first: u8| first.is_ascii_alphanumeric() || b"/._$".contains(&first);
    text.bytes().next().is_some_and(starts) && !text.ends_with(':') && !text.contains(": ") && !text.contains(" #")
}
