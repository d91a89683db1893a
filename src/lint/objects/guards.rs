//! What a request must pass on a route before the backend gets it.

use crate::catalog::features::{access, external_auth, password_auth};
use crate::catalog::key::Spec;
use crate::ir::{Proxy, Route};

/// A check of requests, named by its annotation.
pub(super) struct Guard {
    /// The annotation.
    pub(super) spec: &'static Spec,
    holds: fn(&Proxy, &Route) -> bool,
}

/// The checks that decide who may reach a backend.
pub(super) static GUARDS: [Guard; 4] = [
    Guard { spec: &external_auth::URL.spec, holds: |proxy, route| route.steps.admission.service(&proxy.settings).is_some() },
    Guard { spec: &password_auth::SCHEME.spec, holds: |_, route| route.steps.admission.password().is_some() },
    Guard { spec: &access::ALLOW.spec, holds: |_, route| !route.steps.admission.allow.is_empty() },
    Guard { spec: &access::DENY.spec, holds: |_, route| !route.steps.admission.deny.is_empty() },
];

/// Segments of paths that are open on purpose.
const PUBLIC: [&str; 39] = [
    ".well-known",
    "health",
    "healthz",
    "healthcheck",
    "livez",
    "readyz",
    "live",
    "ready",
    "ping",
    "status",
    "version",
    "static",
    "assets",
    "public",
    "images",
    "img",
    "css",
    "js",
    "fonts",
    "login",
    "signin",
    "sign-in",
    "sso",
    "saml",
    "saml2",
    "oauth",
    "oauth2",
    "auth",
    "callback",
    "logout",
    "register",
    "webhook",
    "webhooks",
    "hook",
    "hooks",
    "favicon.ico",
    "robots.txt",
    "acs",
    "jwks",
];

/// Words of paths that are for few.
const INNER: [&str; 23] = [
    "admin",
    "admins",
    "administrator",
    "administration",
    "internal",
    "private",
    "manage",
    "manager",
    "management",
    "console",
    "dashboard",
    "debug",
    "actuator",
    "metrics",
    "backoffice",
    "config",
    "secrets",
    "root",
    "staff",
    "phpmyadmin",
    "adminer",
    "prometheus",
    "kibana",
];

/// Whether a path is one that is mostly open on purpose.
pub(super) fn is_public(path: &str) -> bool {
    path.split('/').any(|segment| PUBLIC.contains(&segment.to_ascii_lowercase().as_str()))
}

/// The word of a path that says that it is for few.
pub(super) fn inner_word(path: &str) -> Option<&'static str> {
    let mut words = path.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.find_map(|word| INNER.iter().copied().find(|inner| word.eq_ignore_ascii_case(inner)))
}

impl Guard {
    /// Whether a route checks, or lets nobody through at all.
    pub(super) fn holds(&self, proxy: &Proxy, route: &Route) -> bool {
        route.is_refused() || (self.holds)(proxy, route)
    }
}

/// The checks of one route that another one lacks.
pub(super) fn missing<'g>(proxy: &'g Proxy, of: &'g Route, on: &'g Route) -> impl Iterator<Item = &'static str> + use<'g> {
    GUARDS.iter().filter(move |guard| (guard.holds)(proxy, of) && !guard.holds(proxy, on)).map(|guard| guard.spec.name)
}

/// Whether a route lets only those in who are known: by an authentication service, a password or a list of addresses.
pub(super) fn is_for_few(proxy: &Proxy, route: &Route) -> bool {
    let admission = &route.steps.admission;
    let is_asked = admission.service(&proxy.settings).is_some() || admission.password().is_some();
    let (is_listed, is_open) = (!admission.allow.is_empty(), everybody(&admission.allow).is_some());
    // With `satisfy: any` a list of everybody opens what authentication closes.
    let is_opened = is_open && (admission.is_any() || !is_asked);
    route.is_refused() || (is_asked || is_listed) && !is_opened
}

/// Whom networks cover, where that is everybody of a kind.
pub(super) fn everybody(networks: &[String]) -> Option<&'static str> {
    let has = |network: &str| networks.iter().any(|other| other == network);
    let four = has("0.0.0.0/0") || has("0.0.0.0/1") && has("128.0.0.0/1");
    let six = has("::/0") || has("::/1") && has("8000::/1");
    match (four, six) {
        (true, true) => Some("everybody"),
        (true, false) => Some("every address of IPv4"),
        (false, true) => Some("every address of IPv6"),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_halves_are_everybody() {
        for (networks, expected) in [
            (&["0.0.0.0/0"][..], Some("every address of IPv4")),
            (&["0.0.0.0/1", "128.0.0.0/1"], Some("every address of IPv4")),
            (&["0.0.0.0/0", "::/0"], Some("everybody")),
            (&["0.0.0.0/1", "10.0.0.0/8"], None),
            (&[], None),
        ] {
            let networks: Vec<String> = networks.iter().map(|network| (*network).to_owned()).collect();
            assert_eq!(everybody(&networks), expected, "{networks:?}");
        }
    }
}
