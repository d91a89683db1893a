//! What changes the number of pods, as far as rules look at it.

use serde::Deserialize;

use super::Object;
use super::tree::Node;
use super::typed::{self, Unknown};
use crate::diagnostic::ObjectRef;

/// A HorizontalPodAutoscaler, or a ScaledObject of KEDA, which makes one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Scaling {
    /// Whose pods are counted.
    pub scale_target_ref: ScaleTarget,
    /// The fewest; `None`: one.
    #[serde(alias = "minReplicaCount")]
    pub min_replicas: Option<i64>,
    /// The most.
    #[serde(alias = "maxReplicaCount", default = "most")]
    pub max_replicas: i64,
}

/// The workload that is scaled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ScaleTarget {
    /// Its kind; a ScaledObject need not say that it is a Deployment.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// The most that KEDA starts where nothing is said. A HorizontalPodAutoscaler has to say it.
fn most() -> i64 {
    100
}

/// Whether it changes the number of pods of a workload.
#[must_use]
pub fn is_of(scaling: &Object<Scaling>, workload: &ObjectRef) -> bool {
    let ScaleTarget { kind, name } = &scaling.value.scale_target_ref;
    let kind = if kind.is_empty() { "Deployment" } else { kind };
    scaling.reference.namespace == workload.namespace && *name == workload.name && kind == workload.kind
}

/// What the object says; nothing where it cannot be read: that is for others to tell.
pub(super) fn read(tree: &Node) -> Option<Scaling> {
    typed::read(tree.get("spec")?, &Unknown::default()).ok()
}
