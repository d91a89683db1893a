//! What happens to the requests of one path.

use std::sync::{Arc, LazyLock};

use super::{Origin, Proxying, Steps};

/// How the path of a request is compared with the path of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PathMatch {
    /// The whole path.
    Exact,
    /// The beginning of the path.
    Prefix,
}

/// What makes a regular expression of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PatternBy {
    /// It was asked for.
    Asked,
    /// The path changes.
    Rewrite,
}

/// The requests of one path, and what happens to them.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The path that is matched; a regular expression where the server matches by patterns.
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
    /// What makes a regular expression of the path; none: it was written as a text.
    pub pattern: Option<PatternBy>,
    /// What happens to the requests.
    pub steps: Arc<Steps>,
    /// How they are passed on.
    pub features: Arc<Features>,
    /// The place that declared the path.
    pub origin: Origin,
}

/// What is decided of a route before anything is: one for all of them.
static UNDECIDED: LazyLock<Arc<Steps>> = LazyLock::new(Arc::default);

impl Route {
    /// A route for which nothing is decided yet.
    #[must_use]
    pub fn new(path: &str, path_match: PathMatch, upstream: &str, features: Arc<Features>, origin: Origin) -> Self {
        Self {
            path: path.to_owned(),
            path_match,
            declared_path: String::new(),
            upstream: upstream.to_owned(),
            is_default_backend: false,
            owner: None,
            pattern: None,
            steps: Arc::clone(&UNDECIDED),
            features,
            origin,
        }
    }
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

/// How a route passes requests and answers on, and what else it was asked for that decides about none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Features {
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
    /// The `www.` twin of the host is redirected to it.
    pub from_twin: bool,
    /// Redirects of the proxy itself name no host.
    pub relative_redirects: bool,
    /// Print the port in redirects.
    pub port_in_redirects: bool,
    /// Logs.
    pub logging: RouteLogging,
    /// OpenTelemetry.
    pub tracing: RouteTracing,
    /// Push what `Link` headers of the backend name.
    pub push_preload: bool,
    /// Raw configuration; empty: none.
    pub snippet: String,
    /// The annotations that were written, with their places.
    pub causes: Vec<(String, crate::source::Span)>,
}

impl Features {
    /// An annotation that was written, which is named without its prefix: its whole name, and its place.
    #[must_use]
    pub fn cause(&self, name: &str) -> Option<&(String, crate::source::Span)> {
        self.causes.iter().find(|(cause, _)| cause.rsplit('/').next() == Some(name))
    }
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

/// FastCGI parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FastCgi {
    /// File for paths that end in a slash; empty: none.
    pub index: String,
    /// Parameters, sorted by name.
    pub params: Vec<(String, String)>,
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
