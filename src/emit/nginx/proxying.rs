//! How requests and responses are passed on: the usual ways for all routes, and what a route does otherwise.

use super::super::dialect::{MEMORY_UNITS, OFFSET_UNITS, is_size, next_upstream};
use super::super::view::switch;
use super::forwarding::Family;
use super::lines::{Lines, Word, put, words};
use super::shared::Shared;
use crate::ir::{BackendTls, Features, Proxying, Redirects};

/// Writes the usual ways.
pub(super) fn write_usual(shared: &Shared, lines: &mut Lines) {
    let usual = usual(shared);
    body_size(&usual, lines);
    write_all(&usual, None, lines);
}

/// The usual ways, with the conditions for the next endpoint as nginx reads them.
fn usual(shared: &Shared) -> Proxying {
    resolved(&shared.proxy.settings.route_defaults.proxying, shared)
}

fn resolved(proxying: &Proxying, shared: &Shared) -> Proxying {
    let mut resolved = proxying.clone();
    resolved.next_upstream = next_upstream(&proxying.next_upstream, shared.proxy.settings.upstreams.retry_non_idempotent);
    resolved
}

/// The ways of nginx where nothing is said. The controller says nothing in its own locations, for which the usual ways of routes do not hold.
fn of_nginx(usual: &Proxying) -> Proxying {
    const SECONDS: i64 = 60;
    Proxying {
        body_size: String::from("1m"),
        connect_timeout: SECONDS,
        send_timeout: SECONDS,
        read_timeout: SECONDS,
        // How many there are, nobody can tell from outside.
        buffers_number: usual.buffers_number,
        buffer_size: String::from("4k"),
        busy_buffers_size: String::from(if usual.busy_buffers_size.is_empty() { "" } else { "8k" }),
        cookie_domain: String::from("off"),
        cookie_path: String::from("off"),
        next_upstream: String::from("error timeout"),
        next_upstream_timeout: 0,
        next_upstream_tries: 0,
        redirect_from: String::from("off"),
        redirect_to: String::from("off"),
        request_buffering: String::from("on"),
        buffering: String::from("on"),
        http_version: String::from("1.0"),
        max_temp_file_size: String::from("1024m"),
    }
}

/// Writes how a location passes requests on that no route has: those of nginx.
pub(super) fn write_own(shared: &Shared, lines: &mut Lines) {
    let usual = usual(shared);
    let own = of_nginx(&usual);
    if own.body_size != usual.body_size {
        body_size(&own, lines);
    }
    write_all(&own, Some(&usual), lines);
}

/// Writes how the service that authenticates is asked: it gets the sizes and buffers of the route, and the times of nginx.
pub(super) fn write_for_auth(shared: &Shared, features: &Features, is_cached: bool, lines: &mut Lines) {
    let (usual, route) = (usual(shared), &features.proxying);
    write_body_size(shared, features, lines);
    let own = Proxying {
        buffers_number: route.buffers_number,
        buffer_size: route.buffer_size.clone(),
        busy_buffers_size: route.busy_buffers_size.clone(),
        request_buffering: route.request_buffering.clone(),
        buffering: if is_cached { String::from("on") } else { route.buffering.clone() },
        http_version: route.http_version.clone(),
        ..of_nginx(&usual)
    };
    write_all(&own, Some(&usual), lines);
}

/// Writes the largest body that a route takes, where it is not the usual one.
pub(super) fn write_body_size(shared: &Shared, features: &Features, lines: &mut Lines) {
    if features.proxying.body_size != shared.proxy.settings.route_defaults.proxying.body_size {
        body_size(&features.proxying, lines);
    }
    if is_size(&features.body_buffer, MEMORY_UNITS) {
        put!(lines, "client_body_buffer_size", features.body_buffer.trim());
    }
}

/// Writes what a route does otherwise.
pub(super) fn write(shared: &Shared, features: &Features, protocol: Family, lines: &mut Lines) {
    let own = resolved(&features.proxying, shared);
    write_all(&own, Some(&usual(shared)), lines);
    if protocol == Family::Grpc {
        put!(lines, "grpc_connect_timeout", seconds(own.connect_timeout));
        put!(lines, "grpc_send_timeout", seconds(own.send_timeout));
        put!(lines, "grpc_read_timeout", seconds(own.read_timeout));
    }
}

fn body_size(proxying: &Proxying, lines: &mut Lines) {
    if is_size(&proxying.body_size, OFFSET_UNITS) {
        put!(lines, "client_max_body_size", proxying.body_size.trim());
    }
}

fn seconds(number: i64) -> String {
    format!("{number}s")
}

/// Writes everything but the body size that differs from `usual`; without it, everything.
fn write_all(own: &Proxying, usual: Option<&Proxying>, lines: &mut Lines) {
    let differs = |part: &dyn Fn(&Proxying) -> String| usual.is_none_or(|usual| part(usual) != part(own));
    if differs(&|p| p.connect_timeout.to_string()) {
        put!(lines, "proxy_connect_timeout", seconds(own.connect_timeout));
    }
    if differs(&|p| p.send_timeout.to_string()) {
        put!(lines, "proxy_send_timeout", seconds(own.send_timeout));
    }
    if differs(&|p| p.read_timeout.to_string()) {
        put!(lines, "proxy_read_timeout", seconds(own.read_timeout));
    }
    let mut word = |name: &'static str, part: &dyn Fn(&Proxying) -> String| {
        if differs(part) && !part(own).trim().is_empty() {
            lines.directive(name, words(&part(own)));
        }
    };
    word("proxy_buffering", &|p| p.buffering.clone());
    word("proxy_request_buffering", &|p| p.request_buffering.clone());
    word("proxy_http_version", &|p| p.http_version.clone());
    word("proxy_buffer_size", &|p| p.buffer_size.clone());
    word("proxy_buffers", &|p| format!("{} {}", p.buffers_number, p.buffer_size));
    word("proxy_busy_buffers_size", &|p| p.busy_buffers_size.clone());
    word("proxy_max_temp_file_size", &|p| {
        if is_size(&p.max_temp_file_size, OFFSET_UNITS) { p.max_temp_file_size.clone() } else { String::new() }
    });
    word("proxy_cookie_domain", &|p| p.cookie_domain.clone());
    word("proxy_cookie_path", &|p| p.cookie_path.clone());
    word("proxy_next_upstream", &|p| p.next_upstream.clone());
    word("proxy_next_upstream_timeout", &|p| p.next_upstream_timeout.to_string());
    word("proxy_next_upstream_tries", &|p| p.next_upstream_tries.to_string());
    word("proxy_redirect", &location_header);
}

/// What becomes of the header `Location` of the backend. `default` of nginx would put the path of the location before a redirect to
/// the name of the upstream, which no backend knows: it is off.
fn location_header(proxying: &Proxying) -> String {
    match proxying.redirects() {
        Redirects::Kept | Redirects::Usual | Redirects::Unsaid => String::from("off"),
        Redirects::Changed { from, to } => format!("{from} {to}"),
    }
}

/// Writes TLS towards backends, of a host or of a route.
pub(super) fn backend_tls(tls: &BackendTls, lines: &mut Lines) {
    let trust = &tls.trust;
    if !trust.authorities.is_empty() {
        put!(lines, "proxy_ssl_trusted_certificate", super::tls::authorities(trust));
        lines.directive("proxy_ssl_ciphers", words(&tls.ciphers));
        lines.directive("proxy_ssl_protocols", words(&tls.protocols));
        put!(lines, "proxy_ssl_verify", switch(tls.verifies));
        put!(lines, "proxy_ssl_verify_depth", tls.depth);
    }
    if !tls.name.is_empty() {
        put!(lines, "proxy_ssl_name", &tls.name);
    }
    if let Some(sends_name) = tls.sends_name {
        put!(lines, "proxy_ssl_server_name", switch(sends_name));
    }
    if !trust.certificate.is_empty() {
        for name in ["proxy_ssl_certificate", "proxy_ssl_certificate_key"] {
            lines.directive(name, vec![Word::from(super::tls::certificate(&trust.secret))]);
        }
    }
}
