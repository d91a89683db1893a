//! Several live configurations: which of them are equal.

use super::comparison::Comparison;
use super::entry::Drift;
use super::side::Side;

/// Live configurations in groups that serve the same, each by its number; the first group holds the first.
#[must_use]
pub fn groups(lives: &[Side], comparison: Comparison) -> (Vec<Vec<usize>>, Vec<Drift>) {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut drifts: Vec<Drift> = Vec::new();
    for (at, live) in lives.iter().enumerate() {
        let mut from_first = None;
        let mut equal = None;
        for (number, group) in groups.iter().enumerate() {
            let Some(first) = group.first().and_then(|first| lives.get(*first)) else { continue };
            let entries = comparison.entries(first, live).entries;
            if entries.is_empty() {
                equal = Some(number);
                break;
            }
            // What is told of the others is how they differ from the first.
            if number == 0 {
                from_first = Some(Drift { before: first.name("live"), after: live.name("live"), entries });
            }
        }
        match equal.and_then(|number| groups.get_mut(number)) {
            Some(group) => group.push(at),
            None => {
                groups.push(vec![at]);
                drifts.extend(from_first);
            }
        }
    }
    (groups, drifts)
}
