//! Which directives stand in another order, where nginx runs or tries them in the order of the text.

use crate::conf::Directive;

use super::pair;

/// Directives whose order among themselves has a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    /// The rewrite module and what joins its phase: a program that runs from the top.
    Rewrite,
    /// The first rule that fits decides.
    Access,
    /// The first expression that fits decides.
    RegexLocation,
}

const LANES: [Lane; 3] = [Lane::Rewrite, Lane::Access, Lane::RegexLocation];

fn lane(directive: Directive<'_>) -> Option<Lane> {
    match directive.name().as_ref() {
        "set" | "if" | "return" | "rewrite" | "break" | "set_by_lua_file" | "set_escape_uri" => Some(Lane::Rewrite),
        "allow" | "deny" => Some(Lane::Access),
        "location" => pair::location(directive).filter(|(modifier, _)| modifier.starts_with('~')).map(|_| Lane::RegexLocation),
        _ => None,
    }
}

/// The fewest pairs, as indexes on both sides, that would have to move for the order of all pairs to be the same.
pub(super) fn moved(declared: &[Directive<'_>], partners: &[Option<usize>]) -> Vec<(usize, usize)> {
    let mut ordered: [Vec<(usize, usize)>; 3] = Default::default();
    for (at, directive) in declared.iter().enumerate() {
        let Some(partner) = partners[at] else { continue };
        if let Some(place) = lane(*directive).and_then(|lane| LANES.iter().position(|known| *known == lane)) {
            ordered[place].push((at, partner));
        }
    }
    let mut moved: Vec<_> = ordered.iter().flat_map(|pairs| outside_longest_rise(pairs)).collect();
    moved.sort_unstable();
    moved
}

/// The pairs outside of a longest run of pairs whose second indexes rise. Takes n log n steps.
fn outside_longest_rise(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // `ends[n]` is the pair that ends the run of n + 1 pairs with the lowest last index; `before` chains each run together.
    let mut ends: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, (_, partner)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 < *partner);
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
    pairs.iter().zip(stays).filter(|(_, stays)| !stays).map(|(pair, _)| *pair).collect()
}

#[cfg(test)]
mod tests {
    use super::outside_longest_rise;

    #[test]
    fn as_few_as_possible_move() {
        for (partners, expected) in [
            (&[][..], &[][..]),
            (&[0, 1, 2], &[]),
            (&[2, 0, 1], &[2]),
            (&[1, 2, 0], &[0]),
            (&[3, 1, 2, 0, 4], &[3, 0]),
            (&[2, 1, 0], &[2, 1]),
        ] {
            let pairs: Vec<_> = partners.iter().copied().enumerate().collect();
            let moved: Vec<_> = outside_longest_rise(&pairs).into_iter().map(|(_, partner)| partner).collect();
            assert_eq!(moved, expected, "{partners:?}");
        }
    }
}
