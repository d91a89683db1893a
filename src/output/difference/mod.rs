//! Differences with their causes, for people and machines.

mod html;
pub(super) mod json;
mod markdown;
mod text;

pub use html::report as html;
pub use json::report as json;
pub use markdown::report as markdown;
pub use text::{report as text, stat};

use std::fmt::Write as _;

use crate::diagnostic::Cause;
use crate::diff::words::{Fate, Topic, Words};
use crate::diff::{Change, Kind};
use crate::source::Position;

/// A place in a file.
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

/// Everything that a comparison has to say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    /// What the first side is called: `live`.
    pub before: String,
    /// What the second side is called: `declared`.
    pub after: String,
    /// Differences between live configurations.
    pub drift: Vec<Drift>,
    /// Differences between the two sides.
    pub entries: Vec<Entry>,
}

impl Differences {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.drift.iter().all(|drift| drift.entries.is_empty())
    }
}

/// Host and path of an entry, as a person writes them; nothing for what is about the whole proxy.
fn subject(entry: &Entry) -> Option<String> {
    let change = entry.changes.first()?;
    let place = &change.place;
    // A server without a name is known by where it listens.
    let nameless = || change.path.iter().map(|word| &**word).find(|word| word.starts_with("server "));
    let host = place.host.as_deref().or_else(nameless)?;
    // A location that is added or removed is named by its words.
    let is_block = entry.changes.iter().any(|change| change.name.starts_with("location ") || change.name.starts_with("server "));
    let path = place.path().filter(|_| !is_block);
    Some(match path {
        Some(path) if path.starts_with('/') => format!("{host}{path}"),
        Some(path) => format!("{host} {path}"),
        None => host.to_owned(),
    })
}

/// The blocks around a change, from outside in.
fn blocks(change: &Change) -> String {
    change.path.iter().map(|word| &**word).collect::<Vec<_>>().join(" > ")
}

/// The title of a topic over its entries.
fn title(topic: Topic) -> &'static str {
    match topic {
        Topic::Protection => "Protections",
        Topic::Route => "Hosts and routes",
        Topic::Setting => "Settings",
        Topic::Dynamic => "Without a reload",
    }
}

/// The entries of each topic that has any, protections that are lost before all others.
fn by_topic(entries: &[Entry]) -> impl Iterator<Item = (Topic, Vec<&Entry>)> {
    Topic::ALL.into_iter().filter_map(|topic| {
        let mut of_topic: Vec<&Entry> = entries.iter().filter(|entry| entry.words.topic == topic).collect();
        of_topic.sort_by_key(|entry| entry.words.fate);
        (!of_topic.is_empty()).then_some((topic, of_topic))
    })
}

/// How many differences there are, and how they get to nginx.
fn counts(entries: &[Entry]) -> String {
    let lost = entries.iter().filter(|entry| entry.words.fate == Some(Fate::Lost)).count();
    let reload = entries.iter().filter(|entry| entry.words.topic != Topic::Dynamic).count();
    let plural = if entries.len() == 1 { "" } else { "s" };
    let mut text = format!("{} difference{plural}", entries.len());
    let lost_word = if lost == 1 { "protection lost" } else { "protections lost" };
    let parts = [(lost, lost_word), (reload, "with a reload"), (entries.len() - reload, "without a reload")];
    let parts: Vec<String> = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let _ = write!(text, " ({})", parts.join(", "));
    text
}

/// What happened to an entry as a whole.
fn kind(entry: &Entry) -> Kind {
    match entry.changes.as_slice() {
        [change] => change.kind,
        _ => Kind::Changed,
    }
}

/// The message of an entry, with what becomes of a protection in front.
fn message(entry: &Entry) -> String {
    match entry.words.fate {
        Some(Fate::Lost) => format!("LOST: {}", entry.words.message),
        Some(Fate::Gained) => format!("gained: {}", entry.words.message),
        Some(Fate::Altered) | None => entry.words.message.clone(),
    }
}
