//! What holds for Ingress classes.

use super::forms::{controller, label};
use super::ingress::resource;
use super::{Faults, Look, Row, field, text};
use crate::manifest::tree::Node;

const CLASS: &[&str] = &["IngressClass"];

pub(super) const ROWS: &[Row] = &[
    Row::new(CLASS, "spec.controller", "malformed-name", Look::Form("name of a controller", controller)),
    Row::new(CLASS, "", "refused-object", Look::Other(no_controller)),
    Row::new(CLASS, "spec.parameters", "refused-object", Look::Other(resource)),
    Row::new(CLASS, "spec.parameters.scope", "refused-object", Look::SetToOneOf(&["Cluster", "Namespace"])),
    Row::new(CLASS, "spec.parameters", "refused-object", Look::Other(scope)),
    Row::new(CLASS, "spec.parameters.namespace", "malformed-name", Look::Form("namespace", label)),
];

fn no_controller(node: &Node, faults: &mut Faults) {
    if node.at(&["spec", "controller"]).is_none_or(super::is_null) {
        faults.at(&["spec"], "it names no controller");
    }
}

fn scope(node: &Node, faults: &mut Faults) {
    let has_namespace = field(node, "namespace").is_some();
    match text(node, "scope") {
        "Namespace" if !has_namespace => faults.here("its parameters are in a namespace, and none is named"),
        // Without a scope they are of the cluster.
        "" | "Cluster" if has_namespace => faults.at(&["namespace"], "its parameters are of the cluster, and a namespace is named"),
        _ => {}
    }
}
