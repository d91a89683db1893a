//! Classes and controllers.

use std::collections::BTreeMap;

use super::model::{self, Served};
use crate::lower::{Classes, Controller};
use crate::manifest::Cluster;

/// The classes that Ingresses name, and those that nobody names.
pub(super) fn classes(cluster: &Cluster, classes: &Classes, served: &[Served]) -> Vec<model::Class> {
    let mut found: BTreeMap<&str, (Served, usize)> = BTreeMap::new();
    for (object, served) in cluster.ingresses.iter().zip(served) {
        let (best, count) = found.entry(Classes::named(object).unwrap_or_default()).or_insert((*served, 0));
        *best = (*best).min(*served);
        *count += 1;
    }
    for class in &cluster.ingress_classes {
        let is_ours = classes.names().contains(&class.reference.name.as_str());
        found.entry(&class.reference.name).or_insert((if is_ours { Served::Yes } else { Served::No }, 0));
    }
    let controller = |name: &str| classes.find(name).and_then(|class| class.value.spec.as_ref()?.controller.clone());
    let one = |(name, (served, ingresses)): (&str, (Served, usize))| model::Class {
        name: name.to_owned(),
        controller: controller(name).unwrap_or_default(),
        served,
        ingresses,
    };
    found.into_iter().map(one).collect()
}

/// The controllers; the one that is compiled for first.
pub(super) fn controllers(cluster: &Cluster, controller: &Controller) -> Vec<model::Controller> {
    let inside = controller.inside();
    let (major, minor, patch) = inside.nginx;
    let counts = model::Controller {
        release: controller.version.to_string(),
        nginx: format!("{major}.{minor}.{patch}"),
        ..model::Controller::default()
    };
    let others = cluster.controllers.iter().map(|object| model::Controller {
        object: format!("{}/{}", object.reference.namespace, object.reference.name),
        image: object.value.image.clone(),
        ..model::Controller::default()
    });
    std::iter::once(counts).chain(others).collect()
}
