//! From a directive that nginx refuses back to the line of the manifests that caused it.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use k8s_openapi::api::networking::v1::Ingress;

use crate::catalog::{features, settings};
use crate::cause::{Causes, Found, governs, is_shown};
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::ir::{Route, Server};
use crate::lint::reference;
use crate::manifest::{Cluster, Object};
use crate::nginx::{Refusal, run_on};
use crate::source::Span;

/// Who explains refusals.
pub(in crate::lint) struct Explainer<'a> {
    cluster: &'a Cluster,
    causes: Causes<'a>,
    finding: Maker,
}

/// Makes a finding of a message and a place.
pub(in crate::lint) type Maker = fn(&str, Option<Span>) -> Diagnostic;

/// Something of the manifests that a refusal may come from, and the object that it is in.
struct Suspect<'a> {
    found: Found,
    object: ObjectRef,
    value: &'a str,
}

impl<'a> Explainer<'a> {
    pub(in crate::lint) fn new(cluster: &'a Cluster, causes: Causes<'a>, finding: Maker) -> Self {
        Self { cluster, causes, finding }
    }

    /// Where the path is declared that a location is for.
    pub(in crate::lint) fn path(&self, refusal: &Refusal) -> Option<Span> {
        let server = refusal.host.as_deref().and_then(|host| self.causes.server(host));
        let location = refusal.location.as_deref()?;
        let fitting =
            self.routes(refusal, server).into_iter().filter(|route| !route.path.is_empty() && location.contains(route.path.as_str()));
        fitting.max_by_key(|route| route.path.len())?.origin.span()
    }

    /// The finding about a refusal.
    pub(in crate::lint) fn explain(&self, refusal: &Refusal) -> Diagnostic {
        let server = refusal.host.as_deref().and_then(|host| self.causes.server(host));
        let routes = self.routes(refusal, server);
        if let Some(finding) = self.of_path(refusal, &routes, server) {
            return finding;
        }
        let snippets = self.snippets(refusal, &routes);
        if let Some(suspect) = snippets.iter().find(|suspect| holds(suspect.value, &written(refusal))) {
            let finding = self.at(refusal, suspect).within(written(refusal));
            return match run_on(&refusal.line) {
                Some(line) => finding.note(format!("a `;` is missing behind `{line}`")),
                None => finding,
            };
        }
        let mut governors = self.annotations(&routes, &|name| is_governor(name, refusal));
        let is_governing = |name: &str| settings::find(name).is_some_and(|setting| governs(setting.directives, &refusal.directive));
        governors.extend(self.keys(&is_governing));
        let shown = governors.iter().find(|suspect| is_shown(suspect.value.trim(), &refusal.line));
        if let Some(suspect) = shown.or(governors.first()).or(snippets.first()) {
            return self.at(refusal, suspect);
        }
        let by_path = refusal.path.as_ref().and_then(|path| routes.iter().find(|route| route.path == *path));
        match by_path.or(routes.first()) {
            Some(route) => {
                let found = about_ingress((self.finding)(&refusal.message, route.origin.span()), route);
                if refusal.is_twin() { with_twins(found, route, server) } else { found }
            }
            None => (self.finding)(&refusal.message, server.and_then(|server| server.origin.span())),
        }
    }

    /// The routes that a refusal may be about: those of the Ingress that its location belongs to, else those of its host.
    fn routes(&self, refusal: &Refusal, server: Option<&'a Server>) -> Vec<&'a Route> {
        let owned = refusal.owner.as_ref().map(|(namespace, name)| self.causes.routes(namespace, name)).filter(|routes| !routes.is_empty());
        owned.map(<[_]>::to_vec).or_else(|| server.map(|server| server.routes.iter().collect())).unwrap_or_default()
    }

    /// All raw configuration that may have brought a line to where it is refused.
    fn snippets(&self, refusal: &Refusal, routes: &[&'a Route]) -> Vec<Suspect<'a>> {
        let is_snippet = |name: &str| name.ends_with("-snippet");
        // What is said for a host stands outside of the locations of whoever says it.
        let of_host = || {
            let server = refusal.host.as_deref().and_then(|host| self.causes.server(host));
            let routes: Vec<&Route> = server.map(|server| server.routes.iter().collect()).unwrap_or_default();
            self.annotations(&routes, &is_snippet)
        };
        let mut found = self.annotations(routes, &is_snippet);
        found.extend(of_host());
        found.extend(self.keys(&is_snippet));
        if refusal.host.is_none() {
            let mut routes: Vec<&Route> =
                self.causes.all_routes().filter(|route| route.features.cause("stream-snippet").is_some()).collect();
            routes.sort_by_key(|route| route.origin.span());
            found.extend(self.annotations(&routes, &|name| name == "stream-snippet"));
        }
        found
    }

    /// The annotations behind routes whose names without the prefix fit, each once.
    fn annotations(&self, routes: &[&'a Route], fits: &dyn Fn(&str) -> bool) -> Vec<Suspect<'a>> {
        let mut found: Vec<Suspect> = Vec::new();
        let mut seen = HashSet::new();
        for route in routes {
            let owner = route.owner.as_deref();
            let Some(ingress) = owner.and_then(|owner| self.ingress(&owner.namespace, &owner.name)) else { continue };
            if !seen.insert(&ingress.reference) {
                continue;
            }
            let fitting = route.features.causes.iter().filter(|(name, _)| fits(name.rsplit('/').next().unwrap_or(name)));
            found.extend(fitting.map(|(name, span)| suspect(ingress, name, *span)));
        }
        found
    }

    /// The keys of the ConfigMap that fit.
    fn keys(&self, fits: &dyn Fn(&str) -> bool) -> Vec<Suspect<'a>> {
        let Some(object) = self.causes.config_map() else { return Vec::new() };
        let fitting = object.value.data.iter().flatten().filter(|(key, _)| fits(key));
        let suspect = |(key, value): (&String, &'a String)| Suspect {
            found: Found { span: object.span(&["data", key]), subject: key.clone() },
            object: object.reference.clone(),
            value,
        };
        fitting.map(suspect).collect()
    }

    fn at(&self, refusal: &Refusal, suspect: &Suspect) -> Diagnostic {
        (self.finding)(&refusal.message, Some(suspect.found.span)).subject(&suspect.found.subject).object(suspect.object.clone())
    }

    /// A path that is taken for a regular expression and is none.
    fn of_path(&self, refusal: &Refusal, routes: &[&Route], server: Option<&Server>) -> Option<Diagnostic> {
        let pattern = refusal.pattern.as_deref()?;
        let path = pattern.strip_prefix('^').or_else(|| pattern.strip_prefix("(?i)"))?;
        let of_server = || server.into_iter().flat_map(|server| &server.routes);
        let route = routes.iter().copied().chain(of_server()).find(|route| route.path == path)?;
        let message = refusal.message.replace(pattern, &route.declared_path);
        let mut found = about_ingress((self.finding)(&message, route.origin.span()), route).subject(&route.declared_path);
        const MAKERS: [&str; 2] = ["use-regex", "rewrite-target"];
        let maker = |route: &Route| MAKERS.iter().find_map(|name| route.features.cause(name)).cloned();
        if maker(route).is_none()
            && let Some((name, place)) = of_server().find_map(maker)
        {
            found = found
                .related(format!("`{}` makes all paths of the host regular expressions", name.rsplit('/').next().unwrap_or(&name)), place);
        }
        Some(found)
    }

    fn ingress(&self, namespace: &str, name: &str) -> Option<&'a Object<Ingress>> {
        // The objects of a cluster are sorted by namespace and name.
        let at = self
            .cluster
            .ingresses
            .binary_search_by(|object| (object.reference.namespace.as_str(), object.reference.name.as_str()).cmp(&(namespace, name)));
        self.cluster.ingresses.get(at.ok()?)
    }
}

fn suspect<'a>(ingress: &'a Object<Ingress>, name: &str, span: Span) -> Suspect<'a> {
    let value = ingress.value.metadata.annotations.as_ref().and_then(|all: &BTreeMap<_, _>| all.get(name));
    let found = Found { span, subject: name.to_owned() };
    Suspect { found, object: ingress.reference.clone(), value: value.map(String::as_str).unwrap_or_default() }
}

fn is_governor(name: &str, refusal: &Refusal) -> bool {
    features::find(name).is_some_and(|spec| governs(spec.directives, &refusal.directive))
}

/// The directive that is refused, as whoever wrote it would have written it.
fn written(refusal: &Refusal) -> String {
    match (&refusal.location, refusal.line.is_empty() && refusal.directive == "location") {
        (Some(location), true) => format!("location {location}"),
        _ => refusal.line.clone(),
    }
}

/// Whether a text holds a line, whatever the blanks.
fn holds(text: &str, line: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = plain(line);
    !line.is_empty() && plain(text).contains(&line)
}

/// Adds the other places that declare the path of a location.
fn with_twins(mut found: Diagnostic, route: &Route, server: Option<&Server>) -> Diagnostic {
    let is_twin = |other: &&Route| other.path == route.path && other.path_match == route.path_match;
    let twins = server.iter().flat_map(|server| &server.routes).filter(is_twin);
    for span in twins.filter_map(|other| other.origin.span()).filter(|span| Some(*span) != route.origin.span()) {
        found = found.related("declared here too", span);
    }
    found
}

fn about_ingress(finding: Diagnostic, route: &Route) -> Diagnostic {
    finding.object(route.owner.as_deref().map(reference))
}
