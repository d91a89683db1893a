//! What one namespace does to another: names of upstreams that two of them make, canaries, patterns and hosts that take the requests of
//! others. All of it is what the controller does, and nothing that its users see.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::select::{Backend, Chosen};
use super::sites::{Location, Site, Sites, cause};
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::ir::{CATCH_ALL, PathMatch, Port, Upstream};

/// What makes a backend the same as another: namespace, Service and port.
type Key = (String, String, Port);

/// Finds upstreams of different Services that have one name, as `a-b/c` and `a/b-c` have. Quirk: the controller takes them for one, so
/// that the pods of one namespace get the requests of another. Where they are kept `apart`, the later ones get names of their own.
pub(super) fn name_upstreams(chosen: &mut [Chosen], apart: bool) -> Vec<Diagnostic> {
    let mut owners: HashMap<String, (Key, ObjectRef)> = HashMap::new();
    let mut findings = Vec::new();
    for ingress in chosen {
        let (namespace, object) = (ingress.namespace, ingress.object);
        let paths = ingress.rules.iter_mut().flat_map(|rule| rule.paths.iter_mut().flatten());
        let of_paths = paths.filter_map(|path| Some((path.span, path.backend.as_mut()?)));
        let default = ingress.default_backend.as_mut().map(|backend| (object.span(&["spec", "defaultBackend"]), backend));
        for (span, backend) in of_paths.chain(default) {
            // A backend without a port shares its upstream with its namespace alone.
            let Some(port) = backend.port.clone() else { continue };
            let key: Key = (namespace.to_owned(), backend.service.clone(), port);
            match owners.get(&backend.upstream) {
                None => drop(owners.insert(backend.upstream.clone(), (key, object.reference.clone()))),
                // The name `80` and the number 80 are one port to the controller.
                Some((owner, _)) if (&owner.0, &owner.1) == (&key.0, &key.1) => {}
                // No name of an object holds an underscore.
                Some(_) if apart => backend.upstream = format!("{namespace}_{}_{}", backend.service, key.2),
                Some((owner, other)) => {
                    findings.push(mixed(namespace, backend, owner, other).at(span).object(object.reference.clone()));
                }
            }
        }
    }
    findings
}

fn mixed(namespace: &str, backend: &Backend, owner: &Key, other: &ObjectRef) -> Diagnostic {
    let (of, service, _) = owner;
    let message = format!(
        "the controller takes Service `{namespace}/{}` for `{of}/{service}`: both are the upstream `{}`",
        backend.service, backend.upstream
    );
    let finding = Diagnostic::error("mixed-upstreams", message).subject(&backend.service);
    let finding = finding.note(format!("the requests of this path go to the pods that Ingress `{}/{}` names", other.namespace, other.name));
    finding.help("give one of the Services another name, or name its port by another word")
}

/// What takes the requests of another namespace.
pub(super) fn check(chosen: &[Chosen], sites: &Sites, upstreams: &[Upstream]) -> Vec<Diagnostic> {
    let mut findings = canaries(chosen, sites, upstreams);
    findings.extend(sites.list.iter().flat_map(|site| patterns(chosen, site)));
    findings.extend(sites.list.iter().flat_map(|site| paths(chosen, site)));
    findings.extend(below_wildcards(chosen, sites));
    findings
}

/// The Ingress that a location comes from.
fn owner<'c, 'a>(chosen: &'c [Chosen<'a>], location: &Location) -> Option<&'c Chosen<'a>> {
    location.ingress.and_then(|at| chosen.get(at))
}

fn canaries(chosen: &[Chosen], sites: &Sites, upstreams: &[Upstream]) -> Vec<Diagnostic> {
    let canaries: Vec<&Chosen> = chosen.iter().filter(|ingress| ingress.annotations.canary.enabled).collect();
    if canaries.is_empty() {
        return Vec::new();
    }
    let by_name: HashMap<&str, &Upstream> = upstreams.iter().map(|upstream| (upstream.name.as_str(), upstream)).collect();
    let mut by_path: HashMap<(&str, &str, PathMatch), &Location> = HashMap::new();
    for site in &sites.list {
        for location in &site.locations {
            let route = &location.route;
            by_path.entry((&site.server.hostname, &route.path, route.path_match)).or_insert(location);
        }
    }
    let mut findings = Vec::new();
    for ingress in canaries {
        for (rule, path) in ingress.rules.iter().flat_map(|rule| rule.paths.iter().flatten().map(move |path| (rule, path))) {
            let Some(location) = by_path.get(&(rule.host.as_str(), path.path.as_str(), path.path_match)) else { continue };
            let Some(victim) = owner(chosen, location).filter(|victim| victim.namespace != ingress.namespace) else { continue };
            let Some(backend) = &path.backend else { continue };
            let takes = |upstream: &&Upstream| upstream.alternatives.contains(&backend.upstream);
            // A share of the requests is what canaries are for; all of them is another thing.
            let share = &ingress.annotations.canary.share;
            if share.weight < share.total.max(100) || by_name.get(location.route.upstream.as_str()).copied().filter(takes).is_none() {
                continue;
            }
            let message = format!(
                "this canary takes all requests for path `{}` of host `{}`, which belongs to namespace `{}`",
                path.path, rule.host, victim.namespace
            );
            let finding = Diagnostic::warning("foreign-canary", message).at(path.span).subject(format!("{}{}", rule.host, path.path));
            findings.push(about(finding, ingress, victim, location));
        }
    }
    findings
}

/// Adds whose finding it is and who loses by it.
fn about(finding: Diagnostic, ingress: &Chosen, victim: &Chosen, location: &Location) -> Diagnostic {
    let finding = finding.object(ingress.object.reference.clone());
    finding.related(format!("Ingress `{}/{}`", victim.namespace, victim.object.reference.name), location.route.origin.span())
}

/// Whether a location makes regular expressions of all paths of its host.
fn makes_patterns(location: &Location) -> bool {
    location.asks.rewrite.makes_pattern(&location.route.path)
}

/// Ingresses that make regular expressions of the paths of other namespaces, which make none themselves.
fn patterns(chosen: &[Chosen], site: &Site) -> Vec<Diagnostic> {
    let making = || site.locations.iter().filter(|location| makes_patterns(location)).filter_map(|at| Some((at, owner(chosen, at)?)));
    let makers: BTreeSet<&str> = making().map(|(_, ingress)| ingress.namespace).collect();
    let is_victim = |(_, other): &(&Location, &Chosen)| !makers.contains(other.namespace);
    let Some((victim, owner)) = site.locations.iter().filter_map(|at| Some((at, owner(chosen, at)?))).find(is_victim) else {
        return Vec::new();
    };
    let mut told = BTreeSet::new();
    let tell = |(_, ingress): (&Location, &Chosen)| {
        let host = &site.server.hostname;
        let name = if ingress.asks.rewrite.by_pattern { "use-regex" } else { "rewrite-target" };
        let message =
            format!("`{name}` makes regular expressions of all paths of host `{host}`, also those of namespace `{}`", owner.namespace);
        let finding = Diagnostic::warning("foreign-pattern", message).at(cause(ingress, name)).subject(name);
        let finding = finding.note("the longest pattern that fits takes a request, whoever protects the path");
        about(finding, ingress, owner, victim)
    };
    making().filter(|(_, ingress)| told.insert(ingress.namespace)).map(tell).collect()
}

/// Paths of a host that another namespace declared first.
fn paths(chosen: &[Chosen], site: &Site) -> Vec<Diagnostic> {
    let host = &site.server.hostname;
    let first = site.locations.iter().filter(|location| location.ingress.is_some()).min_by_key(|location| location.ingress);
    let Some((first, victim)) = first.filter(|_| host != CATCH_ALL).and_then(|first| Some((first, owner(chosen, first)?))) else {
        return Vec::new();
    };
    let mut told = BTreeSet::from([victim.namespace]);
    let mut findings = Vec::new();
    for location in &site.locations {
        let Some(ingress) = owner(chosen, location).filter(|ingress| told.insert(ingress.namespace)) else { continue };
        let path = &location.route.path;
        let message = format!("path `{path}` takes requests of host `{host}`, which namespace `{}` declared first", victim.namespace);
        let finding = Diagnostic::info("foreign-host", message).at(place(location)).subject(format!("{host}{path}"));
        findings.push(about(finding, ingress, victim, first));
    }
    findings
}

fn place(location: &Location) -> Option<crate::source::Span> {
    location.route.origin.span()
}

/// Hosts below a wildcard of another namespace.
fn below_wildcards(chosen: &[Chosen], sites: &Sites) -> Vec<Diagnostic> {
    let by_host: HashMap<&str, &Site> = sites.list.iter().map(|site| (site.server.hostname.as_str(), site)).collect();
    fn first(site: &Site) -> Option<&Location> {
        site.locations.iter().find(|location| location.ingress.is_some())
    }
    let below = |site: &Site| {
        let host = site.server.hostname.as_str();
        let (_, parent) = host.split_once('.').filter(|_| !host.starts_with("*."))?;
        let over = by_host.get(format!("*.{parent}").as_str())?;
        let (own, theirs) = (first(site)?, first(over)?);
        let (ingress, victim) = (owner(chosen, own)?, owner(chosen, theirs)?);
        let message = format!("host `{host}` takes requests of `*.{parent}`, which belongs to namespace `{}`", victim.namespace);
        let finding = Diagnostic::info("foreign-host", message).at(place(own)).subject(host);
        (ingress.namespace != victim.namespace).then(|| about(finding, ingress, victim, theirs))
    };
    sites.list.iter().filter_map(below).collect()
}
