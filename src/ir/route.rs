//! What happens to the requests of one path.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Exemptions, Origin, Protocol};

/// How the path of a request is compared with the path of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathMatch {
    /// The whole path.
    Exact,
    /// The beginning of the path.
    Prefix,
}

/// The requests of one path, and what happens to them.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The path that is matched; a regular expression where the server matches by pattern.
    pub path: String,
    /// How it is matched.
    pub path_match: PathMatch,
    /// The path as the manifest wrote it; empty where no manifest wrote one.
    pub declared_path: String,
    /// Name of the upstream that answers.
    pub upstream: String,
    /// The backend is the default one, because no rule names another.
    pub is_default_backend: bool,
    /// Who asked for the route; none for the proxy's own.
    pub owner: Option<Arc<Owner>>,
    /// What else happens to the request.
    pub features: Arc<Features>,
    /// What it does not do because of its path.
    pub exemptions: Exemptions,
    /// Upstream that answers for the error codes in `features.error_pages`: mostly the default one.
    pub error_upstream: Cow<'static, str>,
    /// The place that declared the path.
    pub origin: Origin,
}

/// Who asked for a route, and for which service: shown in logs and headers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Owner {
    /// Namespace.
    pub namespace: String,
    /// Name of the rule set.
    pub name: String,
    /// Service, as far as the rule set names one.
    pub service: String,
    /// Port of the service, as it was written.
    pub port: String,
}

/// Everything that a manifest can ask of a route.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Features {
    /// Why no request gets through: the route answers 503.
    pub denied: Option<String>,
    /// Addresses that may connect, sorted; empty: all.
    pub allow: Vec<String>,
    /// Addresses that may not connect, sorted.
    pub deny: Vec<String>,
    /// Users and passwords.
    pub password_auth: Option<Box<PasswordAuth>>,
    /// A service that decides.
    pub external_auth: Option<Box<ExternalAuth>>,
    /// The external authentication of the whole proxy applies.
    pub global_auth: bool,
    /// `any` or `all` of the checks must agree; empty: the proxy's default.
    pub satisfy: String,
    /// Protocol of the backend.
    pub protocol: Protocol,
    /// The word for it is written in small letters, as old releases allow.
    pub is_protocol_small: bool,
    /// TLS towards the backend.
    pub backend_tls: Option<Arc<BackendTls>>,
    /// How requests and responses are passed on.
    pub proxying: Arc<Proxying>,
    /// FastCGI parameters.
    pub fastcgi: FastCgi,
    /// Buffer for the body of the request; empty: that of the proxy.
    pub body_buffer: String,
    /// Value of the `Connection` header for the backend; none: the proxy decides.
    pub connection_header: Option<String>,
    /// Value of the `Host` header for the backend; empty: that of the request.
    pub host_header: String,
    /// Value of `X-Forwarded-Prefix` when the path is rewritten; empty: none.
    pub forwarded_prefix: String,
    /// Headers of the response.
    pub response_headers: Vec<(String, String)>,
    /// Cross-origin requests; none: not enabled.
    pub cors: Option<Box<Cors>>,
    /// Rate limits.
    pub limits: RateLimits,
    /// A limit that all controllers count together.
    pub global_limit: Option<Box<GlobalLimit>>,
    /// A redirect instead of an answer, and redirects between host names.
    pub redirect: Redirect,
    /// Change of the path, and redirects to HTTPS.
    pub rewrite: Rewrite,
    /// Print the port in redirects.
    pub port_in_redirects: bool,
    /// Error codes of the backend that are replaced by a page.
    pub error_pages: Vec<i64>,
    /// Show the backend's own page for `error_pages` all the same.
    pub keep_backend_errors: bool,
    /// A copy of each request.
    pub mirror: Mirror,
    /// Logs.
    pub logging: RouteLogging,
    /// OpenTelemetry.
    pub tracing: RouteTracing,
    /// The web application firewall.
    pub waf: RouteWaf,
    /// Push what `Link` headers of the backend name.
    pub push_preload: bool,
    /// Raw configuration; empty: none.
    pub snippet: String,
    /// The annotations that were written, with their places: the cause of all the above.
    pub causes: Vec<(String, crate::source::Span)>,
}

impl Features {
    /// An annotation that was written, which is named without its prefix: its whole name, and its place.
    #[must_use]
    pub fn cause(&self, name: &str) -> Option<&(String, crate::source::Span)> {
        self.causes.iter().find(|(cause, _)| cause.rsplit('/').next() == Some(name))
    }
}

/// Users and passwords.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PasswordAuth {
    /// The scheme as it was written: `basic` is basic, everything else is digest.
    pub scheme: String,
    /// The realm; may be empty.
    pub realm: String,
    /// Path of the file with users and password hashes.
    pub file: String,
    /// `namespace/name` of the object that holds them.
    pub secret: String,
    /// Each key of the object is a user, and its value the hash of the password; else one key holds the whole file.
    pub keys_are_users: bool,
}

/// A service that decides whether a request may pass.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExternalAuth {
    /// URL of the service.
    pub url: String,
    /// Host name in the URL, without port.
    pub host: String,
    /// Host name and port as the URL has them.
    pub address: String,
    /// What stands before and behind the host in the URL, so that another name can be put there.
    pub around_host: (String, String),
    /// Where to send people who are not signed in; empty: nowhere.
    pub signin_url: String,
    /// Name of the parameter that carries the way back; empty: the default.
    pub signin_redirect_param: String,
    /// `signin_url` with the way back.
    pub signin_target: String,
    /// Method of the request; empty: that of the request which is decided upon.
    pub method: String,
    /// Headers of the answer that are passed to the backend.
    pub response_headers: Vec<String>,
    /// Value of `X-Auth-Request-Redirect`; empty: the URI of the request.
    pub request_redirect: String,
    /// Raw configuration; empty: none.
    pub snippet: String,
    /// Key under which answers are cached; empty: not cached.
    pub cache_key: String,
    /// How long, per status.
    pub cache_durations: Vec<String>,
    /// Connections that are kept open; zero: none.
    pub keepalive_connections: i64,
    /// Share variables with the request.
    pub keepalive_share_vars: bool,
    /// Requests per kept connection.
    pub keepalive_requests: i64,
    /// Seconds a kept connection may idle.
    pub keepalive_timeout: i64,
    /// Headers of the request to the service, sorted by name.
    pub request_headers: Vec<(String, String)>,
    /// Set the cookie of the service on every answer.
    pub always_set_cookie: bool,
}

/// Files that say whom to trust, and the own certificate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrustStore {
    /// `namespace/name` of the object that holds them.
    pub secret: String,
    /// Path of the file with authorities; empty: none.
    pub authorities: String,
    /// Path of the file with revoked certificates; empty: none.
    pub revocations: String,
    /// Path of the file with the own certificate and key; empty: none.
    pub certificate: String,
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
    /// `on` or `off`.
    pub verify: String,
    /// Longest chain of certificates.
    pub depth: i64,
    /// Send the name by SNI: `on` or `off`.
    pub send_name: String,
}

/// How requests and responses are passed on. Sizes are printed as they were written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Proxying {
    /// Largest body of a request.
    pub body_size: String,
    /// Seconds to connect.
    pub connect_timeout: i64,
    /// Seconds between two writes.
    pub send_timeout: i64,
    /// Seconds between two reads.
    pub read_timeout: i64,
    /// Number of buffers.
    pub buffers_number: i64,
    /// Size of each buffer.
    pub buffer_size: String,
    /// Size of buffers that may be busy; empty: the proxy's default.
    pub busy_buffers_size: String,
    /// Change of the cookie domain.
    pub cookie_domain: String,
    /// Change of the cookie path.
    pub cookie_path: String,
    /// When the next endpoint is tried.
    pub next_upstream: String,
    /// Seconds for all tries; zero: no limit.
    pub next_upstream_timeout: i64,
    /// Number of tries; zero: no limit.
    pub next_upstream_tries: i64,
    /// `Location` headers of the backend that are changed.
    pub redirect_from: String,
    /// What they are changed to.
    pub redirect_to: String,
    /// Read the whole request first: `on` or `off`.
    pub request_buffering: String,
    /// Read the whole response first: `on` or `off`.
    pub buffering: String,
    /// HTTP version of the backend.
    pub http_version: String,
    /// Largest temporary file for a response.
    pub max_temp_file_size: String,
}

/// FastCGI parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FastCgi {
    /// File for paths that end in a slash; empty: none.
    pub index: String,
    /// Parameters, sorted by name.
    pub params: Vec<(String, String)>,
}

/// Cross-origin requests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cors {
    /// Origins that may; `*` alone for any; empty: none was valid.
    pub origins: Vec<String>,
    /// Methods, as the header shows them.
    pub methods: String,
    /// Request headers, as the header shows them.
    pub headers: String,
    /// Cookies may be sent.
    pub credentials: bool,
    /// Response headers that scripts may read; empty: none.
    pub expose_headers: String,
    /// Seconds that a browser may remember the answer.
    pub max_age: i64,
}

/// Rate limits of a route; all routes of one rule set share the counters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RateLimits {
    /// Name of the counters; empty: nothing is counted.
    pub name: String,
    /// The name in the form that variables can have.
    pub id: String,
    /// Connections at the same time; zero: no limit.
    pub connections: i64,
    /// Requests per second; zero: no limit.
    pub per_second: i64,
    /// Requests that may exceed `per_second` at once.
    pub per_second_burst: i64,
    /// Requests per minute; zero: no limit.
    pub per_minute: i64,
    /// Requests that may exceed `per_minute` at once.
    pub per_minute_burst: i64,
    /// Size of each counter table in megabytes.
    pub table_size: i64,
    /// Kilobytes per second of a response; zero: no limit.
    pub bandwidth: i64,
    /// Kilobytes before `bandwidth` counts.
    pub bandwidth_after: i64,
    /// Addresses that are not limited, sorted.
    pub exempt: Vec<String>,
}

/// A limit that all controllers count together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GlobalLimit {
    /// What the counters of the route are found by.
    pub namespace: String,
    /// Requests that are let through in a window; zero: no limit.
    pub requests: i64,
    /// Length of a window in seconds.
    pub window: i64,
    /// What requests are counted by: text and variables.
    pub key: String,
    /// Networks that are not limited.
    pub exempt: Vec<String>,
}

/// A redirect instead of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Redirect {
    /// Where to; empty: no redirect.
    pub url: String,
    /// The status.
    pub code: i64,
    /// Redirect the `www.` twin of the host to it.
    pub from_twin: bool,
    /// Redirects of the proxy name no host.
    pub relative: bool,
}

/// Change of the path, and redirects to HTTPS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rewrite {
    /// The new path with captures; empty: unchanged.
    pub target: String,
    /// Redirect to HTTPS where the host has a certificate.
    pub to_https: bool,
    /// Redirect to HTTPS always.
    pub force_https: bool,
    /// Keep a slash at the end when redirecting to HTTPS.
    pub keep_trailing_slash: bool,
    /// Paths are regular expressions.
    pub by_pattern: bool,
    /// Where requests for `/` are redirected to; empty: nowhere.
    pub app_root: String,
}

/// A copy of each request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Mirror {
    /// Internal path of the copy; empty: no mirror.
    pub source: String,
    /// URL that gets the copy; may be empty although `source` is not.
    pub target: String,
    /// Host header of the copy; may be empty.
    pub host: String,
    /// Copy the body: `on` or `off`.
    pub request_body: String,
}

/// Logs of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RouteLogging {
    /// Log each request.
    pub access: bool,
    /// Log each change of the path.
    pub rewrites: bool,
}

/// OpenTelemetry of a route.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RouteTracing {
    /// On or off; none: as for the proxy.
    pub enabled: Option<bool>,
    /// Trust spans of the client; none: as for the proxy.
    pub trust_incoming: Option<bool>,
    /// Name of the operation; empty: that of the proxy.
    pub operation_name: String,
}

/// The web application firewall for a route.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RouteWaf {
    /// On or off; none: as for the proxy.
    pub enabled: Option<bool>,
    /// With the core rule set.
    pub core_rules: bool,
    /// Identity of a transaction; empty: the default.
    pub transaction_id: String,
    /// Raw rules; empty: none.
    pub rules: String,
}
