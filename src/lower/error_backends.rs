//! Upstreams of the annotation `default-backend`: they answer when the real one has no endpoint, and for error codes.

use std::borrow::Cow;

use hashbrown::HashMap;

use super::endpoints;
use super::select::Chosen;
use super::sites::{Sites, cause};
use super::upstreams::Upstreams;
use super::world::World;
use crate::diagnostic::{Diagnostic, Effect};
use crate::ir::{DEFAULT_UPSTREAM, Endpoint, FALLBACK_PREFIX, Upstream};
use crate::manifest::ports;

/// Adds the upstreams that locations fall back to, points the locations at them, and returns all upstreams by name.
pub(super) fn add(
    world: &World,
    chosen: &[Chosen],
    mut upstreams: Upstreams,
    sites: &mut Sites,
    findings: &mut Vec<Diagnostic>,
) -> Vec<Upstream> {
    let mut added = Vec::new();
    let mut names = Names::default();
    for (name, places) in fallbacks(chosen, &upstreams, sites) {
        let Some(upstream) = upstreams.get_mut(&name) else { continue };
        let original = upstream.clone();
        for (site, location) in places {
            let site = &mut sites.list[site];
            let location = &mut site.locations[location];
            let Some((key, endpoints)) = fallback(world, chosen, location.ingress, findings) else { continue };
            if !endpoints.is_empty() {
                let name = names.of(key, world.cluster.keeps_tenants_apart);
                location.error_upstream = Cow::Owned(name.clone());
                if original.endpoints.is_empty() {
                    location.route.upstream.clone_from(&name);
                }
                // Quirk: each location brings its copy, all of one name.
                added.push(Upstream { name, endpoints, ..original.clone() });
            }
            // Quirk: only a location with such a fallback lets the upstream know that TLS is passed through.
            if site.server.tls_passthrough && location.route.path == "/" {
                upstream.tls_passthrough = true;
            }
        }
    }
    let mut all: Vec<Upstream> = upstreams.into_values().chain(added).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// Names of fallbacks, and the Services that have them.
#[derive(Default)]
struct Names(HashMap<String, String>);

impl Names {
    /// The name for a Service. Quirk: those of `a-b/c` and `a/b-c` are one, unless they are kept apart.
    fn of(&mut self, key: String, apart: bool) -> String {
        let name = format!("{FALLBACK_PREFIX}{}", key.replacen('/', "-", 1));
        let owner = self.0.entry(name.clone()).or_insert_with(|| key.clone());
        if apart && *owner != key { format!("{FALLBACK_PREFIX}{}", key.replacen('/', "_", 1)) } else { name }
    }
}

/// The locations that need a fallback, by their upstream.
fn fallbacks(chosen: &[Chosen], upstreams: &Upstreams, sites: &Sites) -> Vec<(String, Vec<(usize, usize)>)> {
    let mut found: HashMap<&str, Vec<(usize, usize)>> = HashMap::new();
    for (at, site) in sites.list.iter().enumerate() {
        for (under, location) in site.locations.iter().enumerate() {
            let route = &location.route;
            let asks = location.ingress.and_then(|at| chosen.get(at)).is_some_and(|ingress| ingress.annotations.default_backend.is_some());
            let is_empty = upstreams.get(&route.upstream).is_some_and(|upstream| upstream.endpoints.is_empty());
            if asks && route.upstream != DEFAULT_UPSTREAM && (is_empty || !location.asks.error_pages.is_empty()) {
                found.entry(&route.upstream).or_default().push((at, under));
            }
        }
    }
    let mut found: Vec<_> = found.into_iter().map(|(name, places)| (name.to_owned(), places)).collect();
    found.sort();
    found
}

/// The Service that an Ingress falls back to, and its endpoints; none where the Service has no port.
fn fallback(world: &World, chosen: &[Chosen], ingress: Option<usize>, findings: &mut Vec<Diagnostic>) -> Option<(String, Vec<Endpoint>)> {
    let ingress = ingress.and_then(|at| chosen.get(at))?;
    let key = ingress.annotations.default_backend.clone()?;
    let service = world.service(&key)?;
    if ports(&service.value).is_empty() {
        let message = format!("`default-backend` is ignored: the Service `{key}` has no ports");
        let diagnostic = Diagnostic::warning("default-backend-without-port", message).effect(Effect::AnnotationIgnored);
        let diagnostic = diagnostic.at(cause(ingress, "default-backend")).subject("default-backend");
        findings.push(diagnostic.object(ingress.object.reference.clone()).related("the Service", service.span(&["spec"])));
        return None;
    }
    Some((key, endpoints::of_first_port(world, service)))
}
