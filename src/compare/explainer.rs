//! Why a directive or a value is as it is: from places in a configuration to questions about manifests, and back.

use serde_json::Value;

use super::alike::Where;
use super::certificates::Certified;
use super::effects::Sample;
use super::entry::{Because, Caused, Entry, OPEN};
use super::experiment::{Blamed, Experiments};
use super::merge;
use super::side::Side;
use super::singles::Singles;
use super::supposition::Supposition;
use crate::catalog::version::Version;
use crate::cause::edits::Set;
use crate::cause::{Causes, Query, is_place as is_place_of, releases};
use crate::compile::{Declared, Lua};
use crate::credentials;
use crate::diagnostic::{Cause, ObjectRef, Reason};
use crate::diff::words::{self, Topic, Words};
use crate::diff::{Change, Kind, Place, Target};
use crate::lower::CLASS_ANNOTATION;
use crate::source::Spot;

/// What made a difference, and the causes of both sides.
pub(super) type Explained = (Option<String>, (Option<Cause>, Option<Cause>));

/// Finds places and causes.
pub(super) struct Explainer<'a> {
    before: &'a Side,
    after: &'a Side,
    pub(super) causes_before: Option<Causes<'a>>,
    pub(super) causes_after: Option<Causes<'a>>,
    /// Where both sides are made of manifests: what differs between these.
    experiments: Option<Experiments>,
    /// Where only one side is: which, and what everything in it does.
    pub(super) singles: Option<(Set, Singles)>,
    /// The releases of both sides, where they differ.
    releases: Option<(Version, Version)>,
    /// Both sides are made of the same manifests: only the release can be the cause.
    is_same: bool,
    /// What hangs on the certificates of both sides.
    certified: [Certified<'a>; 2],
}

impl<'a> Explainer<'a> {
    /// For the changes from one side to the other.
    pub(super) fn new(before: &'a Side, after: &'a Side, is_same: bool, changes: &[(&'static str, &Change)]) -> Self {
        let releases = before.release().zip(after.release()).filter(|(before, after)| before != after);
        let experiments = match (before, after) {
            (Side::Declared(before), Side::Declared(after)) if !is_same => {
                let supposed = Supposition::of([before, after]);
                Some(Experiments::new(&Sample::of(before), &Sample::of(after), &supposed, releases.is_none()))
            }
            _ => None,
        };
        let singles = match (before, after) {
            (Side::Dump(_), Side::Declared(side)) => {
                Some((Set::After, Singles::new(&Sample::beside(side, before), Set::After, &before.tree(), changes)))
            }
            (Side::Declared(side), Side::Dump(_)) => {
                Some((Set::Before, Singles::new(&Sample::beside(side, after), Set::Before, &after.tree(), changes)))
            }
            _ => None,
        };
        let (causes_before, causes_after) = (causes(before), causes(after));
        let certified = [before, after].map(Certified::new);
        Self { before, after, causes_before, causes_after, experiments, singles, releases, is_same, certified }
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
    pub(super) fn configuration(&self, changes: Vec<Change>, words: Option<Words>) -> Caused {
        let first = &changes[0];
        let words = words.unwrap_or_else(|| words::of_configuration(first));
        let (query_before, query_after) = (query_of(first, true), query_of(first, false));
        let before = first.before.as_ref().and_then(|side| self.before.sources().spot(side.span?));
        let after = first.after.as_ref().and_then(|side| self.after.sources().spot(side.span?));
        let queries = (&query_before, &query_after);
        // What makes all that differs needs no other explanation.
        let is_one = self.singles.as_ref().is_some_and(|(_, singles)| singles.is_one());
        let settled = || self.of_settled("nginx.conf", first, None, queries);
        let explained = self
            .of_edit("nginx.conf", first, None, queries)
            .or_else(|| self.of_taken(first))
            .or_else(|| is_one.then(settled).flatten())
            .or_else(|| self.of_displaced(first, false))
            .or_else(settled)
            .or_else(|| self.of_displaced(first, true))
            .or_else(|| self.of_single("nginx.conf", first, None, queries));
        // Without its class an Ingress has no host, and yet it is the host that is new: its line is the nearer one.
        let is_of_class = |(_, (before, after)): &Explained| {
            let is_class = |cause: &Cause| cause.subject == CLASS_ANNOTATION && !cause.message.ends_with(OPEN);
            self.singles.is_some() && first.is_block() && before.iter().chain(after).any(is_class)
        };
        if let Some((edit, causes)) = explained.filter(|explained| !is_of_class(explained)) {
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
    pub(super) fn dynamic(&self, what: Lua, change: &Change) -> Caused {
        let file = what.file();
        let document = |side: &'a Side| side.dynamic(what).unwrap_or(&Value::Null);
        let keys: Vec<&str> = change.path.iter().map(|key| &**key).collect();
        let documents = || (document(self.before), document(self.after));
        let of_certificate = || match (what, keys.as_slice()) {
            (Lua::Certificates, [host]) => {
                let causes = [&self.causes_before, &self.causes_after];
                let follows = |is_after| self.certified[usize::from(is_after)].of(host, causes[usize::from(is_after)].as_ref());
                words::of_certificate(host, documents().into(), follows)
            }
            _ => None,
        };
        let words = of_certificate().unwrap_or_else(|| words::of_dynamic(file, change, documents));
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
            .or_else(|| self.of_settled(file, change, likely, queries))
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
            let cause = if experiments.untried().is_some() { untried() } else { of_several(experiments.count()) };
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
        let is_location = is_place_of(&first.name) || (first.is_block() && first.name.starts_with("location "));
        if let Some(object) = after.as_ref().or(before.as_ref()).filter(|_| is_location).and_then(|cause| cause.object.as_ref()) {
            return Some(merge::id_of_path(Some(object), first.place.host.as_deref(), first.place.path()));
        }
        let is_one = |cause: &&Cause| matches!(cause.reason, Reason::Annotation | Reason::Setting | Reason::Argument);
        let cause = after.as_ref().or(before.as_ref()).filter(is_one)?;
        Some(merge::id_of(cause))
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
        let about = changes.len();
        Entry { file, changes, about, words, before, after, because_before, because_after }
    }
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
fn of_several(count: usize) -> Cause {
    unknown(&format!("none of the {count} changes of the manifests makes it alone"))
}

/// Nobody knows which edit makes a difference.
fn untried() -> Cause {
    unknown("one or more of the changes of the manifests make it: they are too many to be tried")
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
