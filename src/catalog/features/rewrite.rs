//! Changes of the path, and redirects to HTTPS.

use crate::catalog::gateway;
use crate::catalog::key::{Risk, Scope, keys};
use crate::catalog::releases;
use crate::catalog::value::{Check, patterns};
use crate::catalog::version::Version;

keys! {
    /// The path that the backend sees; `$1` and so on are the groups of the path. Makes all paths of the host regular expressions.
    TARGET: String = "rewrite-target" {
        gateway: gateway::REWRITE,
        example: "/$2",
        scope: Scope::Ingress,
        for_host: true,
        risk: Risk::Medium,
        check: Check::Matches(&patterns::PATH_WITH_CAPTURES),
        before: &[(&releases::RELATIVE_TARGETS, Check::Matches(&patterns::WHOLE_PATH_WITH_CAPTURES))],
        directives: &["rewrite", "proxy_pass", "proxy_set_header"],
    }
    /// Redirects to HTTPS where the host has a certificate.
    TO_HTTPS: bool = "ssl-redirect" {
        gateway: gateway::TO_HTTPS,
        example: "false",
        check: Check::Bool,
        directives: &["set $ssl_redirect"],
    }
    /// Keeps a slash at the end of the path when redirecting to HTTPS.
    KEEP_TRAILING_SLASH: bool = "preserve-trailing-slash" {
        gateway: gateway::REDIRECT_MORE,
        example: "true",
        risk: Risk::Medium,
        check: Check::Bool,
        since: Some(Version::new(0, 47, 0)),
        directives: &["set $preserve_trailing_slash"],
    }
    /// Redirects to HTTPS even where the host has no certificate.
    FORCE_HTTPS: bool = "force-ssl-redirect" {
        gateway: gateway::TO_HTTPS,
        example: "true",
        risk: Risk::Medium,
        check: Check::Bool,
        directives: &["set $force_ssl_redirect"],
    }
    /// Reads all paths of the host as regular expressions.
    BY_PATTERN: bool = "use-regex" {
        gateway: gateway::PATTERN,
        example: "true",
        for_host: true,
        check: Check::Bool,
        directives: &["location"],
    }
    /// Where requests for `/` are redirected to.
    APP_ROOT: String = "app-root" {
        gateway: gateway::APP_ROOT,
        example: "/app",
        for_host: true,
        risk: Risk::Medium,
        check: Check::Matches(&patterns::PATH_WITH_CAPTURES),
        before: &[(&releases::RELATIVE_TARGETS, Check::Matches(&patterns::WHOLE_PATH_WITH_CAPTURES))],
        directives: &["if", "return"],
    }
}
