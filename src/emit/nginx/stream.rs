//! TCP and UDP services, and TLS that is passed on unopened.

use std::collections::BTreeSet;

use super::super::asked::is_host;
use super::super::dialect;
use super::super::view::switch;
use super::lines::{Lines, Word, put, words};
use super::names;
use super::refused::Part;
use super::scope::Scope;
use super::server::prefixes;
use super::shared::Shared;
use crate::ir::{Endpoint, Server, Stream, Transport};

/// Whether there is anything that is not HTTP.
pub(super) fn is_needed(shared: &Shared) -> bool {
    !shared.proxy.streams.is_empty() || shared.proxy.runtime.tls_passthrough || snippets(shared).next().is_some()
}

/// Raw configuration for what is not HTTP: it may listen by itself.
fn snippets<'a>(shared: &Shared<'a>) -> impl Iterator<Item = &'a String> {
    let all = shared.proxy.stream_snippets.iter().chain([&shared.proxy.settings.snippets.stream]);
    all.filter(|snippet| !snippet.trim().is_empty())
}

/// The part of the configuration for TCP and UDP; empty where there is nothing.
pub(super) fn text(shared: &Shared, scope: &mut Scope) -> String {
    if !is_needed(shared) {
        return String::new();
    }
    let mut lines = Lines::within(0);
    lines.block("stream", Vec::new(), |lines| {
        if let Some(resolver) = dialect::resolver(shared.proxy) {
            lines.directive("resolver", resolver.into_iter().map(Word::from).collect());
        }
        for snippet in snippets(shared) {
            lines.raw(&shared.refused.without(Part::Stream, "stream-snippet", snippet, scope));
        }
        if shared.refused.has_stream_filter() {
            lines.comment("Closed: a filter for all TCP and UDP services, and TLS that is passed on, cannot be expressed.");
            return scope
                .unserved("stream-snippet", "a filter for all TCP and UDP services, and TLS that is passed on, cannot be expressed");
        }
        let mut groups = BTreeSet::new();
        for stream in &shared.proxy.streams {
            service(shared, stream, &mut groups, lines);
        }
        if shared.proxy.runtime.tls_passthrough {
            passthrough(shared, lines);
        }
    });
    if lines.take_unfit().is_some() {
        scope.refuse("tcp-services-configmap", "a name or value of a TCP or UDP service is not fit for a configuration");
        return String::new();
    }
    super::print(lines, scope)
}

fn group(name: &str, endpoints: &[Endpoint], lines: &mut Lines) {
    lines.block("upstream", vec![Word::from(name)], |lines| {
        for endpoint in endpoints {
            put!(lines, "server", endpoint.authority(), "max_fails=0");
        }
    });
}

fn service(shared: &Shared, stream: &Stream, groups: &mut BTreeSet<String>, lines: &mut Lines) {
    let defaults = &shared.proxy.settings.stream_defaults;
    let kind = if stream.transport == Transport::Tcp { "tcp" } else { "udp" };
    let name = format!("{kind}-{}-{}-{}", stream.namespace, stream.service_name, stream.port);
    lines.gap();
    let service = format!("{}/{}:{}", stream.namespace, stream.service_name, stream.port);
    lines.comment(&format!("{} port {} to Service {}", kind.to_uppercase(), stream.listen, names::shown(&service)));
    if stream.endpoints.is_empty() {
        lines.comment("It has no endpoints: nobody listens.");
        return;
    }
    // Several ports may lead to one Service.
    if groups.insert(name.clone()) {
        group(&name, &stream.endpoints, lines);
    }
    lines.block("server", Vec::new(), |lines| {
        for prefix in listen_prefixes(shared) {
            let mut all = vec![Word::from(format!("{prefix}{}", stream.listen))];
            all.extend((stream.transport == Transport::Udp).then(|| Word::from("udp")));
            all.extend((stream.transport == Transport::Tcp && stream.accept_proxy_protocol).then(|| Word::from("proxy_protocol")));
            lines.directive("listen", all);
        }
        if stream.transport == Transport::Udp {
            put!(lines, "proxy_responses", defaults.responses);
        }
        if stream.transport == Transport::Tcp && stream.send_proxy_protocol {
            put!(lines, "proxy_protocol", "on");
        }
        put!(lines, "proxy_timeout", &defaults.timeout);
        put!(lines, "proxy_next_upstream", switch(defaults.next_upstream));
        put!(lines, "proxy_next_upstream_timeout", &defaults.next_upstream_timeout);
        put!(lines, "proxy_next_upstream_tries", defaults.next_upstream_tries);
        put!(lines, "proxy_pass", name);
    });
}

fn listen_prefixes(shared: &Shared) -> Vec<String> {
    let listening = &shared.proxy.settings.listening;
    let mut all = prefixes(&listening.bind_address_ipv4, "", "127.0.0.1");
    if shared.proxy.runtime.ipv6 {
        all.extend(prefixes(&listening.bind_address_ipv6, "[::]:", "[::1]"));
    }
    all
}

/// Writes the port that TLS comes in on: by the name that the client asks for, it is passed to a backend, or to the hosts above.
///
/// The hosts above learn the address of the client by the PROXY protocol, which nginx switches on for all targets of a server or none:
/// what goes to a backend takes one more step, which takes it off again.
fn passthrough(shared: &Shared, lines: &mut Lines) {
    let runtime = &shared.proxy.runtime;
    let passed: Vec<(&Server, &str)> = shared.proxy.servers.iter().filter_map(|server| Some((server, target(shared, server)?))).collect();
    lines.gap();
    lines.comment("TLS that is passed on unopened; all other comes back to this nginx.");
    // Names of hosts are keys of the maps, and are up to 253 bytes long.
    put!(lines, "map_hash_bucket_size", 512_i64);
    let upstreams: BTreeSet<&str> = passed.iter().map(|(_, upstream)| *upstream).collect();
    for name in upstreams {
        if let Some(plan) = shared.plans.get(name) {
            group(name, &plan.upstream.endpoints, lines);
        }
    }
    let opened = format!("127.0.0.1:{}", runtime.tls_proxy_port);
    let unopened = format!("127.0.0.1:{}", runtime.stream_port);
    let table = |variable: &str, default: &str, target: &dyn Fn(&str) -> String, lines: &mut Lines| {
        lines.block("map", vec![Word::from("$ssl_preread_server_name"), Word::from(variable)], |lines| {
            lines.entry(words("hostnames"));
            for (server, upstream) in &passed {
                lines.entry(vec![Word::key(&server.hostname), Word::from(target(upstream))]);
            }
            lines.entry(vec![Word::from("default"), Word::from(default)]);
        });
    };
    table("$tls_goes_to", &opened, &|_| unopened.clone(), lines);
    table("$tls_backend", &opened, &|upstream| upstream.to_owned(), lines);
    lines.block("server", Vec::new(), |lines| {
        for prefix in listen_prefixes(shared) {
            let mut all = vec![Word::from(format!("{prefix}{}", runtime.https_port))];
            all.extend(shared.proxy.settings.listening.proxy_protocol.then(|| Word::from("proxy_protocol")));
            lines.directive("listen", all);
        }
        if shared.proxy.settings.listening.proxy_protocol {
            for network in &shared.proxy.settings.client_address.trusted {
                put!(lines, "set_real_ip_from", network);
            }
        }
        put!(lines, "ssl_preread", "on");
        put!(lines, "proxy_protocol", "on");
        put!(lines, "proxy_pass", "$tls_goes_to");
    });
    lines.block("server", Vec::new(), |lines| {
        put!(lines, "listen", unopened, "proxy_protocol");
        put!(lines, "ssl_preread", "on");
        put!(lines, "proxy_pass", "$tls_backend");
    });
}

/// The upstream that a host passes TLS to: that of its root.
fn target<'a>(shared: &Shared<'a>, server: &'a Server) -> Option<&'a str> {
    let is_passed = server.tls_passthrough && is_host(&server.hostname);
    let root = server.routes.iter().find(|route| route.path == "/").filter(|_| is_passed)?;
    let plan = shared.plans.get(root.upstream.as_str())?;
    (!plan.upstream.endpoints.is_empty()).then_some(root.upstream.as_str())
}
