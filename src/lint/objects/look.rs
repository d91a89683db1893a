//! What the rules look at.

use k8s_openapi::api::core::v1::{Service, ServicePort};
use k8s_openapi::api::networking::v1::Ingress;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::ir::Proxy;
use crate::lint::Subject;
use crate::lower::Controller;
use crate::manifest::{Cluster, Links, Object};

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
}

impl<'a> Look<'a> {
    pub(super) fn of(subject: &Subject<'a>) -> Self {
        let Subject { cluster, controller, proxy, judgement: _ } = *subject;
        Self { cluster, controller, proxy, links: Links::of(cluster) }
    }

    /// The Ingresses but those that are known to be for another controller.
    pub(super) fn ingresses(&self) -> impl Iterator<Item = &'a Object<Ingress>> + use<'a> {
        let Self { cluster, controller, .. } = *self;
        cluster.ingresses.iter().filter(move |ingress| !is_of_another(cluster, controller, &ingress.value))
    }
}

fn is_of_another(cluster: &Cluster, controller: &Controller, ingress: &Ingress) -> bool {
    let flags = &controller.flags;
    let annotation = ingress.metadata.annotations.as_ref().and_then(|annotations| annotations.get("kubernetes.io/ingress.class"));
    let named = ingress.spec.as_ref().and_then(|spec| spec.ingress_class_name.as_ref()).or(annotation);
    let Some(name) = named.filter(|name| **name != flags.ingress_class) else { return false };
    let class = cluster.ingress_classes.iter().find(|class| class.reference.name == *name);
    let of_class = class.and_then(|class| class.value.spec.as_ref()?.controller.as_deref());
    match of_class {
        Some(of_class) => of_class != flags.controller_class,
        None => !name.contains("nginx"),
    }
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
