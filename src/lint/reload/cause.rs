//! From a directive that nginx refuses back to the line of the manifests that caused it.

use std::collections::HashMap;

use k8s_openapi::api::core::v1::ConfigMap;

use super::finding;
use super::refusal::Refusal;
use crate::catalog::{features, settings};
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::ir::{Origin, Proxy, Route, Server};
use crate::manifest::Object;
use crate::source::Span;

/// What the directives of a configuration can have come from.
pub(super) struct Causes<'a> {
    routes: HashMap<(&'a str, &'a str), Vec<&'a Route>>,
    servers: HashMap<&'a str, &'a Server>,
    config_map: Option<&'a Object<ConfigMap>>,
}

/// A place, and what it is about.
struct Cause {
    span: Span,
    subject: String,
}

impl<'a> Causes<'a> {
    /// Indexes what was rendered.
    pub(super) fn new(proxy: &'a Proxy, config_map: Option<&'a Object<ConfigMap>>) -> Self {
        let mut routes: HashMap<_, Vec<_>> = HashMap::new();
        for route in proxy.servers.iter().flat_map(|server| &server.routes) {
            if let Some(owner) = &route.owner {
                routes.entry((owner.namespace.as_str(), owner.name.as_str())).or_default().push(route);
            }
        }
        let servers = proxy.servers.iter().map(|server| (server.hostname.as_str(), server)).collect();
        Self { routes, servers, config_map }
    }

    /// The finding about a refusal.
    pub(super) fn explain(&self, refusal: &Refusal) -> Diagnostic {
        let owned = refusal.owner.as_ref().and_then(|(namespace, name)| self.routes.get(&(namespace.as_str(), name.as_str())));
        let server = refusal.host.as_deref().and_then(|host| self.servers.get(host));
        let routes: Vec<&Route> = match (owned, server) {
            (Some(routes), _) => routes.clone(),
            (None, Some(server)) => server.routes.iter().collect(),
            (None, None) => Vec::new(),
        };
        if let Some((route, cause)) = routes.iter().find_map(|route| Some((*route, annotation(route, &refusal.directive)?))) {
            return about_ingress(finding(&refusal.message, Some(cause.span)), route).subject(cause.subject);
        }
        if let Some((config_map, cause)) =
            self.config_map.and_then(|config_map| Some((config_map, setting(config_map, &refusal.directive)?)))
        {
            return finding(&refusal.message, Some(cause.span)).subject(cause.subject).object(config_map.reference.clone());
        }
        if let Some((route, cause)) = routes.iter().find_map(|route| Some((*route, snippet(route)?))) {
            return about_ingress(finding(&refusal.message, Some(cause.span)), route).subject(cause.subject);
        }
        if let Some(path) = &refusal.path
            && let Some(route) = routes.iter().find(|route| route.path == *path)
        {
            return about_ingress(finding(&refusal.message, span(route.origin)), route).subject(path);
        }
        if refusal.host.is_none()
            && let Some((route, cause)) = self
                .routes
                .values()
                .flatten()
                .filter_map(|route| Some((*route, stream_snippet(route)?)))
                .min_by_key(|(_, cause)| cause.span)
        {
            return about_ingress(finding(&refusal.message, Some(cause.span)), route).subject(cause.subject);
        }
        match routes.first() {
            Some(route) => about_ingress(finding(&refusal.message, span(route.origin)), route),
            None => finding(&refusal.message, server.and_then(|server| span(server.origin))),
        }
    }
}

fn span(origin: Origin) -> Option<Span> {
    match origin {
        Origin::Manifest(span) => Some(span),
        Origin::Default => None,
    }
}

fn about_ingress(finding: Diagnostic, route: &Route) -> Diagnostic {
    match &route.owner {
        Some(owner) => {
            finding.object(ObjectRef { kind: String::from("Ingress"), namespace: owner.namespace.clone(), name: owner.name.clone() })
        }
        None => finding,
    }
}

/// The annotation of a route that governs a directive.
fn annotation(route: &Route, directive: &str) -> Option<Cause> {
    let governs = |name: &str| features::find(short(name)).is_some_and(|spec| spec.directives.contains(&directive));
    route.features.causes.iter().find(|(name, _)| governs(name)).map(|(name, span)| Cause { span: *span, subject: name.clone() })
}

/// The raw configuration of a route.
fn snippet(route: &Route) -> Option<Cause> {
    let is_snippet = |name: &str| short(name).ends_with("-snippet");
    route.features.causes.iter().find(|(name, _)| is_snippet(name)).map(|(name, span)| Cause { span: *span, subject: name.clone() })
}

/// The raw configuration for TCP and UDP that comes with a route.
fn stream_snippet(route: &Route) -> Option<Cause> {
    let is_snippet = |name: &str| short(name) == "stream-snippet";
    route.features.causes.iter().find(|(name, _)| is_snippet(name)).map(|(name, span)| Cause { span: *span, subject: name.clone() })
}

/// The setting that governs a directive; a snippet of the administrator where no other does.
fn setting(config_map: &Object<ConfigMap>, directive: &str) -> Option<Cause> {
    let mut keys = config_map.value.data.iter().flatten().map(|(key, _)| key);
    let governs = |key: &&String| settings::find(key).is_some_and(|setting| setting.directives.contains(&directive));
    let key = keys.clone().find(governs).or_else(|| keys.find(|key| key.ends_with("-snippet")))?;
    Some(Cause { span: config_map.span(&["data", key]), subject: key.clone() })
}

fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
