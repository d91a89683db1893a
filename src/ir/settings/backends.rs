//! Connections to backends, and what a route does when its manifest says nothing.

use super::super::Proxying;

/// Connections to backends and defaults of every route.
#[derive(Debug, Clone, PartialEq)]
pub struct Upstreams {
    /// Idle connections to backends that each worker keeps; 0: none.
    pub keepalive_connections: i64,
    /// How long a connection to a backend may be used.
    pub keepalive_time: String,
    /// Seconds that an idle connection to a backend stays open.
    pub keepalive_timeout: i64,
    /// Requests on one connection to a backend.
    pub keepalive_requests: i64,
    /// How endpoints are chosen: `round_robin` or `ewma`.
    pub load_balance: String,
    /// Expression that chooses the endpoint by consistent hashing.
    pub upstream_hash_by: String,
    /// Choose a group of endpoints by `upstream_hash_by`, and one of them at random.
    pub upstream_hash_by_subset: bool,
    /// Endpoints in a group.
    pub upstream_hash_by_subset_size: i64,
    /// Send requests to the address of the Service instead of its endpoints.
    pub service_upstream: bool,
    /// Try the next endpoint for POST, LOCK and PATCH as well.
    pub retry_non_idempotent: bool,
    /// TLS settings towards backends hold for single routes, not for the whole host.
    pub tls_per_route_only: bool,
}

impl Default for Upstreams {
    fn default() -> Self {
        Self {
            keepalive_connections: 320,
            keepalive_time: "1h".into(),
            keepalive_timeout: 60,
            keepalive_requests: 10000,
            load_balance: String::new(),
            upstream_hash_by: String::new(),
            upstream_hash_by_subset: false,
            upstream_hash_by_subset_size: 0,
            service_upstream: false,
            retry_non_idempotent: false,
            tls_per_route_only: false,
        }
    }
}

/// What a route does when its manifest says nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteDefaults {
    /// Path that requests for `/` are redirected to.
    pub app_root: String,
    /// Error codes of backends that the default backend replaces by its pages.
    pub error_codes: Vec<i64>,
    /// Show the error pages of backends in spite of `error_codes`.
    pub keep_backend_errors: bool,
    /// Keep a slash at the end when redirecting to HTTPS.
    pub preserve_trailing_slash: bool,
    /// Redirect to HTTPS where the host has a certificate.
    pub ssl_redirect: bool,
    /// Redirect to HTTPS even where the host has no certificate.
    pub force_ssl_redirect: bool,
    /// Status of redirects: 301, 302, 307 or 308.
    pub redirect_code: i64,
    /// Name the port in redirects.
    pub use_port_in_redirects: bool,
    /// Redirects name no host.
    pub relative_redirects: bool,
    /// Networks that may connect; empty: all.
    pub allow: Vec<String>,
    /// Networks that may not connect.
    pub deny: Vec<String>,
    /// Paths without authentication, separated by commas.
    pub no_auth_paths: String,
    /// How requests and responses are passed on.
    pub proxying: Proxying,
}

impl Default for RouteDefaults {
    fn default() -> Self {
        Self {
            app_root: String::new(),
            error_codes: Vec::new(),
            keep_backend_errors: false,
            preserve_trailing_slash: false,
            ssl_redirect: true,
            force_ssl_redirect: false,
            redirect_code: 308,
            use_port_in_redirects: false,
            relative_redirects: false,
            allow: Vec::new(),
            deny: Vec::new(),
            no_auth_paths: "/.well-known/acme-challenge".into(),
            proxying: Proxying::where_nothing_is_said(),
        }
    }
}

/// TCP and UDP services.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamDefaults {
    /// How long a TCP or UDP connection may be silent.
    pub timeout: String,
    /// Try the next endpoint when a TCP connection fails.
    pub next_upstream: bool,
    /// How long all tries of a TCP connection may take.
    pub next_upstream_timeout: String,
    /// Number of tries of a TCP connection.
    pub next_upstream_tries: i64,
    /// Datagrams that a UDP backend answers with.
    pub responses: i64,
}

impl Default for StreamDefaults {
    fn default() -> Self {
        Self { timeout: "600s".into(), next_upstream: true, next_upstream_timeout: "600s".into(), next_upstream_tries: 3, responses: 1 }
    }
}
