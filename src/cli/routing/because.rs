//! Why a directive of the configuration is there: the line of the manifests behind it, or its own place in a configuration that runs.

use std::collections::{BTreeSet, HashMap};

use super::source::Source;
use crate::cause::Causes;
use crate::cli::explain::{query, spot};
use crate::cli::side::Side;
use crate::conf::Tree;
use crate::credentials;
use crate::diff::places;
use crate::output::decision::{Place, Places};
use crate::route::Decision;
use crate::source::Span;

/// Finds the places behind the directives that decided.
pub(super) fn places(source: &Source, tree: &Tree<'_>, decisions: &[&Decision], others: &[Span]) -> Places {
    let spans = decisions.iter().flat_map(|decision| spans_of(decision)).chain(others.iter().copied());
    let sought: BTreeSet<u32> = spans.map(|span| span.start).collect();
    let mut found = HashMap::new();
    match &source.side {
        Side::Dump(dump) => {
            for start in sought {
                let spot = dump.position(start);
                found.insert(start, Place { spot, why: None });
            }
        }
        Side::Declared(declared) => {
            let causes = Causes::new(&declared.project.cluster, &declared.project.controller, &declared.proxy).with(&declared.findings);
            places::each(tree, |located| {
                let start = located.directive.head_span().start;
                if !sought.contains(&start) {
                    return;
                }
                let text = if located.directive.is_block() {
                    format!("{} {{ … }}", located.directive.head())
                } else {
                    format!("{};", located.directive.head())
                };
                let block = located.blocks.last().map(|word| &**word).unwrap_or_default();
                let target = located.place.after.as_deref().filter(|target| !target.ingress.is_empty());
                let query = query(located.name, located.directive.is_block(), block, located.place, target);
                let cause = causes.of_declared(&crate::cause::Query { text: &text, ..query });
                let why = credentials::hide(&cause.message).into_owned();
                found.insert(start, Place { spot: spot(cause.span, &declared.project.sources), why: Some(why) });
            });
        }
    }
    Places(found)
}

fn spans_of(decision: &Decision) -> Vec<Span> {
    let steps = decision.steps.iter().filter_map(|step| step.at);
    let checks = decision.checks.iter().filter_map(|check| check.at);
    let server = decision.server.iter().map(|server| server.at);
    let location = decision.location.iter().map(|location| location.at);
    steps.chain(checks).chain(server).chain(location).collect()
}
