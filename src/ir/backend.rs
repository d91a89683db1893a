//! Who answers a request, and how that is spoken to.

use super::{DEFAULT_UPSTREAM, Endpoint, Proxy, Upstream};

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
