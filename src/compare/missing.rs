//! Names that a side does not have: what it would be with each of them.

use k8s_openapi::api::networking::v1::Ingress;
use rayon::prelude::*;

use super::effects::Sample;
use super::guess::{Guesses, Name};
use super::raw;
use super::trial::{Guess, Seen, Trial};
use crate::catalog::features;
use crate::catalog::flags::{FLAGS, Flag, Flags};
use crate::catalog::key::Spec;
use crate::catalog::settings::{self, Setting};
use crate::cause::Absent;
use crate::cause::edits::{Edit, Given, Set, What};
use crate::lower;
use crate::manifest::Object;

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
    let Given { cluster, controller } = side.given;
    let version = controller.version;
    let is_raw = |name: &str| seen.iter().any(|seen| raw::is_about(name, seen));
    // What decides which annotations count shows in no directive of its own.
    let is_of_lines = seen.iter().any(|seen| seen.file == "nginx.conf");
    let decides = |directives: &[&str]| is_of_lines && directives.is_empty();
    let annotations = features::all().filter(|spec| spec.is_known_to(version) && (governs(spec.directives) || is_raw(spec.name)));
    let map = lower::config_map(cluster, controller);
    let has_key = |name: &str| map.is_none_or(|map| map.value.data.as_ref().is_some_and(|data| data.contains_key(name)));
    let keys = settings::all().filter(|setting| setting.is_known_to(version) && !has_key(setting.name));
    let keys = keys.filter(|setting| governs(setting.directives) || decides(setting.directives));
    tried(side, guesses, annotations.map(Candidate::Annotation).chain(keys.map(Candidate::Key)).collect())
}

/// Adds each argument that the controller does not get. None: they are too many.
pub(super) fn arguments(side: &Sample, guesses: Guesses) -> Option<Vec<Trial>> {
    let usual = Flags::of_release(side.given.controller.version);
    let missing = FLAGS.iter().filter(|flag| flag.is_rendered() && !flag.differs(&usual, &side.given.controller.flags));
    tried(side, guesses, missing.map(Candidate::Argument).collect())
}

fn tried(side: &Sample, guesses: Guesses, candidates: Vec<Candidate>) -> Option<Vec<Trial>> {
    if !side.affords(candidates.len()) {
        return None;
    }
    // Each value that is guessed is one more.
    let few = if side.affords(candidates.len() * 4) { guesses } else { Guesses { seen: &[], ..guesses } };
    Some(candidates.into_par_iter().filter_map(|candidate| candidate.trial(side, few)).collect())
}

/// The names that edits are about.
pub(super) fn named<'e>(edits: impl Iterator<Item = &'e Edit>) -> Absent {
    let mut absent = Absent::default();
    for edit in edits {
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
    fn trial(self, side: &Sample, guesses: Guesses) -> Option<Trial> {
        let (known, first) = match self {
            Self::Annotation(spec) => (Name::from(spec), spec.example.to_owned()),
            Self::Key(setting) => (Name::from(setting), another(&setting.default())),
            Self::Argument(flag) => {
                let given = side.given;
                let values = guesses.of_argument(flag, given.cluster, given.controller);
                let with = side.with_argument(flag, &another(&flag.value_in(&given.controller.flags)));
                let guessed = values.iter().map(|value| Guess::new(side.with_argument(flag, value))).collect();
                return Some(Trial { guessed, ..Trial::new(vec![Edit::argument(flag.name)], with) });
            }
        };
        let edits = self.edits(side, &first);
        let effects = |edits: &[Edit]| side.effects(&side.changed(edits, Set::After, side.given), side.written());
        // What it needs is not what is missing.
        let about: Vec<Edit> = edits.iter().filter(|edit| edit.short_name() == known.name).take(1).cloned().collect();
        if about.is_empty() {
            return None;
        }
        // A switch has been tried both ways then.
        let words = match first.as_str() {
            "true" | "false" => Vec::new(),
            _ if raw::is_raw(known.name) => guesses.of_name(known, "", side.given.cluster),
            first => guesses.of_name(known, first, side.given.cluster),
        };
        let guessed = words.iter().map(|word| Guess::new(effects(&self.edits(side, word)))).collect();
        Some(Trial { guessed, ..Trial::new(about, effects(&edits)) })
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
