//! Blocks in which the rewrite module writes more than it has reserved.

use super::block::{Block, Found};
use crate::nginx::rewrite::{Fault, named, overrun};

/// The directive that does it, if it is for this fault.
pub(super) fn found<'t>(block: &Block<'_, 't>, fault: Fault) -> Vec<Found<'t>> {
    let args = match block.name {
        "server" => None,
        "location" => Some(block.args),
        // What stands in `if` is done with what is around it.
        _ => return Vec::new(),
    };
    let found = block.overrun.get_or_init(|| overrun(block.directives, args)).as_ref().filter(|found| found.fault == fault);
    let found = found.map(|found| {
        let name = |line: &str| line.split_whitespace().next().unwrap_or_default().to_owned();
        let others = found.before.into_iter().map(|line| (name(line), line)).collect();
        let instead = if fault == Fault::StaleArguments { named(found.line) } else { None };
        Found { directive: name(found.line), line: found.line, others, instead }
    });
    found.into_iter().collect()
}
