//! What clients and backends see of a request on one side, in words that are the same where they see the same.

use std::collections::BTreeSet;

use super::leaf::{self, whom};
use crate::route::config::Config;
use crate::route::decision::{CheckKind, Decision, End, Passed, Verdict};
use crate::route::request::Request;

/// What can be seen of a request: how it ends on the plain way, what it is asked for, and all of its ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::route) struct Seen {
    plain: String,
    checks: Vec<(CheckKind, Verdict)>,
    ends: BTreeSet<String>,
    /// What is asked, in the words of this side.
    details: Details,
}

/// Checks with what they ask.
#[derive(Debug, Clone)]
struct Details(BTreeSet<(CheckKind, String)>);

impl PartialEq for Details {
    /// Other words need not ask for something else.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Details {}

impl Seen {
    /// Whether ends of these kinds are others on another side.
    pub(in crate::route) fn differs_in(&self, other: &Self, kinds: &[String]) -> bool {
        let of = |seen: &Self| seen.ends.iter().filter(|end| kinds.iter().any(|kind| is_of(end, kind))).cloned().collect::<Vec<_>>();
        of(self) != of(other)
    }

    /// Whether this is one of its ends.
    pub(in crate::route) fn has(&self, end: &str) -> bool {
        self.ends.contains(end)
    }

    /// Whether something else is asked of the request.
    pub(in crate::route) fn is_checked_otherwise(&self, other: &Self, kind: CheckKind) -> bool {
        let of = |seen: &Self| seen.checks.iter().filter(|(known, _)| *known == kind).copied().collect::<Vec<_>>();
        let details = |seen: &Self| seen.details.0.iter().filter(|(known, _)| *known == kind).cloned().collect::<Vec<_>>();
        of(self) != of(other) || details(self) != details(other)
    }
}

/// Whether an end is of a kind: a status, `to` for all backends, `closed`.
fn is_of(end: &str, kind: &str) -> bool {
    end.split(' ').next() == Some(kind)
}

/// The kind of an end that was found for many requests.
pub(in crate::route) fn kind_of(end: &leaf::End) -> String {
    match end {
        leaf::End::Answer { status, .. } => status.to_string(),
        leaf::End::Backend(_) => String::from("to"),
        leaf::End::Closed => String::from("closed"),
        leaf::End::Beyond(_) => String::from("unknown"),
    }
}

/// Asks one side. `by_chance`: a share of requests that goes elsewhere is an end of its own.
pub(in crate::route) fn seen(config: &Config<'_>, request: &Request, by_chance: bool) -> (Seen, Vec<Decision>) {
    let ways = config.branches(request);
    let first = &ways[0];
    // What chance does is among the ends.
    let plain = if by_chance { String::new() } else { end(config, &first.end) };
    let mut checks: Vec<_> = first.checks.iter().map(|check| (check.kind, check.verdict)).collect();
    checks.sort_by_key(|(kind, _)| *kind);
    checks.dedup();
    // Whether anybody answers is not asked here.
    let is_asked = |way: &&Decision| !way.when.iter().any(|when| when.ends_with("has no endpoint"));
    let asked = ways.iter().filter(is_asked);
    let ends = asked.flat_map(|way| if by_chance { parts(config, &way.end) } else { vec![end(config, &way.end)] }).collect();
    let details = Details(first.checks.iter().map(|check| (check.kind, check.detail.clone())).collect());
    (Seen { plain, checks, ends, details }, ways)
}

/// An end, and that of the share that goes elsewhere.
fn parts(config: &Config<'_>, of: &End) -> Vec<String> {
    let End::Backend(passed) = of else { return vec![end(config, of)] };
    let mut own = (**passed).clone();
    own.canary = Vec::new();
    let elsewhere = passed.canary.iter().filter(|share| share.probability < 1.0).map(|share| {
        let service = config.dynamic.service(&share.upstream, passed.namespace.as_deref());
        let mut other = Passed { upstream: share.upstream.clone(), namespace: None, service: None, port: None, ..own.clone() };
        if let Some(service) = service {
            (other.namespace, other.service, other.port) = (Some(service.namespace), Some(service.name), service.port);
        }
        other
    });
    let all: Vec<Passed> = elsewhere.chain([own.clone()]).collect();
    all.into_iter().map(|passed| end(config, &End::Backend(Box::new(passed)))).collect()
}

/// An end, without places and endpoints.
pub(in crate::route) fn end(config: &Config<'_>, end: &End) -> String {
    match end {
        End::Answer(answer) => format!("{} {}", answer.status, answer.redirect.as_deref().unwrap_or_default()),
        End::Closed => String::from("closed"),
        End::Unknown => String::from("unknown"),
        End::Backend(passed) => {
            let text = |text: &Option<String>| text.clone().unwrap_or_else(|| String::from("?"));
            let of_service = |upstream: &str| {
                let service = config.dynamic.service(upstream, passed.namespace.as_deref());
                let service = service.as_ref();
                whom(
                    service.map(|one| &*one.namespace),
                    service.map(|one| &*one.name),
                    service.and_then(|one| one.port.as_deref()),
                    upstream,
                )
            };
            let mut headers: Vec<String> =
                passed.headers.iter().map(|(name, value)| format!("{}: {}", name.to_ascii_lowercase(), text(value))).collect();
            headers.sort();
            // What a location calls its Service need not be the one that requests are passed to.
            let called = (passed.namespace.clone(), passed.service.clone(), passed.port.clone());
            let (namespace, service, port) = config.dynamic.whose(&passed.upstream, called);
            let whom = whom(namespace.as_deref(), service.as_deref(), port.as_deref(), &passed.upstream);
            let canary: Vec<String> = passed
                .canary
                .iter()
                .filter(|share| share.probability < 1.0)
                .map(|share| format!("{:.5} {}", share.probability, of_service(&share.upstream)))
                .collect();
            format!(
                "to {whom} {} {} {} {} {headers:?} {canary:?} {} {:?}",
                passed.protocol,
                passed.method,
                text(&passed.uri),
                text(&passed.host),
                passed.mirrors.len(),
                passed.removed
            )
        }
    }
}
