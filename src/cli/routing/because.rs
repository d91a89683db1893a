//! Why a directive of the configuration is there: the line of the manifests behind it, or its own place in a configuration that runs.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::source::Source;
use crate::cause::Causes;
use crate::compare::{Origins, Side, query, written};
use crate::conf::Tree;
use crate::credentials;
use crate::diagnostic::Cause;
use crate::diff::places;
use crate::output::decision::{Place, Places};
use crate::route::Decision;
use crate::source::Span;

/// Finds the places behind the directives that decided: what makes each of them is tried, where the manifests are not too many for that.
pub(super) fn places(source: &Source, tree: &Tree<'_>, decisions: &[&Decision], others: &[Span]) -> Places {
    let spans = decisions.iter().flat_map(|decision| spans_of(decision)).chain(others.iter().copied());
    let sought: BTreeSet<u32> = spans.map(|span| span.start).collect();
    let mut found = HashMap::new();
    match &source.side {
        Side::Dump(dump) => {
            for start in sought {
                found.insert(start, Place { spot: Some(dump.position(start)), why: None });
            }
        }
        Side::Declared(declared) => {
            let origins = Origins::of(declared, &|| source.written(declared), &|proxy| source.write(proxy));
            places::each(tree, |located| {
                let start = located.directive.head_span().start;
                if !sought.contains(&start) {
                    return;
                }
                let text = written(located.directive);
                let cause = origins.cause(&located, &query(&located, &text));
                let why = credentials::hide(&cause.message).into_owned();
                found.insert(start, Place { spot: cause.span.and_then(|span| declared.input.sources.spot(span)), why: Some(why) });
            });
        }
    }
    Places(found)
}

/// Ingresses that name a host and count for nothing, and why.
pub(super) fn unserved(source: &Source, host: &str) -> Vec<Place> {
    let Some(declared) = source.side.declared() else { return Vec::new() };
    let cluster = &declared.input.cluster;
    let host = host.split(':').next().unwrap_or_default().trim_end_matches('.');
    let is_it = |name: &str| match name.strip_prefix('*') {
        Some(end) => host.to_ascii_lowercase().ends_with(&end.to_ascii_lowercase()),
        None => name.eq_ignore_ascii_case(host),
    };
    let named: Vec<_> =
        cluster.ingresses.iter().filter(|ingress| ingress.rules().iter().any(|rule| rule.host.as_deref().is_some_and(is_it))).collect();
    if named.is_empty() {
        return Vec::new();
    }
    let causes = Causes::new(cluster, &declared.input.controller, &declared.proxy).with(&declared.findings);
    let refused = named.iter().filter_map(|ingress| causes.of_refused((&ingress.reference.namespace, &ingress.reference.name)));
    let place = |cause: Cause| Place {
        spot: cause.span.and_then(|span| declared.input.sources.spot(span)),
        why: Some(credentials::hide(&cause.message).into_owned()),
    };
    refused.map(place).collect()
}

fn spans_of(decision: &Decision) -> Vec<Span> {
    let steps = decision.steps.iter().filter_map(|step| step.at);
    let checks = decision.checks.iter().filter_map(|check| check.at);
    let server = decision.server.iter().map(|server| server.at);
    let location = decision.location.iter().map(|location| location.at);
    steps.chain(checks).chain(server).chain(location).collect()
}
