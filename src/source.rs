//! Source texts, spans in them, and where a value came from.

use std::ops::Range;
use std::sync::Arc;

/// A file among the sources of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileId(pub u32);

/// A range of bytes in one source file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Span {
    /// The span over `range` of `file`. Offsets past 4 GiB are cut: no reader accepts such a file.
    #[must_use]
    pub fn new(file: FileId, range: Range<usize>) -> Self {
        let cut = |offset| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: cut(range.start), end: cut(range.end) }
    }

    /// The bytes as a range to index the text with.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and the place in the manifests that it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned<T> {
    /// What was read.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

/// A place as people and machines read it: lines and columns count from one, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from one.
    pub line: usize,
    /// The column in characters, from one.
    pub column: usize,
}

/// One source text.
#[derive(Debug)]
pub struct SourceFile {
    /// The name as the user gave it; `<stdin>` for standard input.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
    lines: Vec<u32>,
}

impl SourceFile {
    fn new(name: String, text: Arc<str>) -> Self {
        let starts = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
        let lines = std::iter::once(0).chain(starts).collect();
        Self { name, text, lines }
    }

    /// The line and column of a byte offset; an offset past the end is the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let line = self.lines.partition_point(|&start| start as usize <= offset);
        let start = self.lines[line - 1] as usize;
        Position { line, column: self.text[start..offset].chars().count() + 1 }
    }

    /// The lines that `range` touches, as a range of bytes without the last line break, and the number of the first.
    #[must_use]
    pub fn window(&self, range: Range<usize>) -> (Range<usize>, usize) {
        let first = self.position(range.start).line;
        let last = self.position(range.end.max(range.start)).line;
        let start = self.lines[first - 1] as usize;
        let end = self.lines.get(last).map_or(self.text.len(), |&next| next as usize - 1);
        (start..end, first)
    }
}

/// All source files of one run.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    secret: Vec<Span>,
}

impl SourceMap {
    /// Adds a file and returns its identity.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile::new(name.into(), text.into()));
        id
    }

    /// The file of an identity that this map gave out.
    #[must_use]
    pub fn file(&self, id: FileId) -> &SourceFile {
        &self.files[id.0 as usize]
    }

    /// All files with their identities, in the order in which they were added.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId(u32::try_from(at).unwrap_or(u32::MAX)), file))
    }

    /// The text that a span covers.
    #[must_use]
    pub fn text(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.range()).unwrap_or_default()
    }

    /// Marks a document whose text must never be shown, because it holds secrets.
    pub fn hide(&mut self, span: Span) {
        self.secret.push(span);
    }

    /// Whether a span lies in a document that must never be shown.
    #[must_use]
    pub fn is_hidden(&self, span: Span) -> bool {
        self.secret.iter().any(|hidden| hidden.file == span.file && hidden.start < span.end.max(span.start + 1) && span.start < hidden.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_not_bytes() {
        let mut map = SourceMap::default();
        let id = map.add("a.yaml", "name: ä: b\nnext\n");
        let at = "name: ä: ".len();
        assert_eq!(map.file(id).position(at), Position { line: 1, column: 10 });
        assert_eq!(map.file(id).position(at + 3), Position { line: 2, column: 2 });
    }

    #[test]
    fn a_window_holds_whole_lines() {
        let mut map = SourceMap::default();
        let id = map.add("a.yaml", "one\ntwo\nthree");
        let (range, line) = map.file(id).window(5..6);
        assert_eq!((&map.file(id).text[range], line), ("two", 2));
        let (range, line) = map.file(id).window(9..13);
        assert_eq!((&map.file(id).text[range], line), ("three", 3));
    }
}
