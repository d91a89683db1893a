//! Differences for scripts: schema 1.

use serde::Serialize;

use super::kind;
use crate::compare::{Because, Differences, Drift, Entry};
use crate::diagnostic::ObjectRef;
use crate::diff::{Change, Side, Verdict};
use crate::output::json::print;
use crate::source::Spot;

/// Fields are added without a new number; what is there keeps its meaning.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    before: &'a str,
    after: &'a str,
    equal: bool,
    /// What was not compared, and what is not known for certain.
    notes: &'a [String],
    replicas: Vec<ReplicasShown<'a>>,
    drift: Vec<DriftShown<'a>>,
    differences: Vec<Difference<'a>>,
    summary: Summary,
}

/// Live configurations that serve the same.
#[derive(Serialize)]
struct ReplicasShown<'a> {
    files: &'a [String],
    /// From what is declared; null where nothing is.
    differences: Option<usize>,
}

#[derive(Serialize)]
struct DriftShown<'a> {
    before: &'a str,
    after: &'a str,
    differences: Vec<Difference<'a>>,
}

#[derive(Serialize)]
struct Difference<'a> {
    file: &'a str,
    kind: &'a str,
    topic: &'a str,
    /// What becomes of a protection; null for everything else.
    protection: Option<&'a str>,
    reload: bool,
    message: &'a str,
    host: Option<&'a str>,
    path: Option<&'a str>,
    lines: Vec<Line<'a>>,
    before: Option<Place<'a>>,
    after: Option<Place<'a>>,
    cause_before: Option<CauseShown<'a>>,
    cause: Option<CauseShown<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    blocks: Vec<&'a str>,
    kind: &'a str,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

/// A place in a file.
#[derive(Serialize)]
pub(in crate::output) struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

/// A cause as the machine formats show it.
#[derive(Serialize)]
pub(in crate::output) struct CauseShown<'a> {
    reason: &'a str,
    message: &'a str,
    subject: &'a str,
    object: Option<Object<'a>>,
    location: Option<Place<'a>>,
}

#[derive(Serialize)]
struct Object<'a> {
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct Summary {
    differences: usize,
    protections_lost: usize,
    protections_weaker: usize,
    protections_changed: usize,
    protections_stronger: usize,
    protections_gained: usize,
    reload: usize,
    dynamic: usize,
    drift: usize,
}

/// The differences as one JSON document.
///
/// # Errors
///
/// Never: the data is plain.
pub fn report(differences: &Differences) -> serde_json::Result<String> {
    let entries = &differences.entries;
    let fate = |fate| entries.iter().filter(|entry| entry.words.fate == Some(fate)).count();
    let dynamic = entries.iter().filter(|entry| !entry.takes_reload()).count();
    print(&Document {
        schema: SCHEMA,
        before: &differences.before,
        after: &differences.after,
        equal: differences.is_empty(),
        notes: &differences.notes,
        replicas: differences.replicas.iter().map(|group| ReplicasShown { files: &group.names, differences: group.differences }).collect(),
        drift: differences.drift.iter().map(DriftShown::new).collect(),
        differences: entries.iter().map(Difference::new).collect(),
        summary: Summary {
            differences: entries.len(),
            protections_lost: fate(Verdict::Lost),
            protections_weaker: fate(Verdict::Weaker),
            protections_changed: fate(Verdict::Changed),
            protections_stronger: fate(Verdict::Stronger),
            protections_gained: fate(Verdict::Gained),
            reload: entries.len() - dynamic,
            dynamic,
            drift: differences.drift.iter().map(|drift| drift.entries.len()).sum(),
        },
    })
}

impl<'a> DriftShown<'a> {
    fn new(drift: &'a Drift) -> Self {
        Self { before: &drift.before, after: &drift.after, differences: drift.entries.iter().map(Difference::new).collect() }
    }
}

impl<'a> Difference<'a> {
    fn new(entry: &'a Entry) -> Self {
        let place = entry.changes.first().map(|change| &change.place);
        Self {
            file: entry.file,
            kind: kind(entry).name(),
            topic: entry.words.topic.name(),
            protection: entry.words.fate.map(Verdict::name),
            reload: entry.takes_reload(),
            message: &entry.words.message,
            host: place.and_then(|place| place.host.as_deref()),
            path: place.and_then(crate::diff::Place::path),
            lines: entry.changes.iter().map(Line::new).collect(),
            before: entry.before.as_ref().map(Place::new),
            after: entry.after.as_ref().map(Place::new),
            cause_before: entry.because_before.as_ref().map(CauseShown::new),
            cause: entry.because_after.as_ref().map(CauseShown::new),
        }
    }
}

impl<'a> Line<'a> {
    fn new(change: &'a Change) -> Self {
        let text = |side: &'a Option<Side>| side.as_ref().map(|side| side.text.as_str());
        let blocks = change.path.iter().map(|word| &**word).collect();
        Self { blocks, kind: change.kind.name(), before: text(&change.before), after: text(&change.after) }
    }
}

impl<'a> Place<'a> {
    pub(in crate::output) fn new(spot: &'a Spot) -> Self {
        Self { file: &spot.file, line: spot.position.line, column: spot.position.column }
    }
}

impl<'a> CauseShown<'a> {
    pub(in crate::output) fn new(because: &'a Because) -> Self {
        let Because { cause, spot } = because;
        Self {
            reason: cause.reason.name(),
            message: &cause.message,
            subject: &cause.subject,
            object: cause.object.as_ref().map(|ObjectRef { kind, namespace, name }| Object { kind, namespace, name }),
            location: spot.as_ref().map(Place::new),
        }
    }
}
