//! Causes where one side is a configuration that runs, and only the other one can be asked: what the manifests lost, and what of them
//! makes the difference when it is tried.

use std::sync::Arc;

use super::alike::Where;
use super::entry::OPEN;
use super::experiment;
use super::explainer::{Explained, Explainer};
use super::follow;
use super::merge;
use super::missing;
use super::settled::Tried;
use super::singles::{Singles, Verdict};
use super::trial::Trial;
use crate::cause::edits::{Edit, Set, What};
use crate::cause::{Causes, Query, is_place as is_place_of};
use crate::compile::Lua;
use crate::diagnostic::{Cause, ObjectRef, Reason};
use crate::diff::words;
use crate::diff::{Change, Kind, Place, Side as Text, Target};
use crate::ir::DEFAULT_UPSTREAM;

/// The key of an upstream that names its canaries.
const ALTERNATIVES: &str = "alternativeBackends";
/// Arguments that say whose Ingresses are served: one of these would let in whatever else keeps out.
const ADMITTING: [&str; 7] = [
    "controller-class",
    "disable-catch-all",
    "ingress-class",
    "ingress-class-by-name",
    "watch-ingress-without-class",
    "watch-namespace",
    "watch-namespace-selector",
];

impl<'a> Explainer<'a> {
    /// Of the only side that is manifests: its causes, and whether it is the first side.
    fn manifests(&self) -> Option<(Set, &Causes<'a>)> {
        let (set, _) = self.singles.as_ref()?;
        let causes = if *set == Set::Before { &self.causes_before } else { &self.causes_after };
        Some((*set, causes.as_ref()?))
    }

    /// Who has a location on the side that is manifests, and in the configuration that runs.
    fn owners<'c>(&self, change: &'c Change) -> Option<(Option<&'c Target>, Option<&'c Target>)> {
        let (set, _) = self.manifests()?;
        let Place { before, after, .. } = &change.place;
        let (now, had) = if set == Set::Before { (before, after) } else { (after, before) };
        let named = |target: &'c Option<Arc<Target>>| target.as_deref().filter(|target| !target.ingress.is_empty());
        Some((named(now), named(had)))
    }

    /// Why the manifests give a location to another Ingress than the configuration that runs, or to nobody, if the one that had it lost it
    /// by itself. Whatever is in the location then follows from that. `is_vacated`: nobody has it.
    pub(super) fn of_displaced(&self, change: &Change, is_vacated: bool) -> Option<Explained> {
        let (set, causes) = self.manifests()?;
        let (now, had) = self.owners(change)?;
        let had = had?;
        let is_same = now.is_some_and(|now| (&now.namespace, &now.ingress) == (&had.namespace, &had.ingress));
        let ingress = (had.namespace.as_str(), had.ingress.as_str());
        // An annotation without which there were no difference at all is told for all that it does.
        if is_same || now.is_none() != is_vacated || (is_vacated && !is_inside(change)) || self.is_clear(change, ingress) {
            return None;
        }
        let Place { host, location, .. } = &change.place;
        let query = Query { host: host.as_deref(), path: Some(&had.path), ingress: Some(ingress), ..Query::default() };
        let is_exact = location.as_deref().is_some_and(|location| location.starts_with("= "));
        let cause = causes.of_displaced(&query, is_exact)?;
        // What it lost is told apart from what it has, and what it lost for one reason together.
        let id = format!("lost {} {:?}", merge::id_of(&cause), cause.span);
        Some((Some(id), on_side(set, cause)))
    }

    /// Whose a location is that nobody had: the path or the backend that asks for it. Whatever is in the location follows from that.
    pub(super) fn of_taken(&self, change: &Change) -> Option<Explained> {
        let (set, causes) = self.manifests()?;
        let (now, had) = self.owners(change)?;
        let now = now.filter(|_| had.is_none() && is_inside(change))?;
        let ingress = (now.namespace.as_str(), now.ingress.as_str());
        if self.is_clear(change, ingress) {
            return None;
        }
        let (host, path) = (change.place.host.as_deref(), change.place.path());
        let cause = causes.of_declared(&Query { host, path, ingress: Some(ingress), ..Query::default() });
        let id = merge::id_of_path(cause.object.as_ref(), host, path);
        Some((Some(id), on_side(set, cause)))
    }

    /// Whether an annotation of an Ingress explains a difference, and all that it does is seen.
    fn is_clear(&self, change: &Change, ingress: (&str, &str)) -> bool {
        self.singles.iter().any(|(_, singles)| singles.is_clear("nginx.conf", change, ingress))
    }

    /// Why the manifests make an upstream no alternative of another one, as the configuration that runs has it.
    pub(super) fn of_lost_canary(&self, file: &'static str, change: &Change) -> Option<Explained> {
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
        let id = if is_written { merge::id_of(&cause) } else { merge::id_of_absent(&[&cause.subject], cause.object.as_ref()) };
        Some((Some(id), on_side(set, cause)))
    }

    /// What was tried of the side that is manifests, with what is asked of it; none where neither side is, or both are.
    fn asked<'e>(&'e self, queries: (&'e Query<'e>, &'e Query<'e>)) -> Option<Asked<'e, 'a>> {
        let (_, singles) = self.singles.as_ref()?;
        let (set, causes) = self.manifests()?;
        let query = if set == Set::Before { queries.0 } else { queries.1 };
        Some(Asked { singles, set, causes, query })
    }

    /// What of the only side that is manifests makes a difference together with others, and nothing else.
    pub(super) fn of_settled(
        &self,
        file: &'static str,
        change: &Change,
        likely: Option<&ObjectRef>,
        queries: (&Query, &Query),
    ) -> Option<Explained> {
        let asked = self.asked(queries)?;
        let Asked { singles, set, causes, query } = asked;
        let (id, all) = singles.settled(file, change)?;
        let (present, mut absent): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, tried)| tried.is_present);
        // An argument that would let everything in explains nothing better than what keeps this out.
        let admits = |edit: &Edit| matches!(edit.what, What::Argument(name) if ADMITTING.contains(&name));
        absent.retain(|(trial, _)| !trial.edits.iter().any(admits));
        let present: Vec<(&Trial, &Tried)> = present.into_iter().filter(|(trial, _)| !asked.is_unlikely(trial, file, change)).collect();
        let cause_of = |trial: &Trial| asked.cause_of(trial, likely);
        let mut told: Vec<Cause> = singles.best_of_settled(id, file, change, present).into_iter().filter_map(cause_of).collect();
        if told.is_empty() && !absent.is_empty() && (!is_place(change, set) || singles.is_kept(change)) {
            let only = absent.iter().find_map(|(_, tried)| tried.only.as_ref());
            let ingress = only.map(|only| (only.namespace.as_str(), only.name.as_str())).or(query.ingress);
            let trials: Vec<&Trial> = absent.iter().map(|(trial, _)| *trial).collect();
            let names = missing::likely(&trials);
            told.push(causes.of_absent(&Query { ingress, text: "", ..*query }, &names));
        }
        let cause = either(told)?;
        Some((Some(format!("settled {id}")), on_side(set, cause)))
    }

    /// What of the only side that is manifests made a difference, or would have made none.
    pub(super) fn of_single(
        &self,
        file: &'static str,
        change: &Change,
        likely: Option<&ObjectRef>,
        queries: (&Query, &Query),
    ) -> Option<Explained> {
        let asked = self.asked(queries)?;
        let Asked { singles, set, causes, query } = asked;
        let is_whole = |change: &Change| is_lost(change, set) && is_upstream(file, change);
        let is_counted = |change: &Change| is_counted(change) || singles.is_kept(change) || is_whole(change);
        let cause_of = |trial: &Trial| asked.cause_of(trial, likely);
        let (id, cause) = match singles.verdict(file, change)? {
            // Hosts, paths and backends are told by themselves, unless an annotation alone makes the difference.
            Verdict::Present(_, false) if is_structure(file, change) => return None,
            Verdict::Present(trial, true) if asked.is_unlikely(trial, file, change) => return None,
            // For want of a key an Ingress can be refused which the configuration that runs has.
            Verdict::Absent { names, is_exact, is_all }
                if is_structure(file, change)
                    && !(is_exact
                        && (is_of_nobody(change) || is_counted(change) && is_all || names.is_of_keys() && is_lost(change, set))) =>
            {
                return None;
            }
            // What makes everything otherwise explains no single line, unless the catalog says so.
            Verdict::Present(trial, is_exact) if !is_exact && !trial.is_all_seen() && !experiment::governs(&trial.edits[0], query) => {
                return None;
            }
            Verdict::Present(trial, _) => {
                let cause = cause_of(trial)?;
                (merge::id_of(&cause), cause)
            }
            Verdict::Either(key, other) => {
                let cause = either(vec![cause_of(key)?, cause_of(other)?])?;
                (merge::id_of(&cause), cause)
            }
            // What raw configuration holds to the letter is not there for want of something.
            Verdict::Absent { is_exact: false, .. } if causes.is_raw(query) => return None,
            Verdict::Absent { names: absent, .. } => {
                let cause = causes.of_absent(query, &absent);
                (merge::id_of_absent(&absent.names().collect::<Vec<_>>(), cause.object.as_ref()), cause)
            }
        };
        Some((Some(id), on_side(set, cause)))
    }
}

/// What was tried of the only side that is manifests, and what is asked about it.
#[derive(Clone, Copy)]
struct Asked<'e, 'a> {
    singles: &'e Singles,
    set: Set,
    causes: &'e Causes<'a>,
    query: &'e Query<'e>,
}

impl Asked<'_, '_> {
    /// The cause that a trial is, where it was tried most likely.
    fn cause_of(&self, trial: &Trial, likely: Option<&ObjectRef>) -> Option<Cause> {
        let place = Where { query: self.query, causes: [None, Some(self.causes)], likely };
        self.causes.of_edit(&trial.edits[place.choose(&trial.edits, &trial.alike)], Set::After, self.query)
    }

    /// Whether a value is guessed that can make the controller refuse the Ingress, which is not why the other side has no place of it.
    fn is_unlikely(&self, trial: &Trial, file: &'static str, change: &Change) -> bool {
        is_place(change, self.set) && !governs_place(trial, change) && self.singles.is_guess(trial, file, change)
    }
}

/// One cause of several that one side alone does not tell apart.
fn either(causes: Vec<Cause>) -> Option<Cause> {
    let mut causes = causes.into_iter();
    let mut first = causes.next()?;
    let others: Vec<String> = causes.map(|cause| cause.message).filter(|message| *message != first.message).collect();
    if !others.is_empty() {
        first.message = format!("{}, or of {}{OPEN}", first.message, others.join(", or of "));
    }
    Some(first)
}

/// A cause that is on one side.
fn on_side(set: Set, cause: Cause) -> (Option<Cause>, Option<Cause>) {
    if set == Set::Before { (Some(cause), None) } else { (None, Some(cause)) }
}

/// Whether a change is about a host, a path, a backend or whose they are, or follows from the names of all hosts.
fn is_structure(file: &str, change: &Change) -> bool {
    let is_endpoint = change.path.iter().any(|key| &**key == "endpoints");
    is_host_or_path(change)
        || is_endpoint
        || is_upstream(file, change)
        || is_place_of(&change.name)
        || change.name.starts_with("server_names_hash_")
        || words::family(change).is_some()
}

/// Whether a change is about a line in a location that both sides have.
fn is_inside(change: &Change) -> bool {
    !change.is_block() && change.place.location.is_some()
}

/// Whether a change is about a whole host or path.
fn is_host_or_path(change: &Change) -> bool {
    change.is_block() && (change.name.starts_with("server ") || change.name.starts_with("location "))
}

/// Whether a change is about an upstream as a whole.
fn is_upstream(file: &str, change: &Change) -> bool {
    file == Lua::Backends.file() && follow::is_whole(change)
}

/// Whether only the manifests have a host or a path, which is somebody's own.
fn is_place(change: &Change, set: Set) -> bool {
    let kind = if set == Set::Before { Kind::Removed } else { Kind::Added };
    is_host_or_path(change) && change.kind == kind && !is_of_nobody(change)
}

/// Whether a change is about endpoints, or about the room for names of hosts, which have names of their own in the catalog: others that
/// these would make are missed where they are not the cause.
fn is_counted(change: &Change) -> bool {
    change.path.iter().any(|key| &**key == "endpoints") || change.name.starts_with("server_names_hash_")
}

/// Whether only the other side has something.
fn is_lost(change: &Change, set: Set) -> bool {
    change.kind == if set == Set::Before { Kind::Added } else { Kind::Removed }
}

/// Whether the catalog says that what was tried governs such blocks.
fn governs_place(trial: &Trial, change: &Change) -> bool {
    let word = change.name.split(' ').next().unwrap_or_default();
    experiment::governs(&trial.edits[0], &Query { name: word, ..Query::default() })
}

/// Whether a change is about a location or an upstream of the controller's own.
fn is_of_nobody(change: &Change) -> bool {
    let is_named = |target: &Target| !target.ingress.is_empty();
    let is_own = !change.place.before.iter().chain(&change.place.after).any(|target| is_named(target));
    is_own && (change.name.starts_with("location ") || change.path.first().is_some_and(|first| &**first == DEFAULT_UPSTREAM))
}
