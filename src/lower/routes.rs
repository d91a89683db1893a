//! The order of locations, and what the path of each becomes.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};
use rayon::prelude::*;

use super::asks::Asks;
use super::decide::Decider;
use super::select::{Backend, Chosen};
use super::sites::{Location, Site};
use crate::ir::{Owner, PathMatch, Route, Server};

/// Completes a server: its locations in the order of matching, each with its owner.
pub(super) fn complete(site: Site, owners: &Owners, decider: &Decider) -> Server {
    let Site { mut server, mut locations, .. } = site;
    locations.sort_by(|a, b| b.route.path.cmp(&a.route.path));
    locations.sort_by_key(|location| std::cmp::Reverse(location.route.path.len()));
    let exact: HashSet<String> = locations
        .iter()
        .filter(|location| location.route.path_match == PathMatch::Exact)
        .map(|location| location.route.path.clone())
        .collect();
    server.routes = Vec::with_capacity(locations.len());
    let mut asks = Vec::with_capacity(locations.len());
    for Location { mut route, asks: asked, error_upstream, ingress } in locations {
        if route.path != "/" {
            route.declared_path.clone_from(&route.path);
        }
        route.owner = ingress.and_then(|at| owners.find(at, &server.hostname, &route.declared_path));
        expand(route, &asked, &exact, &mut server.routes);
        asks.resize(server.routes.len(), (asked, error_upstream));
    }
    decider.complete(&mut server, &asks);
    // A cluster has a hundred thousand hosts, and each keeps its routes to the end.
    server.routes.shrink_to_fit();
    server
}

/// A prefix becomes one that ends in a slash, and an exact location for the path without it.
fn expand(mut route: Route, asks: &Asks, exact: &HashSet<String>, routes: &mut Vec<Route>) {
    // Quirk: with a rewrite or with regular expressions a prefix stays as it is, and so matches `/app` in `/apple` too.
    if route.path == "/" || route.path_match == PathMatch::Exact || asks.rewrite.makes_pattern(&route.path) {
        routes.push(route);
        return;
    }
    let twin = (!exact.contains(&route.path)).then(|| Route { path_match: PathMatch::Exact, ..route.clone() });
    if !route.path.ends_with('/') {
        route.path.push('/');
    }
    routes.push(route);
    routes.extend(twin);
}

/// Rules and paths of an Ingress that are looked through one by one.
const NEAR: usize = 8;

/// The backends that Ingresses name: of each, by host and path.
#[derive(Debug)]
pub(super) struct Owners<'a> {
    chosen: &'a [Chosen<'a>],
    /// Those of Ingresses with more than a few rules or paths.
    backends: HashMap<usize, HashMap<(&'a str, &'a str), &'a Backend>>,
}

impl<'a> Owners<'a> {
    /// Looks up the backends of large Ingresses once, because one can have thousands of hosts.
    pub(super) fn new(chosen: &'a [Chosen]) -> Self {
        let parts = |ingress: &Chosen| ingress.rules.iter().map(|rule| 1 + rule.paths.as_ref().map_or(0, Vec::len)).sum::<usize>();
        let large = chosen.par_iter().enumerate().filter(|(_, ingress)| parts(ingress) > 2 * NEAR);
        Self { chosen, backends: large.map(|(at, ingress)| (at, by_host_and_path(ingress))).collect() }
    }

    /// Who asked for a location, and for which Service: that of the path, else the default backend of the Ingress.
    fn find(&self, at: usize, host: &str, path: &str) -> Option<Arc<Owner>> {
        let ingress = self.chosen.get(at)?;
        let path = if path.is_empty() { "/" } else { path };
        let named = match self.backends.get(&at) {
            Some(backends) => backends.get(&(host, path)).copied(),
            None => named(ingress).find(|(key, _)| *key == (host, path)).map(|(_, backend)| backend),
        };
        // A path that names no Service leaves that of the Ingress.
        let named = named.filter(|backend| !backend.service.is_empty() || ingress.default_backend.is_none());
        let backend = named.or(ingress.default_backend.as_ref());
        Some(Arc::new(Owner {
            namespace: ingress.namespace.to_owned(),
            name: ingress.object.reference.name.clone(),
            service: backend.map(|backend| backend.service.clone()).unwrap_or_default(),
            port: backend.and_then(|backend| backend.port.as_ref()).map(ToString::to_string).unwrap_or_default(),
        }))
    }
}

/// The backends that the paths of an Ingress name, by host and path.
fn named<'a>(ingress: &'a Chosen) -> impl Iterator<Item = ((&'a str, &'a str), &'a Backend)> {
    let paths = ingress.rules.iter().flat_map(|rule| rule.paths.iter().flatten().map(|path| (rule.host.as_str(), path)));
    paths.filter_map(|(host, path)| Some(((host, path.path.as_str()), path.backend.as_ref()?)))
}

fn by_host_and_path<'a>(ingress: &'a Chosen) -> HashMap<(&'a str, &'a str), &'a Backend> {
    let mut found = HashMap::new();
    named(ingress).for_each(|(key, backend)| {
        found.entry(key).or_insert(backend);
    });
    found
}
