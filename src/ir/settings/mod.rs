//! Settings that hold for the whole proxy, grouped by what they are about.
//!
//! The defaults are those of ingress-nginx 1.15.1. Sizes and times that are `String` are printed as the administrator wrote
//! them; plain numbers carry their unit in the field's documentation.

mod backends;
mod client;
mod observing;
mod process;
mod protection;
mod response;
mod snippets;
mod tls;

pub use backends::{RouteDefaults, StreamDefaults, Upstreams};
pub use client::{Client, ClientAddress, Listening};
pub use observing::{Logging, Tracing};
pub use process::{Process, Tables};
pub use protection::{Filters, Geo, GlobalLimits, Limits, Policy, Waf};
pub use response::{Compression, Headers};
pub use snippets::Snippets;
pub use tls::Tls;

use std::collections::BTreeMap;

use super::ExternalAuth;

/// All settings of the proxy.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// The worker processes and their event loop.
    pub process: Process,
    /// Addresses and protocols that clients connect with.
    pub listening: Listening,
    /// Limits and timeouts towards the client.
    pub client: Client,
    /// Sizes of hash tables.
    pub tables: Tables,
    /// TLS towards the client.
    pub tls: Tls,
    /// Access and error logs.
    pub logging: Logging,
    /// Response compression.
    pub compression: Compression,
    /// Where the address of the client is read from.
    pub client_address: ClientAddress,
    /// Headers that are added, passed or hidden.
    pub headers: Headers,
    /// Who is refused before any route is looked at.
    pub filters: Filters,
    /// Rate limiting for all routes.
    pub limits: Limits,
    /// Where limits are counted that all controllers share.
    pub global_limits: GlobalLimits,
    /// OpenTelemetry.
    pub tracing: Tracing,
    /// The web application firewall ModSecurity.
    pub waf: Waf,
    /// Lookup of the client address in GeoIP2 databases.
    pub geo: Geo,
    /// Connections to backends and defaults of every route.
    pub upstreams: Upstreams,
    /// What a route does when its manifest says nothing.
    pub route_defaults: RouteDefaults,
    /// TCP and UDP services.
    pub stream_defaults: StreamDefaults,
    /// Raw configuration of the administrator, printed as it is.
    pub snippets: Snippets,
    /// What the administrator lets tenants do.
    pub policy: Policy,
    /// External authentication for every route that does not bring its own.
    pub global_auth: Option<ExternalAuth>,
    /// Shared memory of Lua by name, in kilobytes.
    pub lua_dicts: BTreeMap<String, i64>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            process: Process::default(),
            listening: Listening::default(),
            client: Client::default(),
            tables: Tables::default(),
            tls: Tls::default(),
            logging: Logging::default(),
            compression: Compression::default(),
            client_address: ClientAddress::default(),
            headers: Headers::default(),
            filters: Filters::default(),
            limits: Limits::default(),
            global_limits: GlobalLimits::default(),
            tracing: Tracing::default(),
            waf: Waf::default(),
            geo: Geo::default(),
            upstreams: Upstreams::default(),
            route_defaults: RouteDefaults::default(),
            stream_defaults: StreamDefaults::default(),
            snippets: Snippets::default(),
            policy: Policy::default(),
            global_auth: None,
            lua_dicts: default_lua_dicts(),
        }
    }
}

fn default_lua_dicts() -> BTreeMap<String, i64> {
    let sizes = [
        ("balancer_ewma", 10240),
        ("balancer_ewma_last_touched_at", 10240),
        ("balancer_ewma_locks", 1024),
        ("certificate_data", 20480),
        ("certificate_servers", 5120),
        ("configuration_data", 20480),
        ("ocsp_response_cache", 5120),
    ];
    sizes.into_iter().map(|(name, size)| (name.to_owned(), size)).collect()
}
