//! From a directive that nginx refuses back to the line of the manifests that caused it.

use super::finding;
use crate::cause::{Causes, Found, annotation, snippet, span, stream_snippet};
use crate::diagnostic::Diagnostic;
use crate::ir::Route;
use crate::lint::reference;
use crate::nginx::Refusal;

/// The finding about a refusal.
pub(super) fn explain(causes: &Causes, refusal: &Refusal) -> Diagnostic {
    let owned = refusal.owner.as_ref().map(|(namespace, name)| causes.routes(namespace, name)).filter(|routes| !routes.is_empty());
    let server = refusal.host.as_deref().and_then(|host| causes.server(host));
    let routes: Vec<&Route> = match (owned, server) {
        (Some(routes), _) => routes.to_vec(),
        (None, Some(server)) => server.routes.iter().collect(),
        (None, None) => Vec::new(),
    };
    let found_at = |route: &Route, found: Found| about_ingress(finding(&refusal.message, Some(found.span)), route).subject(found.subject);
    if let Some((route, found)) = routes.iter().find_map(|route| Some((*route, annotation(route, &refusal.directive)?))) {
        return found_at(route, found);
    }
    if let Some((config_map, found)) = causes.config_map().and_then(|config_map| Some((config_map, causes.setting(&refusal.directive)?))) {
        return finding(&refusal.message, Some(found.span)).subject(found.subject).object(config_map.reference.clone());
    }
    if let Some((route, found)) = routes.iter().find_map(|route| Some((*route, snippet(route)?))) {
        return found_at(route, found);
    }
    if let Some(path) = &refusal.path
        && let Some(route) = routes.iter().find(|route| route.path == *path)
    {
        return about_ingress(finding(&refusal.message, span(route.origin)), route).subject(path);
    }
    let streams = || causes.all_routes().filter_map(|route| Some((route, stream_snippet(route)?)));
    if refusal.host.is_none()
        && let Some((route, found)) = streams().min_by_key(|(_, found)| found.span)
    {
        return found_at(route, found);
    }
    match routes.first() {
        Some(route) => about_ingress(finding(&refusal.message, span(route.origin)), route),
        None => finding(&refusal.message, server.and_then(|server| span(server.origin))),
    }
}

fn about_ingress(finding: Diagnostic, route: &Route) -> Diagnostic {
    match &route.owner {
        Some(owner) => finding.object(reference(owner)),
        None => finding,
    }
}
