//! What a route asks for that HAProxy does not have.

use super::super::scope::Scope;
use super::frontend::is_address;
use super::shared::Shared;
use crate::ir::{Features, Settings};

/// Tells of what holds for all hosts.
pub(super) fn tell_of_settings(settings: &Settings, scope: &mut Scope) {
    scope.differs("haproxy", "HAProxy refuses with 400 what nginx lets pass: handshakes of WebSocket without a key or with a false answer, absolute URIs for another host than `Host`, and `#` in URIs; requests of HTTP/1.0 reach backends as such, and headers of one connection only as HAProxy sets them");
    let listening = &settings.listening;
    if !listening.bind_address_ipv4.iter().chain(&listening.bind_address_ipv6).all(|address| is_address(address)) {
        scope.lost("bind-address", "not all of these are addresses: those that are not are left out");
    }
    if settings.headers.server_tokens {
        scope.lost("server-tokens", "HAProxy does not name itself in answers");
    }
    if settings.compression.brotli {
        scope.lost("enable-brotli", "HAProxy has no Brotli: answers are not compressed with it");
    }
    if settings.tracing.enabled {
        scope.lost("enable-opentelemetry", "HAProxy has no tracing of its own: requests are not traced");
    }
    if settings.limits.rate > 0 {
        scope.lost("limit-rate", "how fast answers are sent is limited by routes only");
    }
    if settings.geo.enabled {
        scope.lost("use-geoip2", "HAProxy does not read GeoIP2 databases");
    }
}

/// Tells of each loss; a protection that gets lost closes the route.
pub(super) fn tell(features: &Features, shared: &Shared, scope: &mut Scope) {
    if features.denied.is_some() {
        return;
    }
    if features.waf.enabled == Some(true) {
        scope.close("enable-modsecurity", "HAProxy has no web application firewall of its own");
    }
    if features.tracing.enabled == Some(true) {
        scope.lost("enable-opentelemetry", "HAProxy has no tracing of its own: requests are not traced");
    }
    if features.push_preload {
        scope.lost("http2-push-preload", "HAProxy pushes nothing, nor does any browser take it");
    }
    if features.logging.rewrites {
        scope.lost("enable-rewrite-log", "HAProxy does not log changes of the path");
    }
    if !features.snippet.trim().is_empty() {
        scope.close("configuration-snippet", "raw configuration of nginx means nothing to HAProxy, and it may protect something");
    }
    if features.global_limit.as_ref().is_some_and(|limit| limit.requests > 0) {
        scope.close("global-rate-limit", "counters of several machines need a store that HAProxy does not ask");
    }
    let proxying = &features.proxying;
    let usual = &shared.proxy.settings.route_defaults;
    if proxying.http_version != usual.http_version {
        scope.differs("proxy-http-version", "HAProxy chooses the version by the protocol of the backend");
    }
    let buffers = [
        ("proxy-buffering", proxying.buffering != usual.buffering),
        ("proxy-buffer-size", proxying.buffer_size != usual.buffer_size),
        ("proxy-buffers-number", proxying.buffers_number != usual.buffers_number),
        ("proxy-busy-buffers-size", proxying.busy_buffers_size != usual.busy_buffers_size),
        ("proxy-max-temp-file-size", proxying.max_temp_file_size != usual.max_temp_file_size),
        ("proxy-request-buffering", proxying.request_buffering != usual.request_buffering),
        ("client-body-buffer-size", !features.body_buffer.is_empty()),
    ];
    for (name, _) in buffers.iter().filter(|(_, is_asked)| *is_asked) {
        scope.differs(name, "HAProxy passes bodies on as they come, by buffers of one size");
    }
}
