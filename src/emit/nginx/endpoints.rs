//! What groups of endpoints have in common, however one is chosen.

use super::lines::{Lines, put};
use crate::ir::{Hashing, Settings};
use crate::nginx;

/// What is hashed. nginx takes turns where that is empty, the controller does not: it never is. Variables that nobody knows are empty
/// for the controller, which reads the key while requests come, and keep nginx from starting.
pub(super) fn hash_key(hashing: &Hashing) -> String {
    let mut key = hashing.key.clone();
    let mut unknown: Vec<_> = nginx::used(&hashing.key).unwrap_or_default();
    unknown.retain(|name| !nginx::is_builtin(name));
    // A name may begin like another.
    unknown.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in unknown {
        key = key.replace(&format!("${{{name}}}"), "").replace(&format!("${name}"), "");
    }
    format!("{key}-")
}

pub(super) fn keepalive(settings: &Settings, lines: &mut Lines) {
    let upstreams = &settings.upstreams;
    if upstreams.keepalive_connections <= 0 {
        return;
    }
    put!(lines, "keepalive", upstreams.keepalive_connections);
    if upstreams.keepalive_requests != 1000 {
        put!(lines, "keepalive_requests", upstreams.keepalive_requests);
    }
    if upstreams.keepalive_timeout != 60 {
        put!(lines, "keepalive_timeout", format!("{}s", upstreams.keepalive_timeout));
    }
    if upstreams.keepalive_time != "1h" {
        put!(lines, "keepalive_time", &upstreams.keepalive_time);
    }
}
