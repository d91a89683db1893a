//! TCP services, and TLS that is passed on unopened.

use super::super::asked::is_host;
use super::super::scope::Scope;
use super::super::{FileName, OutputFile};
use super::formats::{Kind, MapFile, SectionName};
use super::frontend::{INNER_SOCKET, addresses, only};
use super::lines::{Lines, Rule};
use super::shared::Shared;
use crate::ir::{Server, Transport, Upstream};

/// Writes the ports of TCP services.
pub(super) fn services(shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    let defaults = &shared.proxy.settings.stream_defaults;
    for stream in &shared.proxy.streams {
        if stream.transport == Transport::Udp {
            scope.lost("udp-services-configmap", "HAProxy does not pass on UDP");
            continue;
        }
        if !(1..=65_535).contains(&stream.listen) {
            scope.lost("tcp-services-configmap", &format!("{} is no number of a port: nobody listens there", stream.listen));
            continue;
        }
        lines.section(&format!("listen {}", SectionName::of(Kind::Tcp, &stream.listen.to_string())));
        lines.code("mode tcp");
        lines.code("option tcplog");
        lines.rule(Rule::new("timeout client").value(&time(&defaults.timeout)));
        lines.rule(Rule::new("timeout server").value(&time(&defaults.timeout)));
        let accept = if stream.accept_proxy_protocol { " accept-proxy" } else { "" };
        for address in addresses(shared) {
            lines.code(&format!("bind {address}:{}{accept}{}", stream.listen, only(&address)));
        }
        let send = if stream.send_proxy_protocol { "send-proxy" } else { "" };
        for (at, endpoint) in stream.endpoints.iter().enumerate() {
            let is_name = endpoint.address.parse::<std::net::IpAddr>().is_err();
            let resolved = if is_name { "resolvers names init-addr last,libc,none" } else { "" };
            lines.rule(Rule::new("server").code(&format!("s{}", at + 1)).value(&endpoint.authority()).code(send).code(resolved));
        }
    }
}

/// A time of nginx, such as `1h 30m`, as HAProxy reads it; what is none becomes ten minutes.
pub(super) fn time(text: &str) -> String {
    /// Milliseconds up to two billion, as far as HAProxy counts.
    const LONGEST: u64 = 2_000_000_000;
    let milliseconds = milliseconds(text).filter(|time| *time > 0).unwrap_or(600_000).min(LONGEST);
    if milliseconds.is_multiple_of(1000) { format!("{}s", milliseconds / 1000) } else { format!("{milliseconds}ms") }
}

fn milliseconds(text: &str) -> Option<u64> {
    let mut rest = text.trim();
    let mut sum: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        let letters = rest[digits..].bytes().take_while(u8::is_ascii_alphabetic).count();
        let unit = match &rest[digits..digits + letters] {
            "ms" => 1,
            "" | "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            "M" => 2_592_000_000,
            "y" => 31_536_000_000,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(unit)?)?;
        rest = rest[digits + letters..].trim_start();
    }
    Some(sum)
}

/// Hosts whose TLS is passed on unopened, with who gets it.
fn unopened<'a>(shared: &Shared<'a>) -> Vec<(&'a Server, &'a Upstream)> {
    let servers = shared.proxy.servers.iter().filter(|server| server.tls_passthrough);
    let found = servers.filter_map(|server| {
        let root = server.routes.iter().find(|route| route.path == "/")?;
        Some((server, shared.proxy.upstream(&root.upstream)?))
    });
    found.filter(|(_, upstream)| !upstream.endpoints.is_empty()).collect()
}

/// Writes the frontend that looks at the name in the first bytes of TLS.
pub(super) fn passthrough(shared: &Shared, lines: &mut Lines) -> Option<OutputFile> {
    if !shared.proxy.runtime.tls_passthrough {
        return None;
    }
    let settings = &shared.proxy.settings;
    lines.section("frontend tls");
    lines.code("mode tcp");
    lines.code("option tcplog");
    let accept = if settings.listening.proxy_protocol { " accept-proxy" } else { "" };
    for address in addresses(shared) {
        lines.code(&format!("bind {address}:{}{accept}{}", shared.proxy.runtime.https_port, only(&address)));
    }
    lines.code("tcp-request inspect-delay 5s");
    lines.code("tcp-request content accept if { req.ssl_hello_type 1 }");
    let all = unopened(shared);
    let mut table = MapFile::default();
    let mut known = std::collections::BTreeMap::new();
    for (server, upstream) in all {
        let name = SectionName::of(Kind::Tls, &upstream.name);
        if is_host(&server.hostname) && table.put(&server.hostname, name.as_str()).is_ok() {
            known.insert(name, upstream);
        }
    }
    if !table.is_empty() {
        lines.code("use_backend %[req.ssl_sni,lower,map_str(maps/tls.map)] if { req.ssl_sni,lower,map_str(maps/tls.map) -m found }");
    }
    lines.code(&format!("default_backend {}", SectionName::TLS_OPENED));
    lines.section(&format!("backend {}", SectionName::TLS_OPENED));
    lines.code("mode tcp");
    lines.code(&format!("server inner {INNER_SOCKET} send-proxy-v2"));
    for (name, upstream) in known {
        lines.section(&format!("backend {name}"));
        lines.code("mode tcp");
        for (at, endpoint) in upstream.endpoints.iter().enumerate() {
            lines.rule(Rule::new("server").code(&format!("s{}", at + 1)).value(&endpoint.authority()));
        }
    }
    (!table.is_empty()).then(|| table.file(FileName::from("maps/tls.map")))
}
