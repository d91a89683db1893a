//! The Services that lead from outside to the controller.

use std::collections::{HashMap, HashSet};

use super::look::Look;
use crate::manifest::{Object, selection};
use k8s_openapi::api::core::v1::{Service, ServiceSpec};

/// The Services of type LoadBalancer or NodePort that select the pods of a controller in the input, or say that they are its own.
pub(super) fn entrances<'a>(look: &Look<'a>) -> impl Iterator<Item = (&'a Object<Service>, &'a ServiceSpec)> {
    let controllers: HashSet<_> = look.controllers().map(|workload| &workload.reference).collect();
    let mut known = HashMap::new();
    let mut leads = move |service: &'a Object<Service>| {
        let selects = || look.links.selected(service).any(|workload| controllers.contains(&workload.reference));
        selection(service).is_some_and(|selection| *known.entry(selection).or_insert_with(selects))
    };
    let open = look.cluster.services.iter().filter_map(|service| Some((service, service.value.spec.as_ref()?)));
    let open = open.filter(|(_, spec)| matches!(spec.type_.as_deref(), Some("LoadBalancer" | "NodePort")));
    let found: Vec<_> = open
        .filter(|(service, _)| {
            let says = service.value.metadata.labels.as_ref().and_then(|labels| labels.get("app.kubernetes.io/name"));
            says.is_some_and(|name| name == "ingress-nginx") || leads(service)
        })
        .collect();
    found.into_iter()
}
