//! What is served for an Ingress, and what is asked of clients on each route.

use super::model::Route;
use crate::ir::{self, Destination, PathMatch, Proxy, Server, Verify};

/// The route as people look at it.
pub(super) fn route(proxy: &Proxy, server: &Server, route: &ir::Route) -> Route {
    let owner = route.owner.as_deref();
    let service =
        owner.filter(|owner| !owner.service.is_empty()).map(|owner| format!("{}/{}:{}", owner.namespace, owner.service, owner.port));
    let path_match = match route.path_match {
        _ if server.by_pattern => "regex",
        PathMatch::Exact => "exact",
        PathMatch::Prefix => "prefix",
    };
    let path = if route.declared_path.is_empty() { &route.path } else { &route.declared_path };
    Route {
        host: server.hostname.clone(),
        path: path.clone(),
        r#match: path_match.to_owned(),
        service: service.unwrap_or_default(),
        protections: protections(proxy, server, route).into_iter().map(str::to_owned).collect(),
        answers: answers(proxy, server, route).to_owned(),
    }
}

/// Whether requests are passed on to a backend.
pub(super) fn passes_on(proxy: &Proxy, server: &Server, route: &ir::Route) -> bool {
    answers(proxy, server, route).is_empty()
}

fn answers(proxy: &Proxy, server: &Server, route: &ir::Route) -> &'static str {
    let leads_elsewhere = route.steps.rewrite.as_deref().is_some_and(|rewrite| rewrite.leads_elsewhere);
    match () {
        () if route.is_refused() || server.client_auth_error.is_some() => "503",
        () if route.steps.redirect.is_some() || leads_elsewhere => "redirect",
        () if matches!(proxy.destination_of(&route.upstream), Destination::NotFound) => "404",
        () => "",
    }
}

fn protections(proxy: &Proxy, server: &Server, route: &ir::Route) -> Vec<&'static str> {
    let admission = &route.steps.admission;
    let asks_for_certificate = server.client_auth.as_ref().is_some_and(|auth| auth.verify == Verify::On);
    let all = [
        (admission.password().is_some(), "password"),
        (admission.service(&proxy.settings).is_some(), "service"),
        (admission.looks_at_addresses(), "addresses"),
        (asks_for_certificate, "client-certificate"),
    ];
    all.into_iter().filter_map(|(is_there, name)| is_there.then_some(name)).collect()
}
