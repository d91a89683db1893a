//! What the rules look at.

use hashbrown::HashSet;
use k8s_openapi::api::core::v1::{Service, ServicePort};
use k8s_openapi::api::networking::v1::Ingress;

use crate::catalog::features::{self, forwarding};
use crate::catalog::key::{Key, Risk, Spec};
use crate::catalog::value::parse_bool;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::ir::{CATCH_ALL, Origin, Protocol, Proxy, Route, Server};
use crate::lint::{ingress_key, one_of_each_ingress, reference, routes, routes_of};
use crate::lower::{self, Class, Classes, Controller};
use crate::manifest::{Backend, Cluster, Links, Object, Use, Workload, named, port_of};
use crate::source::Span;

/// The objects, who names whom, and what they come to.
pub(super) struct Look<'a> {
    /// The objects.
    pub(super) cluster: &'a Cluster,
    /// The controller that they are for.
    pub(super) controller: &'a Controller,
    /// What they come to.
    pub(super) proxy: &'a Proxy,
    /// The time that certificates are judged by, in seconds since 1970.
    pub(super) now: Option<i64>,
    /// Who names whom.
    pub(super) links: Links<'a>,
    /// The Ingresses but those that are known to be for another controller.
    ingresses: Vec<&'a Object<Ingress>>,
    /// Those that are.
    foreign: HashSet<&'a ObjectRef>,
    /// The backends of the first.
    asked: Vec<Asked<'a>>,
}

/// A backend of an Ingress, and how it is asked.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    /// The Ingress.
    pub(super) ingress: &'a Object<Ingress>,
    /// What it names.
    pub(super) backend: Backend<'a>,
    /// The Service, where it is in the input.
    pub(super) service: Option<&'a Object<Service>>,
    /// How it is spoken to.
    pub(super) protocol: Protocol,
}

impl<'a> Look<'a> {
    pub(super) fn of(cluster: &'a Cluster, controller: &'a Controller, proxy: &'a Proxy, now: Option<i64>) -> Self {
        let classes = Classes::new(cluster, &controller.flags);
        let (foreign, ingresses): (Vec<_>, Vec<_>) = cluster.ingresses.iter().partition(|ingress| classes.of(ingress) == Class::Foreign);
        let foreign = foreign.into_iter().map(|ingress| &ingress.reference).collect();
        let mut look = Self { cluster, controller, proxy, now, links: Links::of(cluster), ingresses, foreign, asked: Vec::new() };
        look.asked = look.ingresses.iter().flat_map(|ingress| look.asked_by(ingress)).collect();
        look
    }

    /// Where a key of the ConfigMap stands.
    pub(super) fn setting_span(&self, key: &str) -> Option<Span> {
        self.proxy.settings_origin.as_ref()?.place(key).and_then(Origin::span)
    }

    /// The ConfigMap of the controller.
    pub(super) fn config_map(&self) -> Option<ObjectRef> {
        lower::config_map(self.cluster, self.controller).map(|map| map.reference.clone())
    }

    /// The Ingresses but those that are known to be for another controller.
    pub(super) fn ingresses(&self) -> impl Iterator<Item = &'a Object<Ingress>> {
        self.ingresses.iter().copied()
    }

    /// Their backends.
    pub(super) fn backends(&self) -> impl Iterator<Item = Asked<'a>> {
        self.asked.iter().copied()
    }

    fn asked_by(&self, ingress: &'a Object<Ingress>) -> impl Iterator<Item = Asked<'a>> + use<'a> {
        let protocol = self.annotation(ingress, &forwarding::PROTOCOL.spec).map(|word| Protocol::of(word.trim())).unwrap_or_default();
        let services = &self.cluster.services;
        ingress.backends().map(move |backend| {
            let service = named(services, &ingress.reference.namespace, &backend.service.name);
            Asked { ingress, backend, service, protocol }
        })
    }

    /// The backends that name a Service, but those of Ingresses that are known to be for another controller.
    pub(super) fn uses(&self, service: &'a Object<Service>) -> impl Iterator<Item = &Use<'a>> {
        self.links.uses(service).iter().filter(|user| !self.foreign.contains(&user.ingress.reference))
    }

    /// What makes the pods of controllers.
    pub(super) fn controllers(&self) -> impl Iterator<Item = &'a Object<Workload>> {
        let controllers: HashSet<_> = self.cluster.controllers.iter().map(|controller| &controller.reference).collect();
        self.cluster.workloads.iter().filter(move |workload| controllers.contains(&workload.reference))
    }

    /// The value of an annotation under its own name.
    pub(super) fn annotation(&self, ingress: &'a Object<Ingress>, spec: &Spec) -> Option<&'a str> {
        let annotations = ingress.value.metadata.annotations.as_ref()?;
        annotations.get(&self.full(spec.name)).map(String::as_str)
    }

    /// The name under which an annotation is there: its own, or an older one.
    pub(super) fn written(&self, ingress: &Object<Ingress>, spec: &'static Spec) -> Option<&'static str> {
        let annotations = ingress.value.metadata.annotations.as_ref()?;
        let mut names = std::iter::once(spec.name).chain(spec.aliases.iter().copied());
        names.find(|name| annotations.contains_key(&self.full(name)))
    }

    /// The highest risk that an annotation may have.
    pub(super) fn allowed_risk(&self) -> Risk {
        Risk::of_word(&self.proxy.settings.policy.max_risk)
    }

    /// Whether snippets get into the configuration: they are allowed, and so is their risk, which is the highest.
    pub(super) fn takes_snippets(&self) -> bool {
        self.proxy.settings.policy.allow_snippets && self.allowed_risk() == Risk::Critical
    }

    /// Where an annotation of this controller stands.
    pub(super) fn annotation_span(&self, ingress: &Object<Ingress>, spec: &Spec) -> Span {
        ingress.span(&["metadata", "annotations", &self.full(spec.name)])
    }

    /// The name of an annotation of this controller with its prefix.
    pub(super) fn full(&self, name: &str) -> String {
        format!("{}/{name}", self.controller.flags.annotations_prefix)
    }

    /// The annotations of an Ingress that the controller knows: what is known of each, its name as it is written, and its value.
    pub(super) fn annotations(&self, ingress: &'a Object<Ingress>) -> impl Iterator<Item = (&'static Spec, &'a str, &'a str)> {
        let (prefix, version) = (self.controller.flags.annotations_prefix.as_str(), self.controller.version);
        let all = ingress.value.metadata.annotations.iter().flatten();
        all.filter_map(move |(name, value)| {
            let spec = features::find_in(name.strip_prefix(prefix)?.strip_prefix('/')?, version)?;
            spec.is_known_to(version).then_some((spec, name.as_str(), value.as_str()))
        })
    }

    /// The value of an annotation.
    pub(super) fn value_of<T>(&self, ingress: &'a Object<Ingress>, key: &'static Key<T>) -> Option<&'a str> {
        self.annotations(ingress).find(|(spec, ..)| std::ptr::eq(*spec, &raw const key.spec)).map(|(.., value)| value)
    }

    /// Whether an Ingress is a canary.
    pub(super) fn is_canary(&self, ingress: &'a Object<Ingress>) -> bool {
        self.value_of(ingress, &features::canary::ENABLED).and_then(parse_bool) == Some(true)
    }

    /// The canaries.
    pub(super) fn canaries(&self) -> impl Iterator<Item = &'a Object<Ingress>> {
        self.ingresses().filter(|ingress| self.is_canary(ingress))
    }

    /// The first route of each Ingress that serves requests, with its host.
    pub(super) fn one_of_each_ingress(&self) -> impl Iterator<Item = (&'a Server, &'a Route)> + use<'a> {
        one_of_each_ingress(self.proxy)
    }

    /// The routes that Ingresses ask for and that serve requests, with their hosts.
    pub(super) fn routes(&self) -> impl Iterator<Item = (&'a Server, &'a Route)> + use<'a> {
        routes(self.proxy)
    }

    /// Those of paths whose host matches by regular expressions.
    pub(super) fn patterns(&self) -> impl Iterator<Item = (&'a Server, &'a Route)> + use<'a> {
        self.of_paths(true)
    }

    /// Those of paths whose host matches by texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&'a Server, &'a Route)> + use<'a> {
        self.of_paths(false)
    }

    /// How a host matches is asked once a host, and not for each of thousands of routes.
    fn of_paths(&self, by_pattern: bool) -> impl Iterator<Item = (&'a Server, &'a Route)> + use<'a> {
        let servers = self.proxy.servers.iter().filter(move |server| server.by_pattern == by_pattern);
        servers.flat_map(routes_of).filter(|(_, route)| !route.is_default_backend)
    }

    /// The server that answers for a host, as far as it is not the one for all others.
    pub(super) fn server_for(&self, host: &str) -> Option<&'a Server> {
        let host = host.to_ascii_lowercase();
        let below = || host.split_once('.').and_then(|(_, parent)| self.proxy.server(&format!("*.{parent}")));
        self.proxy.server(&host).filter(|server| server.hostname != CATCH_ALL).or_else(below)
    }
}

/// The Ingress that a route is of.
pub(super) fn ingress_of(route: &Route) -> Option<ObjectRef> {
    route.owner.as_deref().map(reference)
}

/// The Ingress of a route in words.
pub(super) fn by_whom(route: &Route) -> String {
    route.owner.as_deref().map_or_else(String::new, |owner| format!("Ingress `{}/{}`", owner.namespace, owner.name))
}

/// Whether two routes are of one Ingress.
pub(super) fn are_of_one(one: &Route, other: &Route) -> bool {
    ingress_key(one) == ingress_key(other)
}

/// An annotation of a route as it is written, and its place.
pub(super) fn written<'r, T>(route: &'r Route, key: &'static Key<T>) -> Option<(&'r str, Span)> {
    let names = std::iter::once(key.spec.name).chain(key.spec.aliases.iter().copied());
    let (name, span) = names.into_iter().find_map(|name| route.features.cause(name))?;
    Some((name, *span))
}

/// Puts a finding at an annotation of a route.
pub(super) fn at_annotation<T>(finding: Diagnostic, route: &Route, key: &'static Key<T>) -> Diagnostic {
    let (name, place) = written(route, key).map_or((key.spec.name, None), |(name, place)| (name, Some(place)));
    let finding = finding.at(place.or_else(|| route.origin.span())).subject(name);
    finding.object(ingress_of(route))
}

/// Adds the place of a route to a finding, where a manifest declared it.
pub(super) fn beside(finding: Diagnostic, words: impl Into<String>, route: &Route) -> Diagnostic {
    finding.related(words, route.origin.span())
}

/// The path of a route as it was written.
pub(super) fn path_of(route: &Route) -> &str {
    if route.declared_path.is_empty() { "/" } else { &route.declared_path }
}

impl<'a> Asked<'a> {
    /// The port of the Service that is asked for.
    pub(super) fn port(&self) -> Option<&'a ServicePort> {
        port_of(&self.service?.value, &self.backend.port()?)
    }

    /// The name of the upstream that the controller makes of the backend.
    pub(super) fn upstream(&self) -> Option<String> {
        self.backend.upstream(&self.ingress.reference.namespace)
    }

    /// Namespace and name of the Service.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.ingress.reference.namespace, self.backend.service.name)
    }

    /// Where the Ingress names the Service.
    pub(super) fn service_span(&self) -> Span {
        self.ingress.service_span(self.backend.place)
    }

    /// Where the Ingress names the port.
    pub(super) fn port_span(&self) -> Span {
        self.ingress.backend_span(self.backend.place, &["backend", "service", "port"])
    }

    /// Where the ports of the Service stand.
    pub(super) fn ports_span(&self) -> Option<Span> {
        self.service.map(|service| service.span(&["spec", "ports"]))
    }
}
