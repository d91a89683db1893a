//! Cross-origin requests.

use std::collections::BTreeMap;

use hashbrown::HashSet;

use super::super::dialect::origins_pattern;
use super::lines::{Lines, Word, put};
use super::names;
use super::response::ResponseHeaders;
use super::shared::Shared;
use crate::ir::{Cors, Owner};

/// Part of the names of the variables of an Ingress.
fn id(owner: Option<&Owner>) -> String {
    owner.map_or_else(String::new, |owner| names::variable_part(&format!("{}/{}", owner.namespace, owner.name)))
}

/// The headers of an answer to an origin that may ask.
fn headers(cors: &Cors) -> Vec<(&'static str, &'static str, String)> {
    let mut headers = vec![("Access-Control-Allow-Methods", "methods", cors.methods.clone())];
    if cors.credentials {
        headers.insert(0, ("Access-Control-Allow-Credentials", "credentials", String::from("true")));
    }
    headers.push(("Access-Control-Allow-Headers", "headers", cors.headers.clone()));
    if !cors.expose_headers.is_empty() {
        headers.push(("Access-Control-Expose-Headers", "expose_headers", cors.expose_headers.clone()));
    }
    headers.push(("Access-Control-Max-Age", "max_age", cors.max_age.to_string()));
    headers
}

/// Answers preflights, and sets the headers of all other answers.
pub(super) fn write(cors: &Cors, owner: Option<&Owner>, lines: &mut Lines, response: &mut ResponseHeaders) {
    if cors.takes_any() {
        lines.block("if", vec![Word::from("($request_method"), Word::from("="), Word::from("OPTIONS)")], |lines| {
            put!(lines, "return", 204_i64)
        });
        response.replace("Access-Control-Allow-Origin", "*");
        for (name, _, value) in headers(cors) {
            response.replace(name, &value);
        }
        return;
    }
    if cors.origins.iter().all(|origin| origin.trim().is_empty()) {
        return;
    }
    let id = id(owner);
    // Quirk: a request that is refused before, as one that is too large, gets no such header. The variable is still empty then.
    put!(lines, "set", "$origin", "$http_origin");
    lines.block("if", vec![Word::from(format!("($cors_preflight_{id})"))], |lines| put!(lines, "return", 204_i64));
    response.replace("Access-Control-Allow-Origin", &format!("$cors_allow_origin_{id}"));
    for (name, part, _) in headers(cors) {
        response.replace(name, &format!("$cors_{part}_{id}"));
    }
}

/// Writes the maps that all routes of an Ingress share: whether the origin may ask, and what the headers are then.
pub(super) fn maps<'t>(shared: &Shared, hosts: impl Iterator<Item = &'t str>, lines: &mut Lines) {
    let asked: HashSet<&str> =
        hosts.flat_map(|text| text.split("$cors_preflight_").skip(1)).filter_map(|text| Some(text.split_once(')')?.0)).collect();
    let routes = shared.proxy.servers.iter().flat_map(|server| &server.routes);
    let mut all = BTreeMap::new();
    for route in routes {
        if let Some(cors) = route.steps.cors.as_deref().filter(|cors| !route.is_refused() && !cors.takes_any()) {
            all.entry(id(route.owner.as_deref())).or_insert((cors, route.owner.as_deref()));
        }
    }
    for (id, (cors, owner)) in all {
        let pattern = origins_pattern(&cors.origins);
        // A route that is closed asks for nothing, and nobody sets the variable that the map reads.
        if pattern.is_empty() || !asked.contains(&*id) {
            continue;
        }
        lines.apart(|lines| of_ingress(&id, cors, owner, &pattern, lines));
    }
}

/// Writes the maps of an Ingress, given the origins as a regular expression.
fn of_ingress(id: &str, cors: &Cors, owner: Option<&Owner>, pattern: &str, lines: &mut Lines) {
    lines.comment(&format!("Origins that {} answers to.", owner.map_or_else(String::new, names::place)));
    let origin = format!("$cors_origin_{id}");
    map(lines, "$origin", &origin, &format!("~*({pattern})$"), "$origin", "");
    map(lines, "$request_method", &format!("$cors_preflight_{id}"), "OPTIONS", &origin, "");
    let unless = |part: &str| format!("$upstream_http_access_control_{part}");
    map(lines, &origin, &format!("$cors_allow_origin_{id}"), "", &unless("allow_origin"), &origin);
    for (name, part, value) in headers(cors) {
        let of_backend = format!("$upstream_http_{}", name.replace('-', "_").to_lowercase());
        map(lines, &origin, &format!("$cors_{part}_{id}"), "", &of_backend, &names::literal(&value));
    }
}

fn map(lines: &mut Lines, source: &str, variable: &str, key: &str, value: &str, default: &str) {
    lines.block("map", vec![Word::from(source), Word::from(variable)], |lines| {
        lines.entry(vec![Word::from(key), Word::from(value)]);
        lines.entry(vec![Word::from("default"), Word::from(default)]);
    });
}
