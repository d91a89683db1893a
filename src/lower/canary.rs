//! Which upstreams take a share of the requests of another.

use hashbrown::{HashMap, HashSet};

use super::crashes::crash;
use super::select::{Backend, Chosen, Rule};
use super::sites::Sites;
use super::upstreams::Upstreams;
use super::world::World;
use crate::catalog::releases::CANARIES_WITHOUT_PARTNER;
use crate::diagnostic::{Diagnostic, Effect};
use crate::ir::{CATCH_ALL, DEFAULT_UPSTREAM, Origin, PathMatch, Upstream};
use crate::source::Span;

/// The locations of a server by what a canary looks for.
#[derive(Debug, Default)]
struct Locations {
    /// Upstreams in the order of the locations.
    all: Vec<String>,
    /// Upstreams of one path, with the places in `all`.
    by_path: HashMap<(String, PathMatch), Vec<usize>>,
    /// The first location that leads to an upstream.
    first_by_upstream: HashMap<String, usize>,
}

/// Lets canaries take their share of the upstreams under the same host and path. A canary that finds no partner is dropped.
pub(super) fn merge(world: &World, chosen: &[Chosen], upstreams: &mut Upstreams, sites: &Sites, findings: &mut Vec<Diagnostic>) {
    let mains = Mains::new(world, chosen);
    if mains.namespaces.is_empty() {
        let mains = &mains;
        let rules = chosen.iter().flat_map(|ingress| ingress.rules.iter().map(move |rule| mains.lonely(ingress, rule)));
        findings.extend(rules);
        return;
    }
    let wanted: HashSet<&str> = chosen
        .iter()
        .filter(|ingress| ingress.annotations.canary.enabled)
        .flat_map(|ingress| ingress.rules.iter().map(|rule| rule.host.as_str()).chain([CATCH_ALL]))
        .collect();
    let of_interest = sites.list.iter().filter(|site| wanted.contains(site.server.hostname.as_str()));
    let hosts: HashMap<&str, Locations> = of_interest
        .map(|site| {
            let mut locations = Locations::default();
            for (at, location) in site.locations.iter().enumerate() {
                let route = &location.route;
                locations.all.push(route.upstream.clone());
                locations.by_path.entry((route.path.clone(), route.path_match)).or_default().push(at);
                locations.first_by_upstream.entry(route.upstream.clone()).or_insert(at);
            }
            (site.server.hostname.as_str(), locations)
        })
        .collect();
    let panics = !world.has(&CANARIES_WITHOUT_PARTNER);
    let mut merge = Merge { mains, hosts, upstreams, findings, panics, has_taken: false };
    for ingress in chosen.iter().filter(|ingress| ingress.annotations.canary.enabled) {
        merge.one(ingress);
    }
}

/// Canaries on their way to their partners.
struct Merge<'m> {
    mains: Mains<'m>,
    /// The hosts of canaries.
    hosts: HashMap<&'m str, Locations>,
    upstreams: &'m mut Upstreams,
    findings: &'m mut Vec<Diagnostic>,
    /// Quirk: older controllers compare a canary with the upstreams of its host, and panic at one that an earlier canary took away.
    panics: bool,
    /// A canary took an upstream away.
    has_taken: bool,
}

impl Merge<'_> {
    fn one(&mut self, ingress: &Chosen) {
        if let (Some(backend), true) = (&ingress.default_backend, self.hosts.contains_key(CATCH_ALL)) {
            // Quirk: the default backend of a canary joins every location of the catch-all.
            self.join(ingress, backend, CATCH_ALL, None, ingress.object.span(&["spec", "defaultBackend"]));
        }
        for rule in &ingress.rules {
            if !self.hosts.contains_key(rule.host.as_str()) {
                self.findings.push(self.mains.lonely(ingress, rule));
                continue;
            }
            for path in rule.paths.iter().flatten() {
                if let Some(backend) = &path.backend {
                    self.join(ingress, backend, &rule.host, Some((path.path.clone(), path.path_match)), path.span);
                }
            }
        }
    }

    /// Adds the upstream of a canary to its partners, those of a path or all of the host, or drops it.
    fn join(&mut self, ingress: &Chosen, backend: &Backend, host: &str, path: Option<(String, PathMatch)>, span: Span) {
        let Self { hosts, upstreams, findings, .. } = self;
        let Some(locations) = hosts.get(host).filter(|_| upstreams.contains_key(&backend.upstream)) else { return };
        // Quirk: the search ends at the first location that leads to the very upstream of the canary, which is then kept.
        let own = locations.first_by_upstream.get(&backend.upstream).copied();
        let searched = &locations.all[..own.unwrap_or(locations.all.len())];
        if self.panics && self.has_taken && searched.iter().any(|name| !upstreams.contains_key(name)) {
            let message = format!("the canary is compared with an upstream of host `{host}` that another canary took away");
            findings.push(crash(message).at(span).subject(host).object(ingress.object.reference.clone()));
            // It comes no further.
            self.panics = false;
        }
        let all: Vec<usize>;
        let partners = match path {
            Some(path) => locations.by_path.get(&path).map_or(&[][..], Vec::as_slice),
            None => {
                all = (0..searched.len()).collect();
                &all
            }
        };
        let mut merged = false;
        for &at in partners.iter().take_while(|&&at| at < searched.len()) {
            let name = &locations.all[at];
            if *name == DEFAULT_UPSTREAM || upstreams.get(name).is_none_or(|primary| primary.is_alternative) {
                continue;
            }
            take_share(ingress, backend, name, upstreams);
            merged = true;
        }
        if merged {
            // It is asked for a share that only the Ingress which made it could give it.
            let made = upstreams.get(&backend.upstream).filter(|upstream| !upstream.is_alternative);
            findings.extend(made.map(|primary| without_upstream(ingress, backend, span, Some(primary), false)));
            return;
        }
        let removed = if own.is_none() { upstreams.remove(&backend.upstream) } else { None };
        self.has_taken |= removed.is_some();
        let primary = removed.as_ref().or_else(|| upstreams.get(&backend.upstream)).filter(|upstream| !upstream.is_alternative);
        findings.push(match (own, primary) {
            (None, None) => without_partner(ingress, backend, span),
            (_, primary) => without_upstream(ingress, backend, span, primary, removed.is_some()),
        });
    }
}

/// What the input says of the main Ingress of a canary that finds none.
struct Mains<'a> {
    /// The namespaces that have main Ingresses.
    namespaces: HashSet<&'a str>,
    /// The canaries are all that there is.
    is_nothing_else: bool,
}

impl<'a> Mains<'a> {
    fn new(world: &World, chosen: &'a [Chosen]) -> Self {
        let mains = chosen.iter().filter(|ingress| !ingress.annotations.canary.enabled);
        let namespaces: HashSet<&str> = mains.map(|ingress| ingress.namespace).collect();
        let is_nothing_else = namespaces.is_empty() && world.cluster.services.is_empty() && world.cluster.workloads.is_empty();
        Self { namespaces, is_nothing_else }
    }

    /// The main Ingress may well be in another file, unless the input holds others of the namespace.
    fn lonely(&self, ingress: &Chosen, rule: &Rule) -> Diagnostic {
        let message = format!("the canary has no partner: no other Ingress in the input declares host `{}`", rule.host);
        let finding = if self.namespaces.contains(ingress.namespace) {
            Diagnostic::warning("lonely-canary", message).help("give host, path and pathType exactly as the main Ingress has them")
        } else if self.is_nothing_else {
            Diagnostic::info("absent-object", format!("the main Ingress of the canary for host `{}` is not in the input", rule.host))
                .on_demand()
        } else {
            Diagnostic::info("lonely-canary", message)
        };
        let finding = finding.at(rule.span).subject(&rule.host).effect(Effect::Unreachable);
        let finding = finding.note("the controller serves none of its paths, unless another Ingress in the cluster declares the host");
        finding.object(ingress.object.reference.clone())
    }
}

fn without_partner(ingress: &Chosen, backend: &Backend, span: Span) -> Diagnostic {
    let message = format!("the canary for Service `{}` has no partner: no other Ingress serves this host and path", backend.service);
    let diagnostic = Diagnostic::warning("lonely-canary", message).at(span).subject(&backend.service).effect(Effect::Unreachable);
    diagnostic.object(ingress.object.reference.clone()).help("give host, path and pathType exactly as the main Ingress has them")
}

/// An older Ingress made the Service a main one for all Ingresses.
fn without_upstream(ingress: &Chosen, backend: &Backend, span: Span, primary: Option<&Upstream>, is_removed: bool) -> Diagnostic {
    let service = &backend.service;
    let diagnostic = if is_removed {
        let message = format!("the canary takes Service `{service}` away from the Ingresses that serve it: it has no partner");
        Diagnostic::error("idle-canary", message).note("the controller drops the Service with the canary: it answers 503 everywhere")
    } else {
        let message = format!("the canary has no effect: Service `{service}` is served without it");
        Diagnostic::warning("idle-canary", message)
    };
    let diagnostic = diagnostic.at(span).subject(service).object(ingress.object.reference.clone()).effect(Effect::AnnotationIgnored);
    let diagnostic = diagnostic.help("give the canary a Service of its own, or another port of this one");
    match primary.map(|primary| primary.origin) {
        Some(Origin::Manifest(at)) if at != span => diagnostic.related("this path leads to the same Service and port", at),
        _ => diagnostic,
    }
}

fn take_share(ingress: &Chosen, backend: &Backend, name: &str, upstreams: &mut Upstreams) {
    let Some(primary) = upstreams.get_mut(name) else { return };
    if primary.alternatives.contains(&backend.upstream) {
        return;
    }
    primary.alternatives.push(backend.upstream.clone());
    let affinity = primary.affinity.clone();
    // Unless told otherwise, a canary keeps clients on an endpoint as its partner does.
    if ingress.annotations.affinity.canary_behavior != "legacy"
        && let Some(alternative) = upstreams.get_mut(&backend.upstream)
    {
        alternative.affinity = affinity;
    }
}
