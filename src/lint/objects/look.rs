//! What the rules look at.

use std::collections::HashSet;

use k8s_openapi::api::core::v1::{Service, ServicePort};
use k8s_openapi::api::networking::v1::Ingress;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::catalog::features::forwarding;
use crate::ir::{Protocol, Proxy};
use crate::lint::Subject;
use crate::lower::{Class, Classes, Controller};
use crate::manifest::{Backend, Cluster, Links, Object, Use, Workload, named};
use crate::source::Span;

/// The objects, who names whom, and what they come to.
pub(super) struct Look<'a> {
    /// The objects.
    pub(super) cluster: &'a Cluster,
    /// The controller that they are for.
    pub(super) controller: &'a Controller,
    /// What they come to.
    pub(super) proxy: &'a Proxy,
    /// Who names whom.
    pub(super) links: Links<'a>,
    classes: Classes<'a>,
}

/// A backend of an Ingress, and how it is asked.
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
    pub(super) fn of(subject: &Subject<'a>) -> Self {
        let Subject { cluster, controller, proxy, judgement: _ } = *subject;
        Self { cluster, controller, proxy, links: Links::of(cluster), classes: Classes::new(cluster, &controller.flags) }
    }

    /// The Ingresses but those that are known to be for another controller.
    pub(super) fn ingresses(&self) -> impl Iterator<Item = &'a Object<Ingress>> {
        self.cluster.ingresses.iter().filter(|ingress| self.classes.of(ingress) != Class::Foreign)
    }

    /// Their backends.
    pub(super) fn backends(&self) -> impl Iterator<Item = Asked<'a>> {
        self.ingresses().flat_map(move |ingress| {
            let protocol = self.annotation(ingress, forwarding::PROTOCOL.spec.name).map(Protocol::of).unwrap_or_default();
            ingress.backends().map(move |backend| {
                let service = named(&self.cluster.services, &ingress.reference.namespace, &backend.service.name);
                Asked { ingress, backend, service, protocol }
            })
        })
    }

    /// The backends that name a Service, but those of Ingresses that are known to be for another controller.
    pub(super) fn uses(&self, service: &'a Object<Service>) -> impl Iterator<Item = &Use<'a>> {
        self.links.uses(service).iter().filter(|user| self.classes.of(user.ingress) != Class::Foreign)
    }

    /// What makes the pods of controllers.
    pub(super) fn controllers(&self) -> impl Iterator<Item = &'a Object<Workload>> {
        let controllers: HashSet<_> = self.cluster.controllers.iter().map(|controller| &controller.reference).collect();
        self.cluster.workloads.iter().filter(move |workload| controllers.contains(&workload.reference))
    }

    /// The value of an annotation of this controller, named without its prefix.
    pub(super) fn annotation(&self, ingress: &'a Object<Ingress>, name: &str) -> Option<&'a str> {
        let annotations = ingress.value.metadata.annotations.as_ref()?;
        annotations.get(&self.full(name)).map(String::as_str)
    }

    /// Where an annotation of this controller stands.
    pub(super) fn annotation_span(&self, ingress: &Object<Ingress>, name: &str) -> Span {
        ingress.span(&["metadata", "annotations", &self.full(name)])
    }

    fn full(&self, name: &str) -> String {
        format!("{}/{name}", self.controller.flags.annotations_prefix)
    }
}

impl<'a> Asked<'a> {
    /// The port of the Service that is asked for.
    pub(super) fn port(&self) -> Option<&'a ServicePort> {
        port_of(&self.service?.value, &self.backend.port()?)
    }

    /// Namespace and name of the Service.
    pub(super) fn name(&self) -> String {
        format!("{}/{}", self.ingress.reference.namespace, self.backend.service.name)
    }

    /// Where the Ingress names the Service.
    pub(super) fn service_span(&self) -> Span {
        self.ingress.backend_span(self.backend.place, &["backend", "service", "name"])
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

/// The port of a Service that a backend means, as the controller looks for it: by number, by name, or by its target.
pub(super) fn port_of<'s>(service: &'s Service, wanted: &str) -> Option<&'s ServicePort> {
    let fits = |port: &&ServicePort| port.port.to_string() == wanted || port.name.as_deref() == Some(wanted) || target(port) == wanted;
    ports(service).iter().find(fits)
}

/// The ports of a Service.
pub(super) fn ports(service: &Service) -> &[ServicePort] {
    service.spec.as_ref().and_then(|spec| spec.ports.as_deref()).unwrap_or_default()
}

/// Whether a Service is a name elsewhere.
pub(super) fn is_external(service: &Service) -> bool {
    service.spec.as_ref().and_then(|spec| spec.type_.as_deref()) == Some("ExternalName")
}

/// The target of a port, as it is written; the port itself where none is.
pub(super) fn target(port: &ServicePort) -> String {
    match &port.target_port {
        Some(IntOrString::Int(number)) => number.to_string(),
        Some(IntOrString::String(name)) => name.clone(),
        None => port.port.to_string(),
    }
}
