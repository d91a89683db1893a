//! Of which upstreams the input does not say whether they have endpoints.

use std::collections::BTreeSet;

use hashbrown::HashSet;
use k8s_openapi::api::core::v1::Service as K8sService;
use k8s_openapi::api::networking::v1::Ingress;

use crate::ir::DEFAULT_UPSTREAM;
use crate::manifest::{Cluster, Object, is_external, of_namespace};
use crate::route::Service;

/// Services by the names that the controller gives their upstreams.
pub(super) fn upstreams<'s>(services: impl Iterator<Item = &'s Object<K8sService>>) -> impl Iterator<Item = (String, Service)> {
    services.flat_map(|object| {
        let (namespace, name) = (&object.reference.namespace, &object.reference.name);
        let service = |port: Option<String>| Service { namespace: namespace.clone(), name: name.clone(), port };
        let mut all = vec![(format!("custom-default-backend-{namespace}-{name}"), service(None))];
        for port in object.value.spec.iter().flat_map(|spec| spec.ports.iter().flatten()) {
            let names = [Some(port.port.to_string()), port.name.clone()];
            all.extend(names.into_iter().flatten().map(|port| (format!("{namespace}-{name}-{port}"), service(Some(port.clone())))));
        }
        all
    })
}

/// The upstreams of which nobody knows whether they have endpoints: where the input holds no slice of the namespace, or no Service of it.
/// One that is missing among others has none, and the name of another host is known.
pub(super) struct OpenEndpoints {
    /// The input holds neither Services nor slices.
    all: bool,
    upstreams: HashSet<String>,
}

impl OpenEndpoints {
    pub(super) fn of(cluster: &Cluster) -> Self {
        let is_named = |object: &Object<K8sService>| is_external(&object.value);
        let lacks_slices = |object: &&Object<K8sService>| of_namespace(&cluster.endpoint_slices, &object.reference.namespace).is_empty();
        let known = cluster.services.iter().filter(lacks_slices).filter(|object| !is_named(object));
        let lacks_services = |ingress: &&Object<Ingress>| {
            let namespace = &ingress.reference.namespace;
            of_namespace(&cluster.services, namespace).is_empty() && of_namespace(&cluster.endpoint_slices, namespace).is_empty()
        };
        let named = cluster
            .ingresses
            .iter()
            .filter(lacks_services)
            .flat_map(|ingress| ingress.backends().filter_map(|backend| backend.upstream(&ingress.reference.namespace)));
        Self {
            all: cluster.services.is_empty() && cluster.endpoint_slices.is_empty(),
            upstreams: upstreams(known).map(|(upstream, _)| upstream).chain(named).collect(),
        }
    }

    /// Whether an upstream is one of them.
    pub(super) fn holds(&self, upstream: &str) -> bool {
        self.all && upstream != DEFAULT_UPSTREAM || self.upstreams.contains(upstream)
    }
}

/// Says whose endpoints nobody knows, as the input holds no slice there.
pub(super) fn note(cluster: &Cluster) -> Option<String> {
    if cluster.endpoint_slices.is_empty() {
        return Some(String::from("no EndpointSlice is in the input: each Service is taken to have endpoints"));
    }
    let named: BTreeSet<&str> = cluster.ingresses.iter().map(|ingress| ingress.reference.namespace.as_str()).collect();
    let lacks: Vec<&str> = named.into_iter().filter(|namespace| of_namespace(&cluster.endpoint_slices, namespace).is_empty()).collect();
    match lacks.as_slice() {
        [] => None,
        [one] => Some(format!("no EndpointSlice of the namespace `{one}` is in the input: each Service there is taken to have endpoints")),
        many => {
            Some(format!("no EndpointSlice of {} namespaces is in the input: each Service there is taken to have endpoints", many.len()))
        }
    }
}
