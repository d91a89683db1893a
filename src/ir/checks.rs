//! What a request must pass before it gets an answer.

use super::{CATCH_ALL, ExternalAuth, PasswordAuth, Proxy, Route, Server, Settings};

/// What a route does not do because of its path, whatever it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exemptions {
    /// Nobody is asked for a password, and no service is asked.
    pub from_auth: bool,
    /// Requests are not redirected to HTTPS.
    pub from_https: bool,
}

impl Route {
    /// The check of passwords that applies.
    #[must_use]
    pub fn password(&self) -> Option<&PasswordAuth> {
        self.features.password_auth.as_deref().filter(|_| !self.exemptions.from_auth)
    }

    /// The service that the route names to be asked, its own or that of the whole proxy, even where its path is exempt.
    #[must_use]
    pub fn named_service<'a>(&'a self, settings: &'a Settings) -> Option<&'a ExternalAuth> {
        let global = || settings.global_auth.as_ref().filter(|service| self.features.global_auth && !service.url.is_empty());
        self.features.external_auth.as_deref().or_else(global)
    }

    /// The service that is asked.
    #[must_use]
    pub fn service<'a>(&'a self, settings: &'a Settings) -> Option<&'a ExternalAuth> {
        self.named_service(settings).filter(|_| !self.exemptions.from_auth)
    }
}

impl Proxy {
    /// Whether requests of HTTP are redirected to HTTPS.
    #[must_use]
    pub fn redirects_to_https(&self, server: &Server, route: &Route) -> bool {
        let rewrite = &route.features.rewrite;
        // Quirk: the catch-all host is asked for the certificate of the name in the request, for which there is none.
        let has_certificate = || server.hostname != CATCH_ALL && self.certificate_of(server).is_some();
        !route.exemptions.from_https && (rewrite.force_https || rewrite.to_https && has_certificate())
    }
}
