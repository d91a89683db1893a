//! Annotations to typed values, one file per feature, under the names of the catalog's files.

pub(super) mod access;
pub(super) mod affinity;
pub(super) mod backend_tls;
pub(super) mod balancing;
pub(super) mod canary;
pub(super) mod client_auth;
pub(super) mod cors;
pub(super) mod error_pages;
pub(super) mod external_auth;
mod fallbacks;
pub(super) mod fastcgi;
#[cfg(test)]
pub(super) mod fixture;
pub(super) mod forwarding;
pub(super) mod global_rate_limits;
pub(super) mod logging;
pub(super) mod mirror;
mod objects;
pub(super) mod password_auth;
pub(super) mod proxying;
pub(super) mod rate_limits;
mod reader;
pub(super) mod redirect;
pub(super) mod response_headers;
pub(super) mod rewrite;
pub(super) mod server;
pub(super) mod tracing;
pub(super) mod waf;

pub(super) use reader::{Reader, Stop, Verdict};
