//! What each annotation, key and argument of one side does, where the other side is no manifests: it is taken away, and what is not
//! there is added.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hashbrown::HashSet;
use rayon::prelude::*;

use super::effects::{self, Effects, Sample, Texts};
use super::experiment;
use super::guess::{Guesses, Name};
use super::lost::Blocks;
use super::missing;
use super::seen::Seen;
use super::settled::{Settled, Tried};
use super::trial::{Guess, Rank, Trial};
use crate::catalog::flags::{self, Flags};
use crate::catalog::key::Kind as Type;
use crate::catalog::{features, settings};
use crate::cause::edits::{self, Edit, Given, Set, What};
use crate::cause::{self, Absent, Causes};
use crate::conf::Tree;
use crate::diff::{Change, Kind};
use crate::lower;

/// Each name is taken away, has another value, and is there alone.
const TRIES: usize = 3;

/// Of the objects that have a name, the values of more than these are not looked at.
const MOST_TEXTS: usize = 3;

/// What there is on a side, and what is not, name by name, with what it does.
#[derive(Default)]
pub(super) struct Singles {
    present: Vec<Trial>,
    absent: Vec<Trial>,
    /// The number of the text of the side among the two of a change.
    own: usize,
    /// Hosts and paths that are there on both sides, and matched otherwise.
    kept: HashSet<(Option<Arc<str>>, String)>,
    settled: Settled,
    /// Of what is there, the trials that explain one of the differences best that have a settled cause in common.
    best: Vec<BTreeSet<usize>>,
    /// What was not tried, because it is too much.
    untried: Vec<Untried>,
}

/// What is too much to be tried.
#[derive(Clone, Copy)]
enum Untried {
    Present,
    Absent,
}

impl Untried {
    fn sentence(self) -> String {
        let what = match self {
            Self::Present => "what each annotation, key and argument does",
            Self::Absent => "what annotations, keys and arguments that are not there would do",
        };
        format!("{what} was not tried, as there is too much of it: such causes are told by their names")
    }
}

/// What made a difference.
pub(super) enum Verdict<'s> {
    /// Something that the side has; whether without it there were no difference.
    Present(&'s Trial, bool),
    /// A key that the side has, or else something that the key makes count or not: without either there were no difference.
    Either(&'s Trial, &'s Trial),
    /// Something that the side has not.
    Absent {
        /// What.
        names: Absent,
        /// With it there were no difference.
        is_exact: bool,
        /// All that it does is seen.
        is_all: bool,
    },
}

impl Singles {
    /// Tries everything on a side; `changes` are the differences from, or to, another one.
    pub(super) fn new(side: &Sample, set: Set, other: &Tree, changes: &[(&'static str, &Change)]) -> Self {
        let own = usize::from(set == Set::After);
        let blocks = Blocks::read(other, 1 - own, changes);
        let seen: Vec<Seen> = changes.iter().map(|(file, change)| Seen::of(file, change).with(blocks.of(change))).collect();
        let kept = changes.iter().filter(|(_, change)| change.is_block() && change.kind == Kind::Changed);
        let kept = kept.map(|(_, change)| place(change)).collect();
        let mut singles = Self { own, kept, ..Self::default() };
        if seen.is_empty() {
            return singles;
        }
        let guesses = Guesses { seen: &seen, own, is_raw: false };
        let Some(present) = present(side, guesses, false) else {
            singles.untried = vec![Untried::Present, Untried::Absent];
            return singles;
        };
        singles.present = present;
        singles.present.iter_mut().for_each(|trial| trial.weigh(&seen, own));
        // What something that is there explains to the letter needs no other explanation, and what is unlikely is tried last.
        let is_clear = |seen: &Seen| singles.present.iter().any(|trial| trial.is_clear_of(seen, own));
        let unclear: Vec<&Seen> = seen.iter().filter(|seen| !is_clear(seen)).collect();
        let names = missing::names(side, guesses, &unclear);
        let mut is_short = names.is_none();
        singles.absent = names.unwrap_or_default();
        if !unclear.is_empty() {
            let arguments = missing::arguments(side, guesses);
            is_short |= arguments.is_none();
            singles.absent.extend(arguments.unwrap_or_default());
        }
        singles.absent.iter_mut().for_each(|trial| trial.weigh(&seen, own));
        // What nothing explains can be raw configuration, and so can what nothing makes to the letter and stands in many places.
        let explained = |seen: &Seen| singles.present.iter().chain(&singles.absent).filter_map(|trial| trial.fits(seen, own)).max();
        let is_open = |seen: &Seen| explained(seen).is_none_or(|is_exact| !is_exact && cause::is_manifold(&seen.name));
        let unexplained: Vec<Seen> = seen.iter().filter(|seen| is_open(seen)).cloned().collect();
        let raw = missing::raw(side, Guesses { seen: &unexplained, own, is_raw: true });
        is_short |= raw.is_none();
        for mut trial in raw.unwrap_or_default() {
            trial.weigh(&seen, own);
            singles.absent.push(trial);
        }
        singles.untried.extend(is_short.then_some(Untried::Absent));
        singles.settle(&seen);
        let open: Vec<&Seen> = seen.iter().filter(|seen| singles.settled.of(seen).is_none()).collect();
        if missing::alone(side, guesses, &mut singles.absent, &open) {
            singles.settle(&seen);
        }
        singles
    }

    fn settle(&mut self, seen: &[Seen]) {
        self.settled = Settled::new(&self.present, &self.absent, seen, self.own);
        // Of two that make the same, the words of one line speak for this one, and those of another for that one.
        let best = |(id, makes): (usize, &Vec<usize>)| {
            let trials = self.settled.cause(id).iter().filter(|tried| tried.is_present).map(|tried| tried.trial).collect::<BTreeSet<_>>();
            let trials: Vec<(usize, &Trial)> = trials.into_iter().map(|at| (at, &self.present[at])).collect();
            makes.iter().flat_map(|at| self.best_for(&seen[*at], trials.clone())).map(|(at, _)| at).collect()
        };
        self.best = self.settled.makes.iter().enumerate().map(best).collect();
    }

    /// What makes a difference together with others, and nothing else, each alone, and what these differences have in common.
    pub(super) fn settled(&self, file: &'static str, change: &Change) -> Option<(usize, Vec<(&Trial, &Tried)>)> {
        let (id, tried) = self.settled.of(&Seen::of(file, change))?;
        let trial = |tried: &Tried| if tried.is_present { &self.present[tried.trial] } else { &self.absent[tried.trial] };
        Some((id, tried.iter().map(|tried| (trial(tried), tried)).collect()))
    }

    /// Whether one change makes all that differs, and nothing else.
    pub(super) fn is_one(&self) -> bool {
        self.settled.is_one
    }

    /// What made a difference, as far as anything does.
    pub(super) fn verdict(&self, file: &'static str, change: &Change) -> Option<Verdict<'_>> {
        let seen = Seen::of(file, change);
        let ranked = |trials: &'_ [Trial]| -> Vec<(Rank, usize)> {
            trials.iter().enumerate().filter_map(|(at, trial)| Some((trial.rank(&seen, self.own)?, at))).collect()
        };
        let present = ranked(&self.present);
        let best = present.iter().max_by_key(|(rank, at)| (*rank, scope(&self.present[*at], &seen), Reverse(*at))).copied();
        let missing: Vec<_> = ranked(&self.absent).into_iter().filter(|(_, at)| self.absent[*at].can_be_missing()).collect();
        // Of two that do nothing else, the one that explains more is it.
        let most = |rank: &Rank| (rank.0, rank.1, rank.3);
        let is_key = |trial: &Trial| trial.edits.first().is_some_and(|edit| edit.what == What::Key);
        let best_missing = missing.iter().map(|(rank, _)| most(rank)).max();
        match (best, best_missing) {
            (Some((rank, at)), missing) if missing.is_none_or(|missing| missing <= most(&rank)) => {
                // Where a key refuses what an annotation asks for, and with it what was there, no configuration tells which of both is new.
                let is_alike = |other: &Rank| rank.0 && seen.is_lost(self.own) && most(other) == most(&rank);
                let mut others = present.iter().filter(|(other, _)| is_alike(other)).map(|(_, at)| &self.present[*at]);
                let first = &self.present[at];
                Some(match others.find(|other| is_key(other) && !is_key(first)) {
                    Some(key) => Verdict::Either(key, first),
                    None => Verdict::Present(first, rank.0),
                })
            }
            (_, Some(best)) => {
                let all = missing.iter().filter(|(rank, _)| most(rank) == best).map(|(_, at)| &self.absent[*at]);
                let all: Vec<&Trial> = all.collect();
                let is_all = all.iter().any(|trial| trial.is_all_seen());
                let names = if best.0 { missing::likely(&all) } else { missing::named(&all) };
                Some(Verdict::Absent { names, is_exact: best.0, is_all })
            }
            _ => None,
        }
    }

    /// Those of some that explain a difference best, and behind them those that explain another one of the same cause best: one side alone
    /// does not tell which of them is new.
    pub(super) fn best_of_settled<'s>(
        &self,
        id: usize,
        file: &'static str,
        change: &Change,
        tried: Vec<(&'s Trial, &Tried)>,
    ) -> Vec<&'s Trial> {
        let trials: Vec<(usize, &Trial)> = tried.into_iter().map(|(trial, tried)| (tried.trial, trial)).collect();
        let others = trials.iter().copied().filter(|(at, _)| self.best[id].contains(at)).collect::<Vec<_>>();
        let own = self.best_for(&Seen::of(file, change), trials);
        let others = others.into_iter().filter(|(at, _)| own.iter().all(|(own, _)| own != at));
        own.iter().copied().chain(others).map(|(_, trial)| trial).collect()
    }

    /// Those of some that explain a difference best; several, where nothing tells them apart.
    fn best_for<'s>(&self, seen: &Seen, trials: Vec<(usize, &'s Trial)>) -> Vec<(usize, &'s Trial)> {
        let rank = |trial: &Trial| (trial.rank(seen, self.own), scope(trial, seen));
        let best = trials.iter().map(|(_, trial)| rank(trial)).max();
        trials.into_iter().filter(|(_, trial)| Some(rank(trial)) == best).collect()
    }

    /// Whether without something that an Ingress has, or with another value of it, all of what it does would be as the other side has it, and this difference with it.
    pub(super) fn is_clear(&self, file: &'static str, change: &Change, ingress: (&str, &str)) -> bool {
        let seen = Seen::of(file, change);
        let is_of = |trial: &Trial| trial.edits.iter().any(|edit| Causes::is_of(edit, Some(ingress)));
        self.present.iter().any(|trial| is_of(trial) && trial.is_clear(&seen, self.own))
    }

    /// Whether a change is about a host or a path that is matched otherwise, which can take more or fewer blocks.
    pub(super) fn is_kept(&self, change: &Change) -> bool {
        change.is_block() && self.kept.contains(&place(change))
    }

    /// Whether only with a value that was guessed something makes a difference to the letter.
    pub(super) fn is_guess(&self, trial: &Trial, file: &'static str, change: &Change) -> bool {
        trial.fits_at_all(&Seen::of(file, change), self.own) != Some(true)
    }

    /// What made a directive of the side, by the blocks around it, its name and its text.
    pub(super) fn origin(&self, path: &str, name: &str, text: &str) -> Option<&Trial> {
        let is_made = |found: &[Texts]| found.iter().any(|texts| texts[1].as_deref() == Some(text));
        let makes = |trial: &&Trial| trial.effects.of("nginx.conf", path, name).is_some_and(is_made);
        // Where two names do the same, neither is missed; each would do it alone.
        let does = |trial: &&Trial| trial.alone.as_ref().and_then(|alone| alone.of("nginx.conf", path, name)).is_some_and(is_made);
        let few = |trial: &&Trial| (trial.effects.within("nginx.conf", path), trial.effects.len());
        self.present.iter().filter(makes).min_by_key(few).or_else(|| self.present.iter().find(does))
    }

    /// What was not tried, a sentence each.
    pub(super) fn notes(&self) -> impl Iterator<Item = String> {
        self.untried.iter().map(|untried| untried.sentence())
    }

    /// Whether anything at all can be tried of manifests.
    pub(super) fn afford(given: Given) -> bool {
        effects::affords(given, TRIES)
    }

    /// Everything that a side has, tried.
    pub(super) fn of(side: &Sample) -> Self {
        let present = present(side, Guesses { seen: &[], own: 1, is_raw: false }, true);
        let untried = if present.is_none() { vec![Untried::Present] } else { Vec::new() };
        Self { present: present.unwrap_or_default(), own: 1, untried, ..Self::default() }
    }
}

/// Of two that do the same, the one that is for little else comes behind.
fn scope(trial: &Trial, seen: &Seen) -> Option<Reverse<usize>> {
    trial.edits.first().and_then(|edit| experiment::scope(edit, &seen.name)).map(Reverse)
}

fn place(change: &Change) -> (Option<Arc<str>>, String) {
    (change.place.host.clone(), change.place.path().unwrap_or_default().to_owned())
}

/// Takes away each name; `with_alone`: also has nothing but that. None: they are too many.
fn present(side: &Sample, guesses: Guesses, with_alone: bool) -> Option<Vec<Trial>> {
    if !side.affords(TRIES) {
        return None;
    }
    let Given { cluster, controller } = side.given;
    let (mut bare, mut usual) = (cluster.clone(), controller.clone());
    for ingress in &mut bare.ingresses {
        ingress.value.metadata.annotations = None;
        if let Some(spec) = &mut ingress.value.spec {
            spec.tls = None;
        }
    }
    let settings = lower::config_map(cluster, controller).map(|map| map.reference.clone());
    bare.config_maps.iter_mut().filter(|map| Some(&map.reference) == settings.as_ref()).for_each(|map| map.value.data = None);
    usual.flags = Flags { configmap: controller.flags.configmap.clone(), ..Flags::of_release(controller.version) };
    let bare = Given { cluster: &bare, controller: &usual };
    let mut groups: BTreeMap<String, Vec<Edit>> = BTreeMap::new();
    for edit in edits::between(bare, side.given) {
        groups.entry(edit.signature()).or_default().push(edit);
    }
    if !side.affords(groups.len() * TRIES) {
        return None;
    }
    let nothing = (side.compile)(bare.cluster, bare.controller);
    let tried = groups.into_values().collect::<Vec<_>>().into_par_iter().map(|edits| {
        let effects = |edits: &[Edit]| side.effects(&side.changed(edits, Set::Before, bare), side.written());
        let others: Option<Vec<Edit>> = edits.iter().map(|edit| Some(edit.with(other_number(edit)?))).collect();
        let alone = with_alone.then(|| {
            let (mut cluster, mut controller) = (bare.cluster.clone(), bare.controller.clone());
            edits.iter().for_each(|edit| edit.put(Set::After, side.given, &mut cluster, &mut controller));
            side.effects(&nothing, &(side.compile)(&cluster, &controller))
        });
        let (varied, guessed) = (
            others.map(|others| Guess::new(effects(&others))).filter(|varied| varied.effects.len() > 0),
            guessed(&edits, side, guesses, &effects),
        );
        let effects = effects(&edits);
        let is_spread = edits.len() > 1;
        Trial { is_spread, varied, guessed, alone, ..Trial::new(edits, effects) }
    });
    Some(tried.collect())
}

/// What differs where something that is there has a value which the other side seems to have.
fn guessed(edits: &[Edit], side: &Sample, guesses: Guesses, effects: &dyn Fn(&[Edit]) -> Effects) -> Vec<Guess> {
    let Some(first) = edits.first() else { return Vec::new() };
    let name = first.short_name();
    let known = match first.what {
        What::Argument(name) => {
            let Some(flag) = flags::find(name) else { return Vec::new() };
            let values = guesses.of_argument(flag, side.given.cluster, side.given.controller);
            return values.iter().map(|value| Guess::new(side.with_argument(flag, value))).collect();
        }
        What::Annotation => features::find(&name).map(Name::from),
        What::Key => settings::find(&name).map(Name::from),
        What::Rules | What::Field | What::Object => None,
    };
    let Some(known) = known else { return Vec::new() };
    // Several objects can have several values.
    let texts: BTreeSet<&str> = edits.iter().filter_map(Edit::text).take(MOST_TEXTS).collect();
    let words: BTreeSet<String> = texts.into_iter().flat_map(|text| guesses.of_name(known, text, side.given.cluster)).collect();
    let with = |word: &String| Guess::new(effects(&edits.iter().map(|edit| edit.with(word.clone())).collect::<Vec<_>>()));
    words.iter().map(with).collect()
}

/// Another value of an annotation or a key that is a number.
fn other_number(edit: &Edit) -> Option<String> {
    let name = edit.short_name();
    let is_number = match edit.what {
        What::Annotation => features::find(&name).is_some_and(|spec| spec.kind == Type::Int),
        What::Key => settings::find(&name).is_some_and(|setting| setting.kind() == "integer"),
        What::Argument(_) | What::Rules | What::Field | What::Object => false,
    };
    let number = edit.text().filter(|_| is_number)?.trim().parse::<i64>().ok()?;
    Some(number.checked_mul(2)?.checked_add(1)?.to_string())
}
