//! What a comparison found: data only.

use std::sync::Arc;

use crate::source::Span;

/// What happened to a directive or value on the way from the live configuration to the declared one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It stands only in the declared configuration.
    Added,
    /// It stands only in the live configuration.
    Removed,
    /// It has another value.
    Changed,
    /// It stands at another place among others where the order has a meaning.
    Moved,
}

impl Kind {
    /// The word for it in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Moved => "moved",
        }
    }
}

/// A directive or value in one of the two configurations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// The text on one line: a directive as it is written, the head of a block, a JSON value. Lua code may have more lines.
    pub text: String,
    /// Where it stands; nothing for JSON.
    pub span: Option<Span>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The blocks around it from outside in, as `http`, `server shop.example.com`, `location /`.
    pub path: Vec<Arc<str>>,
    /// What happened.
    pub kind: Kind,
    /// The live side.
    pub before: Option<Side>,
    /// The declared side.
    pub after: Option<Side>,
}

/// All differences, in the order of the declared text; what stands only in the live text follows at the end of its block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The differences.
    pub changes: Vec<Change>,
}

impl Report {
    /// Whether there is no difference.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
