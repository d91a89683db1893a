//! Why a directive or a value is as it is: from places in a configuration to questions about manifests, and back.

use serde_json::Value;

use super::alike::Where;
use super::effects::Sample;
use super::entry::{Because, Entry};
use super::experiment::{self, Blamed, Experiments};
use super::merge;
use super::side::Side;
use super::singles::{Singles, Verdict};
use crate::catalog::version::Version;
use crate::cause::edits::Set;
use crate::cause::{Causes, Query, is_place as is_place_of, releases};
use crate::compile::{Declared, Lua};
use crate::credentials;
use crate::diagnostic::{Cause, ObjectRef, Reason};
use crate::diff::words::{self, Topic, Words};
use crate::diff::{Change, Kind, Place, Side as Text, Target};
use crate::ir::DEFAULT_UPSTREAM;
use crate::source::Spot;

/// The key of an upstream that names its canaries.
const ALTERNATIVES: &str = "alternativeBackends";

/// What made a difference, and the causes of both sides.
type Explained = (Option<String>, (Option<Cause>, Option<Cause>));

/// Finds places and causes.
pub(super) struct Explainer<'a> {
    before: &'a Side,
    after: &'a Side,
    causes_before: Option<Causes<'a>>,
    causes_after: Option<Causes<'a>>,
    /// Where both sides are made of manifests: what differs between these.
    experiments: Option<Experiments>,
    /// Where only one side is: which, and what everything in it does.
    singles: Option<(Set, Singles)>,
    /// The releases of both sides, where they differ.
    releases: Option<(Version, Version)>,
    /// Both sides are made of the same manifests: only the release can be the cause.
    is_same: bool,
}

impl<'a> Explainer<'a> {
    /// For the changes from one side to the other.
    pub(super) fn new(before: &'a Side, after: &'a Side, is_same: bool, changes: &[(&'static str, &Change)]) -> Self {
        let releases = before.release().zip(after.release()).filter(|(before, after)| before != after);
        let experiments = match (before, after) {
            (Side::Declared(before), Side::Declared(after)) if !is_same => {
                Some(Experiments::new(&Sample::of(before), &Sample::of(after), releases.is_none()))
            }
            _ => None,
        };
        let singles = match (before, after) {
            (Side::Dump(_), Side::Declared(side)) => Some((Set::After, Singles::new(&Sample::beside(side, before), Set::After, changes))),
            (Side::Declared(side), Side::Dump(_)) => Some((Set::Before, Singles::new(&Sample::beside(side, after), Set::Before, changes))),
            _ => None,
        };
        Self { before, after, causes_before: causes(before), causes_after: causes(after), experiments, singles, releases, is_same }
    }

    /// What was not looked at, a sentence each.
    pub(super) fn notes(&self) -> Vec<String> {
        let edits = self.experiments.as_ref().and_then(Experiments::untried);
        let of_edits = edits.map(|count| {
            format!(
                "which of {count} changes of the manifests makes which difference was not tried, as they are too many: causes are told by their names"
            )
        });
        let of_names = self.singles.iter().flat_map(|(_, singles)| singles.notes());
        of_edits.into_iter().chain(of_names).collect()
    }

    /// What is told about lines of nginx.conf that are one change to a person.
    pub(super) fn configuration(&self, changes: Vec<Change>, words: Option<Words>) -> merge::Blamed {
        let first = &changes[0];
        let words = words.unwrap_or_else(|| words::of_configuration(first));
        let (query_before, query_after) = (query_of(first, true), query_of(first, false));
        let before = first.before.as_ref().and_then(|side| self.before.sources().spot(side.span?));
        let after = first.after.as_ref().and_then(|side| self.after.sources().spot(side.span?));
        let queries = (&query_before, &query_after);
        let explained = self
            .of_edit("nginx.conf", first, None, queries)
            .or_else(|| self.of_displaced(first))
            .or_else(|| self.of_single("nginx.conf", first, None, queries));
        if let Some((edit, causes)) = explained {
            return (self.entry("nginx.conf", changes, words, (before, after), causes), edit);
        }
        let cause_before =
            self.causes_before.as_ref().filter(|_| first.kind != Kind::Added).map(|causes| causes.of_declared(&query_before));
        let cause_after = self.causes_after.as_ref().map(|causes| match first.kind {
            Kind::Removed => causes.of_missing(&query_after),
            Kind::Added | Kind::Changed | Kind::Moved => causes.of_declared(&query_after),
        });
        let causes = self.or_release(cause_before, cause_after, &query_after);
        let id = self.id_of(&changes[0], &causes);
        (self.entry("nginx.conf", changes, words, (before, after), causes), id)
    }

    /// What is told about a change in a file for the Lua side.
    pub(super) fn dynamic(&self, what: Lua, change: &Change) -> merge::Blamed {
        let file = what.file();
        let documents = (self.before.dynamic(what).unwrap_or(&Value::Null), self.after.dynamic(what).unwrap_or(&Value::Null));
        let words = words::of_dynamic(file, change, documents);
        let keys: Vec<&str> = change.path.iter().map(|key| &**key).collect();
        let cause = |causes: &Option<Causes<'_>>| match (file, keys.as_slice()) {
            ("backends.json", [upstream, rest @ ..]) => causes.as_ref().map(|causes| causes.of_upstream(upstream, rest)),
            ("certificates.json", [host]) => causes.as_ref().map(|causes| causes.of_certificate(host)),
            _ => None,
        };
        let (before, after) =
            (Some(()).filter(|()| change.kind != Kind::Added).and_then(|()| cause(&self.causes_before)), cause(&self.causes_after));
        let likely = after.as_ref().or(before.as_ref()).and_then(|cause| cause.object.clone());
        let asker = |causes: &Option<Causes<'_>>| Some(causes.as_ref()?.asker(keys.first()?)?.clone()).filter(|_| file == "backends.json");
        let askers = (asker(&self.causes_before), asker(&self.causes_after));
        let [query_before, query_after] = [&askers.0, &askers.1].map(|asker| Query {
            ingress: asker.as_ref().map(|asker| (asker.namespace.as_str(), asker.name.as_str())),
            ..Query::default()
        });
        let (likely, queries) = (likely.as_ref(), (&query_before, &query_after));
        let explained = self
            .of_edit(file, change, likely, queries)
            .or_else(|| self.of_lost_canary(file, change))
            .or_else(|| self.of_single(file, change, likely, queries));
        if let Some((edit, causes)) = explained {
            return (self.entry(file, vec![change.clone()], words, (None, None), causes), edit);
        }
        let causes = self.or_release(before, after, &Query::default());
        let id = self.id_of(change, &causes);
        (self.entry(file, vec![change.clone()], words, (None, None), causes), id)
    }

    /// The edit of the manifests that made a difference, and the causes of both sides. None where none did.
    fn of_edit(
        &self,
        file: &'static str,
        change: &Change,
        likely: Option<&ObjectRef>,
        (before, after): (&Query, &Query),
    ) -> Option<Explained> {
        let experiments = self.experiments.as_ref().filter(|experiments| !experiments.is_empty())?;
        let query = if change.kind == Kind::Removed { before } else { after };
        let place = Where { query, causes: [self.causes_before.as_ref(), self.causes_after.as_ref()], likely };
        let Some(blamed) = experiments.blame(file, change, &place) else {
            let cause = if experiments.untried().is_some() { untried() } else { of_several() };
            return if self.releases.is_none() { Some((None, (None, Some(cause)))) } else { None };
        };
        let edit = experiments.edit(blamed);
        let sure = |cause: Cause| if blamed.is_sure { cause } else { Cause { message: format!("probably {}", cause.message), ..cause } };
        let cause_before = self.causes_before.as_ref().and_then(|causes| causes.of_edit(edit, Set::Before, before)).map(sure);
        // Where an Ingress goes, its annotation is not what is missing.
        let whole = experiments.edit(Blamed { part: None, ..blamed });
        let cause_after = self
            .causes_after
            .as_ref()
            .and_then(|causes| causes.of_edit(if edit.after.is_some() { edit } else { whole }, Set::After, after))
            .map(sure);
        let id = blamed.part.map_or_else(|| blamed.edit.to_string(), |part| format!("{} {part}", blamed.edit));
        Some((Some(id), (cause_before, cause_after)))
    }

    /// What likely causes have in common that are the same one.
    fn id_of(&self, first: &Change, (before, after): &(Option<Cause>, Option<Cause>)) -> Option<String> {
        // An Ingress that a release refuses goes with all that it has.
        let is_refused = |cause: &Cause| self.is_same && cause.reason == Reason::Nothing && cause.object.is_some();
        if let Some(refused) = after.as_ref().filter(|cause| is_refused(cause)) {
            return Some(format!("{:?}", refused.object));
        }
        let _ = self.singles.as_ref()?;
        // Whose a location is and where it leads is one thing.
        if let Some(object) =
            after.as_ref().or(before.as_ref()).filter(|_| is_place_of(&first.name)).and_then(|cause| cause.object.as_ref())
        {
            return Some(format!("{object:?} {:?} {:?}", first.place.host, first.place.path()));
        }
        let is_one = |cause: &&Cause| matches!(cause.reason, Reason::Annotation | Reason::Setting | Reason::Argument);
        let cause = after.as_ref().or(before.as_ref()).filter(is_one)?;
        Some(id_of(cause))
    }

    /// Of the only side that is manifests: its causes, and whether it is the first side.
    fn manifests(&self) -> Option<(Set, &Causes<'a>)> {
        let (set, _) = self.singles.as_ref()?;
        let causes = if *set == Set::Before { &self.causes_before } else { &self.causes_after };
        Some((*set, causes.as_ref()?))
    }

    /// Why the manifests give a location to another Ingress than the configuration that runs, if the one that had it lost it by itself.
    /// Whatever is in the location then follows from that.
    fn of_displaced(&self, change: &Change) -> Option<Explained> {
        let (set, causes) = self.manifests()?;
        let Place { host, location, before, after, .. } = &change.place;
        let (now, had) = if set == Set::Before { (before, after) } else { (after, before) };
        let (now, had) = (now.as_ref()?, had.as_ref()?);
        if had.ingress.is_empty() || (&now.namespace, &now.ingress) == (&had.namespace, &had.ingress) {
            return None;
        }
        let ingress = Some((had.namespace.as_str(), had.ingress.as_str()));
        let query = Query { host: host.as_deref(), path: Some(&had.path), ingress, ..Query::default() };
        let is_exact = location.as_deref().is_some_and(|location| location.starts_with("= "));
        let cause = causes.of_displaced(&query, is_exact)?;
        Some((Some(format!("{:?} {host:?} {:?}", cause.object, had.path)), on_side(set, cause)))
    }

    /// Why the manifests make an upstream no alternative of another one, as the configuration that runs has it.
    fn of_lost_canary(&self, file: &'static str, change: &Change) -> Option<Explained> {
        let (set, causes) = self.manifests()?;
        let [_, key] = change.path.as_slice() else { return None };
        if file != Lua::Backends.file() || &**key != ALTERNATIVES {
            return None;
        }
        let names = |side: &Option<Text>| -> Vec<String> {
            side.as_ref().and_then(|side| serde_json::from_str(&side.text).ok()).unwrap_or_default()
        };
        let (now, had) = if set == Set::Before { (&change.before, &change.after) } else { (&change.after, &change.before) };
        let now = names(now);
        let cause = names(had).iter().filter(|name| !now.contains(name)).find_map(|lost| causes.of_lost_canary(lost))?;
        // What the canary itself has otherwise has the same cause.
        let is_written = cause.reason == Reason::Annotation;
        let id = if is_written { id_of(&cause) } else { id_of_absent(&[&cause.subject], cause.object.as_ref()) };
        Some((Some(id), on_side(set, cause)))
    }

    /// What of the only side that is manifests made a difference, or would have made none.
    fn of_single(&self, file: &'static str, change: &Change, likely: Option<&ObjectRef>, queries: (&Query, &Query)) -> Option<Explained> {
        let (_, singles) = self.singles.as_ref()?;
        let (set, causes) = self.manifests()?;
        let query = if set == Set::Before { queries.0 } else { queries.1 };
        let (id, cause) = match singles.verdict(file, change)? {
            // Hosts, paths and backends are told by themselves, unless an annotation alone makes the difference.
            Verdict::Present(_, false) if is_structure(file, change) => return None,
            Verdict::Absent(_, is_exact) if is_structure(file, change) && !(is_exact && is_of_nobody(change)) => return None,
            // What makes everything otherwise explains no single line, unless the catalog says so.
            Verdict::Present(trial, is_exact) if !is_exact && !trial.is_all_seen() && !experiment::governs(&trial.edits[0], query) => {
                return None;
            }
            Verdict::Present(trial, _) => {
                let edit = &trial.edits[Where { query, causes: [None, Some(causes)], likely }.choose(&trial.edits, &trial.alike)];
                let cause = causes.of_edit(edit, Set::After, query)?;
                (id_of(&cause), cause)
            }
            // What raw configuration holds to the letter is not there for want of something.
            Verdict::Absent(_, false) if causes.is_raw(query) => return None,
            Verdict::Absent(absent, _) => {
                let cause = causes.of_absent(query, &absent);
                (id_of_absent(&absent.names().collect::<Vec<_>>(), cause.object.as_ref()), cause)
            }
        };
        Some((Some(id), on_side(set, cause)))
    }

    /// The release as the cause of the second side, where nothing else can be, or where nobody says anything else.
    fn or_release(&self, before: Option<Cause>, after: Option<Cause>, query: &Query) -> (Option<Cause>, Option<Cause>) {
        let Some((from, to)) = self.releases else { return (before, after) };
        // What a release no longer serves is not written otherwise: it is refused for what is in it.
        let of_object = || before.as_ref().and_then(|cause| cause.object.as_ref()).filter(|object| object.kind == "Ingress");
        let owner = query.ingress.or_else(|| of_object().map(|object| (object.namespace.as_str(), object.name.as_str())));
        if let Some(refused) = self.causes_after.as_ref().zip(owner).and_then(|(causes, owner)| causes.of_refused(owner)) {
            return (before, Some(refused));
        }
        let is_said = |cause: &&Cause| matches!(cause.reason, Reason::Annotation | Reason::Setting | Reason::Argument);
        let said = after.as_ref().filter(is_said).or(before.as_ref().filter(is_said)).cloned();
        if !self.is_same && after.as_ref().filter(is_said).is_some() {
            return (before, after);
        }
        if let Some(release) = releases::of_directive(from, to, query) {
            return (None, Some(release));
        }
        match said.as_ref().and_then(|cause| releases::of_subject(from, to, &cause.subject)) {
            Some(release) => (said, Some(release)),
            None if self.is_same => (None, Some(releases::unknown(from, to))),
            None => (before, after),
        }
    }

    fn entry(
        &self,
        file: &'static str,
        changes: Vec<Change>,
        words: Words,
        (before, after): (Option<Spot>, Option<Spot>),
        (cause_before, cause_after): (Option<Cause>, Option<Cause>),
    ) -> Entry {
        let because = |cause: Option<Cause>, side: &Side| {
            let mut cause = cause?;
            cause.message = credentials::hide(&cause.message).into_owned();
            Some(Because { spot: cause.span.and_then(|span| side.sources().spot(span)), cause })
        };
        let because_before = because(cause_before, self.before);
        let because_after = because(cause_after, self.after);
        let of_controller = [&because_before, &because_after].into_iter().flatten().any(is_of_controller);
        let words = Words { topic: topic(words.topic, file, of_controller), ..words };
        Entry { file, changes, words, before, after, because_before, because_after }
    }
}

/// What differences have in common that have one cause.
fn id_of(cause: &Cause) -> String {
    format!("{} {:?}", cause.subject, cause.object)
}

/// The same where some names are missing. Whose they would be stands behind a bar, where that is known.
fn id_of_absent(names: &[&str], object: Option<&ObjectRef>) -> String {
    let owner = object.map(|object| format!("{}/{}", object.namespace, object.name)).unwrap_or_default();
    format!("{names:?}|{owner}")
}

/// A cause that is on one side.
fn on_side(set: Set, cause: Cause) -> (Option<Cause>, Option<Cause>) {
    if set == Set::Before { (Some(cause), None) } else { (None, Some(cause)) }
}

/// Whether a change is about a host, a path, a backend or whose they are, or follows from the names of all hosts.
fn is_structure(file: &str, change: &Change) -> bool {
    let is_place = change.is_block() && (change.name.starts_with("server ") || change.name.starts_with("location "));
    let is_endpoint = change.path.iter().any(|key| &**key == "endpoints");
    let is_upstream = file == Lua::Backends.file() && merge::is_whole(change);
    is_place
        || is_endpoint
        || is_upstream
        || is_place_of(&change.name)
        || change.name.starts_with("server_names_hash_")
        || words::family(change).is_some()
}

/// Whether a change is about a location or an upstream of the controller's own.
fn is_of_nobody(change: &Change) -> bool {
    let is_named = |target: &Target| !target.ingress.is_empty();
    let is_own = !change.place.before.iter().chain(&change.place.after).any(|target| is_named(target));
    is_own && (change.name.starts_with("location ") || change.path.first().is_some_and(|first| &**first == DEFAULT_UPSTREAM))
}

/// Whether a cause is written into the configuration of the controller, so that a change takes a reload.
fn is_of_controller(because: &Because) -> bool {
    matches!(because.cause.reason, Reason::Setting | Reason::Argument)
}

/// What the controller writes into its configuration takes a reload; the rest is told to its Lua side.
fn topic(topic: Topic, file: &str, is_of_controller: bool) -> Topic {
    if topic == Topic::Dynamic && (is_of_controller || file == "lua.json") { Topic::Setting } else { topic }
}

/// No edit makes a difference alone.
fn of_several() -> Cause {
    unknown("several changes of the manifests come to it together")
}

/// Nobody knows which edit makes a difference.
fn untried() -> Cause {
    unknown("which change of the manifests makes it was not tried")
}

fn unknown(message: &str) -> Cause {
    Cause { reason: Reason::Nothing, message: message.to_owned(), subject: String::new(), object: None, span: None }
}

fn causes(side: &Side) -> Option<Causes<'_>> {
    match side {
        Side::Declared(declared) => {
            let Declared { input, proxy, findings, .. } = &**declared;
            Some(Causes::new(&input.cluster, &input.controller, proxy).with(findings))
        }
        Side::Dump(_) => None,
    }
}

/// What to ask about one side of a change.
fn query_of(change: &Change, before: bool) -> Query<'_> {
    let place = &change.place;
    let (side, other) = if before { (&change.before, &change.after) } else { (&change.after, &change.before) };
    let targets = if before { [&place.before, &place.after] } else { [&place.after, &place.before] };
    let target = targets.into_iter().flatten().find(|target| !target.ingress.is_empty());
    let block = change.path.last().map(|word| &**word).unwrap_or_default();
    let [text, other] = [side, other].map(|side| side.as_ref().map(|side| side.text.as_str()).unwrap_or_default());
    Query { text, other, is_different: true, ..query(&change.name, change.is_block(), block, place, target.map(|target| &**target)) }
}

/// What to ask about a directive, but for its text.
pub(super) fn query<'q>(name: &'q str, is_block: bool, block: &'q str, place: &'q Place, target: Option<&'q Target>) -> Query<'q> {
    let is_place = name.starts_with("server ") || name.starts_with("location ");
    let name = match block.split(' ').next() {
        _ if is_place && is_block => "",
        // The lines of these have no name of their own.
        Some("geo" | "map") => block,
        _ => name,
    };
    Query {
        name,
        block,
        host: place.host.as_deref(),
        ingress: target.map(|target| (target.namespace.as_str(), target.ingress.as_str())),
        path: place.location.as_ref().and_then(|_| place.path()),
        ..Query::default()
    }
}
