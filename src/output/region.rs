//! Places as machines read them.

use serde::Serialize;

use crate::source::{SourceMap, Span};

/// A range of a file. Lines and columns count from one, columns in characters; the end is the first character behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Region<'a> {
    /// The file, as the user named it.
    pub(super) file: &'a str,
    /// The line of the first character.
    pub(super) line: usize,
    /// Its column.
    pub(super) column: usize,
    /// The line of the end.
    pub(super) end_line: usize,
    /// The column of the end.
    pub(super) end_column: usize,
}

impl<'a> Region<'a> {
    /// The region that a span covers.
    pub(super) fn new(span: Span, sources: &'a SourceMap) -> Self {
        let file = sources.file(span.file);
        let (start, end) = (file.position(span.range().start), file.position(span.range().end.max(span.range().start)));
        Self { file: &file.name, line: start.line, column: start.column, end_line: end.line, end_column: end.column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_behind_the_last_character() {
        let mut sources = SourceMap::default();
        let file = sources.add("in.yaml", "a: ä\nb: c\n");
        let region = |range| {
            let Region { line, column, end_line, end_column, .. } = Region::new(Span::new(file, range), &sources);
            (line, column, end_line, end_column)
        };
        assert_eq!(region(3..5), (1, 4, 1, 5));
        assert_eq!(region(0..7), (1, 1, 2, 2));
        assert_eq!(region(99..99), (3, 1, 3, 1));
    }
}
