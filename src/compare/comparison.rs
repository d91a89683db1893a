//! From the changes between two sides to what is told about them: grouped, in words, with places and causes.

use std::sync::Arc;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::by_host;
use super::contents;
use super::entry::{Caused, Entry};
use super::explainer::Explainer;
use super::merge;
use super::side::Side;
use super::upstreams;
use crate::compile::Lua;
use crate::diff::words::{self, Words};
use crate::diff::{self, Beside, Change, Report, facts};

/// What of two sides is compared.
#[derive(Debug, Clone, Copy)]
pub struct Comparison<'a> {
    /// Only what is about these hosts; none: everything.
    pub hosts: &'a [String],
    /// What follows from the machine is told too.
    pub environment: bool,
    /// Both sides are made of the same manifests.
    pub is_same: bool,
}

/// What there is to tell of two sides.
#[derive(Debug, Default)]
pub struct Told {
    /// The differences.
    pub entries: Vec<Entry>,
    /// What was not looked at, a sentence each.
    pub notes: Vec<String>,
}

impl Comparison<'_> {
    /// All differences between two sides.
    #[must_use]
    pub fn entries(self, before: &Side, after: &Side) -> Told {
        let ((report, upstreams), others) =
            rayon::join(|| self.configuration(before, after), || Lua::ALL.map(|what| (what, dynamic(what, before, after))));
        let are_live = matches!((before, after), (Side::Dump(_), Side::Dump(_)));
        // What nobody knows of the declared side is no difference from the live one.
        let supposed = match (before, after) {
            (Side::Dump(_), Side::Declared(declared)) => Some(&declared.supposed),
            _ => None,
        };
        let is_unknown = |file: &str, change: &Change| supposed.is_some_and(|supposed| supposed.decides(file, change));
        let is_of_machine = |change: &Change| are_live && !self.environment && facts::is_of_the_machine(change);
        let is_left_out = |change: &Change| is_of_machine(change) || is_unknown("nginx.conf", change);
        let is_asked_for = |what: Lua, change: &Change| match change.path.first() {
            _ if self.hosts.is_empty() => true,
            Some(first) if what == Lua::Backends => upstreams.contains(&**first),
            Some(first) if what == Lua::Certificates => self.hosts.iter().any(|host| **host == **first),
            _ => false,
        };
        let all =
            others.into_iter().flat_map(|(what, report)| report.unwrap_or_default().changes.into_iter().map(move |change| (what, change)));
        let all = all.map(|(what, change)| (what, if what == Lua::Certificates { of_host(change) } else { change }));
        let values: Vec<_> = all.filter(|(what, change)| is_asked_for(*what, change) && !is_unknown(what.file(), change)).collect();
        let lines = report.changes.iter().filter(|change| !is_left_out(change)).map(|change| ("nginx.conf", change));
        let seen = lines.chain(values.iter().map(|(what, change)| (what.file(), change)));
        let explainer = Explainer::new(before, after, self.is_same, &seen.collect::<Vec<_>>());
        let mut groups = group(report, is_left_out);
        let is_asked = |change: &Change| self.hosts.is_empty() || self.hosts.iter().any(|host| change.place.host.as_deref() == Some(host));
        groups.extend(contents::changes(before, after).into_iter().filter(|(changes, _)| changes.iter().all(is_asked)));
        let mut entries: Vec<Caused> = groups.into_par_iter().map(|(changes, words)| explainer.configuration(changes, words)).collect();
        entries.extend(values.iter().map(|(what, change)| explainer.dynamic(*what, change)));
        Told { entries: merge::by_edit(entries), notes: explainer.notes() }
    }

    /// The differences between the configurations, and the upstreams that the hosts use.
    fn configuration(self, before: &Side, after: &Side) -> (Report, std::collections::BTreeSet<String>) {
        if let (Side::Declared(before), Side::Declared(after), []) = (before, after, self.hosts)
            && let Some(report) = by_host::compare(before, after)
        {
            return (report, std::collections::BTreeSet::new());
        }
        let beside = Beside { certificates: [before, after].map(|side| side.dynamic(Lua::Certificates)) };
        let (before, after) = rayon::join(|| before.tree(), || after.tree());
        let mut upstreams = diff::upstreams_of(&before, self.hosts);
        upstreams.extend(diff::upstreams_of(&after, self.hosts));
        let report = if !self.hosts.is_empty() {
            diff::compare_servers(&after, &before, self.hosts, beside)
        } else if diff::is_extract(&before) {
            diff::compare_servers(&after, &before, &diff::hosts_of(&before), beside)
        } else if diff::is_extract(&after) {
            diff::compare_servers(&after, &before, &diff::hosts_of(&after), beside)
        } else {
            diff::compare_beside(&after, &before, beside)
        };
        (report, upstreams)
    }
}

/// A certificate is in no server, and yet that of a host.
fn of_host(mut change: Change) -> Change {
    if let [host] = change.path.as_slice() {
        change.place.host = Some(Arc::clone(host));
    }
    change
}

/// The differences in a file for the Lua side; none where one side does not have it.
fn dynamic(what: Lua, before: &Side, after: &Side) -> Option<Report> {
    if let (Side::Declared(before), Side::Declared(after), Lua::Backends) = (before, after, what) {
        let [old, new] = upstreams::unlike([before, after]);
        return Some(diff::json::compare(&new, &old));
    }
    let (old, new) = (before.dynamic(what)?, after.dynamic(what)?);
    Some(match (before, after) {
        (Side::Dump(_), Side::Declared(declared)) => diff::json::compare_live(new, old, !declared.input.cluster.endpoint_slices.is_empty()),
        _ => diff::json::compare(new, old),
    })
}

/// Lines that are one change to a person: what one protection rests on, what names a Service, what names an Ingress, and what is the
/// same in all locations that the controller makes of one path.
fn group(report: Report, is_left_out: impl Fn(&Change) -> bool) -> Vec<(Vec<Change>, Option<Words>)> {
    let mut changes: Vec<Option<Change>> =
        report.changes.into_iter().map(|change| Some(change).filter(|change| !is_left_out(change))).collect();
    let mut groups: Vec<(Vec<Change>, Option<Words>)> = Vec::new();
    for judged in &report.judged {
        let of_protection: Vec<Change> = judged.changes.iter().filter_map(|at| changes.get_mut(*at)?.take()).collect();
        if !of_protection.is_empty() {
            groups.push((of_protection, Some(words::of_protection(judged))));
        }
    }
    let mut known: HashMap<Kinship, usize> = HashMap::new();
    for change in changes.into_iter().flatten() {
        let Some(kinship) = kinship(&change) else {
            groups.push((vec![change], None));
            continue;
        };
        match known.get(&kinship) {
            Some(&at) => groups[at].0.push(change),
            None => {
                known.insert(kinship, groups.len());
                groups.push((vec![change], None));
            }
        }
    }
    groups
}

/// What the lines of one change have in common: host, path, and either the family of the line or its name and both of its texts.
type Kinship = (Option<Arc<str>>, String, String, [Option<String>; 2]);

fn kinship(change: &Change) -> Option<Kinship> {
    change.place.location.as_ref().filter(|_| !change.is_block())?;
    let text = |side: &Option<diff::Side>| side.as_ref().map(|side| side.text.clone());
    let (name, texts) = match words::family(change) {
        Some(family) => (family.to_owned(), [None, None]),
        None => (change.name.to_string(), [text(&change.before), text(&change.after)]),
    };
    let inside =
        change.path.iter().skip_while(|word| !word.starts_with("location ")).skip(1).map(|word| &**word).collect::<Vec<_>>().join(">");
    Some((change.place.host.clone(), format!("{} {inside}", change.place.path().unwrap_or_default()), name, texts))
}
