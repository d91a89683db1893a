//! What changes the number of pods, as far as rules look at it.

use serde::Deserialize;

use super::tree::Node;
use super::typed::{self, Unknown};

/// A HorizontalPodAutoscaler.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Scaling {
    /// Whose pods are counted.
    pub scale_target_ref: ScaleTarget,
    /// The fewest; `None`: one.
    pub min_replicas: Option<i64>,
    /// The most.
    pub max_replicas: i64,
}

/// The workload that is scaled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ScaleTarget {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// What the object says; nothing where it cannot be read: that is for others to tell.
pub(super) fn read(tree: &Node) -> Option<Scaling> {
    typed::read(tree.get("spec")?, &Unknown::default()).ok()
}
