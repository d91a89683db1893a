//! Endpoints in the form of endpoint slices, which Kubernetes mirrors them to.

use k8s_openapi::api::core::v1::{EndpointAddress, EndpointPort, EndpointSubset, Endpoints};
use k8s_openapi::api::discovery::v1::{Endpoint, EndpointConditions, EndpointPort as SlicePort, EndpointSlice};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// The label by which a slice names its Service.
const SERVICE_LABEL: &str = "kubernetes.io/service-name";

/// The name of the Service that a slice is for.
pub(super) fn service_of(slice: &EndpointSlice) -> Option<&str> {
    slice.metadata.labels.as_ref()?.get(SERVICE_LABEL).map(String::as_str)
}

/// One slice for each subset, named after the Service.
pub(super) fn slices(endpoints: Endpoints) -> impl Iterator<Item = EndpointSlice> {
    let Endpoints { metadata, subsets } = endpoints;
    subsets.unwrap_or_default().into_iter().enumerate().map(move |(at, subset)| slice(&metadata, at, subset))
}

fn slice(metadata: &ObjectMeta, at: usize, subset: EndpointSubset) -> EndpointSlice {
    let service = metadata.name.clone().unwrap_or_default();
    let mut labels = metadata.labels.clone().unwrap_or_default();
    labels.insert(SERVICE_LABEL.to_owned(), service.clone());
    let ready = subset.addresses.into_iter().flatten().map(|address| endpoint(address, true));
    let waiting = subset.not_ready_addresses.into_iter().flatten().map(|address| endpoint(address, false));
    EndpointSlice {
        metadata: ObjectMeta {
            name: Some(format!("{service}-{at}")),
            namespace: metadata.namespace.clone(),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        address_type: String::from("IPv4"),
        endpoints: Some(ready.chain(waiting).collect()),
        ports: Some(subset.ports.into_iter().flatten().map(port).collect()),
    }
}

fn endpoint(address: EndpointAddress, is_ready: bool) -> Endpoint {
    Endpoint {
        addresses: vec![address.ip],
        conditions: Some(EndpointConditions { ready: Some(is_ready), ..EndpointConditions::default() }),
        hostname: address.hostname,
        node_name: address.node_name,
        target_ref: address.target_ref,
        ..Endpoint::default()
    }
}

fn port(port: EndpointPort) -> SlicePort {
    // Kubernetes writes the name of a port without one as an empty text.
    let name = port.name.unwrap_or_default();
    SlicePort { name: Some(name), port: Some(port.port), protocol: port.protocol, app_protocol: port.app_protocol }
}
