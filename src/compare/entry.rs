//! What a comparison has to say.

use crate::compile::Lua;
use crate::diagnostic::Cause;
use crate::diff::words::{Topic, Words};
use crate::diff::{Change, Verdict};
use crate::source::Spot;

/// Why one side is as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Because {
    /// The cause.
    pub cause: Cause,
    /// Where it stands.
    pub spot: Option<Spot>,
}

impl Because {
    /// Place and cause on one line: `shop/ingress.yaml:12:5: annotation …`.
    #[must_use]
    pub fn line(&self) -> String {
        let spot = self.spot.as_ref().map(|spot| format!("{spot}: ")).unwrap_or_default();
        format!("{spot}{}", self.cause.message)
    }
}

/// A change with all that is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The file that it is in: `nginx.conf`, `backends.json`.
    pub file: &'static str,
    /// The change, or several lines that are one change to a person.
    pub changes: Vec<Change>,
    /// So many of them, the first ones, are what the words are about; the others follow from the same cause.
    pub about: usize,
    /// What it means.
    pub words: Words,
    /// Where the first of the changes stands on the first side.
    pub before: Option<Spot>,
    /// The same on the second side.
    pub after: Option<Spot>,
    /// Why the first side is as it is; none where nobody knows.
    pub because_before: Option<Because>,
    /// Why the second side is as it is.
    pub because_after: Option<Because>,
}

impl Entry {
    /// Whether it takes a reload: all but what the controller only tells its Lua code.
    #[must_use]
    pub fn takes_reload(&self) -> bool {
        let is_told_alone = |change: &Change| [&change.before, &change.after].into_iter().flatten().all(|side| side.span.is_none());
        let is_certificate = self.file == Lua::Certificates.file() && self.changes.iter().all(is_told_alone);
        self.words.topic != Topic::Dynamic && !is_certificate
    }
}

/// The differences between two of several live configurations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// The name of the first.
    pub before: String,
    /// The name of the second.
    pub after: String,
    /// The differences.
    pub entries: Vec<Entry>,
}

/// Live configurations that serve the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replicas {
    /// Their names.
    pub names: Vec<String>,
    /// How many differences there are from what is declared, where something is.
    pub differences: Option<usize>,
}

/// Everything that a comparison has to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    /// What the first side is called: `live`.
    pub before: String,
    /// What the second side is called: `declared`.
    pub after: String,
    /// Differences between live configurations.
    pub drift: Vec<Drift>,
    /// Groups of equal live configurations, where there are several.
    pub replicas: Vec<Replicas>,
    /// Differences between the two sides.
    pub entries: Vec<Entry>,
    /// What was not compared or is not known for certain, a sentence each.
    pub notes: Vec<String>,
    /// The notes are for everybody, and not only for who looks on.
    pub are_urgent: bool,
}

impl Differences {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let are_declared = self.replicas.iter().all(|group| group.differences.unwrap_or_default() == 0);
        are_declared && self.all().next().is_none()
    }

    /// The verdicts on all protections that changed.
    pub fn verdicts(&self) -> impl Iterator<Item = Verdict> {
        self.all().filter_map(|entry| entry.words.fate)
    }

    /// All entries.
    pub fn all(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().chain(self.drift.iter().flat_map(|drift| &drift.entries))
    }
}

/// How causes end of which there are several.
pub(super) const OPEN: &str = ": one side alone does not tell which";

/// A difference, and what made it: all with the same text have one cause. Behind a bar stands whose it is, where that is known.
pub(super) type Caused = (Entry, Option<String>);
