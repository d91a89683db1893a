//! Who answers a request, and how that is spoken to.

use super::{DEFAULT_UPSTREAM, Endpoint, Proxy, Route, Server, TrustStore, Upstream};

/// Beginning of the names of upstreams that answer in the place of others.
pub const FALLBACK_PREFIX: &str = "custom-default-backend-";

/// How a backend is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Protocol {
    /// HTTP without TLS.
    #[default]
    Http,
    /// HTTP with TLS.
    Https,
    /// HTTP, with TLS where the client uses it.
    AsClient,
    /// gRPC without TLS.
    Grpc,
    /// gRPC with TLS.
    Grpcs,
    /// FastCGI.
    FastCgi,
}

impl Protocol {
    /// What a word of the controller means; every other is HTTP.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word.to_uppercase().as_str() {
            "HTTPS" => Self::Https,
            "AUTO_HTTP" => Self::AsClient,
            "GRPC" => Self::Grpc,
            "GRPCS" => Self::Grpcs,
            "FCGI" => Self::FastCgi,
            _ => Self::Http,
        }
    }

    /// Whether it is gRPC.
    #[must_use]
    pub fn is_grpc(self) -> bool {
        matches!(self, Self::Grpc | Self::Grpcs)
    }

    /// Whether backends are always reached with TLS.
    #[must_use]
    pub fn is_tls(self) -> bool {
        matches!(self, Self::Https | Self::Grpcs)
    }
}

/// TLS towards a backend.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BackendTls {
    /// Whom to trust and the own certificate.
    pub trust: TrustStore,
    /// Ciphers.
    pub ciphers: String,
    /// Protocol versions.
    pub protocols: String,
    /// Name that the certificate of the backend must have; empty: that of the upstream.
    pub name: String,
    /// The certificate of the backend is checked.
    pub verifies: bool,
    /// Longest chain of certificates.
    pub depth: i64,
    /// Whether the name is sent by SNI; none: nothing is said of it.
    pub sends_name: Option<bool>,
}

/// TLS towards the backend of a route as it holds: each setting as the route has it, else as its host has it for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TowardsBackend<'a> {
    /// Whose authorities count, with the ciphers, the versions and the depth beside them; none: the certificate of the backend is not checked.
    pub trusted: Option<&'a BackendTls>,
    /// The own certificate; none: none is shown.
    pub certificate: Option<&'a TrustStore>,
    /// Name that the certificate of the backend must have; empty: that of the upstream.
    pub name: &'a str,
    /// The name is sent by SNI.
    pub sends_name: bool,
}

impl Server {
    /// TLS towards the backend of one of its routes.
    #[must_use]
    pub fn towards_backend<'a>(&'a self, route: &'a Route) -> TowardsBackend<'a> {
        let all = || route.steps.backend.tls.as_deref().into_iter().chain(self.backend_tls.as_deref());
        TowardsBackend {
            trusted: all().find(|tls| !tls.trust.authorities.is_empty()),
            certificate: all().map(|tls| &tls.trust).find(|trust| !trust.certificate.is_empty()),
            name: all().map(|tls| tls.name.as_str()).find(|name| !name.is_empty()).unwrap_or_default(),
            sends_name: all().find_map(|tls| tls.sends_name).unwrap_or_default(),
        }
    }
}

/// Where requests for an upstream go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Destination<'a> {
    /// To one of these addresses.
    Endpoints(&'a [Endpoint]),
    /// To a name in DNS.
    Name(&'a Endpoint),
    /// Nowhere: there is no endpoint.
    Nowhere,
    /// To nobody: the proxy itself answers 404.
    NotFound,
}

impl Proxy {
    /// The upstream of a name. Quirk: fallbacks have one name for all their copies; the first counts.
    #[must_use]
    pub fn upstream(&self, name: &str) -> Option<&Upstream> {
        let at = self.upstreams.partition_point(|upstream| upstream.name.as_str() < name);
        self.upstreams.get(at).filter(|upstream| upstream.name == name)
    }

    /// Where requests for the upstream of a name go.
    #[must_use]
    pub fn destination_of(&self, name: &str) -> Destination<'_> {
        self.upstream(name).map_or(Destination::Nowhere, |upstream| self.destination(upstream))
    }

    /// Where requests for an upstream go.
    #[must_use]
    pub fn destination<'a>(&self, upstream: &'a Upstream) -> Destination<'a> {
        let is_own = |endpoint: &Endpoint| endpoint.address == "127.0.0.1" && endpoint.port == self.runtime.default_port.to_string();
        match (upstream.endpoints.as_slice(), &upstream.dns) {
            ([], None) => Destination::Nowhere,
            ([], Some(name)) => Destination::Name(name),
            ([endpoint], _) if upstream.name == DEFAULT_UPSTREAM && is_own(endpoint) => Destination::NotFound,
            ([first, ..], _) if !first.is_address() => Destination::Name(first),
            (all, _) => Destination::Endpoints(all),
        }
    }
}

impl Endpoint {
    /// Whether it is an address, and not a name in DNS.
    #[must_use]
    pub fn is_address(&self) -> bool {
        self.address.parse::<std::net::IpAddr>().is_ok()
    }

    /// Address and port as URLs have them: `[::1]:80`.
    #[must_use]
    pub fn authority(&self) -> String {
        if self.address.contains(':') { format!("[{}]:{}", self.address, self.port) } else { format!("{}:{}", self.address, self.port) }
    }
}

/// Whether an upstream answers in the place of another one, which has no endpoint or answered with an error. Quirk: that is told by its
/// name, which a Service can have as well.
#[must_use]
pub fn is_fallback(upstream: &str) -> bool {
    upstream.starts_with(FALLBACK_PREFIX)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::ir::{Backend, PathMatch, Steps};

    /// TLS with authorities, a certificate, a name and whether that is sent.
    fn tls(authorities: &str, certificate: &str, name: &str, sends_name: Option<bool>) -> Option<Arc<BackendTls>> {
        let trust = TrustStore { authorities: authorities.into(), certificate: certificate.into(), ..TrustStore::default() };
        Some(Arc::new(BackendTls { trust, name: name.into(), sends_name, ..BackendTls::default() }))
    }

    #[test]
    fn each_setting_of_tls_is_that_of_the_route_else_that_of_the_host() {
        let full = || tls("host-ca", "host-crt", "host-name", Some(true));
        for (of_route, of_host, authorities, certificate, name, sends_name) in [
            (None, None, "", "", "", false),
            (None, full(), "host-ca", "host-crt", "host-name", true),
            (full(), None, "host-ca", "host-crt", "host-name", true),
            (tls("own-ca", "own-crt", "own-name", Some(false)), full(), "own-ca", "own-crt", "own-name", false),
            // A route that says nothing of authorities is not free of those of its host.
            (tls("", "own-crt", "", Some(false)), full(), "host-ca", "own-crt", "host-name", false),
            (tls("own-ca", "", "", None), full(), "own-ca", "host-crt", "host-name", true),
            (tls("", "", "", Some(true)), tls("", "host-crt", "", None), "", "host-crt", "", true),
        ] {
            let server = Server { backend_tls: of_host, ..Server::default() };
            let mut route = Route::new("/", PathMatch::Prefix, "", Arc::default(), crate::ir::Origin::Default);
            let backend = Backend { tls: of_route, ..Backend::default() };
            route.steps = Arc::new(Steps { backend, ..Steps::default() });
            let found = server.towards_backend(&route);
            let trusted = found.trusted.map_or("", |tls| &tls.trust.authorities);
            let shown = found.certificate.map_or("", |trust| &trust.certificate);
            assert_eq!((trusted, shown, found.name, found.sends_name), (authorities, certificate, name, sends_name), "{route:?}");
        }
    }
}
