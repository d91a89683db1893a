//! Services that are reached from outside, and those of them that lead to the controller.

use super::look::Look;
use crate::manifest::{Object, selects};
use crate::source::Span;
use k8s_openapi::api::core::v1::{Service, ServiceSpec};

/// How a Service is reached from outside of the cluster.
#[derive(Clone, Copy)]
pub(super) enum Door {
    /// At a port of every node.
    Node,
    /// At a load balancer of its own.
    Balancer,
    /// At addresses that nodes take for it.
    Addresses,
}

impl Door {
    /// That of a Service, if it has one.
    pub(super) fn of(service: &Object<Service>) -> Option<Self> {
        let spec = service.value.spec.as_ref()?;
        match spec.type_.as_deref() {
            Some("NodePort") => Some(Self::Node),
            Some("LoadBalancer") => Some(Self::Balancer),
            Some("ExternalName") => None,
            _ => spec.external_ips.as_ref().filter(|addresses| !addresses.is_empty()).map(|_| Self::Addresses),
        }
    }

    /// What of the Service opens it.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Node => "type `NodePort`",
            Self::Balancer => "type `LoadBalancer`",
            Self::Addresses => "`externalIPs`",
        }
    }

    /// Where it is reached.
    pub(super) fn place(self) -> &'static str {
        match self {
            Self::Node => "at a port of every node",
            Self::Balancer => "at a load balancer of its own, which is paid for each month",
            Self::Addresses => "at its `externalIPs`",
        }
    }

    /// What shuts it.
    pub(super) fn help(self) -> &'static str {
        match self {
            Self::Node | Self::Balancer => "make it a `ClusterIP`",
            Self::Addresses => "remove `externalIPs`",
        }
    }

    /// Where it stands in the Service.
    pub(super) fn span(self, service: &Object<Service>) -> Span {
        let step = match self {
            Self::Node | Self::Balancer => "type",
            Self::Addresses => "externalIPs",
        };
        service.span(&["spec", step])
    }
}

/// The Services of type LoadBalancer or NodePort that select the pods of a controller in the input, or say that they are its own.
pub(super) fn entrances<'a>(look: &Look<'a>) -> impl Iterator<Item = (&'a Object<Service>, &'a ServiceSpec)> {
    let pods: Vec<_> = look.controllers().map(|workload| (&workload.reference.namespace, &workload.value.labels)).collect();
    let open = look.cluster.services.iter().filter_map(|service| Some((service, service.value.spec.as_ref()?)));
    let open = open.filter(|(_, spec)| matches!(spec.type_.as_deref(), Some("LoadBalancer" | "NodePort")));
    open.filter(move |(service, spec)| {
        let selector = spec.selector.as_ref().filter(|selector| !selector.is_empty());
        let leads = |namespace: &String, labels| {
            *namespace == service.reference.namespace && selector.is_some_and(|selector| selects(selector, labels))
        };
        let says = service.value.metadata.labels.as_ref().and_then(|labels| labels.get("app.kubernetes.io/name"));
        pods.iter().any(|(namespace, labels)| leads(namespace, labels)) || says.is_some_and(|name| name == "ingress-nginx")
    })
}
