//! The tree of one document, with the place of every key and value.

use crate::source::Span;

/// A value of a document.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
}

impl Node {
    /// The places of the value and of the key at `path`.
    #[must_use]
    pub fn at(&self, _path: &[&str]) -> (Span, Span) {
        (self.span, self.span)
    }
}
