//! Routes as comma-separated values, for spreadsheets.

use super::Routes;
use super::words::{aliases, by, canary, certificate, endpoints, goal, guard, ingress, kind, limit, path, redirect};
use crate::credentials::hide;
use crate::output::comma::quoted;
use crate::route::{Goal, Host, Limit, Route};

const COLUMNS: &[&str] = &[
    "host",
    "host match",
    "aliases",
    "certificate",
    "match",
    "location",
    "path of the Ingress",
    "Ingress",
    "backend",
    "endpoints",
    "protections",
    "redirects",
    "rewrite",
    "canary",
    "limits",
    "defaults",
    "conditions",
    "not known",
];

/// The routes, one a line, below a line with the names of the columns. Several values in a field are set apart by semicolons.
#[must_use]
pub fn csv(routes: &Routes<'_>) -> String {
    let mut out = format!("{}\r\n", COLUMNS.join(","));
    for (host, route) in routes.all() {
        let fields: Vec<String> = fields(host, route).iter().map(|field| quoted(field)).collect();
        out.push_str(&fields.join(","));
        out.push_str("\r\n");
    }
    out
}

fn fields(host: &Host, route: &Route) -> [String; 18] {
    let list = |all: Vec<String>| all.join("; ");
    let endpoints = match &route.goal {
        Goal::Backend(upstream) => endpoints(upstream).map_or_else(|| String::from("not known"), |all| all.join("; ")),
        Goal::Answer(_) | Goal::Files | Goal::Unknown => String::new(),
    };
    let limits =
        |is_default: bool| route.limits.iter().filter(|limit| limit.is_default == is_default).map(limit as fn(&Limit) -> String).collect();
    [
        host.name.clone(),
        kind(host.kind).to_owned(),
        list(aliases(host)),
        certificate(host).unwrap_or_default().to_owned(),
        by(route).to_owned(),
        path(route),
        route.ingress_path.clone().unwrap_or_default(),
        ingress(route).unwrap_or_default(),
        goal(route),
        endpoints,
        list(route.guards.iter().map(guard).collect()),
        list(route.redirects.iter().map(redirect).collect()),
        list(route.rewrites.clone()),
        list(route.canaries.iter().map(canary).collect()),
        list(limits(false)),
        list(limits(true)),
        list(route.conditions.iter().map(|text| hide(text).into_owned()).collect()),
        list(route.unknown.clone()),
    ]
}
