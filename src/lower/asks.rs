//! What an Ingress asks of its routes, before it is decided what that comes to on each of them.

use std::sync::Arc;

use crate::ir::{
    Asked, BackendTls, Cors, ExternalAuth, Firewall, GlobalLimit, Mirror, PasswordAuth, Protocol, RateLimits, Redirect, Satisfy,
};

/// What an Ingress asks of its routes.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Asks {
    /// Why no request gets through.
    pub(super) refusal: Option<Asked<String>>,
    /// The web application firewall.
    pub(super) firewall: Firewall,
    /// Cross-origin requests.
    pub(super) cors: Option<Arc<Cors>>,
    /// A redirect instead of an answer.
    pub(super) redirect: Option<Redirect>,
    /// Change of the path, and redirects to HTTPS.
    pub(super) rewrite: Rewrite,
    /// Redirects to HTTPS name the port.
    pub(super) names_port: bool,
    /// A limit that all controllers count together.
    pub(super) global_limit: Option<Arc<GlobalLimit>>,
    /// Rate limits.
    pub(super) limits: Option<Arc<RateLimits>>,
    /// Addresses that may connect, sorted; empty: all.
    pub(super) allow: Vec<String>,
    /// Addresses that may not connect, sorted.
    pub(super) deny: Vec<String>,
    /// Users and passwords.
    pub(super) password: Option<Arc<PasswordAuth>>,
    /// A service that decides.
    pub(super) service: Option<Arc<ExternalAuth>>,
    /// The service of the whole proxy decides where there is no other.
    pub(super) global_service: bool,
    /// How many of the checks must agree.
    pub(super) satisfy: Option<Satisfy>,
    /// A copy of each request.
    pub(super) mirror: Option<Mirror>,
    /// Protocol of the backend.
    pub(super) protocol: Protocol,
    /// The word for it is written in small letters.
    pub(super) is_protocol_small: bool,
    /// TLS towards the backend.
    pub(super) backend_tls: Option<Arc<BackendTls>>,
    /// Statuses that are replaced by a page.
    pub(super) error_pages: Vec<i64>,
    /// Errors of the backend are shown all the same.
    pub(super) keep_backend_errors: bool,
}

/// Change of the path, and redirects to HTTPS.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rewrite {
    /// The new path with captures; empty: unchanged.
    pub(super) target: String,
    /// Redirect to HTTPS where the host has a certificate.
    pub(super) to_https: bool,
    /// Redirect to HTTPS always.
    pub(super) force_https: bool,
    /// Keep a slash at the end when redirecting to HTTPS.
    pub(super) keep_trailing_slash: bool,
    /// Paths are regular expressions.
    pub(super) by_pattern: bool,
    /// Where requests for `/` are redirected to; empty: nowhere.
    pub(super) app_root: String,
}

impl Rewrite {
    /// Whether requests for a path get another one. Quirk: a target that is the path itself changes nothing.
    pub(super) fn changes(&self, path: &str) -> bool {
        !self.target.is_empty() && self.target != path
    }

    /// Whether the path is a regular expression. Quirk: one that is changed always is.
    pub(super) fn makes_pattern(&self, path: &str) -> bool {
        self.by_pattern || self.changes(path)
    }
}
