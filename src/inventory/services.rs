//! Services that several Ingresses name: whoever moves one of them moves a part of the requests.

use std::collections::{BTreeMap, BTreeSet};

use super::model::Service;
use crate::manifest::Cluster;

pub(super) fn shared(cluster: &Cluster) -> Vec<Service> {
    let mut found: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for object in &cluster.ingresses {
        for backend in object.backends() {
            found.entry((&object.reference.namespace, &backend.service.name)).or_default().insert(&object.reference.name);
        }
    }
    let is_shared = found.into_iter().filter(|(_, ingresses)| ingresses.len() > 1);
    let one = |((namespace, name), ingresses): ((&str, &str), BTreeSet<&str>)| Service {
        service: format!("{namespace}/{name}"),
        ingresses: ingresses.into_iter().map(|ingress| format!("{namespace}/{ingress}")).collect(),
    };
    is_shared.map(one).collect()
}
