//! Which servers there are, and what holds for each as a whole.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::asks::Asks;
use super::host_settings::TLS;
use super::select::{Chosen, Rule};
use super::sites::{Location, Makers, Site, Sites, cause};
use super::world::World;
use crate::catalog::features::{server as keys, snippets};
use crate::catalog::releases::LATE_PASSTHROUGH;
use crate::diagnostic::{Diagnostic, Effect, Outcome};
use crate::ir::{CATCH_ALL, Certificate, DEFAULT_UPSTREAM, Features, Origin, PathMatch, Proxying, Route, RouteLogging, Server};
use crate::source::Span;

/// The servers of all hosts that Ingresses name, each with a location `/`, certificates and what else holds for a host as a whole.
pub(super) fn create(world: &World, chosen: &[Chosen]) -> Outcome<Sites> {
    let mut findings = Vec::new();
    // Canaries never make a server.
    let primary = || chosen.iter().enumerate().filter(|(_, ingress)| !ingress.annotations.canary.enabled);
    let hosts: HashSet<&str> = primary().flat_map(|(_, ingress)| &ingress.rules).map(|rule| rule.host.as_str()).collect();
    let mut sites = Sites::with_capacity(hosts.len() + 1);
    drop(hosts);
    sites.push(catch_all(world));
    for (at, _) in primary() {
        findings.extend(declare(&mut sites, at, chosen));
    }
    for (at, ingress) in primary() {
        let listed = tls_entries(ingress);
        for rule in &ingress.rules {
            if let Some(site) = sites.find(&rule.host) {
                let before = Made::of(&site.server);
                configure(world, site, ingress, rule, &listed, &mut findings);
                Made::of(&site.server).note(&before, at, &mut site.makers);
                if site.aliases_by.is_none() && !site.server.aliases.is_empty() {
                    site.aliases_by = Some(at);
                }
            }
        }
    }
    super::aliases::leave_hosts(chosen, &mut sites, &mut findings);
    Outcome { value: sites, diagnostics: findings }
}

fn catch_all(world: &World) -> Site {
    let defaults = &world.settings.route_defaults;
    let features = Features {
        // Quirk: the controller forgets `proxy-redirect-to` for this location.
        proxying: Arc::new(Proxying { redirect_to: String::new(), ..defaults.proxying.clone() }),
        logging: RouteLogging { access: world.settings.logging.log_default_backend, rewrites: false },
        ..Features::default()
    };
    let server = Server { hostname: CATCH_ALL.to_owned(), certificate: Some(world.default_certificate()), ..Server::default() };
    let root = root(DEFAULT_UPSTREAM, Arc::new(features), Origin::Default);
    Site::new(server, Location::new(root, &Arc::default(), None))
}

/// The route of a host for what no path takes.
fn root(upstream: &str, features: Arc<Features>, origin: Origin) -> Route {
    Route { is_default_backend: true, ..Route::new("/", PathMatch::Prefix, upstream, features, origin) }
}

/// Adds the servers of an Ingress that are not there yet. An Ingress without rules answers for all hosts, unless an older one does.
fn declare(sites: &mut Sites, at: usize, chosen: &[Chosen]) -> Option<Diagnostic> {
    let (ingress, mut finding) = (&chosen[at], None);
    let mut upstream = DEFAULT_UPSTREAM;
    if let Some(backend) = &ingress.default_backend {
        upstream = &backend.upstream;
        let root = &mut sites.list[0].locations[0];
        if root.route.is_default_backend && ingress.rules.is_empty() {
            take_over(root, at, ingress, upstream);
        } else if ingress.rules.is_empty() {
            finding = root.ingress.map(|first| second_for_all(ingress, &chosen[first]));
        }
    }
    for rule in &ingress.rules {
        if sites.has(&rule.host) {
            continue;
        }
        let route = root(upstream, Arc::clone(&ingress.features), Origin::Manifest(rule.span));
        let server = Server {
            hostname: rule.host.clone(),
            tls_passthrough: ingress.annotations.tls_passthrough,
            origin: Origin::Manifest(rule.span),
            ..Server::default()
        };
        let mut site = Site::new(server, Location::new(route, &ingress.asks, Some(at)));
        Made::of(&site.server).note(&Made::of(&Server::default()), at, &mut site.makers);
        sites.push(site);
    }
    finding
}

/// Says of an Ingress with a backend and no rule that another one has its place.
fn second_for_all(ingress: &Chosen, first: &Chosen) -> Diagnostic {
    let winner = &first.object.reference;
    let message = format!(
        "what no Ingress takes is already served by Ingress `{}/{}`: this `defaultBackend` is asked nothing",
        winner.namespace, winner.name
    );
    let place = |ingress: &Chosen| ingress.object.span(&["spec", "defaultBackend"]);
    let diagnostic = Diagnostic::warning("overridden-path", message).at(place(ingress)).subject("defaultBackend");
    let is_foreign = winner.namespace != ingress.object.reference.namespace;
    let diagnostic = diagnostic.object(ingress.object.reference.clone()).effect(Effect::Overridden).of_several_namespaces(is_foreign);
    let is_known = |ingress: &Chosen| ingress.object.value.metadata.creation_timestamp.is_some();
    let diagnostic = match is_known(ingress) && is_known(first) {
        true => diagnostic,
        false => diagnostic.note("this is a guess: the input does not say when both were created, and the older one counts"),
    };
    diagnostic.related("this one applies: the controller serves the older Ingress", place(first))
}

/// An Ingress with a backend and no rule answers for all hosts that nobody declares.
fn take_over(root: &mut Location, at: usize, ingress: &Chosen, upstream: &str) {
    // Quirk: the redirects and rewrites of such an Ingress do not count.
    let features = Features { from_twin: false, relative_redirects: false, ..Features::clone(&ingress.features) };
    let (redirect, rewrite) = (root.asks.redirect.clone(), root.asks.rewrite.clone());
    root.asks = Arc::new(Asks { redirect, rewrite, ..Asks::clone(&ingress.asks) });
    root.ingress = Some(at);
    root.route.is_default_backend = false;
    upstream.clone_into(&mut root.route.upstream);
    root.route.features = Arc::new(features);
    root.route.origin = ingress.origin();
}

/// What one Ingress asks of a host as a whole. Of two that ask for the same, the older one wins.
fn configure(world: &World, site: &mut Site, ingress: &Chosen, rule: &Rule, listed: &TlsEntries, findings: &mut Vec<Diagnostic>) {
    let annotations = &ingress.annotations;
    if !annotations.aliases.is_empty() {
        let span = cause(ingress, "server-alias");
        if site.server.aliases.is_empty() {
            site.server.aliases.clone_from(&annotations.aliases);
            site.aliases_at = span;
        } else {
            let is_same = site.server.aliases == annotations.aliases;
            findings.push(set_before(ingress, &rule.host, "server-alias", span, site.aliases_at, is_same));
        }
    }
    let server = &mut site.server;
    if !annotations.server_snippet.is_empty() {
        let span = cause(ingress, "server-snippet");
        if server.snippet.is_empty() {
            server.snippet.clone_from(&annotations.server_snippet);
            site.snippet_at = span;
        } else {
            let is_same = server.snippet == annotations.server_snippet;
            findings.push(set_before(ingress, &rule.host, "server-snippet", span, site.snippet_at, is_same));
        }
    }
    server.tls_passthrough |= annotations.tls_passthrough && world.has(&LATE_PASSTHROUGH);
    if server.ciphers.is_empty() {
        server.ciphers.clone_from(&annotations.ciphers);
    }
    server.prefer_server_ciphers = server.prefer_server_ciphers.or(annotations.prefer_server_ciphers);
    if server.certificate.is_none() {
        server.certificate = certificate(world, ingress, rule, listed, findings);
    }
}

/// Which settings of a host are made.
#[derive(Clone, Copy)]
struct Made([(&'static str, bool); 6]);

impl Made {
    fn of(server: &Server) -> Self {
        Self([
            (keys::ALIASES.spec.name, !server.aliases.is_empty()),
            (keys::CIPHERS.spec.name, !server.ciphers.is_empty()),
            (keys::PREFER_SERVER_CIPHERS.spec.name, server.prefer_server_ciphers.is_some()),
            (keys::TLS_PASSTHROUGH.spec.name, server.tls_passthrough),
            (snippets::SERVER.spec.name, !server.snippet.is_empty()),
            (TLS, server.certificate.is_some()),
        ])
    }

    /// Notes that the Ingress `at` made what was not made before.
    fn note(self, before: &Self, at: usize, makers: &mut Makers) {
        let new = self.0.iter().zip(&before.0).filter(|((_, is_made), (_, was_made))| *is_made && !was_made);
        makers.extend(new.map(|((name, _), _)| (*name, at)));
    }
}

/// Says that an annotation came too late for a host; where it says the same as the one that applies, nothing is lost.
fn set_before(ingress: &Chosen, host: &str, name: &str, span: Option<Span>, winner: Option<Span>, is_same: bool) -> Diagnostic {
    let diagnostic = if is_same {
        Diagnostic::info("overridden-annotation", format!("`{name}` adds nothing for host `{host}`: it is set already, to the same value"))
    } else {
        Diagnostic::warning("overridden-annotation", format!("`{name}` is ignored for host `{host}`: an older Ingress has set it"))
    };
    let diagnostic = diagnostic.at(span).subject(name).object(ingress.object.reference.clone()).effect(Effect::Overridden);
    match winner.filter(|winner| Some(*winner) != span) {
        Some(winner) => diagnostic.related("this one applies", winner),
        None => diagnostic,
    }
}

/// The first entry of `spec.tls` that lists a host, by the host in lower case.
type TlsEntries = HashMap<String, usize>;

fn tls_entries(ingress: &Chosen) -> TlsEntries {
    let mut first = TlsEntries::new();
    let entries = ingress.object.value.spec.iter().flat_map(|spec| spec.tls.iter().flatten()).enumerate();
    for (at, host) in entries.flat_map(|(at, entry)| entry.hosts.iter().flatten().map(move |host| (at, host))) {
        first.entry(host.to_ascii_lowercase()).or_insert(at);
    }
    first
}

/// The certificate that an Ingress brings for a host; none where it asks for no TLS.
fn certificate(
    world: &World,
    ingress: &Chosen,
    rule: &Rule,
    listed: &TlsEntries,
    findings: &mut Vec<Diagnostic>,
) -> Option<Arc<Certificate>> {
    let entries = ingress.object.value.spec.as_ref()?.tls.as_deref().filter(|entries| !entries.is_empty())?;
    let listed = listed.get(&rule.host.to_ascii_lowercase()).and_then(|&at| Some((at, entries.get(at)?)));
    let stored = |name: &str| world.certificate(&ingress.service_key(name));
    // Where no entry lists the host, the first certificate that covers it counts.
    let fitting = || {
        entries.iter().enumerate().find(|(_, entry)| {
            let name = entry.secret_name.as_deref().filter(|name| !name.is_empty());
            let identity = name.and_then(|name| stored(name).ok()).and_then(|stored| stored.identity.as_ref());
            identity.is_some_and(|identity| identity.covers(&rule.host))
        })
    };
    let Some((at, entry)) = listed.or_else(fitting) else { return Some(world.default_certificate()) };
    let Some(name) = entry.secret_name.as_deref().filter(|name| !name.is_empty()) else { return Some(world.default_certificate()) };
    let span = ingress.object.span(&["spec", "tls", &at.to_string(), "secretName"]);
    let key = ingress.service_key(name);
    if world.secret(&key).is_none() {
        let finding = absent(world, ingress, &key, span, findings);
        findings.extend(finding);
        return Some(world.default_certificate());
    }
    let problem = match stored(name) {
        Ok(stored) => match &stored.identity {
            Some(identity) if identity.covers(&rule.host) || identity.covers_by_any_name(&rule.host) => {
                return Some(Arc::clone(&stored.certificate));
            }
            Some(_) => format!("the certificate in the Secret `{name}` is not for host `{}`", rule.host),
            None => format!("the Secret `{name}` holds authorities, but no certificate"),
        },
        Err(reason) => reason,
    };
    let diagnostic = Diagnostic::warning("default-certificate", problem).at(span).subject(&rule.host);
    let diagnostic = diagnostic.note(format!("host `{}` is served with the default certificate", rule.host));
    let secret = world.secret(&key).map(|secret| secret.span(&["metadata", "name"])).filter(|place| !place.is_nowhere());
    let diagnostic = diagnostic.related("the Secret", secret);
    findings.push(diagnostic.object(ingress.object.reference.clone()));
    Some(world.default_certificate())
}

/// Says once for all hosts of an entry that its Secret is not in the input. Nobody knows whether the cluster has it.
fn absent(world: &World, ingress: &Chosen, key: &str, span: Span, said: &[Diagnostic]) -> Option<Diagnostic> {
    if world.is_closed("Secret", key) || world.is_sealed("Secret", key) {
        return None;
    }
    let is_said = said.iter().rev().take_while(|finding| finding.object.as_ref() == Some(&ingress.object.reference));
    if is_said.into_iter().any(|finding| finding.rule == "absent-object" && finding.span == Some(span)) {
        return None;
    }
    let diagnostic = Diagnostic::info("absent-object", format!("the Secret `{key}` is not in the input: its certificate is not looked at"));
    let diagnostic = diagnostic.on_demand().at(span).subject(key).object(ingress.object.reference.clone());
    Some(diagnostic.note("where the cluster does not have it either, its hosts are served with the default certificate"))
}
