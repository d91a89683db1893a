//! Two configurations some hosts at a time: what was read of some is given up with them.

use hashbrown::HashSet;

use super::judged::Findings;
use super::report::{Change, Report, is_server};
use super::{Beside, Routes, Walk, http};
use crate::conf::Tree;

/// What differs where only some hosts are looked at. What stands around all hosts is looked at each time.
#[derive(Debug)]
pub struct Part {
    changes: Vec<Change>,
    findings: Findings,
}

/// Compares two configurations, of the hosts those with certain names alone.
#[must_use]
pub fn compare_part<'a>(declared: &'a Tree<'_>, live: &'a Tree<'_>, hosts: HashSet<&'a str>, beside: Beside<'a>) -> Part {
    let routes = Routes { declared: http(declared), live: http(live), beside, ..Routes::default() };
    let mut walk = Walk { routes, is_part: true, hosts: Some(hosts), ..Walk::default() };
    walk.level(&declared.directives().collect::<Vec<_>>(), &live.directives().collect::<Vec<_>>());
    let findings = walk.findings();
    Part { changes: walk.changes, findings }
}

/// All differences, where what stands around all hosts is the same in all parts: a difference there is one, whatever it does to hosts.
#[must_use]
pub fn join(parts: impl IntoIterator<Item = Part>) -> Report {
    let (mut changes, mut findings) = (Vec::new(), Findings::default());
    let mut around: Option<Vec<usize>> = None;
    for part in parts {
        let mut known = around.iter().flatten().copied().peekable();
        let mut seen = Vec::new();
        let mut numbers = Vec::with_capacity(part.changes.len());
        for change in part.changes {
            let is_around = !is_of_host(&change);
            let number = known.next_if(|_| is_around);
            numbers.push(number.unwrap_or(changes.len()));
            if is_around {
                seen.extend(numbers.last());
            }
            if number.is_none() {
                changes.push(change);
            }
        }
        findings.extend(part.findings, &numbers);
        around = around.or(Some(seen));
    }
    let judged = findings.settle(&mut changes);
    Report { changes, judged }
}

/// Whether a change is in a host, or is one.
fn is_of_host(change: &Change) -> bool {
    change.path.first().is_some_and(|first| &**first == "http")
        && change.path.get(1).map_or_else(|| is_server(&change.name), |inside| is_server(inside))
}
