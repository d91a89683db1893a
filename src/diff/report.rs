//! What a comparison found: data only.

use std::sync::Arc;

use crate::protection::Verdict;
use crate::source::Span;

/// What happened to a directive or value on the way from the first configuration to the second.
///
/// Against a live configuration the first is the live and the second the declared one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// It stands only in the second configuration.
    Added,
    /// It stands only in the first configuration.
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
    /// The text on one line: a directive as it is written, the head of a block, a JSON value. Lua code may have more lines. Secrets
    /// are hidden.
    pub text: String,
    /// Where it stands; nothing for JSON.
    pub span: Option<Span>,
    /// Of a block, what those have in common that hold the same words; of an answer that a route has on this side alone, the same for the
    /// route.
    pub inside: Option<u64>,
}

/// Where a location sends its requests, as the controller notes it in variables. Empty texts are unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// Namespace of the Ingress and its Service.
    pub namespace: String,
    /// Name of the Ingress; empty for the controller's own locations.
    pub ingress: String,
    /// Name of the Service.
    pub service: String,
    /// Port of the Service, as it was written.
    pub port: String,
    /// The path as the Ingress writes it.
    pub path: String,
}

/// The place of a change in words that people use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// The host whose server it is in, or that it is about.
    pub host: Option<Arc<str>>,
    /// The location that it is in, or that it is about: its arguments.
    pub location: Option<Arc<str>>,
    /// Where the location sends requests in the first configuration, if it is there.
    pub before: Option<Arc<Target>>,
    /// The same in the second.
    pub after: Option<Arc<Target>>,
    /// Of a host that is added or removed: its paths, and where they lead.
    pub routes: Vec<Arc<Target>>,
}

impl Place {
    /// The path that the location is for: as the Ingress writes it, where that is known.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        let noted = |target: &Option<Arc<Target>>| target.as_ref().is_some_and(|target| !target.path.is_empty());
        let target = [&self.after, &self.before].into_iter().find(|target| noted(target)).and_then(Option::as_ref);
        target.map(|target| target.path.as_str()).or(self.location.as_deref())
    }
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The blocks around it from outside in, as `http`, `server shop.example.com`, `location /`.
    pub path: Vec<Arc<str>>,
    /// The host and location that it is about, as far as it is about one.
    pub place: Place,
    /// The words of the directive, up to the one that names it among its sisters: `proxy_set_header Host`; for a block its label, for
    /// JSON the last key.
    pub name: Arc<str>,
    /// What happened.
    pub kind: Kind,
    /// The first side.
    pub before: Option<Side>,
    /// The second side.
    pub after: Option<Side>,
}

/// Changes that are one difference, because they are about one protection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// What became of it; none where it lets through what it did.
    pub verdict: Option<Verdict>,
    /// What happened, in words.
    pub message: String,
    /// The changes by their numbers in the report; the first tells where it is.
    pub changes: Vec<usize>,
}

/// Whether the label of a block is that of a server.
pub(super) fn is_server(label: &str) -> bool {
    label == "server" || label.starts_with("server ")
}

impl Change {
    /// Whether it is about a whole block.
    #[must_use]
    pub fn is_block(&self) -> bool {
        [&self.before, &self.after].into_iter().flatten().any(|side| side.text.ends_with("{ … }"))
    }
}

/// All differences, in the order of the second text; what stands only in the first text follows at the end of its block.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// The differences.
    pub changes: Vec<Change>,
    /// Those that are about protections. No change is in two of them.
    pub judged: Vec<Judged>,
}

impl Report {
    /// Without what stands around all hosts and is about none of the protections that were judged.
    pub(super) fn without_surroundings(self) -> Self {
        let is_claimed: hashbrown::HashSet<usize> = self.judged.iter().flat_map(|judged| &judged.changes).copied().collect();
        let is_kept = |at: usize, change: &Change| match change.path.get(1) {
            _ if is_claimed.contains(&at) => true,
            Some(inside) => is_server(inside),
            None => is_server(&change.name),
        };
        let mut numbers = vec![None; self.changes.len()];
        let mut changes = Vec::new();
        for (at, change) in self.changes.into_iter().enumerate() {
            if is_kept(at, &change) {
                numbers[at] = Some(changes.len());
                changes.push(change);
            }
        }
        let renumbered = |judged: Judged| Judged { changes: judged.changes.iter().filter_map(|at| numbers[*at]).collect(), ..judged };
        Self { changes, judged: self.judged.into_iter().map(renumbered).collect() }
    }

    /// Whether there is no difference.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}
