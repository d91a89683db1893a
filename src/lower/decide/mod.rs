//! The last pass: what that which an Ingress asks of its routes comes to on each of them. What decides besides it (the host, the path,
//! the upstream, the settings) is looked at here and nowhere behind.

mod places;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::asks::Asks;
use super::sites::Sites;
use super::world::World;
use crate::catalog::features::{
    access, cors, error_pages, external_auth, forwarding, global_rate_limits, mirror, password_auth, rate_limits, redirect, rewrite, waf,
};
use crate::catalog::key::Spec;
use crate::ir::{
    Admission, Asked, Backend, CATCH_ALL, DEFAULT_UPSTREAM, ErrorPages, PatternBy, Protocol, Rewrite, Route, Server, Service, Steps,
    ToHttps, Upstream,
};
use places::{Keys, Places};

/// What is asked of a route, and the name of the upstream that answers for its errors.
pub(super) type OfRoute = (Arc<Asks>, Cow<'static, str>);

/// What asks for limits.
static LIMITS: [&Spec; 4] =
    [&rate_limits::PER_SECOND.spec, &rate_limits::PER_MINUTE.spec, &rate_limits::CONNECTIONS.spec, &rate_limits::BANDWIDTH.spec];

/// Decides what happens on routes.
#[derive(Debug)]
pub(super) struct Decider<'w, 'a> {
    world: &'w World<'a>,
    /// Where keys of the ConfigMap stand that ask something of routes.
    keys: Keys,
    /// Beginnings of paths where nobody is asked who they are.
    no_auth: Vec<&'w str>,
    /// Beginnings of paths that are not redirected to HTTPS.
    no_https: Vec<&'w str>,
    /// Hosts that have a certificate.
    certified: HashSet<String>,
    /// Upstreams that get connections of TLS unopened.
    unopened: HashSet<&'w str>,
}

impl<'w, 'a> Decider<'w, 'a> {
    /// Looks up what decides on many routes.
    pub(super) fn new(world: &'w World<'a>, sites: &Sites, upstreams: &'w [Upstream]) -> Self {
        let settings = &world.settings;
        let certified = sites.list.iter().filter(|site| site.server.certificate.is_some()).map(|site| site.server.hostname.clone());
        // Quirk: fallbacks have one name for all their copies; the first counts.
        let mut by_name = HashMap::with_capacity(upstreams.len());
        for upstream in upstreams {
            by_name.entry(upstream.name.as_str()).or_insert(upstream.tls_passthrough);
        }
        Self {
            world,
            keys: places::keys(world),
            no_auth: beginnings(&settings.route_defaults.no_auth_paths),
            no_https: beginnings(&settings.tls.no_redirect_paths),
            certified: certified.collect(),
            unopened: by_name.into_iter().filter(|(_, is_unopened)| *is_unopened).map(|(name, _)| name).collect(),
        }
    }

    /// Completes a host whose routes stand in their order, each with what is asked of it and who answers for its errors.
    pub(super) fn complete(&self, server: &mut Server, asked: &[OfRoute]) {
        let mut routes = std::mem::take(&mut server.routes);
        for at in 0..routes.len() {
            let steps = self.steps(server, &routes[at], &asked[at]);
            let before = at.checked_sub(1).and_then(|at| routes.get(at));
            let same = before.filter(|before| Arc::ptr_eq(&before.features, &routes[at].features) && *before.steps == steps);
            let same = same.map(|before| Arc::clone(&before.steps));
            let route = &mut routes[at];
            route.steps = same.unwrap_or_else(|| self.world.share_steps(steps, &route.features));
            route.pattern = match &asked[at].0.rewrite {
                rewrite if rewrite.by_pattern => Some(PatternBy::Asked),
                rewrite => rewrite.changes(&route.path).then_some(PatternBy::Rewrite),
            };
        }
        // Quirk: one path that is a regular expression makes all paths of the host regular expressions.
        server.by_pattern = routes.iter().any(|route| route.pattern.is_some());
        server.routes = routes;
    }

    fn steps(&self, server: &Server, route: &Route, (asks, error_upstream): &OfRoute) -> Steps {
        let places = Places { written: &route.features, keys: &self.keys };
        let app_root = Some(&asks.rewrite.app_root).filter(|root| !root.is_empty());
        Steps {
            app_root: app_root.map(|root| places.asked(root.clone(), &[&rewrite::APP_ROOT.spec], "")),
            firewall: places.asked(asks.firewall.clone(), &[&waf::ENABLED.spec], ""),
            refusal: asks.refusal.clone(),
            cors: asks.cors.clone().map(|cors| places.asked(cors, &[&cors::ENABLED.spec], "")),
            redirect: asks.redirect.clone().map(|to| places.asked(to, &[&redirect::TEMPORARY.spec, &redirect::PERMANENT.spec], "")),
            rewrite: asks.rewrite.changes(&route.path).then(|| {
                let target = asks.rewrite.target.clone();
                // Quirk: only a variable of this very form counts for a scheme.
                let leads_elsewhere = ["http://", "https://", "$scheme"].iter().any(|scheme| target.starts_with(scheme));
                places.asked(Rewrite { target, leads_elsewhere }, &[&rewrite::TARGET.spec], "")
            }),
            https: self.to_https(server, route, asks, &places),
            global_limit: asks.global_limit.clone().map(|limit| places.asked(limit, &[&global_rate_limits::REQUESTS.spec], "")),
            limits: asks.limits.clone().map(|limits| places.asked(limits, &LIMITS, "")),
            admission: self.admission(route, asks, &places),
            mirror: asks.mirror.clone().map(|mirror| places.asked(mirror, &[&mirror::TARGET.spec], "")),
            backend: self.backend(route, asks, &places),
            error_pages: ErrorPages {
                codes: places.asked(asks.error_pages.clone(), &[&error_pages::CODES.spec], "custom-http-errors"),
                keeps_own: asks.keep_backend_errors,
                intercepts: self.intercepts(asks),
                upstream: error_upstream.clone(),
            },
        }
    }

    /// Quirk: codes of its own make a route replace errors of the backend unless the Ingress says otherwise, whatever the ConfigMap says;
    /// and an Ingress that says otherwise is not heard where the ConfigMap replaces them for all.
    fn intercepts(&self, asks: &Asks) -> bool {
        let defaults = &self.world.settings.route_defaults;
        let by_all = !defaults.error_codes.is_empty() && !defaults.keep_backend_errors;
        by_all || !asks.error_pages.is_empty() && !asks.keep_backend_errors
    }

    fn to_https(&self, server: &Server, route: &Route, asks: &Asks, places: &Places) -> Asked<ToHttps> {
        let is_exempt = self.no_https.iter().any(|beginning| route.path.starts_with(beginning));
        let (is_forced, with_certificate) = (asks.rewrite.force_https, asks.rewrite.to_https);
        let value = ToHttps {
            happens: !is_exempt && (is_forced || with_certificate && self.has_certificate(&server.hostname)),
            is_forced,
            with_certificate,
            is_exempt,
            code: self.world.settings.route_defaults.redirect_code,
            port: asks.names_port.then_some(self.world.controller.flags.https_port),
            keeps_slash: asks.rewrite.keep_trailing_slash,
        };
        match is_forced {
            true => places.asked(value, &[&rewrite::FORCE_HTTPS.spec], "force-ssl-redirect"),
            false => places.asked(value, &[&rewrite::TO_HTTPS.spec], "ssl-redirect"),
        }
    }

    /// Whether a host has a certificate, its own or that of the wildcard host above it. Quirk: the catch-all host is asked for the
    /// certificate of the name in the request, for which there is none.
    fn has_certificate(&self, host: &str) -> bool {
        let above = || host.split_once('.').is_some_and(|(_, parent)| self.certified.contains(&format!("*.{parent}")));
        host != CATCH_ALL && (self.certified.contains(host) || above())
    }

    fn admission(&self, route: &Route, asks: &Asks, places: &Places) -> Admission {
        let own = asks.service.clone().map(|service| places.asked(Service::Own(service), &[&external_auth::URL.spec], ""));
        let is_global = asks.global_service && self.world.settings.global_auth.as_ref().is_some_and(|service| !service.url.is_empty());
        Admission {
            satisfy: asks.satisfy.map(|satisfy| places.asked(satisfy, &[&access::SATISFY.spec], "")),
            allow: places.asked(asks.allow.clone(), &[&access::ALLOW.spec], "whitelist-source-range"),
            deny: places.asked(asks.deny.clone(), &[&access::DENY.spec], "denylist-source-range"),
            password: asks.password.clone().map(|auth| places.asked(auth, &[&password_auth::SCHEME.spec], "")),
            service: own.or_else(|| is_global.then(|| places.asked(Service::OfAll, &[], "global-auth-url"))),
            is_exempt: self.no_auth.iter().any(|beginning| route.path.starts_with(beginning)),
        }
    }

    fn backend(&self, route: &Route, asks: &Asks, places: &Places) -> Backend {
        let takes_tls_unopened = self.unopened.contains(route.upstream.as_str());
        let protocol = match asks.protocol {
            // Quirk: the default backend always gets plain HTTP.
            _ if route.upstream == DEFAULT_UPSTREAM => Protocol::Http,
            Protocol::Http | Protocol::AsClient if takes_tls_unopened => Protocol::Https,
            other => other,
        };
        Backend {
            protocol,
            asked: places.asked(asks.protocol, &[&forwarding::PROTOCOL.spec], ""),
            is_small: asks.is_protocol_small,
            takes_tls_unopened,
            tls: asks.backend_tls.clone(),
        }
    }
}

/// The items of a list of paths; blanks around them do not count.
fn beginnings(list: &str) -> Vec<&str> {
    list.split(',').map(|path| path.trim_matches(' ')).filter(|path| !path.is_empty()).collect()
}
