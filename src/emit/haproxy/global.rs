//! What holds for the process and for all sections.

use super::super::scope::Scope;
use super::answers;
use super::lines::{Lines, Rule};
use super::room::Room;
use super::scripts;
use super::servers;
use super::servers::USUAL_RETRIES;
use super::shared::Shared;
use super::streams;
use super::tls;
use super::words;
use crate::ir::Process;

/// Writes the section for the process.
pub(super) fn process(shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    let settings = &shared.proxy.settings;
    lines.section("global");
    lines.code("default-path config");
    if !settings.logging.off {
        lines.code("log stdout format raw local0 info");
    }
    // Without a number HAProxy takes what the limits of the process allow; with one that is too high it does not start.
    let connections = settings.process.max_connections;
    if connections != Process::default().max_connections && connections > 0 {
        lines.code(&format!("maxconn {}", connections.min(1_000_000)));
        // It starts with as many as the process may have.
        lines.code("no strict-limits");
    }
    let streams = settings.client.http2_max_concurrent_streams;
    if streams != crate::ir::Client::default().http2_max_concurrent_streams {
        lines.code(&format!("tune.h2.max-concurrent-streams {}", streams.clamp(1, 65_535)));
    }
    lines.rule(Rule::new("hard-stop-after").value(&streams::time(&settings.process.shutdown_timeout)));
    Room::of(&settings.client).process(lines);
    scripts::process(shared, lines);
    tls::process(shared, scope, lines);
}

/// Writes what all sections start from.
pub(super) fn defaults(shared: &Shared, lines: &mut Lines) {
    let settings = &shared.proxy.settings;
    let routes = &settings.route_defaults;
    lines.section("defaults");
    lines.code("mode http");
    if !(settings.logging.off || settings.logging.http_off) {
        lines.code("log global");
        lines.code("option httplog");
        lines.code("option dontlognull");
    }
    lines.comment("nginx tries the next endpoint at once.");
    lines.code("option redispatch 1");
    let tries = if routes.proxying.next_upstream_tries == 0 { 10 } else { routes.proxying.next_upstream_tries };
    lines.code(&format!("retries {}", tries.clamp(1, 100) - 1));
    lines.code(&format!("retry-on {}", USUAL_RETRIES.1));
    lines.code(&format!("timeout connect {}", words::seconds(routes.proxying.connect_timeout)));
    lines.code(&format!("timeout server {}", words::seconds(routes.proxying.read_timeout)));
    lines.code(&format!("timeout tunnel {}", words::seconds(routes.proxying.read_timeout)));
    lines.code(&format!("timeout client {}", words::seconds(settings.client.body_timeout)));
    lines.code(&format!("timeout http-request {}", words::seconds(settings.client.header_timeout)));
    lines.code(&format!("timeout http-keep-alive {}", words::seconds(settings.client.keepalive_seconds)));
    if settings.compression.gzip {
        lines.code("compression algo gzip");
        let types: Vec<&str> = settings.compression.gzip_types.split_whitespace().chain(["text/html"]).collect();
        for types in types.chunks(40) {
            lines.rule(types.iter().fold(Rule::new("compression type"), |rule, kind| rule.value(kind)));
        }
    }
    for line in answers::error_files() {
        lines.code(&line);
    }
}

/// Writes where names of endpoints are looked up.
pub(super) fn resolvers(shared: &Shared, lines: &mut Lines) {
    let is_name = |endpoint: &crate::ir::Endpoint| endpoint.address.parse::<std::net::IpAddr>().is_err();
    let streams = shared.proxy.streams.iter().flat_map(|stream| &stream.endpoints);
    if !shared.proxy.upstreams.iter().flat_map(servers::members).chain(streams).any(is_name) {
        return;
    }
    lines.section("resolvers names");
    if shared.proxy.runtime.resolvers.is_empty() {
        lines.code("parse-resolv-conf");
    }
    for (at, address) in shared.proxy.runtime.resolvers.iter().enumerate() {
        lines.code(&match address {
            std::net::IpAddr::V4(address) => format!("nameserver n{} {address}:53", at + 1),
            std::net::IpAddr::V6(address) => format!("nameserver n{} [{address}]:53", at + 1),
        });
    }
    lines.code("hold valid 30s");
}
