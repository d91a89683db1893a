//! Findings about manifests that compile, and the table of all rules.
//!
//! Most findings arise where their cause is: a reader of manifests knows best what it could not read. What no pass of the compiler
//! has to know, but a person does, is a [`Check`] here; rules about what stands between objects are a file each in `objects`. Every
//! rule, wherever its findings come from, is in [`rules::RULES`] with its page.

mod apart;
mod characters;
mod faults;
mod fold;
mod hostile;
mod names;
mod objects;
mod order;
pub mod placeholders;
mod reload;
pub mod rule;
pub mod rules;
mod settle;
pub mod snippets;
pub mod upgrade;

use hashbrown::HashSet;
use rayon::prelude::*;

pub use apart::Apart;
pub use fold::{Folding, fold};
pub use objects::{Idle, unanswered};
pub use order::note_guesses;
pub use reload::Judgement;
pub use settle::{is_of_webhook_alone, settle, settle_read};

use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::ir::{Owner, Proxy, Route, Server};
use crate::lower::Controller;
use crate::manifest::Cluster;

/// Everything that a check can look at.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The objects as they were declared.
    pub cluster: &'a Cluster,
    /// The controller that they are for.
    pub controller: &'a Controller,
    /// What they come to.
    pub proxy: &'a Proxy,
    /// What nginx makes of the configuration that the target writes.
    pub judgement: &'a Judgement,
    /// The time that certificates are judged by, in seconds since 1970; none: they are not.
    pub now: Option<i64>,
}

/// Looks for one family of mistakes. What it cannot know, because an object is not in the input, it says nothing about.
pub type Check = fn(&Subject) -> Vec<Diagnostic>;

/// All checks.
const CHECKS: &[Check] = &[characters::check, faults::check, hostile::check, names::check, objects::check, reload::check];

/// What nginx refuses of a configuration, at the lines of the manifests: until that is gone, no change takes effect.
#[must_use]
pub fn refused(subject: &Subject) -> Vec<Diagnostic> {
    reload::check(subject)
}

/// Runs all checks. The findings of one stay together, whatever the order in which the checks end.
#[must_use]
pub fn check(subject: &Subject) -> Vec<Diagnostic> {
    CHECKS.par_iter().flat_map_iter(|check| check(subject)).collect()
}

/// The Ingress that a route is of.
fn reference(owner: &Owner) -> ObjectRef {
    ObjectRef { kind: String::from("Ingress"), namespace: owner.namespace.clone(), name: owner.name.clone() }
}

/// Namespace and name of the Ingress that a route is of.
fn ingress_key(route: &Route) -> Option<(&str, &str)> {
    route.owner.as_deref().map(|owner| (owner.namespace.as_str(), owner.name.as_str()))
}

/// The routes that Ingresses ask for and that serve requests, with their hosts.
fn routes(proxy: &Proxy) -> impl Iterator<Item = (&Server, &Route)> {
    proxy.servers.iter().flat_map(routes_of)
}

/// Those of one host.
fn routes_of(server: &Server) -> impl Iterator<Item = (&Server, &Route)> {
    let all = server.routes.iter().map(move |route| (server, route));
    all.filter(|(_, route)| route.owner.is_some() && !route.is_refused())
}

/// The first of them of each Ingress: what its annotations say is the same for all of its routes.
fn one_of_each_ingress(proxy: &Proxy) -> impl Iterator<Item = (&Server, &Route)> {
    let mut seen = HashSet::new();
    routes(proxy).filter(move |(_, route)| seen.insert(ingress_key(route)))
}
