//! From the changes between two sides to what is told about them: grouped, in words, with places and causes.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::side::{Declared, Side};
use crate::cause::{Causes, Query};
use crate::diagnostic::Cause;
use crate::diff::words::{self, Words};
use crate::diff::{self, Change, Kind, Report, facts};
use crate::output::difference::{Because, Drift, Entry, Spot};
use crate::source::{SourceMap, Span};

/// The files for the Lua side.
const DYNAMIC: [&str; 4] = ["backends.json", "streams.json", "certificates.json", "lua.json"];

/// What of two sides is compared.
#[derive(Debug, Clone, Copy)]
pub(super) struct Comparison<'a> {
    /// Only what is about these hosts; none: everything.
    pub(super) hosts: &'a [String],
    /// What follows from the machine is told too.
    pub(super) environment: bool,
}

/// The differences between two live configurations.
pub(super) fn drift(before: &Side, after: &Side, comparison: Comparison) -> Drift {
    Drift { before: before.name("live"), after: after.name("live"), entries: comparison.entries(before, after) }
}

impl Comparison<'_> {
    /// All differences between two sides.
    pub(super) fn entries(self, before: &Side, after: &Side) -> Vec<Entry> {
        let explainer = Explainer::new(before, after);
        let (mut report, upstreams) = self.configuration(before, after);
        let are_live = matches!((before, after), (Side::Dump(_), Side::Dump(_)));
        if are_live && !self.environment {
            report.changes.retain(|change| !facts::is_of_the_machine(change));
        }
        let groups = group(report.changes);
        let mut entries: Vec<Entry> = groups.into_par_iter().map(|changes| explainer.configuration(changes)).collect();
        for file in DYNAMIC {
            let report = dynamic(file, before, after).unwrap_or_default();
            let is_asked_for = |change: &&Change| match change.path.first() {
                _ if self.hosts.is_empty() => true,
                Some(first) if file == "backends.json" => upstreams.contains(&**first),
                Some(first) if file == "certificates.json" => self.hosts.iter().any(|host| **host == **first),
                _ => false,
            };
            entries.extend(report.changes.iter().filter(is_asked_for).map(|change| explainer.dynamic(file, change)));
        }
        entries
    }

    /// The differences between the configurations, and the upstreams that the hosts use.
    fn configuration(self, before: &Side, after: &Side) -> (Report, std::collections::BTreeSet<String>) {
        let (before, after) = rayon::join(|| before.tree(), || after.tree());
        let mut upstreams = diff::upstreams_of(&before, self.hosts);
        upstreams.extend(diff::upstreams_of(&after, self.hosts));
        let report = if !self.hosts.is_empty() {
            diff::compare_servers(&after, &before, self.hosts)
        } else if diff::is_extract(&before) {
            diff::compare_servers(&after, &before, &diff::hosts_of(&before))
        } else if diff::is_extract(&after) {
            diff::compare_servers(&after, &before, &diff::hosts_of(&after))
        } else {
            diff::compare(&after, &before)
        };
        (report, upstreams)
    }
}

/// The differences in a file for the Lua side; none where one side does not have it.
fn dynamic(file: &str, before: &Side, after: &Side) -> Option<Report> {
    let (old, new) = (before.dynamic(file)?, after.dynamic(file)?);
    Some(match (before, after) {
        (Side::Dump(_), Side::Declared(declared)) => {
            diff::json::compare_live(new, old, !declared.project.cluster.endpoint_slices.is_empty())
        }
        _ => diff::json::compare(new, old),
    })
}

/// Lines that are one change to a person: what names a Service, what names an Ingress, and what is the same in all locations that the
/// controller makes of one path.
fn group(changes: Vec<Change>) -> Vec<Vec<Change>> {
    let mut groups: Vec<Vec<Change>> = Vec::new();
    let mut known: HashMap<Kinship, usize> = HashMap::new();
    for change in changes {
        let Some(kinship) = kinship(&change) else {
            groups.push(vec![change]);
            continue;
        };
        match known.get(&kinship) {
            Some(&at) => groups[at].push(change),
            None => {
                known.insert(kinship, groups.len());
                groups.push(vec![change]);
            }
        }
    }
    groups
}

/// What the lines of one change have in common: host, path, and either the family of the line or its name and both of its texts.
type Kinship = (Option<Arc<str>>, String, String, [Option<String>; 2]);

fn kinship(change: &Change) -> Option<Kinship> {
    change.place.location.as_ref().filter(|_| !is_block(change))?;
    let text = |side: &Option<diff::Side>| side.as_ref().map(|side| side.text.clone());
    let (name, texts) = match words::family(change) {
        Some(family) => (family.to_owned(), [None, None]),
        None => (change.name.to_string(), [text(&change.before), text(&change.after)]),
    };
    let inside =
        change.path.iter().skip_while(|word| !word.starts_with("location ")).skip(1).map(|word| &**word).collect::<Vec<_>>().join(">");
    Some((change.place.host.clone(), format!("{} {inside}", change.place.path().unwrap_or_default()), name, texts))
}

fn is_block(change: &Change) -> bool {
    [&change.before, &change.after].into_iter().flatten().any(|side| side.text.ends_with("{ … }"))
}

/// Finds places and causes.
struct Explainer<'a> {
    before: &'a Side,
    after: &'a Side,
    causes_before: Option<Causes<'a>>,
    causes_after: Option<Causes<'a>>,
}

impl<'a> Explainer<'a> {
    fn new(before: &'a Side, after: &'a Side) -> Self {
        Self { before, after, causes_before: causes(before), causes_after: causes(after) }
    }

    fn configuration(&self, changes: Vec<Change>) -> Entry {
        let first = &changes[0];
        let words = words::of_configuration(first);
        let (query_before, query_after) = (query(first, true), query(first, false));
        let cause_before =
            self.causes_before.as_ref().filter(|_| first.kind != Kind::Added).map(|causes| causes.of_declared(&query_before));
        let cause_after = self.causes_after.as_ref().map(|causes| match first.kind {
            Kind::Removed => causes.of_missing(&query_after),
            Kind::Added | Kind::Changed | Kind::Moved => causes.of_declared(&query_after),
        });
        let before = first.before.as_ref().and_then(|side| spot(side.span, self.before.sources()));
        let after = first.after.as_ref().and_then(|side| spot(side.span, self.after.sources()));
        self.entry("nginx.conf", changes, words, (before, after), (cause_before, cause_after))
    }

    fn dynamic(&self, file: &'static str, change: &Change) -> Entry {
        let words = words::of_dynamic(file, change);
        let keys: Vec<&str> = change.path.iter().map(|key| &**key).collect();
        let cause = |causes: &Option<Causes<'_>>| match (file, keys.as_slice()) {
            ("backends.json", [upstream, rest @ ..]) => causes.as_ref().map(|causes| causes.of_upstream(upstream, rest)),
            ("certificates.json", [host]) => causes.as_ref().map(|causes| causes.of_certificate(host)),
            _ => None,
        };
        let before = Some(()).filter(|()| change.kind != Kind::Added).and_then(|()| cause(&self.causes_before));
        self.entry(file, vec![change.clone()], words, (None, None), (before, cause(&self.causes_after)))
    }

    fn entry(
        &self,
        file: &'static str,
        changes: Vec<Change>,
        words: Words,
        (before, after): (Option<Spot>, Option<Spot>),
        (cause_before, cause_after): (Option<Cause>, Option<Cause>),
    ) -> Entry {
        let because = |cause: Option<Cause>, side: &Side| cause.map(|cause| Because { spot: spot(cause.span, side.sources()), cause });
        let because_before = because(cause_before, self.before);
        let because_after = because(cause_after, self.after);
        Entry { file, changes, words, before, after, because_before, because_after }
    }
}

fn causes(side: &Side) -> Option<Causes<'_>> {
    match side {
        Side::Declared(declared) => {
            let Declared { project, proxy, .. } = &**declared;
            Some(Causes::new(&project.cluster, &project.controller, proxy))
        }
        Side::Dump(_) => None,
    }
}

fn spot(span: Option<Span>, sources: &SourceMap) -> Option<Spot> {
    let span = span.filter(|span| Side::is_in_a_file(*span))?;
    let file = sources.file(span.file);
    Some(Spot { file: file.name.clone(), position: file.position(span.range().start) })
}

/// What to ask about one side of a change.
fn query(change: &Change, before: bool) -> Query<'_> {
    let place = &change.place;
    let side = if before { &change.before } else { &change.after };
    let targets = if before { [&place.before, &place.after] } else { [&place.after, &place.before] };
    let target = targets.into_iter().flatten().find(|target| !target.ingress.is_empty());
    let block = change.path.last().map(|word| &**word).unwrap_or_default();
    let is_place = change.name.starts_with("server ") || change.name.starts_with("location ");
    let name = match block.split(' ').next() {
        _ if is_place && is_block(change) => "",
        // The lines of these have no name of their own.
        Some("geo" | "map") => block,
        _ => &change.name,
    };
    Query {
        name,
        text: side.as_ref().map(|side| side.text.as_str()).unwrap_or_default(),
        block,
        host: place.host.as_deref(),
        ingress: target.map(|target| (target.namespace.as_str(), target.ingress.as_str())),
        path: place.location.as_ref().and_then(|_| place.path()),
    }
}
