//! What another nginx inside the controller does otherwise with the same configuration, and whom it concerns.
//!
//! Source: the changes that nginx publishes, each read in its commit.

use super::news::told;
use crate::catalog::inside::Nginx;
use crate::diagnostic::Diagnostic;
use crate::ir::{Protocol, Proxy, Route, Server};
use crate::lower::Controller;

/// A change of nginx that configurations of the controller show.
struct Row {
    /// The first nginx with it.
    since: Nginx,
    /// What people call it, kebab-case.
    name: &'static str,
    /// What is otherwise, as a sentence without a full stop.
    doc: &'static str,
    /// Whether a route is concerned.
    concerns: fn(&Proxy, &Server, &Route) -> bool,
}

static ROWS: [Row; 7] = [
    Row {
        since: (1, 23, 0),
        name: "joined-headers",
        doc: "a variable `$http_…` holds all lines of its header, joined by commas, where it held the first",
        concerns: |proxy, server, route| reads(proxy, server, route, "$http_"),
    },
    Row {
        since: (1, 29, 2),
        name: "ssl-protocols-of-a-host",
        doc: "`ssl_protocols` in a host's own block holds for that host, where that of the default server held for all",
        concerns: |proxy, server, _| server.snippet.contains("ssl_protocols") || proxy.settings.snippets.server.contains("ssl_protocols"),
    },
    Row {
        since: (1, 29, 4),
        name: "host-validation",
        doc: "requests are refused whose host holds quotes, brackets, braces, `@`, `\\`, `^`, `|`, `<` or letters beyond ASCII, or a port that is none",
        concerns: |_, _, _| true,
    },
    Row {
        since: (1, 29, 5),
        name: "fastcgi-host",
        doc: "FastCGI gets the host of the request as `HTTP_HOST` over HTTP/2 as well, where it got the header `Host` alone",
        concerns: |_, _, route| route.steps.backend.asked.value == Protocol::FastCgi,
    },
    Row {
        since: (1, 29, 6),
        name: "commas-in-cookies",
        doc: "a variable `$cookie_…` ends at a semicolon alone, where it ended at a comma as well",
        concerns: |proxy, server, route| reads(proxy, server, route, "$cookie_"),
    },
    Row {
        since: (1, 31, 0),
        name: "connection-headers",
        doc: "requests over HTTP/2 are refused with `Connection`, `Keep-Alive`, `Proxy-Connection`, `Transfer-Encoding`, `Upgrade`, or a `TE` other than `trailers`",
        concerns: |proxy, _, _| proxy.settings.listening.http2,
    },
    Row {
        since: (1, 31, 3),
        name: "grpc-headers",
        doc: "headers and trailers of gRPC responses have to fit into `grpc_buffer_size`, which `grpc-buffer-size-kb` sets",
        concerns: |_, _, route| route.steps.backend.asked.value.is_grpc(),
    },
];

/// Each change that comes with the other nginx and concerns a path, at the first path that it concerns.
#[must_use]
pub fn other_nginx(before: &Controller, after: &Controller, proxy: &Proxy) -> Vec<Diagnostic> {
    let [old, new] = [before, after].map(|controller| controller.inside().nginx);
    let (major, minor, patch) = new;
    let come = ROWS.iter().filter(|row| old < row.since && row.since <= new);
    let finding = |row: &Row| {
        let routes = proxy.servers.iter().flat_map(|server| server.routes.iter().map(move |route| (server, route)));
        let concerned = routes.filter(|(server, route)| (row.concerns)(proxy, server, route)).map(|(_, route)| route);
        told(row.name, format!("with nginx {major}.{minor}.{patch} inside: {}", row.doc), concerned)
    };
    come.filter_map(finding).collect()
}

/// Whether something that decides about a route reads a variable of a kind: raw configuration, a key for the choice of an endpoint, or
/// one for the answers of an authentication service.
fn reads(proxy: &Proxy, server: &Server, route: &Route, variable: &str) -> bool {
    let snippets = &proxy.settings.snippets;
    let key = route.steps.admission.service(&proxy.settings).map(|service| service.cache_key.as_str());
    let hashing = proxy.upstream(&route.upstream).map(|upstream| upstream.hashing.key.as_str());
    let raw = [&server.snippet, &route.features.snippet, &snippets.http, &snippets.server, &snippets.location].map(String::as_str);
    raw.into_iter().chain(key).chain(hashing).any(|text| text.contains(variable))
}
