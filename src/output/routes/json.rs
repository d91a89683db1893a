//! Routes as JSON: schema 1. Fields are added without a new number; what is there keeps its meaning.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Routes, words};
use crate::credentials::hide;
use crate::output::difference::json::Place;
use crate::output::json::print;
use crate::route::{Goal, Host, Route};

const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    side: &'a str,
    routes: Vec<Row<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
struct Row<'a> {
    host: &'a str,
    host_match: &'static str,
    aliases: Vec<String>,
    /// `namespace/name` of the Secret, `default`, or a file; null without TLS, and where it is not known.
    certificate: Option<&'a str>,
    tls: bool,
    r#match: &'static str,
    /// The path that is compared, or the expression.
    path: &'a str,
    /// The same with the sign of nginx in front.
    location: String,
    ingress_path: Option<&'a str>,
    /// The location around it.
    within: Option<String>,
    ingress: Option<String>,
    backend: Option<Backend<'a>>,
    /// The answer of the proxy itself; null where a backend answers.
    status: Option<u16>,
    canary: Vec<Canary<'a>>,
    protections: Vec<Protection<'a>>,
    satisfy: &'static str,
    redirects: Vec<Redirect<'a>>,
    rewrites: &'a [String],
    conditions: Vec<String>,
    limits: BTreeMap<&'a str, Limit<'a>>,
    at: Option<Place<'a>>,
    unknown: &'a [String],
}

#[derive(Serialize)]
struct Backend<'a> {
    namespace: Option<&'a str>,
    service: Option<&'a str>,
    port: Option<&'a str>,
    endpoints: Vec<String>,
    endpoints_known: bool,
    upstream: String,
    protocol: &'a str,
}

#[derive(Serialize)]
struct Canary<'a> {
    service: Option<&'a str>,
    upstream: &'a str,
    when: &'a [String],
}

#[derive(Serialize)]
struct Protection<'a> {
    kind: &'static str,
    detail: String,
    exempt: &'a [String],
}

#[derive(Serialize)]
struct Redirect<'a> {
    kind: &'static str,
    status: Option<u16>,
    to: String,
    when: Option<&'a str>,
}

#[derive(Serialize)]
struct Limit<'a> {
    value: &'a str,
    default: bool,
}

/// The routes as one JSON document.
///
/// # Errors
/// Never: the data is plain.
pub fn json(routes: &Routes<'_>) -> serde_json::Result<String> {
    print(&Document {
        schema: SCHEMA,
        side: &routes.side,
        routes: routes.all().map(|(host, route)| row(routes, host, route)).collect(),
        notes: &routes.notes,
    })
}

fn row<'a>(routes: &'a Routes<'_>, host: &'a Host, route: &'a Route) -> Row<'a> {
    let backend = match &route.goal {
        Goal::Backend(upstream) => Some(Backend {
            namespace: upstream.namespace.as_deref(),
            service: upstream.service.as_deref(),
            port: upstream.port.as_deref(),
            endpoints: words::endpoints(upstream).unwrap_or_default(),
            endpoints_known: upstream.endpoints.is_some(),
            upstream: words::address(&upstream.name),
            protocol: &upstream.protocol,
        }),
        Goal::Answer(_) | Goal::Files | Goal::Unknown => None,
    };
    let status = match &route.goal {
        Goal::Answer(status) => Some(*status),
        Goal::Backend(_) | Goal::Files | Goal::Unknown => None,
    };
    Row {
        host: &host.name,
        host_match: words::kind(host.kind),
        aliases: words::aliases(host),
        certificate: words::certificate(host),
        tls: host.certificate.is_some(),
        r#match: words::by(route),
        path: &route.path,
        location: words::path(route),
        ingress_path: route.ingress_path.as_deref(),
        within: route.within.map(|at| words::path(&host.routes[at])),
        ingress: words::ingress(route),
        backend,
        status,
        canary: route
            .canaries
            .iter()
            .map(|canary| Canary { service: canary.service.as_deref(), upstream: &canary.upstream, when: &canary.when })
            .collect(),
        protections: protections(route),
        satisfy: if route.is_any_enough { "any" } else { "all" },
        redirects: redirects(route),
        rewrites: &route.rewrites,
        conditions: route.conditions.iter().map(|text| hide(text).into_owned()).collect(),
        limits: route.limits.iter().map(|limit| (limit.name, Limit { value: &limit.value, default: limit.is_default })).collect(),
        at: routes.places.get(&route.at.start).map(Place::new),
        unknown: &route.unknown,
    }
}

fn protections(route: &Route) -> Vec<Protection<'_>> {
    let one = |guard: &crate::route::Guard| (guard.kind.name(), hide(&guard.detail).into_owned());
    let all = route.guards.iter().map(|guard| (one(guard), &guard.exempt));
    all.map(|((kind, detail), exempt)| Protection { kind, detail, exempt }).collect()
}

fn redirects(route: &Route) -> Vec<Redirect<'_>> {
    let one = |redirect: &'_ crate::route::Redirect| (redirect.kind.name(), redirect.status, hide(&redirect.to).into_owned());
    let all = route.redirects.iter().map(|redirect| (one(redirect), redirect.when.as_deref()));
    all.map(|((kind, status, to), when)| Redirect { kind, status, to, when }).collect()
}
