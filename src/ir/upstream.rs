//! Groups of endpoints.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Origin, Route, Server};

/// Name of the upstream that answers when no other does.
pub const DEFAULT_UPSTREAM: &str = "upstream-default-backend";

/// A group of endpoints that requests are spread over.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Upstream {
    /// The name.
    pub name: String,
    /// The port by which the manifest asked for it.
    pub port: Port,
    /// What the service registry says of the service, as an opaque document for the proxy in JSON; none: nothing is known.
    pub service: Option<Arc<str>>,
    /// Connections are passed on unopened.
    pub tls_passthrough: bool,
    /// Where requests go.
    pub endpoints: Vec<Endpoint>,
    /// The name of the service in DNS, where the input does not say which endpoints there are of any service.
    pub dns: Option<Endpoint>,
    /// The input does not say who answers, though somebody may.
    pub unknown: bool,
    /// Keeps a client on one endpoint.
    pub affinity: Affinity,
    /// Chooses the endpoint by a hash.
    pub hashing: Hashing,
    /// Name of the balancing algorithm; empty: that of the proxy.
    pub algorithm: String,
    /// No route leads here: it only takes a share of another upstream.
    pub is_alternative: bool,
    /// Which requests of the other upstream this one takes.
    pub share: TrafficShare,
    /// Names of upstreams that take a share of this one.
    pub alternatives: Vec<String>,
    /// The manifest that asked for it first.
    pub origin: Origin,
}

/// The port of a service: a number or a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Port {
    /// A number; zero: none was given.
    Number(i32),
    /// A name.
    Name(String),
}

impl Default for Port {
    fn default() -> Self {
        Self::Number(0)
    }
}

impl std::fmt::Display for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

/// One address and port to send requests to.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Endpoint {
    /// An IP address or a DNS name.
    pub address: String,
    /// The port.
    pub port: String,
}

/// Keeps a client on one endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Affinity {
    /// `cookie`, or empty for none.
    pub kind: String,
    /// `balanced` or `persistent`; empty: the proxy's default.
    pub mode: String,
    /// The cookie that carries the choice.
    pub cookie: AffinityCookie,
}

/// The cookie of an [`Affinity`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AffinityCookie {
    /// Name.
    pub name: String,
    /// Seconds until it expires; empty: with the session.
    pub expires: String,
    /// `Max-Age` in seconds; empty: none.
    pub max_age: String,
    /// `Secure`.
    pub secure: bool,
    /// `Path`; empty: the path of the route.
    pub path: String,
    /// `Domain`; empty: none.
    pub domain: String,
    /// `SameSite`; empty: none.
    pub same_site: String,
    /// Leave out `SameSite=None` for clients that do not understand it.
    pub conditional_same_site_none: bool,
    /// Choose another endpoint when the chosen one fails.
    pub change_on_failure: bool,
    /// Paths by host under which the cookie is used.
    pub locations: BTreeMap<String, Vec<String>>,
}

impl Affinity {
    /// Whether a cookie keeps clients on one endpoint.
    #[must_use]
    pub fn is_by_cookie(&self) -> bool {
        self.kind == "cookie"
    }
}

impl AffinityCookie {
    /// The name that clients see. Quirk: without one the balancer has a name of its own.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        if self.name.is_empty() { "route" } else { &self.name }
    }

    /// The path that the cookie has on a route; none where the route sets no cookie.
    ///
    /// Quirk: the settings of the cookie belong to the Service, but only hosts and paths whose Ingress asks for it set it.
    #[must_use]
    pub fn path_on<'a>(&self, server: &Server, route: &'a Route) -> Option<&'a str> {
        let path = if route.owner.is_some() && route.declared_path.is_empty() { "/" } else { route.declared_path.as_str() };
        let parent = server.hostname.split_once('.').map(|(_, parent)| format!("*.{parent}"));
        let paths = self.locations.get(&server.hostname).or_else(|| self.locations.get(&parent?))?;
        paths.iter().any(|other| other == path).then_some(path)
    }
}

/// Chooses the endpoint by a hash.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hashing {
    /// What is hashed, with variables of the proxy; empty: no hashing.
    pub key: String,
    /// Hash to a subset of endpoints.
    pub subset: bool,
    /// Size of the subset; zero: not set.
    pub subset_size: i64,
}

/// Which requests an alternative upstream takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrafficShare {
    /// Share of the requests, out of `total`.
    pub weight: i64,
    /// What the weight is a share of.
    pub total: i64,
    /// A header that decides; empty: none.
    pub header: String,
    /// The value of the header that leads here.
    pub header_value: String,
    /// A pattern of the header that leads here.
    pub header_pattern: String,
    /// A cookie that decides; empty: none.
    pub cookie: String,
}
