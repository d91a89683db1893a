//! Which Secrets hold certificates that hosts are served with, and who makes them.

use super::look::Look;
use crate::diagnostic::ObjectRef;
use crate::manifest::{Issuance, Object, named};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::networking::v1::Ingress;
use std::collections::BTreeSet;

/// Annotations by which cert-manager makes certificates for an Ingress, and the kind of issuer that they name.
const MANAGED: [(&str, &str); 3] =
    [("cert-manager.io/cluster-issuer", "ClusterIssuer"), ("cert-manager.io/issuer", "Issuer"), ("kubernetes.io/tls-acme", "")];

/// The Secrets of the input whose certificates are served, in order.
pub(super) fn served<'a>(look: &Look<'a>) -> Vec<&'a Object<Secret>> {
    let of_hosts = look.proxy.servers.iter().filter_map(|server| server.certificate.as_deref());
    let used: BTreeSet<_> =
        of_hosts.chain([&look.proxy.default_certificate]).filter_map(|certificate| certificate.name.split_once('/')).collect();
    used.into_iter().filter_map(|(namespace, name)| named(&look.cluster.secrets, namespace, name)).collect()
}

/// The annotation by which cert-manager makes the certificates of an Ingress.
pub(super) fn managed_by(ingress: &Object<Ingress>) -> Option<&'static str> {
    let annotations = ingress.value.metadata.annotations.as_ref()?;
    let has = |name: &&str| annotations.get(*name).is_some_and(|value| !matches!(value.as_str(), "" | "false"));
    MANAGED.iter().map(|(name, _)| *name).find(has)
}

/// The issuer of the certificates of an Ingress, where it is in the input.
pub(super) fn issuer_of<'a>(look: &Look<'a>, ingress: &Object<Ingress>) -> Option<&'a Object<Issuance>> {
    let annotations = ingress.value.metadata.annotations.as_ref()?;
    MANAGED.iter().filter(|(_, kind)| !kind.is_empty()).find_map(|(annotation, kind)| {
        let name = annotations.get(*annotation)?;
        let namespace = if *kind == "Issuer" { ingress.reference.namespace.clone() } else { String::new() };
        let wanted = ObjectRef { kind: (*kind).to_owned(), namespace, name: name.clone() };
        let at = look.cluster.issuances.binary_search_by(|object| object.reference.cmp(&wanted)).ok()?;
        look.cluster.issuances.get(at)
    })
}
