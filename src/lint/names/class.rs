//! Whether another controller serves an Ingress.

use std::collections::HashMap;

use k8s_openapi::api::networking::v1::{Ingress, IngressClass};

use crate::catalog::families;
use crate::catalog::flags::Flags;
use crate::manifest::{Cluster, Object};

/// The Ingress classes of the input.
pub(super) struct Classes<'a> {
    by_name: HashMap<&'a str, &'a IngressClass>,
    flags: &'a Flags,
}

impl<'a> Classes<'a> {
    pub(super) fn new(cluster: &'a Cluster, flags: &'a Flags) -> Self {
        let by_name = cluster.ingress_classes.iter().map(|class| (class.reference.name.as_str(), &class.value)).collect();
        Self { by_name, flags }
    }

    /// Whether an Ingress surely is for another controller. Where the input does not tell whose a class is, it may be ours.
    pub(super) fn is_foreign(&self, object: &Object<Ingress>) -> bool {
        let flags = self.flags;
        if let Some(name) = object.value.spec.as_ref().and_then(|spec| spec.ingress_class_name.as_deref()) {
            return match self.by_name.get(name) {
                Some(class) => {
                    let controller = class.spec.as_ref().and_then(|spec| spec.controller.as_deref());
                    let is_named = flags.class_by_name && name == flags.ingress_class;
                    !is_named && controller.is_some_and(|controller| controller != flags.controller_class)
                }
                None => families::of_class(name).is_some(),
            };
        }
        let annotations = object.value.metadata.annotations.as_ref();
        let class = annotations.and_then(|annotations| annotations.get("kubernetes.io/ingress.class"));
        class.is_some_and(|class| *class != flags.ingress_class && families::of_class(class).is_some())
    }
}
