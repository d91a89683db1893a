//! Which changes are about a protection, and what becomes of it: per route, with all levels that it inherits from.
//!
//! A judgement says which lines it rests on. Changes of these lines are one difference, and judgements that share a changed line are
//! one, too: a table of counters serves several paths, and a rule around all hosts thousands.

use std::collections::BTreeSet;
use std::sync::Arc;

use hashbrown::HashMap;

use super::Beside;
use super::fallback::{Sides, Stray};
use super::groups::Groups;
use super::place;
use super::report::{Change, Judged, Place, Side, is_server};
use crate::conf::Directive;
use crate::protection::{self, Configuration, Judgement, Route};
use crate::source::Span;

/// More different sentences about one difference are counted.
const MOST_SENTENCES: usize = 3;

/// A server or a location that both configurations have.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    /// The blocks around it and its own, from outside in.
    pub(super) declared: Vec<Directive<'a>>,
    pub(super) live: Vec<Directive<'a>>,
    /// The changes within its server.
    pub(super) is_touched: bool,
}

/// What a walk found besides its changes.
#[derive(Debug, Default)]
pub(super) struct Routes<'a> {
    pub(super) pairs: Vec<Pair<'a>>,
    pub(super) strays: Vec<Stray<'a>>,
    /// The blocks around all hosts.
    pub(super) declared: Option<Directive<'a>>,
    pub(super) live: Option<Directive<'a>>,
    pub(super) beside: Beside<'a>,
}

/// A judgement with the changes that it explains, and where.
#[derive(Debug)]
struct Found {
    judgement: Judgement,
    changes: Vec<usize>,
    place: Place,
}

/// What was found of protections, before judgements that share a change are joined.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: Vec<Found>,
    /// Of hosts and paths without a partner.
    strays: Vec<Judged>,
}

impl Findings {
    /// Judges all routes that a change can be about.
    pub(super) fn of(routes: &Routes<'_>, changes: &[Change]) -> Self {
        let lines = Lines::of(changes);
        let [of_live, of_declared] = routes.beside.certificates;
        let declared = Configuration::new(routes.declared).with_certificates(of_declared);
        let live = Configuration::new(routes.live).with_certificates(of_live);
        let is_around = changes.iter().any(is_around_hosts);
        let mut found = Vec::new();
        for pair in routes.pairs.iter().filter(|pair| is_around || pair.is_touched) {
            let (before, after) = (Route::new(&live, &pair.live), Route::new(&declared, &pair.declared));
            let is_host = pair.declared.last().is_some_and(|block| block.name() == "server");
            let judgements = if is_host { protection::of_host(&before, &after) } else { protection::of_path(&before, &after) };
            for judgement in judgements {
                let explained = lines.claimed(&judgement);
                if !explained.is_empty() {
                    found.push(Found { judgement, changes: explained, place: place_of(pair) });
                }
            }
        }
        let place = |stray: &Stray<'_>| stray.blocks.last().map(|block| (stray.is_new, block.span().start));
        let strays = routes.strays.iter().filter_map(place).collect();
        let mut sides =
            Sides { declared: &declared, live: &live, all: HashMap::new(), shared: HashMap::new(), servers: HashMap::new(), strays };
        let strays = routes.strays.iter().filter_map(|stray| stray.judge(&mut sides, changes)).collect();
        Self { found, strays }
    }

    /// Takes in what was found elsewhere, where its changes have other numbers.
    pub(super) fn extend(&mut self, other: Self, numbers: &[usize]) {
        let renumbered = |changes: Vec<usize>| changes.into_iter().map(|at| numbers[at]).collect();
        self.found.extend(other.found.into_iter().map(|found| Found { changes: renumbered(found.changes), ..found }));
        self.strays.extend(other.strays.into_iter().map(|stray| Judged { changes: renumbered(stray.changes), ..stray }));
    }

    /// Groups the changes.
    pub(super) fn settle(self, changes: &mut [Change]) -> Vec<Judged> {
        let mut judged = joined(&self.found, changes);
        judged.extend(self.strays);
        judged
    }
}

/// Whether a change is around all hosts: it may be about each of them.
fn is_around_hosts(change: &Change) -> bool {
    match change.path.as_slice() {
        [http] => &**http == "http" && !is_server(&change.name),
        [http, inside, ..] => &**http == "http" && !is_server(inside),
        [] => false,
    }
}

fn place_of(pair: &Pair<'_>) -> Place {
    let blocks = pair.live.iter().zip(&pair.declared);
    blocks.fold(Place::default(), |around, (before, after)| place::of_both(&around, *before, *after))
}

/// The changes by the lines that they are about.
struct Lines {
    before: HashMap<(u32, u32), usize>,
    after: HashMap<(u32, u32), usize>,
}

impl Lines {
    fn of(changes: &[Change]) -> Self {
        let of_side = |side: fn(&Change) -> &Option<Side>| {
            let spans = changes.iter().enumerate().filter_map(|(at, change)| Some((side(change).as_ref()?.span?, at)));
            spans.map(|(span, at)| ((span.start, span.end), at)).collect()
        };
        Self { before: of_side(|change| &change.before), after: of_side(|change| &change.after) }
    }

    /// The changes that a judgement rests on, the most telling first.
    fn claimed(&self, judgement: &Judgement) -> Vec<usize> {
        let known = |lines: &HashMap<(u32, u32), usize>, span: &Span| lines.get(&(span.start, span.end)).copied();
        let after = judgement.after.iter().filter_map(|span| known(&self.after, span));
        let mut seen = BTreeSet::new();
        after.chain(judgement.before.iter().filter_map(|span| known(&self.before, span))).filter(|at| seen.insert(*at)).collect()
    }
}

/// Joins what shares a change.
fn joined(found: &[Found], changes: &mut [Change]) -> Vec<Judged> {
    let mut groups = Groups::of(found.len());
    let mut owner: HashMap<usize, usize> = HashMap::new();
    for (at, one) in found.iter().enumerate() {
        for change in &one.changes {
            let first = *owner.entry(*change).or_insert(at);
            groups.join(first, at);
        }
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); found.len()];
    for at in 0..found.len() {
        members[groups.root(at)].push(at);
    }
    let of_group = |group: Vec<usize>| one(&group.into_iter().map(|at| &found[at]).collect::<Vec<_>>(), changes);
    members.into_iter().filter(|group| !group.is_empty()).map(of_group).collect()
}

/// The one difference that some judgements make up; the first change tells where it is.
fn one(group: &[&Found], changes: &mut [Change]) -> Judged {
    let verdicts = group.iter().filter_map(|found| found.judgement.verdict);
    let verdict = verdicts.reduce(protection::Verdict::joined);
    let mut seen = BTreeSet::new();
    let counts = group.iter().filter(|found| verdict.is_none() || found.judgement.verdict.is_some());
    let mut sentences: Vec<&str> = counts.map(|found| found.judgement.message.as_str()).filter(|message| seen.insert(*message)).collect();
    // To say that there is one more takes no less room than to say it.
    let most = if sentences.len() == MOST_SENTENCES + 1 { sentences.len() } else { MOST_SENTENCES };
    let more = sentences.len().saturating_sub(most);
    sentences.truncate(most);
    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
    let mut taken = BTreeSet::new();
    let mut of_group: Vec<usize> = group.iter().flat_map(|found| &found.changes).copied().filter(|at| taken.insert(*at)).collect();
    of_group
        .sort_by_key(|at| std::cmp::Reverse(u8::from(changes[*at].place.location.is_some()) + u8::from(changes[*at].place.host.is_some())));
    if let Some(first) = of_group.first().map(|at| &mut changes[*at]).filter(|first| first.place.host.is_none()) {
        first.place = common(group.iter().map(|found| &found.place)).unwrap_or_default();
    }
    Judged { verdict, message: format!("{}{more}", sentences.join("; ")), changes: of_group }
}

/// What places have in common; nothing where they are of several hosts or owners.
fn common<'p>(mut places: impl Iterator<Item = &'p Place>) -> Option<Place> {
    let mut common = places.next()?.clone();
    let owner =
        |place: &Place| place.after.as_ref().or(place.before.as_ref()).map(|target| (target.namespace.clone(), target.ingress.clone()));
    for place in places {
        if place.host != common.host || owner(place) != owner(&common) {
            return None;
        }
        if place.path() != common.path() {
            common.location = None;
            for target in [&mut common.before, &mut common.after].into_iter().flatten() {
                Arc::make_mut(target).path.clear();
            }
        }
    }
    Some(common)
}
