//! Locations that fetch a page for an error code from another upstream.

use std::collections::{BTreeMap, BTreeSet};

use super::forwarding::{Family, Headers};
use super::lines::{Lines, Word, put};
use super::names;
use super::plan::Destination;
use super::proxying;
use super::shared::Shared;
use crate::ir::{ErrorPages, Owner, Route};

/// Name of the location for a code.
pub(super) fn location(upstream: &str, code: i64) -> String {
    format!("@error-{}-{code}", names::path_part(upstream))
}

/// The headers that tell the service for error pages what went wrong.
pub(super) fn headers(code: i64) -> Headers {
    let mut headers = Headers::none();
    let code = code.to_string();
    let all = [
        ("X-Code", code.as_str()),
        ("X-Format", "$http_accept"),
        ("X-Original-URI", "$request_uri"),
        ("X-Namespace", "$namespace"),
        ("X-Ingress-Name", "$ingress_name"),
        ("X-Service-Name", "$service_name"),
        ("X-Service-Port", "$service_port"),
        ("X-Request-ID", "$req_id"),
        ("X-Forwarded-For", "$remote_addr"),
        ("Host", "$best_http_host"),
    ];
    for (name, value) in all {
        headers.set(name, value);
    }
    headers
}

/// Writes the locations for the codes of one upstream.
pub(super) fn write(shared: &Shared, upstream: &str, codes: impl IntoIterator<Item = i64>, lines: &mut Lines) {
    let destination = shared.plans.get(upstream).map_or(&Destination::Nowhere, |plan| &plan.destination);
    for code in codes {
        lines.block("location", vec![Word::from(location(upstream, code))], |lines| {
            put!(lines, "internal");
            let target = match destination {
                // Nobody is there: what the controller answers then.
                Destination::Nowhere => return put!(lines, "return", 502_i64),
                Destination::NotFound => return put!(lines, "return", 404_i64),
                Destination::Group(name) | Destination::Name(name) | Destination::Choice(name) => name,
            };
            put!(lines, "proxy_intercept_errors", "off");
            proxying::write_own(shared, lines);
            let mut headers = headers(code);
            headers.set("Connection", "close");
            headers.write(Family::Http, lines);
            put!(lines, "rewrite", "^", "/", "break");
            if matches!(destination, Destination::Name(_)) {
                put!(lines, "set", "$error_service", target);
                put!(lines, "proxy_pass", "http://$error_service");
            } else {
                put!(lines, "proxy_pass", format!("http://{target}"));
            }
        });
        lines.gap();
    }
}

/// Writes the locations for the codes of all routes of a host, each once.
pub(super) fn of_routes(shared: &Shared, routes: &[Route], lines: &mut Lines) {
    let mut codes: BTreeMap<&str, BTreeSet<i64>> = BTreeMap::new();
    for route in routes {
        let ErrorPages { codes: own, keeps_own: _, intercepts: _, upstream } = &route.steps.error_pages;
        codes.entry(upstream).or_default().extend(&**own);
    }
    for (upstream, codes) in codes {
        write(shared, upstream, codes, lines);
    }
}

/// Writes the variables that name the Ingress and the Service.
pub(super) fn variables(owner: Option<&Owner>, lines: &mut Lines) {
    let nobody = Owner::default();
    let owner = owner.unwrap_or(&nobody);
    put!(lines, "set", "$namespace", names::literal(&owner.namespace));
    put!(lines, "set", "$ingress_name", names::literal(&owner.name));
    put!(lines, "set", "$service_name", names::literal(&owner.service));
    put!(lines, "set", "$service_port", names::literal(&owner.port));
}

/// Sets the headers that tell a fallback that the real backend is missing.
pub(super) fn tell_of_missing(headers: &mut Headers) {
    for (name, value) in [
        ("X-Code", "503"),
        ("X-Format", "$http_accept"),
        ("X-Namespace", "$namespace"),
        ("X-Ingress-Name", "$ingress_name"),
        ("X-Service-Name", "$service_name"),
        ("X-Service-Port", "$service_port"),
    ] {
        headers.set(name, value);
    }
    // Quirk: every backend gets it, and this one gets it twice.
    headers.add("X-Request-ID", "$req_id");
}
