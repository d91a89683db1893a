//! From a directive of the rendered configuration back to what caused it: an annotation, a key of the ConfigMap, a path, a default.
//!
//! Which annotation governs which directive is written in the catalog; which annotations an Ingress has, and where its paths stand,
//! is in the manifests. Who asks is `lint`, about a directive that nginx refuses, and `cli`, about one that differs.

mod absent;
mod arguments;
mod backends;
mod declared;
mod displaced;
mod edited;
pub mod edits;
mod governs;
mod hosts;
mod ingress;
mod query;
pub mod releases;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use hashbrown::{HashMap, HashSet};
use k8s_openapi::api::core::v1::{ConfigMap, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::networking::v1::Ingress;

use crate::diagnostic::{Diagnostic, Effect, ObjectRef};
use crate::ir::{Proxy, Route, Server};
use crate::lower::{self, Controller};
use crate::manifest::{Cluster, Object};
use crate::source::{FileId, Span};
pub use governs::{governs, is_governed, is_manifold, is_shown};
use rules::Rules;

pub use absent::Absent;
pub use declared::{UPSTREAM, is_place};
pub use query::Query;

/// Label of an EndpointSlice that names its Service.
const SERVICE_LABEL: &str = "kubernetes.io/service-name";

/// What the directives of a configuration can have come from.
#[derive(Debug)]
pub struct Causes<'a> {
    controller: &'a Controller,
    cluster: &'a Cluster,
    config_map: Option<&'a Object<ConfigMap>>,
    servers: HashMap<&'a str, &'a Server>,
    /// One route of each Ingress that has a part in a host, in the order of the routes.
    first_of_each: HashMap<&'a str, Vec<&'a Route>>,
    /// By the Ingress, as `namespace/name`, as all that follow.
    served: HashMap<String, Served<'a>>,
    /// The first route of a namespace, an Ingress and a path, as it is written or as it is served.
    by_path: HashMap<(&'a str, &'a str, &'a str), &'a Route>,
    /// The first route of the counters of a name, or of the form of it that variables have.
    counters: HashMap<&'a str, &'a Route>,
    /// The Ingresses of a host that hold raw configuration.
    snippets: HashMap<&'a str, Vec<&'a Object<Ingress>>>,
    /// The Ingresses that hold raw configuration for no host.
    streams: Vec<&'a Object<Ingress>>,
    ingresses: HashMap<String, Known<'a>>,
    services: HashMap<String, &'a Object<Service>>,
    /// By the Service.
    slices: HashMap<String, Vec<&'a Object<EndpointSlice>>>,
    /// Where upstreams were asked for first.
    upstreams: HashMap<&'a str, Span>,
    /// The Ingresses that name a Service.
    users: HashMap<String, Vec<&'a Object<Ingress>>>,
    /// The Ingresses by the places where their documents start.
    starts: BTreeMap<(FileId, u32), &'a Object<Ingress>>,
    /// Why Ingresses are not served or refused, by their objects.
    refused: HashMap<&'a ObjectRef, &'a Diagnostic>,
}

/// An Ingress, and where its hosts and paths stand.
#[derive(Debug)]
struct Known<'a> {
    object: &'a Object<Ingress>,
    rules: OnceLock<Rules<'a>>,
}

/// What an Ingress has a part in.
#[derive(Debug, Default)]
struct Served<'a> {
    routes: Vec<&'a Route>,
    /// Sorted.
    hosts: Vec<&'a str>,
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
        let mut slices: HashMap<_, Vec<_>> = HashMap::new();
        for slice in &cluster.endpoint_slices {
            if let Some(service) = slice.value.metadata.labels.as_ref().and_then(|labels| labels.get(SERVICE_LABEL)) {
                slices.entry(key(&slice.reference.namespace, service)).or_default().push(slice);
            }
        }
        let upstreams = proxy.upstreams.iter().filter_map(|upstream| Some((upstream.name.as_str(), upstream.origin.span()?)));
        let mut causes = Self {
            controller,
            cluster,
            config_map: lower::config_map(cluster, controller),
            servers: proxy.servers.iter().map(|server| (server.hostname.as_str(), server)).collect(),
            first_of_each: HashMap::new(),
            served: HashMap::new(),
            by_path: HashMap::new(),
            counters: HashMap::new(),
            snippets: HashMap::new(),
            streams: Vec::new(),
            users: HashMap::new(),
            starts: BTreeMap::new(),
            refused: HashMap::new(),
            ingresses: index(&cluster.ingresses).into_iter().map(|(key, object)| (key, Known { object, rules: OnceLock::new() })).collect(),
            services: index(&cluster.services),
            slices,
            upstreams: upstreams.collect(),
        };
        proxy.servers.iter().for_each(|server| causes.know_server(server));
        causes.served.values_mut().for_each(|served| served.hosts.sort_unstable());
        cluster.ingresses.iter().for_each(|ingress| causes.know_ingress(ingress));
        causes
    }

    /// With what was found on the way from the manifests.
    #[must_use]
    pub fn with(mut self, findings: &'a [Diagnostic]) -> Self {
        let refuses = |finding: &&Diagnostic| matches!(finding.effect, Some(Effect::IngressDropped | Effect::AdmissionDenied));
        for finding in findings.iter().filter(refuses) {
            if let Some(object) = &finding.object {
                self.refused.entry(object).or_insert(finding);
            }
        }
        self
    }

    fn know_server(&mut self, server: &'a Server) {
        let mut owners = HashSet::new();
        for route in &server.routes {
            let Some(owner) = &route.owner else { continue };
            let ingress = key(&owner.namespace, &owner.name);
            let known = self.ingresses.get(&ingress).map(|known| known.object);
            let served = self.served.entry(ingress).or_default();
            served.routes.push(route);
            if owners.insert((&owner.namespace, &owner.name)) {
                self.first_of_each.entry(&server.hostname).or_default().push(route);
                served.hosts.push(&server.hostname);
            }
            for path in [&route.declared_path, &route.path] {
                self.by_path.entry((&owner.namespace, &owner.name, path)).or_insert(route);
            }
            let names = route.steps.limits.iter().flat_map(|limits| [&limits.name, &limits.id]);
            for name in names.filter(|name| !name.is_empty()) {
                self.counters.entry(name).or_insert(route);
            }
            if let Some(ingress) = known.filter(|ingress| has_snippet(ingress)) {
                let others = self.snippets.entry(&server.hostname).or_default();
                // The routes of one Ingress need not stand together; that it is looked at twice does no harm.
                if others.last().is_none_or(|last| !std::ptr::eq(*last, ingress)) {
                    others.push(ingress);
                }
            }
        }
    }

    fn know_ingress(&mut self, ingress: &'a Object<Ingress>) {
        let place = ingress.span(&[]);
        self.starts.insert((place.file, place.start), ingress);
        if ingress.value.metadata.annotations.iter().flatten().any(|(name, _)| short(name) == "stream-snippet") {
            self.streams.push(ingress);
        }
        let spec = ingress.value.spec.as_ref();
        let rules = spec.and_then(|spec| spec.rules.as_ref()).into_iter().flatten();
        let paths = rules.filter_map(|rule| rule.http.as_ref()).flat_map(|http| &http.paths).map(|path| &path.backend);
        let backends = paths.chain(spec.and_then(|spec| spec.default_backend.as_ref()));
        let services: BTreeSet<&str> = backends.filter_map(|backend| Some(backend.service.as_ref()?.name.as_str())).collect();
        for service in services {
            self.users.entry(key(&ingress.reference.namespace, service)).or_default().push(ingress);
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
        self.served.get(&key(namespace, name)).map(|served| served.routes.as_slice()).unwrap_or_default()
    }

    /// The hosts that an Ingress has a part in, sorted.
    #[must_use]
    pub fn hosts(&self, namespace: &str, name: &str) -> &[&'a str] {
        self.served.get(&key(namespace, name)).map(|served| served.hosts.as_slice()).unwrap_or_default()
    }

    /// One route of each Ingress that has a part in a host, in the order of the routes.
    fn first_of_each(&self, host: &str) -> &[&'a Route] {
        self.first_of_each.get(host).map(Vec::as_slice).unwrap_or_default()
    }

    /// The Ingress of a namespace and a name.
    fn ingress(&self, (namespace, name): (&str, &str)) -> Option<&'a Object<Ingress>> {
        self.ingresses.get(&key(namespace, name)).map(|known| known.object)
    }

    /// Where the hosts and paths of an Ingress stand.
    fn rules_of(&self, ingress: &ObjectRef) -> Option<&Rules<'a>> {
        let known = self.ingresses.get(&key(&ingress.namespace, &ingress.name))?;
        Some(known.rules.get_or_init(|| Rules::of(known.object)))
    }

    /// All routes of Ingresses, in no particular order.
    pub fn all_routes(&self) -> impl Iterator<Item = &'a Route> {
        self.served.values().flat_map(|served| &served.routes).copied()
    }
}

fn has_snippet(ingress: &Object<Ingress>) -> bool {
    ingress.value.metadata.annotations.iter().flatten().any(|(name, _)| name.ends_with("-snippet"))
}

fn index<T>(objects: &[Object<T>]) -> HashMap<String, &Object<T>> {
    objects.iter().map(|object| (key(&object.reference.namespace, &object.reference.name), object)).collect()
}

fn key(namespace: &str, name: &str) -> String {
    format!("{namespace}/{name}")
}

/// The name of an annotation without its prefix.
fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
