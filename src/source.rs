//! Source texts, spans in them, and where a value came from.

use std::collections::BTreeMap;
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

    /// A place in no file, for what nobody wrote.
    pub const NOWHERE: Self = Self { file: FileId(u32::MAX), start: 0, end: 0 };

    /// Whether nobody wrote what stands there.
    #[must_use]
    pub fn is_nowhere(self) -> bool {
        self.file == Self::NOWHERE.file
    }

    /// The bytes as a range to index the text with.
    #[must_use]
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place as people and machines read it: lines and columns count from one, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from one.
    pub line: usize,
    /// The column in characters, from one.
    pub column: usize,
}

/// A place in a file, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The file as the user named it.
    pub file: String,
    /// The place in it.
    pub position: Position,
}

impl std::fmt::Display for Spot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.position.line, self.position.column)
    }
}

/// One source text.
#[derive(Debug)]
pub struct SourceFile {
    /// The name as the user gave it; `<stdin>` for standard input.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
    /// Nobody named the file: it was met in a folder, and may be for another program.
    pub is_met: bool,
    /// Bytes that are no text: where a mark stands in for each of them, and which one it was.
    pub broken: Vec<(u32, u8)>,
    lines: Vec<u32>,
    /// Bytes that begin no character, counted before each block and at the end; empty where every byte begins one.
    continuations: Vec<u32>,
}

/// Bytes between two counts of characters: columns of a line of megabytes must not cost megabytes each.
const BLOCK: usize = 4096;

impl SourceFile {
    fn new(name: String, text: Arc<str>) -> Self {
        let starts = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
        // A collection that doubles its room would keep up to twice the places.
        let mut lines = Vec::with_capacity(memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1);
        lines.extend(std::iter::once(0).chain(starts));
        let continuations = if text.is_ascii() { Vec::new() } else { count_by_block(text.as_bytes()) };
        Self { name, text, is_met: false, broken: Vec::new(), lines, continuations }
    }

    /// How many characters begin before a byte offset within the text.
    fn characters_before(&self, offset: usize) -> usize {
        let block = offset / BLOCK;
        match self.continuations.get(block) {
            Some(&before) => offset - (before + count_continuations(&self.text.as_bytes()[block * BLOCK..offset])) as usize,
            None => offset,
        }
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
        Position { line, column: self.characters_before(offset) - self.characters_before(start) + 1 }
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

fn count_by_block(text: &[u8]) -> Vec<u32> {
    let counts = text.chunks(BLOCK).scan(0, |before, block| {
        *before += count_continuations(block);
        Some(*before)
    });
    std::iter::once(0).chain(counts).collect()
}

fn count_continuations(bytes: &[u8]) -> u32 {
    bytes.iter().map(|byte| u32::from(byte & 0xc0 == 0x80)).sum()
}

/// All source files of one run.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
    /// Where each hidden document of a file starts, and where it ends; none overlap.
    secret: BTreeMap<(FileId, u32), u32>,
}

impl SourceMap {
    /// Where a span begins; nothing for what nobody wrote.
    #[must_use]
    pub fn spot(&self, span: Span) -> Option<Spot> {
        (!span.is_nowhere()).then(|| {
            let file = self.file(span.file);
            Spot { file: file.name.clone(), position: file.position(span.range().start) }
        })
    }

    /// Adds a file and returns its identity.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
        self.files.push(SourceFile::new(name.into(), text.into()));
        id
    }

    /// Adds a file of another map.
    pub fn add_again(&mut self, file: &SourceFile) -> FileId {
        let id = self.add(file.name.clone(), Arc::clone(&file.text));
        let new = &mut self.files[id.0 as usize];
        (new.is_met, new.broken) = (file.is_met, file.broken.clone());
        id
    }

    /// Notes that nobody named the file.
    pub fn note_met(&mut self, id: FileId) {
        self.files[id.0 as usize].is_met = true;
    }

    /// Notes where bytes of the file were no text.
    pub fn note_broken(&mut self, id: FileId, broken: Vec<(u32, u8)>) {
        self.files[id.0 as usize].broken = broken;
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
        let (mut start, mut end) = (span.start, span.end);
        while let Some((&(_, other_start), &other_end)) =
            self.hidden_before(span.file, end.saturating_add(1)).filter(|(_, other)| **other >= start)
        {
            start = start.min(other_start);
            end = end.max(other_end);
            self.secret.remove(&(span.file, other_start));
        }
        self.secret.insert((span.file, start), end);
    }

    /// Whether a span lies in a document that must never be shown, or touches one.
    #[must_use]
    pub fn is_hidden(&self, span: Span) -> bool {
        let end = span.end.max(span.start.saturating_add(1));
        self.hidden_before(span.file, end).is_some_and(|(_, &hidden_end)| span.start < hidden_end)
    }

    /// The last hidden document of a file that starts before an offset.
    fn hidden_before(&self, file: FileId, offset: u32) -> Option<(&(FileId, u32), &u32)> {
        self.secret.range((file, 0)..(file, offset)).next_back()
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

    #[test]
    fn columns_of_long_lines_need_no_walk_from_their_start() {
        let text = format!("a{}\nb{}", "ä".repeat(3 * BLOCK), "日本".repeat(BLOCK));
        let mut map = SourceMap::default();
        let id = map.add("a.yaml", text.as_str());
        let positions = text.char_indices().scan((1, 0), |(line, column), (at, character)| {
            *column += 1;
            let position = Position { line: *line, column: *column };
            if character == '\n' {
                (*line, *column) = (*line + 1, 0);
            }
            Some((at, position))
        });
        for (at, position) in positions.step_by(97) {
            assert_eq!(map.file(id).position(at), position);
        }
        assert_eq!(map.file(id).position(text.len()), Position { line: 2, column: 2 * BLOCK + 2 });
    }

    #[test]
    fn hidden_documents_are_found_wherever_they_overlap() {
        let mut map = SourceMap::default();
        let id = map.add("a.yaml", "x".repeat(100));
        let other = map.add("b.yaml", "x".repeat(100));
        for range in [60..70, 10..20, 15..40, 12..13, 20..21] {
            map.hide(Span::new(id, range));
        }
        for (range, hidden) in
            [(0..10, false), (9..11, true), (39..39, true), (40..60, false), (50..90, true), (69..70, true), (70..99, false)]
        {
            assert_eq!(map.is_hidden(Span::new(id, range.clone())), hidden, "{range:?}");
            assert!(!map.is_hidden(Span::new(other, range)));
        }
    }
}
