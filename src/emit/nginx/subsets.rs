//! Hashing to a group of endpoints: the key chooses the group, chance the endpoint in it.

use super::endpoints::{hash_key, keepalive};
use super::lines::{Lines, Word, put};
use super::names;
use super::plan::Plan;
use crate::ir::{Endpoint, Settings, Upstream};

/// The groups of an upstream, each of the same size: the last one starts again with the first endpoints.
fn groups(endpoints: &[Endpoint], size: i64) -> Vec<Vec<&Endpoint>> {
    let size = usize::try_from(size).unwrap_or(1).clamp(1, endpoints.len().max(1));
    let group = |start: usize| endpoints.iter().cycle().skip(start).take(size).collect();
    (0..endpoints.len()).step_by(size).map(group).collect()
}

fn name(upstream: &Upstream, at: usize) -> String {
    format!("{}-subset-{}", upstream.name, at + 1)
}

/// The names of its groups, where an upstream has such.
pub(super) fn group_names(upstream: &Upstream) -> impl Iterator<Item = String> {
    let count = if upstream.hashing.subset { groups(&upstream.endpoints, upstream.hashing.subset_size).len() } else { 0 };
    (0..count).map(move |at| name(upstream, at))
}

/// Writes the groups and what chooses one.
pub(super) fn write(plan: &Plan, settings: &Settings, lines: &mut Lines) {
    let upstream = plan.upstream;
    let groups = groups(&upstream.endpoints, upstream.hashing.subset_size);
    lines.gap();
    lines.comment(&format!("{}: a key leads to a group of endpoints.", names::shown(&upstream.name)));
    lines.block("split_clients", vec![Word::from(hash_key(&upstream.hashing)), Word::from(plan.subset())], |lines| {
        // Ten thousand parts are what nginx knows; the last group takes what is left.
        let share = 10_000 / groups.len();
        for at in 0..groups.len() - 1 {
            lines.entry(vec![Word::from(format!("{}.{:02}%", share / 100, share % 100)), Word::from(name(upstream, at))]);
        }
        lines.entry(vec![Word::from("*"), Word::from(name(upstream, groups.len() - 1))]);
    });
    for (at, group) in groups.iter().enumerate() {
        lines.gap();
        lines.block("upstream", vec![Word::from(name(upstream, at))], |lines| {
            put!(lines, "random");
            for endpoint in group {
                put!(lines, "server", endpoint.authority(), "max_fails=0");
            }
            keepalive(settings, lines);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_one_size() {
        let endpoints: Vec<_> =
            ["1", "2", "3", "4"].map(|address| Endpoint { address: address.to_owned(), port: String::from("80") }).into();
        let shown =
            |size| groups(&endpoints, size).iter().map(|group| group.iter().map(|e| e.address.as_str()).collect()).collect::<Vec<String>>();
        assert_eq!(shown(2), ["12", "34"]);
        assert_eq!(shown(3), ["123", "412"]);
        assert_eq!(shown(9), ["1234"]);
        assert_eq!(shown(-1), ["1", "2", "3", "4"]);
    }

    #[test]
    fn each_group_has_a_name() {
        let endpoint = |at: usize| Endpoint { address: format!("10.0.0.{at}"), port: String::from("80") };
        let mut upstream = Upstream { name: String::from("d-s-80"), endpoints: (1..=5).map(endpoint).collect(), ..Upstream::default() };
        assert_eq!(group_names(&upstream).next(), None, "keys do not lead to groups");
        (upstream.hashing.subset, upstream.hashing.subset_size) = (true, 2);
        assert_eq!(group_names(&upstream).collect::<Vec<_>>(), ["d-s-80-subset-1", "d-s-80-subset-2", "d-s-80-subset-3"]);
    }
}
