//! From a directive of the rendered configuration back to what caused it: an annotation, a key of the ConfigMap, a path, a default.
//!
//! Which annotation governs which directive is written in the catalog; which annotations an Ingress has, and where its paths stand,
//! is in the manifests. Who asks is `lint`, about a directive that nginx refuses, and `cli`, about one that differs.

mod backends;
mod declared;

use std::collections::HashMap;

use k8s_openapi::api::core::v1::{ConfigMap, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::networking::v1::Ingress;

use crate::catalog::{features, settings};
use crate::ir::{Proxy, Route, Server};
use crate::lower::{self, Controller};
use crate::manifest::{Cluster, Object};
use crate::source::Span;

pub use declared::Query;

/// Label of an EndpointSlice that names its Service.
const SERVICE_LABEL: &str = "kubernetes.io/service-name";

/// What the directives of a configuration can have come from.
#[derive(Debug)]
pub struct Causes<'a> {
    controller: &'a Controller,
    cluster: &'a Cluster,
    config_map: Option<&'a Object<ConfigMap>>,
    servers: HashMap<&'a str, &'a Server>,
    /// By the Ingress, as `namespace/name`, as all that follow.
    routes: HashMap<String, Vec<&'a Route>>,
    ingresses: HashMap<String, &'a Object<Ingress>>,
    services: HashMap<String, &'a Object<Service>>,
    /// By the Service.
    slices: HashMap<String, Vec<&'a Object<EndpointSlice>>>,
    /// Where upstreams were asked for first.
    upstreams: HashMap<&'a str, Span>,
}

/// A place in the manifests, and the annotation or key that stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where.
    pub span: Span,
    /// The name of the annotation or key.
    pub subject: String,
}

impl<'a> Causes<'a> {
    /// Indexes the objects and what they come to.
    #[must_use]
    pub fn new(cluster: &'a Cluster, controller: &'a Controller, proxy: &'a Proxy) -> Self {
        let mut routes: HashMap<_, Vec<_>> = HashMap::new();
        for route in proxy.servers.iter().flat_map(|server| &server.routes) {
            if let Some(owner) = &route.owner {
                routes.entry(key(&owner.namespace, &owner.name)).or_default().push(route);
            }
        }
        let mut slices: HashMap<_, Vec<_>> = HashMap::new();
        for slice in &cluster.endpoint_slices {
            if let Some(service) = slice.value.metadata.labels.as_ref().and_then(|labels| labels.get(SERVICE_LABEL)) {
                slices.entry(key(&slice.reference.namespace, service)).or_default().push(slice);
            }
        }
        let upstreams = proxy.upstreams.iter().filter_map(|upstream| Some((upstream.name.as_str(), span(upstream.origin)?)));
        Self {
            controller,
            cluster,
            config_map: lower::config_map(cluster, controller),
            servers: proxy.servers.iter().map(|server| (server.hostname.as_str(), server)).collect(),
            routes,
            ingresses: index(&cluster.ingresses),
            services: index(&cluster.services),
            slices,
            upstreams: upstreams.collect(),
        }
    }

    /// The controller's ConfigMap.
    #[must_use]
    pub fn config_map(&self) -> Option<&'a Object<ConfigMap>> {
        self.config_map
    }

    /// The server of a host.
    #[must_use]
    pub fn server(&self, host: &str) -> Option<&'a Server> {
        self.servers.get(host).copied()
    }

    /// The routes of an Ingress; none if it has none or does not exist.
    #[must_use]
    pub fn routes(&self, namespace: &str, name: &str) -> &[&'a Route] {
        self.routes.get(&key(namespace, name)).map(Vec::as_slice).unwrap_or_default()
    }

    /// The Ingress of a namespace and a name.
    fn ingress(&self, (namespace, name): (&str, &str)) -> Option<&'a Object<Ingress>> {
        self.ingresses.get(&key(namespace, name)).copied()
    }

    /// All routes of Ingresses, in no particular order.
    pub fn all_routes(&self) -> impl Iterator<Item = &'a Route> {
        self.routes.values().flatten().copied()
    }

    /// The key of the ConfigMap that governs a directive; a snippet of the administrator where no other does.
    #[must_use]
    pub fn setting(&self, directive: &str) -> Option<Found> {
        let config_map = self.config_map?;
        let mut keys = config_map.value.data.iter().flatten().map(|(key, _)| key);
        let is_governor = |key: &&String| settings::find(key).is_some_and(|setting| governs(setting.directives, directive));
        let key = keys.clone().find(is_governor).or_else(|| keys.find(|key| key.ends_with("-snippet")))?;
        Some(Found { span: config_map.span(&["data", key]), subject: key.clone() })
    }
}

fn index<T>(objects: &[Object<T>]) -> HashMap<String, &Object<T>> {
    objects.iter().map(|object| (key(&object.reference.namespace, &object.reference.name), object)).collect()
}

fn key(namespace: &str, name: &str) -> String {
    format!("{namespace}/{name}")
}

/// Where something came from, if that was a manifest.
#[must_use]
pub fn span(origin: crate::ir::Origin) -> Option<Span> {
    match origin {
        crate::ir::Origin::Manifest(span) => Some(span),
        crate::ir::Origin::Default => None,
    }
}

/// The annotation of a route that governs a directive.
#[must_use]
pub fn annotation(route: &Route, directive: &str) -> Option<Found> {
    let is_governor = |name: &str| features::find(short(name)).is_some_and(|spec| governs(spec.directives, directive));
    find(route, is_governor)
}

/// The raw configuration of a route.
#[must_use]
pub fn snippet(route: &Route) -> Option<Found> {
    find(route, |name| short(name).ends_with("-snippet"))
}

/// The raw configuration for TCP and UDP that comes with a route.
#[must_use]
pub fn stream_snippet(route: &Route) -> Option<Found> {
    find(route, |name| short(name) == "stream-snippet")
}

fn find(route: &Route, fits: impl Fn(&str) -> bool) -> Option<Found> {
    route.features.causes.iter().find(|(name, _)| fits(name)).map(|(name, span)| Found { span: *span, subject: name.clone() })
}

/// Whether a list of the catalog has a directive. Both may say more than the name: `set $ssl_redirect` is a `set`, and a `set` may be
/// any.
fn governs(list: &[&str], directive: &str) -> bool {
    list.iter().any(|entry| {
        let is_start = |long: &str, short: &str| long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '));
        is_start(entry, directive) || is_start(directive, entry)
    })
}

/// The name of an annotation without its prefix.
fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::governs;

    #[test]
    fn directives_are_governed_by_name_or_by_name_and_first_argument() {
        for (list, directive, expected) in [
            (&["set $ssl_redirect"][..], "set", true),
            (&["set $ssl_redirect"], "set $ssl_redirect", true),
            (&["set $ssl_redirect"], "set $ssl_redirects", false),
            (&["proxy_set_header"], "proxy_set_header Host", true),
            (&["proxy_set"], "proxy_set_header", false),
            (&["allow", "deny"], "deny 10.0.0.1", true),
            (&[], "deny", false),
        ] {
            assert_eq!(governs(list, directive), expected, "{list:?} {directive}");
        }
    }
}
