//! Why a directive of the configuration is there: the line of the manifests behind it, or its own place in a configuration that runs.

use std::borrow::Cow;

use hashbrown::HashSet;
use k8s_openapi::api::networking::v1::Ingress;

use super::source::Source;
use crate::cause::Causes;
use crate::compare::{Origins, Side, query, written};
use crate::compile::Declared;
use crate::conf::Tree;
use crate::credentials;
use crate::diagnostic::{Cause, Diagnostic, Effect, ObjectRef};
use crate::diff::places;
use crate::emit::{IngressNginx, Options, Target as _};
use crate::ir::Destination;
use crate::lint::{self, Idle, Judgement, Subject};
use crate::manifest::Object;
use crate::output::decision::{Place, Places, Unanswered};
use crate::route::{Answer, Decision, End};
use crate::source::Span;

/// Finds the places behind the directives that decided: what makes each of them is tried, where the manifests are not too many for that.
pub(super) fn places(source: &Source, tree: &Tree<'_>, decisions: &[&Decision], others: &[Span]) -> Places {
    let mut places = Places::default();
    add_places(&mut places, source, tree, decisions, others);
    places
}

/// The same, added to those that are known.
pub(super) fn add_places(places: &mut Places, source: &Source, tree: &Tree<'_>, decisions: &[&Decision], others: &[Span]) {
    let found = &mut places.0;
    let spans = decisions.iter().flat_map(|decision| spans_of(decision)).chain(others.iter().copied());
    let sought: HashSet<u32> = spans.map(|span| span.start).filter(|start| !found.contains_key(start)).collect();
    if sought.is_empty() {
        return;
    }
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
}

/// Hosts of a configuration that is judged as a whole; of a larger one those are that are asked about, which takes no time.
const MOST_JUDGED: usize = 500;

/// Whether what nginx refuses is looked for in the hosts alone that are asked about.
pub(super) fn is_judged_in_part(source: &Source) -> bool {
    source.in_hosts().is_some_and(|declared| declared.proxy.servers.len() > MOST_JUDGED)
}

/// What nginx refuses of what manifests come to: then what ran before goes on running for all hosts.
pub(super) fn refused(source: &Source) -> Vec<Place> {
    let Some(declared) = source.in_hosts() else { return Vec::new() };
    let proxy = if is_judged_in_part(source) { declared.asked() } else { Cow::Borrowed(&declared.proxy) };
    let judgement = Judgement::of(&proxy, |as_a_whole, reader| {
        let options = Options::default();
        if as_a_whole {
            IngressNginx.render(&proxy, &options).value.iter().for_each(|file| reader.take(&file.name, &file.content));
        } else {
            // What the target has to tell of it is `check`'s to say.
            let _ = IngressNginx.render_for_checks(&proxy, &options, reader);
        }
    });
    let Declared { input, proxy, .. } = declared;
    let subject = Subject { cluster: &input.cluster, controller: &input.controller, proxy, judgement: &judgement, now: None };
    let place = |finding: Diagnostic| Place {
        spot: finding.span.and_then(|span| input.sources.spot(span)),
        why: Some(format!("{}; what ran before goes on", credentials::hide(&finding.message))),
    };
    lint::refused(&subject).into_iter().filter(|finding| finding.effect == Some(Effect::BlocksReload)).map(place).collect()
}

/// Why nobody is there who answers, for each way that ends for that.
pub(super) fn unanswered(source: &Source, decisions: &[&Decision]) -> Vec<Option<Unanswered>> {
    let Some(declared) = source.side.declared() else { return vec![None; decisions.len()] };
    let idle: Vec<Option<Idle>> = decisions.iter().map(|decision| idle(declared, decision)).collect();
    let known: Vec<Idle> = idle.iter().flatten().copied().collect();
    if known.is_empty() {
        return vec![None; decisions.len()];
    }
    let mut found = lint::unanswered(&declared.input.cluster, &declared.input.controller, &declared.proxy, &known).into_iter();
    let spot = |span: Option<Span>| span.and_then(|span| declared.input.sources.spot(span));
    let shown = |text: &str| Some(credentials::hide(text).into_owned());
    let why = |finding: Diagnostic| Unanswered {
        rule: finding.rule,
        place: Place { spot: spot(finding.span), why: shown(&finding.message) },
        others: finding.related.iter().map(|label| Place { spot: spot(Some(label.span)), why: shown(&label.message) }).collect(),
        notes: finding.notes.iter().chain(&finding.help).filter_map(|note| shown(note)).collect(),
    };
    idle.iter().map(|idle| idle.and_then(|_| found.next()).flatten().map(why)).collect()
}

/// The same as the places of the answers that are given for that, for whoever shows one line for each.
pub(super) fn tell_unanswered(places: &mut Places, source: &Source, decisions: &[&Decision]) {
    for (decision, why) in decisions.iter().zip(unanswered(source, decisions)) {
        if let (End::Answer(Answer { at: Some(at), .. }), Some(why)) = (&decision.end, why) {
            places.0.insert(at.start, why.place);
        }
    }
}

/// The upstream that has no endpoint, as the engine says; what is written for nginx itself answers in its place, and has no name for it.
fn idle<'d>(declared: &'d Declared, decision: &'d Decision) -> Option<Idle<'d>> {
    let location = decision.location.as_ref()?;
    if let Some(upstream) = &decision.idle {
        let ingress = location.namespace.as_deref().zip(location.ingress.as_deref());
        return Some(Idle { upstream, ingress, path: location.ingress_path.as_deref() });
    }
    let End::Answer(Answer { status: 503, at: Some(_), .. }) = &decision.end else { return None };
    let server = declared.proxy.server(&decision.server.as_ref()?.name)?;
    let route = server.routes.iter().find(|route| route.path == location.path)?;
    let owner = route.owner.as_deref()?;
    let is_idle = matches!(declared.proxy.destination_of(&route.upstream), Destination::Nowhere);
    let ingress = Some((owner.namespace.as_str(), owner.name.as_str()));
    is_idle.then_some(Idle { upstream: &route.upstream, ingress, path: Some(&route.declared_path) })
}

/// Ingresses that name a host and count for nothing, and why.
pub(super) fn unserved(source: &Source, host: &str) -> Vec<Place> {
    let Some(declared) = source.side.declared() else { return Vec::new() };
    let cluster = &declared.input.cluster;
    let named: Vec<_> = cluster.ingresses.iter().filter(|ingress| names(ingress, host)).collect();
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

/// Whether a rule of an Ingress names a host, with a star or without.
fn names(ingress: &Object<Ingress>, host: &str) -> bool {
    let host = host.split(':').next().unwrap_or_default().trim_end_matches('.');
    let is_it = |name: &str| match name.strip_prefix('*') {
        Some(end) => host.to_ascii_lowercase().ends_with(&end.to_ascii_lowercase()),
        None => name.eq_ignore_ascii_case(host),
    };
    ingress.rules().iter().any(|rule| rule.host.as_deref().is_some_and(is_it))
}

/// What is wrong with what was read, without what is wrong with Ingresses that name none of the hosts, and how much that is: who asks about
/// one host wants the answer, and not a page about others.
pub(super) fn findings(source: &Source, hosts: &[String]) -> (Vec<Diagnostic>, usize) {
    let mut found = source.side.findings();
    let all = found.len();
    if let Some(declared) = source.side.declared() {
        let ingresses = || declared.input.cluster.ingresses.iter();
        let has_part = |ingress: &Object<Ingress>| {
            let is_open = ingress.rules().is_empty() || ingress.rules().iter().any(|rule| rule.host.is_none());
            is_open || hosts.iter().any(|host| names(ingress, host))
        };
        let others: HashSet<&ObjectRef> = ingresses().filter(|ingress| !has_part(ingress)).map(|ingress| &ingress.reference).collect();
        found.retain(|finding| finding.object.as_ref().is_none_or(|object| !others.contains(object)));
    }
    let left_out = all - found.len();
    (found, left_out)
}

fn spans_of(decision: &Decision) -> Vec<Span> {
    let steps = decision.steps.iter().filter_map(|step| step.at);
    let checks = decision.checks.iter().filter_map(|check| check.at);
    let server = decision.server.iter().map(|server| server.at);
    let location = decision.location.iter().map(|location| location.at);
    steps.chain(checks).chain(server).chain(location).collect()
}
