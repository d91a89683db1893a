//! What makes many differences at once: one change that makes each of them to the letter, and does nothing else, is the cause of all of
//! them, whatever else could have made one or the other. The one that makes most comes first, and then those that make what is left.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::effects::Effects;
use super::seen::{Print, Seen};
use super::trial::Trial;
use crate::diagnostic::ObjectRef;

/// More differences are not settled together.
const MOST_SEEN: usize = 5_000;

/// Something that was tried: of what is there or of what is not, its number, and the object, where it was tried on one of
/// several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tried {
    pub(super) is_present: bool,
    pub(super) trial: usize,
    pub(super) only: Option<ObjectRef>,
}

/// Which changes are the causes of which differences.
#[derive(Default)]
pub(super) struct Settled {
    causes: Vec<Vec<Tried>>,
    /// For each cause the differences that it makes, by their numbers.
    pub(super) makes: Vec<Vec<usize>>,
    by_print: HashMap<Print, usize>,
    /// Whether one cause makes all that differs.
    pub(super) is_one: bool,
}

/// A change that makes some differences to the letter, and does nothing else.
struct Clean {
    tried: Tried,
    makes: BTreeSet<usize>,
}

impl Settled {
    /// Chooses the causes of differences among what is there and what is not.
    pub(super) fn new(present: &[Trial], absent: &[Trial], seen: &[Seen], own: usize) -> Self {
        let mut settled = Self::default();
        if seen.len() > MOST_SEEN {
            return settled;
        }
        let of = |is_present: bool, trials: &[Trial]| -> Vec<Clean> {
            let all = trials.iter().enumerate().flat_map(|(at, trial)| trial.clean().map(move |clean| (at, clean)));
            all.map(|(trial, (only, effects))| {
                let tried = Tried { is_present, trial, only: only.cloned() };
                Clean { tried, makes: made(effects, seen, own) }
            })
            .collect()
        };
        let mut clean = of(true, present);
        clean.extend(of(false, absent));
        let mut open: BTreeSet<usize> = (0..seen.len()).collect();
        while let Some(most) = clean.iter().map(|clean| clean.makes.intersection(&open).count()).max().filter(|most| *most > 0) {
            let best = clean.iter().find(|clean| clean.makes.intersection(&open).count() == most);
            let Some(makes) = best.map(|best| best.makes.intersection(&open).copied().collect::<BTreeSet<_>>()) else { break };
            let is_alike = |clean: &&Clean| clean.makes.intersection(&open).count() == most && clean.makes.is_superset(&makes);
            let mut alike: Vec<Tried> = Vec::new();
            for clean in clean.iter().filter(is_alike) {
                if !alike.contains(&clean.tried) {
                    alike.push(clean.tried.clone());
                }
            }
            for at in &makes {
                open.remove(at);
                settled.by_print.insert(seen[*at].print(), settled.causes.len());
            }
            settled.makes.push(makes.into_iter().collect());
            settled.causes.push(alike);
        }
        settled.is_one = open.is_empty() && settled.causes.len() == 1;
        settled
    }

    /// All that can be a cause, by its number.
    pub(super) fn cause(&self, id: usize) -> &[Tried] {
        &self.causes[id]
    }

    /// What made a difference, each of which does it alone, and the number of that.
    pub(super) fn of(&self, seen: &Seen) -> Option<(usize, &[Tried])> {
        let at = *self.by_print.get(&seen.print())?;
        Some((at, &self.causes[at]))
    }
}

fn made(effects: &Effects, seen: &[Seen], own: usize) -> BTreeSet<usize> {
    seen.iter().enumerate().filter(|(_, seen)| seen.is_made(effects, own)).map(|(at, _)| at).collect()
}
