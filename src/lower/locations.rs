//! Which location answers for which path of a host.

use std::sync::Arc;

use hashbrown::HashMap;

use super::features;
use super::select::{Backend, Chosen, NO_CANARY, Path, Rule};
use super::sites::{Location, Site, Sites};
use super::upstreams::Upstreams;
use super::world::World;
use crate::catalog::features::{backend_tls, client_auth};
use crate::diagnostic::{Diagnostic, Effect, Label};
use crate::ir::{AffinityCookie, CATCH_ALL, Origin, Route, Upstream};

/// Adds the paths of all Ingresses to the servers. Of two that ask for the same path, the older one wins.
pub(super) fn add(world: &World, chosen: &[Chosen], upstreams: &mut Upstreams, sites: &mut Sites, findings: &mut Vec<Diagnostic>) {
    let mut merge = Merge { chosen, findings, told: HashMap::new() };
    for (at, ingress) in chosen.iter().enumerate() {
        for rule in &ingress.rules {
            // Quirk: what a canary asks of a host that nobody else declares falls on the catch-all.
            let site = sites.find_or_catch_all(&rule.host);
            if rule.paths.is_none() && rule.host != CATCH_ALL {
                continue;
            }
            configure(world, site, at, ingress);
            for path in rule.paths.iter().flatten() {
                let Some(backend) = &path.backend else { continue };
                let Some(upstream) = upstreams.get_mut(&backend.upstream) else { continue };
                if upstream.is_alternative {
                    merge.lose_to_canary(upstream, ingress, rule, path, backend);
                    continue;
                }
                merge.add(site, at, rule, path, backend);
                add_affinity(upstream, site, ingress, rule, path);
            }
        }
    }
}

/// What holds for a host but is taken from each Ingress in turn until one brings an authority.
fn configure(world: &World, site: &mut Site, at: usize, ingress: &Chosen) {
    let annotations = &ingress.annotations;
    let server = &mut site.server;
    let makers = &mut site.makers;
    let mut make = |name: &'static str, is_made: bool| {
        let _ = if is_made { makers.insert(name, at) } else { makers.remove(name) };
    };
    let refuses_all = server.client_auth_error.is_some();
    if server.client_auth_error.is_none() {
        server.client_auth_error.clone_from(&annotations.client_auth_error);
    }
    if server.client_auth.as_deref().is_none_or(|auth| auth.trust.authorities.is_empty()) {
        server.client_auth.clone_from(&annotations.client_auth);
        if !refuses_all {
            make(client_auth::SECRET.spec.name, server.client_auth.is_some());
        }
    }
    if !refuses_all && server.client_auth_error.is_some() {
        make(client_auth::SECRET.spec.name, true);
    }
    let has_authority = server.backend_tls.as_deref().is_some_and(|tls| !tls.trust.authorities.is_empty());
    if !world.settings.upstreams.tls_per_route_only && !has_authority {
        server.backend_tls = ingress.asks.backend_tls.as_ref().map(features::backend_tls::of_host);
        make(backend_tls::SECRET.spec.name, server.backend_tls.is_some());
    }
}

/// The paths of all Ingresses on their way into the servers.
struct Merge<'a, 'b> {
    chosen: &'a [Chosen<'b>],
    findings: &'a mut Vec<Diagnostic>,
    /// What is said of two Ingresses that declare the same paths, by their places, the one that loses first.
    told: HashMap<(usize, Option<usize>), usize>,
}

impl Merge<'_, '_> {
    /// Adds one path of the Ingress `at`.
    fn add(&mut self, site: &mut Site, at: usize, rule: &Rule, path: &Path, backend: &Backend) {
        let ingress = &self.chosen[at];
        let origin = Origin::Manifest(path.span);
        let route = Route::new(&path.path, path.path_match, &backend.upstream, Arc::clone(&ingress.features), origin);
        let location = Location::new(route, &ingress.asks, Some(at));
        // Only the first location of a path is looked at: an `Exact` one there lets any number of `Prefix` ones in.
        match site.first(&path.path).filter(|first| first.route.path_match == path.path_match) {
            Some(first) if !first.route.is_default_backend => {
                // What becomes of a canary whose Service is served already is told with the canaries.
                if !ingress.annotations.canary.enabled {
                    self.tell_overridden(first, at, rule, path);
                }
                return;
            }
            Some(first) => *first = location,
            None => site.push(location),
        }
        if ingress.features.from_twin {
            site.server.redirect_twin = true;
            site.twin_by.get_or_insert(at);
        }
    }

    /// Quirk: a Service that an older canary names is a canary's for all Ingresses, and the paths that lead to it are not served.
    fn lose_to_canary(&mut self, upstream: &Upstream, ingress: &Chosen, rule: &Rule, path: &Path, backend: &Backend) {
        if ingress.annotations.canary.enabled {
            return;
        }
        let Path { path, span, .. } = path;
        let message =
            format!("path `{path}` of host `{}` is not served: an older canary has taken Service `{}`", rule.host, backend.service);
        let diagnostic = Diagnostic::error("path-lost-to-canary", message).at(*span).subject(format!("{}{path}", rule.host));
        let diagnostic = diagnostic.object(ingress.object.reference.clone()).effect(Effect::Unreachable);
        let diagnostic = diagnostic.help("give the canary a Service of its own, or another port of this one");
        self.findings.push(diagnostic.related("this canary names the same Service and port", upstream.origin.span()));
    }

    /// An Ingress that repeats many paths of another one made one mistake.
    fn tell_overridden(&mut self, winner: &Location, at: usize, rule: &Rule, path: &Path) {
        let key = (at, winner.ingress);
        if let Some(told) = self.told.get(&key).and_then(|told| self.findings.get_mut(*told)) {
            let more = Label::new(format!("and so is path `{}` of host `{}`", path.path, rule.host), path.span);
            let one = winner.route.origin.span().map(|span| Label::new("this one applies", span));
            told.related.extend(std::iter::once(more).chain(one));
            return;
        }
        self.told.insert(key, self.findings.len());
        let finding = self.overridden(winner, &self.chosen[at], rule, path);
        self.findings.push(finding);
    }

    fn overridden(&self, winner: &Location, ingress: &Chosen, rule: &Rule, path: &Path) -> Diagnostic {
        let owner = winner.ingress.map(|at| &self.chosen[at].object.reference);
        let by = owner.map_or_else(String::new, |owner| format!(" by Ingress `{}/{}`", owner.namespace, owner.name));
        let message = format!("path `{}` of host `{}` is already served{by}", path.path, rule.host);
        let diagnostic = Diagnostic::warning("overridden-path", message).at(path.span).subject(format!("{}{}", rule.host, path.path));
        let is_foreign = owner.is_some_and(|owner| owner.namespace != ingress.object.reference.namespace);
        let diagnostic = diagnostic.object(ingress.object.reference.clone()).effect(Effect::Overridden).of_several_namespaces(is_foreign);
        let of_one = winner.ingress.is_some_and(|at| self.chosen[at].index == ingress.index);
        let is_known = |ingress: &Chosen| ingress.object.value.metadata.creation_timestamp.is_some();
        let is_known_of_both = is_known(ingress) && winner.ingress.is_some_and(|at| is_known(&self.chosen[at]));
        let diagnostic = match of_one || is_known_of_both {
            false => diagnostic.note("this is a guess: the input does not say when both were created, and the older one counts"),
            true => diagnostic,
        };
        let why = if of_one { "of one Ingress the first" } else { "the controller serves the older Ingress" };
        let wishes = winner.ingress.and_then(|at| self.chosen[at].wish()).or(ingress.wish());
        diagnostic.related(format!("this one applies: {why}"), winner.route.origin.span()).related(NO_CANARY, wishes)
    }
}

/// Quirk: of several Ingresses the first gives kind and mode of the affinity, and the last one the cookie.
fn add_affinity(upstream: &mut Upstream, site: &Site, ingress: &Chosen, rule: &Rule, path: &Path) {
    let asked = &ingress.annotations.affinity;
    let affinity = &mut upstream.affinity;
    if affinity.kind.is_empty() {
        affinity.kind.clone_from(&asked.kind);
    }
    if affinity.mode.is_empty() {
        affinity.mode.clone_from(&asked.mode);
    }
    if asked.kind != "cookie" {
        return;
    }
    let locations = std::mem::take(&mut affinity.cookie.locations);
    affinity.cookie = AffinityCookie { locations, ..asked.cookie.clone() };
    for host in std::iter::once(&rule.host).chain(&site.server.aliases) {
        affinity.cookie.locations.entry(host.clone()).or_default().push(path.path.clone());
    }
}
