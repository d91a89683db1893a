//! Connections to backends, and what a route does when its manifest says nothing.

use super::{Group, Reading, decode, flag, list, number, numbers, text};
use crate::catalog::value::Fit;
use crate::ir::Settings;

pub(super) static GROUP: Group = Group {
    name: "backends",
    doc: "Connections to backends, and what a route does when its manifest says nothing.",
    settings: &[
        number(
            "upstream-keepalive-connections",
            |s| &mut s.upstreams.keepalive_connections,
            "Idle connections to backends that each worker keeps; 0: none.",
        )
        .governs(&["keepalive"]),
        text("upstream-keepalive-time", |s| &mut s.upstreams.keepalive_time, "How long a connection to a backend may be used.")
            .needs(&[&["upstream-keepalive-connections"]])
            .governs(&["keepalive_time"]),
        number(
            "upstream-keepalive-timeout",
            |s| &mut s.upstreams.keepalive_timeout,
            "Seconds that an idle connection to a backend stays open.",
        )
        .needs(&[&["upstream-keepalive-connections"]])
        .governs(&["keepalive_timeout"]),
        number("upstream-keepalive-requests", |s| &mut s.upstreams.keepalive_requests, "Requests on one connection to a backend.")
            .needs(&[&["upstream-keepalive-connections"]])
            .governs(&["keepalive_requests"]),
        text("load-balance", |s| &mut s.upstreams.load_balance, "How endpoints are chosen: `round_robin` or `ewma`.").fits(Fit::Algorithm),
        text("upstream-hash-by", |s| &mut s.upstreams.upstream_hash_by, "Expression that chooses the endpoint by consistent hashing."),
        flag(
            "upstream-hash-by-subset",
            |s| &mut s.upstreams.upstream_hash_by_subset,
            "Choose a group of endpoints by `upstream-hash-by`, and one of them at random.",
        )
        .needs(&[&["upstream-hash-by"]]),
        number("upstream-hash-by-subset-size", |s| &mut s.upstreams.upstream_hash_by_subset_size, "Endpoints in a group.")
            .needs(&[&["upstream-hash-by-subset"]]),
        flag(
            "service-upstream",
            |s| &mut s.upstreams.service_upstream,
            "Send requests to the address of the Service instead of its endpoints.",
        ),
        flag("retry-non-idempotent", |s| &mut s.upstreams.retry_non_idempotent, "Try the next endpoint for POST, LOCK and PATCH as well.")
            .governs(&["proxy_next_upstream"]),
        flag(
            "proxy-ssl-location-only",
            |s| &mut s.upstreams.tls_per_route_only,
            "TLS settings towards backends hold for single routes, not for the whole host.",
        )
        .governs(&["proxy_ssl_certificate"]),
        text("app-root", |s| &mut s.route_defaults.app_root, "Path that requests for `/` are redirected to.").governs(&["return"]),
        numbers(
            "custom-http-errors",
            |s| &mut s.route_defaults.error_codes,
            "Error codes of backends that the default backend replaces by its pages.",
        )
        .governs(&["error_page", "proxy_intercept_errors"])
        .read_by(error_codes),
        flag(
            "disable-proxy-intercept-errors",
            |s| &mut s.route_defaults.keep_backend_errors,
            "Show the error pages of backends in spite of `custom-http-errors`.",
        )
        .governs(&["proxy_intercept_errors"]),
        flag(
            "preserve-trailing-slash",
            |s| &mut s.route_defaults.preserve_trailing_slash,
            "Keep a slash at the end when redirecting to HTTPS.",
        )
        .governs(&["set $preserve_trailing_slash"]),
        flag("ssl-redirect", |s| &mut s.route_defaults.ssl_redirect, "Redirect to HTTPS where the host has a certificate.")
            .governs(&["set $ssl_redirect"]),
        flag(
            "force-ssl-redirect",
            |s| &mut s.route_defaults.force_ssl_redirect,
            "Redirect to HTTPS even where the host has no certificate.",
        )
        .governs(&["set $force_ssl_redirect"])
        .protects(),
        number("http-redirect-code", |s| &mut s.route_defaults.redirect_code, "Status of redirects: 301, 302, 307 or 308.")
            .governs(&["return"])
            .read_by(redirect_code),
        flag("use-port-in-redirects", |s| &mut s.route_defaults.use_port_in_redirects, "Name the port in redirects.")
            .governs(&["port_in_redirect", "set $use_port_in_redirects"]),
        flag("relative-redirects", |s| &mut s.route_defaults.relative_redirects, "Redirects name no host.")
            .governs(&["absolute_redirect"])
            .since(1, 13, 0),
        list("whitelist-source-range", |s| &mut s.route_defaults.allow, "Networks that may connect; empty: all.")
            .governs(&["allow", "deny"]),
        list("denylist-source-range", |s| &mut s.route_defaults.deny, "Networks that may not connect.").governs(&["deny"]),
        text("no-auth-locations", |s| &mut s.route_defaults.no_auth_paths, "Paths without authentication, separated by commas."),
        text("proxy-body-size", |s| &mut s.route_defaults.proxying.body_size, "Largest body of a request; 0: no limit.")
            .fits(Fit::Offset("1m"))
            .governs(&["client_max_body_size"]),
        number("proxy-connect-timeout", |s| &mut s.route_defaults.proxying.connect_timeout, "Seconds to connect to a backend.")
            .governs(&["proxy_connect_timeout"]),
        number("proxy-read-timeout", |s| &mut s.route_defaults.proxying.read_timeout, "Seconds between two reads from a backend.")
            .governs(&["proxy_read_timeout"]),
        number("proxy-send-timeout", |s| &mut s.route_defaults.proxying.send_timeout, "Seconds between two writes to a backend.")
            .governs(&["proxy_send_timeout"]),
        number("proxy-buffers-number", |s| &mut s.route_defaults.proxying.buffers_number, "Number of buffers for a response.")
            .governs(&["proxy_buffers"]),
        text("proxy-buffer-size", |s| &mut s.route_defaults.proxying.buffer_size, "Size of each buffer for a response.")
            .governs(&["proxy_buffer_size", "proxy_buffers"]),
        text(
            "proxy-busy-buffers-size",
            |s| &mut s.route_defaults.proxying.busy_buffers_size,
            "Size of the buffers that may be busy sending; empty: left to nginx.",
        )
        .governs(&["proxy_busy_buffers_size"])
        .since(1, 13, 2)
        .also(1, 13, 0),
        text("proxy-cookie-path", |s| &mut s.route_defaults.proxying.cookie_path, "Change of the path in cookies of backends, or `off`.")
            .governs(&["proxy_cookie_path"]),
        text(
            "proxy-cookie-domain",
            |s| &mut s.route_defaults.proxying.cookie_domain,
            "Change of the domain in cookies of backends, or `off`.",
        )
        .governs(&["proxy_cookie_domain"]),
        text("proxy-next-upstream", |s| &mut s.route_defaults.proxying.next_upstream, "When the next endpoint is tried.")
            .governs(&["proxy_next_upstream"]),
        number(
            "proxy-next-upstream-timeout",
            |s| &mut s.route_defaults.proxying.next_upstream_timeout,
            "Seconds for all tries; 0: no limit.",
        )
        .governs(&["proxy_next_upstream_timeout"]),
        number("proxy-next-upstream-tries", |s| &mut s.route_defaults.proxying.next_upstream_tries, "Number of tries; 0: no limit.")
            .governs(&["proxy_next_upstream_tries"]),
        text(
            "proxy-redirect-from",
            |s| &mut s.route_defaults.proxying.redirect_from,
            "`Location` headers of backends that are changed; `off`: none.",
        )
        .governs(&["proxy_redirect"]),
        text("proxy-redirect-to", |s| &mut s.route_defaults.proxying.redirect_to, "What `Location` headers of backends are changed to.")
            .governs(&["proxy_redirect"]),
        text(
            "proxy-request-buffering",
            |s| &mut s.route_defaults.proxying.request_buffering,
            "Read the whole request before passing it on: `on` or `off`.",
        )
        .governs(&["proxy_request_buffering"]),
        text(
            "proxy-buffering",
            |s| &mut s.route_defaults.proxying.buffering,
            "Read the whole response before passing it on: `on` or `off`.",
        )
        .governs(&["proxy_buffering"]),
        text("proxy-http-version", |s| &mut s.route_defaults.proxying.http_version, "Version of HTTP towards backends.")
            .governs(&["proxy_http_version"]),
        text("proxy-max-temp-file-size", |s| &mut s.route_defaults.proxying.max_temp_file_size, "Largest temporary file for a response.")
            .fits(Fit::Offset("1024m"))
            .governs(&["proxy_max_temp_file_size"]),
        text("proxy-stream-timeout", |s| &mut s.stream_defaults.timeout, "How long a TCP or UDP connection may be silent.")
            .governs(&["proxy_timeout"]),
        flag("proxy-stream-next-upstream", |s| &mut s.stream_defaults.next_upstream, "Try the next endpoint when a TCP connection fails.")
            .governs(&["proxy_next_upstream"]),
        text(
            "proxy-stream-next-upstream-timeout",
            |s| &mut s.stream_defaults.next_upstream_timeout,
            "How long all tries of a TCP connection may take.",
        )
        .needs(&[&["proxy-stream-next-upstream"]])
        .governs(&["proxy_next_upstream_timeout"]),
        number("proxy-stream-next-upstream-tries", |s| &mut s.stream_defaults.next_upstream_tries, "Number of tries of a TCP connection.")
            .needs(&[&["proxy-stream-next-upstream"]])
            .governs(&["proxy_next_upstream_tries"]),
        number("proxy-stream-responses", |s| &mut s.stream_defaults.responses, "Datagrams that a UDP backend answers with.")
            .governs(&["proxy_responses"])
            .read_by(datagrams),
    ],
};

fn error_codes(settings: &mut Settings, reading: &mut Reading) {
    let codes = &mut settings.route_defaults.error_codes;
    for item in decode::split(reading.text) {
        match item.parse() {
            Ok(code) if (300..=599).contains(&code) => codes.push(code),
            Ok(_) => reading.refuse_item(format!("{} is not between 300 and 599", decode::quoted(&item))),
            Err(_) => reading.refuse_item(format!("{} is not a status", decode::quoted(&item))),
        }
    }
}

fn redirect_code(settings: &mut Settings, reading: &mut Reading) {
    let code = &mut settings.route_defaults.redirect_code;
    match reading.text.parse() {
        Ok(value @ (301 | 302 | 307 | 308)) => *code = value,
        _ => reading.refuse(format!("{} is not 301, 302, 307 or 308", decode::quoted(reading.text)), code.to_string()),
    }
}

fn datagrams(settings: &mut Settings, reading: &mut Reading) {
    let responses = &mut settings.stream_defaults.responses;
    match reading.text.parse() {
        Ok(value) => *responses = value,
        Err(_) => reading.refuse(format!("{} is not a whole number", decode::quoted(reading.text)), responses.to_string()),
    }
}
