//! The Services that lead from outside to the controller.

use super::look::Look;
use crate::manifest::{Object, selects};
use k8s_openapi::api::core::v1::{Service, ServiceSpec};

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
