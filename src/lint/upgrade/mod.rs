//! What an upgrade of the controller changes for the manifests.
//!
//! They are compiled for both releases, and everything is compared: what was found (`findings`), what applies where nobody says
//! anything (`defaults`), and what is served (`served`). What changes without a trace in either is a short list (`news`), and so is what
//! the nginx inside does otherwise (`inside`).

mod defaults;
mod findings;
mod inside;
mod news;
mod served;

pub use inside::other_nginx;

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::ir::Proxy;
use crate::lower::Controller;
use crate::manifest::Cluster;

/// What the manifests come to with one release.
#[derive(Debug, Clone, Copy)]
pub struct Compiled<'a> {
    /// The controller.
    pub controller: &'a Controller,
    /// What it serves.
    pub proxy: &'a Proxy,
    /// What is found.
    pub findings: &'a [Diagnostic],
}

/// What changes from one release to a later one.
#[must_use]
pub fn compare(cluster: &Cluster, before: Compiled, after: Compiled) -> Vec<Diagnostic> {
    let mut changes = findings::compare(before, after);
    // Of an Ingress that has a finding, the reason is known: what it serves is the consequence.
    let explained: BTreeSet<ObjectRef> = changes.iter().filter_map(|change| change.object.clone()).collect();
    changes.extend(defaults::compare(cluster, before.controller, after));
    changes.extend(served::compare(before, after, &explained));
    changes.extend(news::relevant(before, after));
    changes.extend(other_nginx(before.controller, after.controller, after.proxy));
    changes
}
