//! Which Ingresses are looked at, and what of them is the controller's.

use k8s_openapi::api::networking::v1::Ingress as Manifest;

use super::model::{Ingress, Served};
use crate::catalog::features;
use crate::catalog::value::parse_bool;
use crate::lower::Controller;
use crate::manifest::Object;

/// The annotations of the controller that an Ingress has: whole name, name without prefix, and value.
pub(super) fn own<'o>(object: &'o Object<Manifest>, controller: &Controller) -> impl Iterator<Item = (&'o str, &'o str, &'o str)> {
    let prefix = format!("{}/", controller.flags.annotations_prefix);
    let all = object.value.metadata.annotations.iter().flatten();
    all.filter_map(move |(whole, value)| Some((whole.as_str(), whole.strip_prefix(&prefix)?, value.as_str())))
}

/// Whether an Ingress asks for TLS for one of its hosts: a name with a star covers one label.
pub(super) fn has_tls(object: &Object<Manifest>, host: &str) -> bool {
    let above = host.split_once('.').map_or("", |(_, above)| above);
    object.tls_hosts().any(|(name, _)| name == host || name.strip_prefix("*.").is_some_and(|rest| !rest.is_empty() && rest == above))
}

/// Whether an Ingress is one of those that are looked at, of one class or of those that are served.
pub(super) fn is_of(ingress: &Ingress, supposed: Option<&str>) -> bool {
    match supposed {
        None => ingress.served == Served::Yes,
        Some(class) => ingress.served == Served::Supposed && ingress.class == class,
    }
}

/// Whether other products are asked about an Ingress: something is served for it, or it takes a share of what is.
pub(super) fn is_asked_about(ingress: &Ingress, object: &Object<Manifest>, controller: &Controller) -> bool {
    let is_canary =
        own(object, controller).any(|(_, name, value)| name == features::canary::ENABLED.spec.name && parse_bool(value) == Some(true));
    let is_served = matches!(ingress.served, Served::Yes | Served::Supposed);
    is_served && (is_canary || ingress.routes.iter().any(|route| route.answers != "503"))
}
