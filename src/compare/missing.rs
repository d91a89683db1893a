//! Names that a side does not have: what it would be with each of them.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use k8s_openapi::api::networking::v1::Ingress;
use rayon::prelude::*;

use super::effects::{Effects, Sample};
use super::guess::{self, Guesses, Name};
use super::raw;
use super::seen::Seen;
use super::trial::{Fit, Guess, Trial};
use crate::catalog::features;
use crate::catalog::flags::{FLAGS, Flag, Flags};
use crate::catalog::key::{Fate, Spec};
use crate::catalog::settings::{self, Setting};
use crate::cause::Absent;
use crate::cause::edits::{Edit, Given, Set, What};
use crate::diagnostic::ObjectRef;
use crate::lower;
use crate::manifest::Object;

/// On each of more Ingresses an annotation is not tried alone.
const MOST_ALONE: usize = 8;

/// What could be there.
#[derive(Clone, Copy)]
enum Candidate {
    Annotation(&'static Spec),
    Key(&'static Setting),
    Argument(&'static Flag),
}

/// Adds each annotation and key that is not there and that may have to do with a difference. None: they are too many.
pub(super) fn names(side: &Sample, guesses: Guesses, seen: &[&Seen]) -> Option<Vec<Trial>> {
    let governs = |directives: &[&str]| seen.iter().any(|seen| seen.may_come_from(directives));
    let version = side.given.controller.version;
    // What decides which annotations count shows in no directive of its own.
    let is_of_lines = seen.iter().any(|seen| seen.file == "nginx.conf");
    let decides = |directives: &[&str]| is_of_lines && directives.is_empty();
    // Where the controller refuses to serve a path, the line says nothing of what is lacking, or of what names something that is.
    let is_denied = seen.iter().any(|seen| seen.is_denial());
    let denies =
        |spec: &Spec| is_denied && (guess::names_object(spec.name) || [spec.refused, spec.unreadable].contains(&Fate::LocationDenied));
    let annotations = features::all().filter(|spec| spec.is_known_to(version) && (governs(spec.directives) || denies(spec)));
    let keys = keys_without(side)
        .filter(|setting| !raw::is_raw(setting.name))
        .filter(|setting| governs(setting.directives) || decides(setting.directives));
    tried(side, guesses, annotations.map(Candidate::Annotation).chain(keys.map(Candidate::Key)).collect())
}

/// Adds raw configuration with the lines that nothing else explains, under each name that can hold it. None: they are too many.
pub(super) fn raw(side: &Sample, guesses: Guesses) -> Option<Vec<Trial>> {
    let version = side.given.controller.version;
    let is_raw = |name: &str| guesses.seen.iter().any(|seen| raw::is_about(name, seen));
    let annotations = features::all().filter(|spec| spec.is_known_to(version) && is_raw(spec.name));
    let keys = keys_without(side).filter(|setting| is_raw(setting.name));
    tried(side, guesses, annotations.map(Candidate::Annotation).chain(keys.map(Candidate::Key)).collect())
}

/// The keys that the ConfigMap could have and has not.
fn keys_without(side: &Sample) -> impl Iterator<Item = &'static Setting> {
    let Given { cluster, controller } = side.given;
    let map = lower::config_map(cluster, controller);
    let has = move |name: &str| map.is_none_or(|map| map.value.data.as_ref().is_some_and(|data| data.contains_key(name)));
    settings::all().filter(move |setting| setting.is_known_to(controller.version) && !has(setting.name))
}

/// Tries annotations on each Ingress alone that has them not, as what all of them do together can be something else altogether: each with
/// one value, and then those that may have made what is open with others, as far as there is room. Whether there were any.
pub(super) fn alone(side: &Sample, guesses: Guesses, trials: &mut [Trial], open: &[&Seen]) -> bool {
    if open.is_empty() {
        return false;
    }
    let mut room = side.room(trials.len());
    let mut tries: Vec<(usize, Candidate, ObjectRef, String)> = Vec::new();
    let spread: Vec<Alone> = trials.iter().enumerate().filter_map(|(at, trial)| Alone::of(at, trial, side)).collect();
    let fits = |alone: &&Alone| open.iter().any(|seen| trials[alone.at].fits(seen, guesses.own).is_some());
    let usual = spread.iter().map(|alone| (alone, vec![alone.candidate.usual(side)]));
    let guessed = spread.iter().filter(fits).map(|alone| (alone, alone.candidate.values(side, guesses)));
    for (alone, values) in usual.chain(guessed) {
        let count = alone.objects.len() * values.len();
        if alone.objects.len() <= MOST_ALONE && count <= room {
            room -= count;
            let of = |object: &ObjectRef| {
                values.iter().map(|value| (alone.at, alone.candidate, object.clone(), value.clone())).collect::<Vec<_>>()
            };
            tries.extend(alone.objects.iter().flat_map(of));
        }
    }
    let one = |(at, candidate, object, value): (usize, Candidate, ObjectRef, String)| {
        let edits: Vec<Edit> = candidate.edits(side, &value).into_iter().filter(|edit| edit.object.as_ref() == Some(&object)).collect();
        let effects = side.effects(&side.changed(&edits, Set::After, side.given), side.written());
        let fit = Fit::of(&effects, guesses.seen, guesses.own, false);
        (at, Guess { effects, fit, only: Some(object) })
    };
    let tried: Vec<(usize, Guess)> = tries.into_par_iter().map(one).collect();
    let is_any = !tried.is_empty();
    for (at, guess) in tried {
        trials[at].guessed.push(guess);
    }
    is_any
}

/// An annotation that several Ingresses lack.
struct Alone {
    /// The number of the trial.
    at: usize,
    candidate: Candidate,
    objects: BTreeSet<ObjectRef>,
}

impl Alone {
    fn of(at: usize, trial: &Trial, side: &Sample) -> Option<Self> {
        let edit = trial.edits.first().filter(|edit| trial.is_spread && edit.what == What::Annotation)?;
        let candidate = Candidate::Annotation(features::find(&edit.short_name())?);
        let objects = candidate.edits(side, &candidate.usual(side)).into_iter().filter_map(|edit| edit.object).collect();
        Some(Self { at, candidate, objects })
    }
}

/// Adds each argument that the controller does not get. None: they are too many.
pub(super) fn arguments(side: &Sample, guesses: Guesses) -> Option<Vec<Trial>> {
    let usual = Flags::of_release(side.given.controller.version);
    let missing = FLAGS.iter().filter(|flag| flag.is_rendered() && !flag.differs(&usual, &side.given.controller.flags));
    tried(side, guesses, missing.map(Candidate::Argument).collect())
}

/// Tries each name with one value, and then those with others that seem to have a part in the differences, as far as there is room.
fn tried(side: &Sample, guesses: Guesses, candidates: Vec<Candidate>) -> Option<Vec<Trial>> {
    if !side.affords(candidates.len()) {
        return None;
    }
    let mut room = side.room(candidates.len());
    let mut trials: Vec<(Candidate, Trial)> =
        candidates.into_par_iter().filter_map(|candidate| Some((candidate, candidate.trial(side, guesses)?))).collect();
    let mut order: Vec<usize> = (0..trials.len()).collect();
    order.sort_by_key(|at| Reverse(trials[*at].1.covered()));
    let mut values: Vec<Vec<String>> = vec![Vec::new(); trials.len()];
    for at in order {
        let words = trials[at].0.values(side, guesses);
        if words.len() <= room {
            room -= words.len();
            values[at] = words;
        }
    }
    let guess = |((candidate, trial), words): (&mut (Candidate, Trial), Vec<String>)| {
        trial.guessed = words.iter().map(|word| Guess::new(candidate.effects(side, word))).collect();
    };
    trials.par_iter_mut().zip(values).for_each(guess);
    Some(trials.into_iter().map(|(_, trial)| trial).collect())
}

/// The names that are likely to be what is missing, of some that would make the same: one key that several Ingresses lack is likelier
/// than an annotation of each.
pub(super) fn likely(trials: &[&Trial]) -> Absent {
    let (keys, others): (Vec<&Trial>, Vec<&Trial>) = trials.iter().partition(|trial| trial.is_of_key());
    let is_one = keys.iter().any(|key| key.owners > 1);
    named(&keys.into_iter().chain(others.into_iter().filter(|_| !is_one)).collect::<Vec<_>>())
}

/// The names that trials are about.
pub(super) fn named(trials: &[&Trial]) -> Absent {
    let mut absent = Absent::default();
    for edit in trials.iter().filter_map(|trial| trial.edits.first()) {
        let name = edit.short_name();
        match edit.what {
            What::Annotation => absent.annotations.extend(features::find(&name).map(|spec| spec.name)),
            What::Key => absent.keys.extend(settings::find(&name).map(|setting| setting.name)),
            What::Argument(name) => absent.arguments.push(name),
            What::Rules | What::Field | What::Object => {}
        }
    }
    absent
}

impl Candidate {
    /// What differs with a value that is always tried.
    fn trial(self, side: &Sample, guesses: Guesses) -> Option<Trial> {
        let value = self.usual(side);
        // What it needs is not what is missing.
        let about = match self {
            Self::Argument(flag) => vec![Edit::argument(flag.name)],
            _ => self.edits(side, &value).into_iter().filter(|edit| edit.short_name() == self.name()).collect(),
        };
        let is_spread = about.len() > 1;
        let first = about.into_iter().next()?;
        let mut trial = Trial { is_spread, ..Trial::new(vec![first], self.effects(side, &value)) };
        trial.weigh(guesses.seen, guesses.own);
        Some(trial)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Annotation(spec) => spec.name,
            Self::Key(setting) => setting.name,
            Self::Argument(flag) => flag.name,
        }
    }

    /// The value that is always tried.
    fn usual(self, side: &Sample) -> String {
        match self {
            Self::Annotation(spec) => spec.example.to_owned(),
            Self::Key(setting) => match setting.default() {
                // What an annotation says of one Ingress, the key of its name says of all.
                default if default.is_empty() => twin(setting).map_or_else(|| another(""), |spec| spec.example.to_owned()),
                default => another(&default),
            },
            Self::Argument(flag) => another(&flag.value_in(&side.given.controller.flags)),
        }
    }

    /// Other values, which the lines of the other side speak for.
    fn values(self, side: &Sample, guesses: Guesses) -> Vec<String> {
        let Given { cluster, controller } = side.given;
        let known = match self {
            Self::Annotation(spec) => Name::from(spec),
            Self::Key(setting) => Name::from(setting),
            Self::Argument(flag) => return guesses.of_argument(flag, cluster, controller),
        };
        match self.usual(side).as_str() {
            // A switch has been tried both ways.
            "true" | "false" => Vec::new(),
            _ if raw::is_raw(known.name) => guesses.of_name(known, "", cluster),
            usual => guesses.of_name(known, usual, cluster),
        }
    }

    /// What differs with a value.
    fn effects(self, side: &Sample, value: &str) -> Effects {
        match self {
            Self::Argument(flag) => side.with_argument(flag, value),
            _ => side.effects(&side.changed(&self.edits(side, value), Set::After, side.given), side.written()),
        }
    }

    /// What gives the name a value.
    fn edits(self, side: &Sample, value: &str) -> Vec<Edit> {
        match self {
            Self::Annotation(spec) => of_ingresses(spec, value, side),
            Self::Key(setting) => {
                let map = lower::config_map(side.given.cluster, side.given.controller);
                map.map(|map| Edit::key(&map.reference, setting.name, value)).into_iter().collect()
            }
            Self::Argument(flag) => vec![Edit::argument(flag.name)],
        }
    }
}

/// What gives an annotation to the Ingresses that have it not: where it needs another one, to those that have that; where none has,
/// to all, together with what it needs.
fn of_ingresses(spec: &'static Spec, value: &str, side: &Sample) -> Vec<Edit> {
    let prefix = &side.given.controller.flags.annotations_prefix;
    let needed = spec.needs.names.first().and_then(|needed| features::find(needed)).map(|needed| (needed.name, needed.example));
    let all = [Some((spec.name, value)), needed].into_iter().flatten();
    let names: Vec<_> = all.map(|(name, value)| (format!("{prefix}/{name}"), value)).collect();
    let has =
        |ingress: &Object<Ingress>, name: &String| ingress.value.metadata.annotations.as_ref().is_some_and(|all| all.contains_key(name));
    let lacking: Vec<_> = side.given.cluster.ingresses.iter().filter(|ingress| !has(ingress, &names[0].0)).collect();
    let is_fit = |ingress: &&&Object<Ingress>| names.get(1).is_none_or(|(needed, _)| has(ingress, needed));
    let fit: Vec<_> = lacking.iter().filter(is_fit).copied().collect();
    let mut edits = Vec::new();
    for ingress in if fit.is_empty() { lacking } else { fit } {
        let missing = names.iter().filter(|(name, _)| !has(ingress, name));
        edits.extend(missing.map(|(name, value)| Edit::annotation(&ingress.reference, name, value)));
    }
    edits
}

/// The annotation that says the same of one Ingress.
fn twin(setting: &Setting) -> Option<&'static Spec> {
    features::find(setting.name.strip_prefix("global-").unwrap_or(setting.name))
}

/// A value that is not the default.
fn another(default: &str) -> String {
    let digits = default.len() - default.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    match (default, default[..digits].parse::<u64>()) {
        ("true", _) => String::from("false"),
        ("false", _) => String::from("true"),
        ("on", _) => String::from("off"),
        ("off", _) => String::from("on"),
        (_, Ok(number)) => format!("{}{}", number.saturating_mul(2).saturating_add(1), &default[digits..]),
        _ if default.starts_with('/') => String::from("/other"),
        _ => String::from("1"),
    }
}
