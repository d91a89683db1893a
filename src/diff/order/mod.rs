//! Which directives stand in another order, where nginx reads or tries them in the order of the text.

mod lanes;
mod networks;
mod servers;
mod table;

use std::collections::BTreeSet;

pub use table::{Context, ROWS, Row};

use self::table::By;
use crate::conf::Directive;

/// The directives of one block in both configurations.
pub(super) struct Level<'l, 'a> {
    /// The block in both, where they do not stand at the top.
    pub(super) around: Option<(Directive<'a>, Directive<'a>)>,
    pub(super) declared: &'l [Directive<'a>],
    pub(super) live: &'l [Directive<'a>],
    /// All directives of the block are here, and not those of some hosts alone.
    pub(super) is_whole: bool,
}

/// A pair whose order may matter: where it stands on the first and on the second side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Pair {
    declared: usize,
    live: usize,
}

/// As few pairs as possible, as indexes on both sides, that would have to move for the order to mean the same.
pub(super) fn moved(level: &Level<'_, '_>, partners: &[Option<usize>]) -> Vec<(usize, usize)> {
    let pairs: Vec<Pair> = partners.iter().enumerate().filter_map(|(declared, live)| Some(Pair { declared, live: (*live)? })).collect();
    if pairs.is_sorted_by_key(|pair| pair.live) {
        return Vec::new();
    }
    let mut moved: BTreeSet<Pair> = BTreeSet::new();
    for (row, lane) in lanes::of(level, &pairs) {
        if ROWS[row].by == By::Runs {
            moved.extend(outside_longest_rise(&runs(level, &lane)));
        } else {
            moved.extend(outside_longest_rise(&lane.into_iter().map(|pair| (pair, pair.live)).collect::<Vec<_>>()));
        }
    }
    // Where one server has moved, another one may be the first: that is the same change.
    if moved.is_empty() && level.is_whole {
        moved.extend(servers::another_first(level, &pairs));
    }
    moved.into_iter().map(|pair| (pair.declared, pair.live)).collect()
}

/// The pairs of a lane in an order in which neighbours of one name count as one place.
fn runs(level: &Level<'_, '_>, lane: &[Pair]) -> Vec<(Pair, usize)> {
    let number = |side: &[Directive<'_>], of: &dyn Fn(&Pair) -> usize| {
        let mut places: Vec<usize> = lane.iter().map(of).collect();
        places.sort_unstable();
        let mut numbers = hashbrown::HashMap::new();
        let (mut run, mut last) = (0, None);
        for place in places {
            let name = side[place].name();
            run += usize::from(last.as_ref().is_some_and(|last| *last != name));
            last = Some(name);
            numbers.insert(place, run);
        }
        numbers
    };
    let (declared, live) = (number(level.declared, &|pair| pair.declared), number(level.live, &|pair| pair.live));
    let mut ordered: Vec<(Pair, usize)> = lane.iter().map(|pair| (*pair, live[&pair.live])).collect();
    ordered.sort_by_key(|(pair, run)| (declared[&pair.declared], *run, *pair));
    ordered
}

/// The pairs outside of a longest run of pairs whose places on the other side do not fall. Takes n log n steps.
fn outside_longest_rise(pairs: &[(Pair, usize)]) -> Vec<Pair> {
    // `ends[n]` is the pair that ends the run of n + 1 pairs with the lowest last place; `before` chains each run together.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, (_, place)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 <= *place);
        before.push(length.checked_sub(1).map(|last| ends[last]));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut stays = vec![false; pairs.len()];
    let mut next = ends.last().copied();
    while let Some(at) = next {
        stays[at] = true;
        next = before[at];
    }
    pairs.iter().zip(stays).filter(|(_, stays)| !stays).map(|((pair, _), _)| *pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_few_as_possible_move() {
        for (partners, expected) in [
            (&[][..], &[][..]),
            (&[0, 1, 2], &[]),
            (&[2, 0, 1], &[2]),
            (&[1, 2, 0], &[0]),
            (&[3, 1, 2, 0, 4], &[3, 0]),
            (&[2, 1, 0], &[2, 1]),
            (&[1, 1, 0], &[0]),
        ] {
            let pairs: Vec<_> = partners.iter().enumerate().map(|(declared, live)| (Pair { declared, live: *live }, *live)).collect();
            let moved: Vec<_> = outside_longest_rise(&pairs).into_iter().map(|pair| pair.live).collect();
            assert_eq!(moved, expected, "{partners:?}");
        }
    }
}
