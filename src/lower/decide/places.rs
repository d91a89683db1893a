//! Where that which happens on a route was asked for: an annotation, else a key of the ConfigMap.

use std::sync::Arc;

use crate::catalog::features::{access, rate_limits, rewrite};
use crate::catalog::key::Spec;
use crate::ir::{Asked, Features, Origin, RateLimits, Service};
use crate::lower::settings;
use crate::lower::world::World;

/// Where keys of the ConfigMap stand that hold for routes.
#[derive(Debug)]
pub(super) struct SettingPlaces {
    to_https: Origin,
    force_https: Origin,
    allow: Origin,
    deny: Origin,
    service: Origin,
}

impl SettingPlaces {
    /// Looks them up.
    pub(super) fn new(world: &World) -> Self {
        let config = settings::config_map(world.cluster, world.controller).map(|config| settings::origin(config, world.controller));
        let place = |key: &str| config.as_ref().and_then(|config| config.place(key)).unwrap_or_default();
        Self {
            to_https: place("ssl-redirect"),
            force_https: place("force-ssl-redirect"),
            allow: place("whitelist-source-range"),
            deny: place("denylist-source-range"),
            service: place("global-auth-url"),
        }
    }
}

/// The places of one route.
pub(super) struct Places<'p> {
    /// The annotations that were written.
    pub(super) written: &'p Features,
    /// The settings.
    pub(super) settings: &'p SettingPlaces,
}

impl Places<'_> {
    /// A value with the place of the first of the annotations that was written.
    pub(super) fn asked<T>(&self, value: T, by: &[&'static Spec]) -> Asked<T> {
        Asked { value, origin: self.of(by).unwrap_or_default() }
    }

    fn of(&self, by: &[&'static Spec]) -> Option<Origin> {
        if self.written.causes.is_empty() {
            return None;
        }
        let names = by.iter().flat_map(|spec| std::iter::once(&spec.name).chain(spec.aliases));
        names.filter_map(|name| self.written.cause(name)).map(|(_, span)| Origin::Manifest(*span)).next()
    }

    /// Where the redirect to HTTPS was asked for.
    pub(super) fn of_https(&self, is_forced: bool) -> Origin {
        match is_forced {
            true => self.of(&[&rewrite::FORCE_HTTPS.spec]).unwrap_or(self.settings.force_https),
            false => self.of(&[&rewrite::TO_HTTPS.spec]).unwrap_or(self.settings.to_https),
        }
    }

    /// Addresses that may connect.
    pub(super) fn allow(&self, networks: Vec<String>) -> Asked<Vec<String>> {
        Asked { value: networks, origin: self.of(&[&access::ALLOW.spec]).unwrap_or(self.settings.allow) }
    }

    /// Addresses that may not connect.
    pub(super) fn deny(&self, networks: Vec<String>) -> Asked<Vec<String>> {
        Asked { value: networks, origin: self.of(&[&access::DENY.spec]).unwrap_or(self.settings.deny) }
    }

    /// Limits, with the place of the first of them.
    pub(super) fn limits(&self, limits: Arc<RateLimits>) -> Asked<Arc<RateLimits>> {
        let by =
            [&rate_limits::PER_SECOND.spec, &rate_limits::PER_MINUTE.spec, &rate_limits::CONNECTIONS.spec, &rate_limits::BANDWIDTH.spec];
        self.asked(limits, &by)
    }

    /// The service of the whole proxy.
    pub(super) fn global_service(&self) -> Asked<Service> {
        Asked { value: Service::OfAll, origin: self.settings.service }
    }
}
