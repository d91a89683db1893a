//! Hosts.

use std::collections::BTreeSet;

use hashbrown::HashSet;

use super::super::asked::{self, Asked};
use super::super::dialect::{is_network, listen_addresses, server_name};
use super::auth::only_names_outside;
use super::forwarding::Family;
use super::lines::{Lines, Word, put};
use super::scope::Scope;
use super::shared::Shared;
use super::{errors, location, matching, names, proxying, refused, response, snippets, tls};
use crate::ir::{CATCH_ALL, HostRedirect, PathMatch, STATUS_PATH, Server};
use crate::nginx::Refusal;

/// Writes a host.
pub(super) fn write<'a>(server: &'a Server, shared: &Shared<'a>, scope: &mut Scope<'a>, lines: &mut Lines) {
    let is_catch_all = server.hostname == CATCH_ALL;
    lines.gap();
    lines.comment(&title(server));
    match asked::host(server, shared.proxy) {
        Asked::Served => {}
        Asked::Closed(name) => {
            scope.refuse("host", "it has capital letters: no host has");
            return closed_host(&name, shared, lines);
        }
        Asked::Never => {
            scope.unserved("host", "no client can ask for such a host");
            return lines.comment("Left out: no client can ask for it.");
        }
    }
    if let Some(refusal) = shared.refused.host(&server.hostname) {
        return refused_host(server, refusal, shared, scope, lines);
    }
    let mut own = lines.beside();
    own.block("server", Vec::new(), |lines| {
        let mut all = vec![Word::from(server_name(&server.hostname))];
        all.extend(server.fair_names().map(|name| Word::from(name.into_owned())));
        lines.directive("server_name", all);
        listen(shared, is_catch_all, lines);
        tls::write(server, shared, lines);
        if is_catch_all && shared.proxy.settings.tls.reject_handshake {
            put!(lines, "ssl_reject_handshake", "on");
        }
        filters(shared, lines);
        match closed(server) {
            Some(reason) => {
                lines.gap();
                lines.comment(reason);
                put!(lines, "return", 403_i64);
            }
            None => open(server, shared, scope, lines),
        }
        if is_catch_all {
            own_locations(shared, lines);
        }
    });
    match own.take_unfit() {
        None => lines.append(own),
        Some(_) => {
            scope.refuse("host", "a name of the host, or a value that holds for all of it, is not fit for a configuration");
            lines.comment("Left out: a name or value is not fit for a configuration.");
        }
    }
}

/// Writes a host of which nginx refuses what holds for all of it.
fn refused_host<'a>(server: &'a Server, refusal: &Refusal, shared: &Shared<'a>, scope: &mut Scope<'a>, lines: &mut Lines) {
    let subject = refused::annotation_of_host(server, &refusal.directive);
    scope.enter_cause(server, &subject);
    if shared.refused.is_left_out(&server.hostname) {
        scope.refused(&subject, &refusal.message, "the host is left out");
        return lines.comment("Left out: nginx refuses the host.");
    }
    scope.refused(&subject, &refusal.message, "the host answers 503 instead");
    let is_catch_all = server.hostname == CATCH_ALL;
    lines.block("server", Vec::new(), |lines| {
        put!(lines, "server_name", server_name(&server.hostname));
        listen(shared, is_catch_all, lines);
        tls::own_certificate(server, shared, lines);
        lines.gap();
        lines.comment("Closed: nginx refuses a value that holds for all of the host.");
        lines.block("location", vec![Word::from("/")], |lines| put!(lines, "return", 503_i64));
        if is_catch_all {
            own_locations(shared, lines);
        }
    });
}

fn title(server: &Server) -> String {
    if server.hostname == CATCH_ALL { String::from("All other hosts") } else { format!("Host {}", names::shown(&server.hostname)) }
}

/// Why the whole host is refused.
fn closed(server: &Server) -> Option<&str> {
    server.client_auth_error.as_deref()
}

/// Writes the addresses and ports.
fn listen(shared: &Shared, is_catch_all: bool, lines: &mut Lines) {
    let (runtime, listening) = (&shared.proxy.runtime, &shared.proxy.settings.listening);
    let mut addresses = prefixes(&listening.bind_address_ipv4, "", "127.0.0.1");
    if runtime.ipv6 {
        addresses.extend(prefixes(&listening.bind_address_ipv6, "[::]:", "[::1]"));
    }
    let tls_port = if runtime.tls_passthrough { runtime.tls_proxy_port } else { runtime.https_port };
    let takes_proxy_protocol = [listening.proxy_protocol, listening.proxy_protocol || runtime.tls_passthrough];
    for (port, takes_proxy_protocol, is_tls) in
        [(runtime.http_port, takes_proxy_protocol[0], false), (tls_port, takes_proxy_protocol[1], true)]
    {
        // What is not passed on unopened comes from this nginx itself.
        let own = [String::from("127.0.0.1:")];
        for address in if is_tls && runtime.tls_passthrough { own.as_slice() } else { &addresses } {
            let mut all = vec![Word::from(format!("{address}{port}"))];
            all.extend(is_tls.then(|| Word::from("ssl")));
            all.extend((is_tls && listening.http2 && !shared.options.version.has_http2_directive()).then(|| Word::from("http2")));
            all.extend(takes_proxy_protocol.then(|| Word::from("proxy_protocol")));
            all.extend(is_catch_all.then(|| Word::from("default_server")));
            lines.directive("listen", all);
        }
    }
    if listening.http2 && shared.options.version.has_http2_directive() {
        put!(lines, "http2", "on");
    }
}

/// What stands before the port: each address, or what nginx writes for all.
pub(super) fn prefixes(addresses: &[String], all: &str, nobody: &str) -> Vec<String> {
    match addresses {
        [] => vec![all.to_owned()],
        addresses => listen_addresses(addresses, all, nobody).iter().map(|address| format!("{address}:")).collect(),
    }
}

fn refuse(condition: &str, lines: &mut Lines) {
    lines.block("if", vec![Word::from(format!("({condition})"))], |lines| put!(lines, "return", 403_i64));
}

fn filters(shared: &Shared, lines: &mut Lines) {
    let filters = &shared.proxy.settings.filters;
    if !filters.block_user_agents.is_empty() {
        refuse("$is_blocked_agent", lines);
    }
    if !filters.block_referers.is_empty() {
        refuse("$is_blocked_referer", lines);
    }
}

fn open<'a>(server: &'a Server, shared: &Shared<'a>, scope: &mut Scope<'a>, lines: &mut Lines) {
    if let Some(subject) = server.client_subject() {
        let condition = vec![Word::from("($ssl_client_s_dn"), Word::from("!~"), Word::from(subject), Word::from(")")];
        lines.block("if", condition, |lines| put!(lines, "return", 403_i64, "client certificate unauthorized"));
    }
    if let Some(tls) = &server.backend_tls {
        proxying::backend_tls(tls, lines);
    }
    let before = scope.closed().is_some();
    let own = snippets::of_route("server-snippet", &server.snippet, shared.options, &shared.upstreams, scope);
    for snippet in [own, &shared.server_snippet] {
        if !snippet.trim().is_empty() {
            lines.raw(snippet);
        }
    }
    if !before && scope.closed().is_some() {
        lines.comment("Closed: a snippet cannot be expressed.");
        put!(lines, "return", 503_i64);
    }
    // Each path of the host may bring one; the first answers.
    if let Some(root) = server.app_root() {
        lines.block("if", vec![Word::from("($uri"), Word::from("="), Word::from("/)")], |lines| {
            put!(lines, "return", 302_i64, format!("$scheme://$http_host{}", root.value));
        });
    }
    lines.gap();
    let by_pattern = server.by_pattern;
    routes(server, by_pattern, shared, scope, lines);
    mirrors(server, shared, lines);
    errors::of_routes(shared, &server.routes, lines);
    let defaults = &shared.proxy.settings.route_defaults;
    if !defaults.error_codes.is_empty() {
        errors::write(shared, crate::ir::DEFAULT_UPSTREAM, defaults.error_codes.iter().copied(), lines);
    }
}

/// Writes the routes; those whose paths no request can have are left out.
fn routes<'a>(server: &'a Server, by_pattern: bool, shared: &Shared<'a>, scope: &mut Scope<'a>, lines: &mut Lines) {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let beginnings = server.routes.iter().filter(|route| route.path_match == PathMatch::Prefix);
    taken.extend(beginnings.map(|route| route.path.clone()).filter(|path| asked::path(path, by_pattern) == Asked::Served));
    let exact = server.routes.iter().filter(|route| route.path_match == PathMatch::Exact).map(|route| route.path.as_str());
    let mut exact: HashSet<&str> = exact.collect();
    for route in &server.routes {
        let adds_slash = !by_pattern && route.path.strip_suffix('/').is_some_and(|path| exact.insert(path));
        match asked::path(&route.path, by_pattern) {
            Asked::Served if shared.proxy.is_own(server, route) => {
                scope.enter(route);
                scope.takes_own_path();
            }
            Asked::Served => location::write(server, route, by_pattern, adds_slash, shared, scope, lines),
            Asked::Closed(beginning) if by_pattern => {
                let matcher = vec![Word::from("~*"), Word::from(format!("^{beginning}"))];
                matching::closed(route, matcher, false, scope, lines);
            }
            Asked::Closed(beginning) => {
                let is_taken = !taken.insert(beginning.clone());
                matching::closed(route, vec![Word::from(beginning)], is_taken, scope, lines);
            }
            Asked::Never => {
                scope.enter(route);
                scope.unserved("path", "no request can have such a path");
            }
        }
    }
}

/// Writes a host that answers nobody.
fn closed_host(name: &str, shared: &Shared, lines: &mut Lines) {
    lines.block("server", Vec::new(), |lines| {
        put!(lines, "server_name", server_name(name));
        listen(shared, false, lines);
        put!(lines, "return", 503_i64);
    });
}

/// Writes where copies of requests go.
fn mirrors(server: &Server, shared: &Shared, lines: &mut Lines) {
    for (source, mirror) in server.mirrors() {
        lines.block("location", vec![Word::from("="), Word::from(source)], |lines| {
            put!(lines, "internal");
            proxying::write_own(shared, lines);
            put!(lines, "proxy_set_header", "Host", &mirror.host);
            put!(lines, "proxy_set_header", "Connection", "close");
            mirror_target(&names::outside(&mirror.target), lines);
        });
        lines.gap();
    }
}

/// Writes where a copy goes. A name that is written out would be looked up once, at the start, and keep nginx from starting where that
/// fails; in a variable it is looked up for each request.
fn mirror_target(target: &str, lines: &mut Lines) {
    let rest = target.split_once("://").map_or(target, |(_, rest)| rest);
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
    if !names::authority(target).contains('$') && (target.contains('$') || host.parse::<std::net::IpAddr>().is_ok()) {
        return put!(lines, "proxy_pass", target);
    }
    put!(lines, "set", "$mirror", target);
    only_names_outside("$mirror", target, lines);
    if path.is_empty() {
        put!(lines, "proxy_pass", "$mirror");
    } else {
        put!(lines, "proxy_pass", "$mirror$is_args$args");
    }
}

/// Writes the health check and the status page.
fn own_locations(shared: &Shared, lines: &mut Lines) {
    let (runtime, filters) = (&shared.proxy.runtime, &shared.proxy.settings.filters);
    lines.gap();
    lines.block("location", vec![Word::from(&runtime.health_path)], |lines| {
        put!(lines, "access_log", "off");
        put!(lines, "return", 200_i64);
    });
    lines.gap();
    lines.block("location", vec![Word::from(STATUS_PATH)], |lines| {
        put!(lines, "access_log", "off");
        let ipv6 = if runtime.ipv6 { filters.status_ipv6.as_slice() } else { &[] };
        for network in filters.status_ipv4.iter().chain(ipv6).filter(|network| is_network(network)) {
            put!(lines, "allow", network);
        }
        put!(lines, "deny", "all");
        put!(lines, "stub_status");
    });
}

/// Writes a redirect between a host and its twin.
pub(super) fn redirect(redirect: &HostRedirect, shared: &Shared, lines: &mut Lines) {
    let settings = &shared.proxy.settings;
    lines.gap();
    lines.comment(&format!("{} is only another name of {}", names::shown(&redirect.from), names::shown(&redirect.to)));
    lines.block("server", Vec::new(), |lines| {
        put!(lines, "server_name", &redirect.from);
        listen(shared, false, lines);
        if let Some(found) = redirect.certificate.as_deref().filter(|found| found.name != shared.proxy.default_certificate.name) {
            put!(lines, "ssl_certificate", tls::certificate(&found.name));
            put!(lines, "ssl_certificate_key", tls::certificate(&found.name));
        }
        filters(shared, lines);
        let (scheme, port) = if shared.trusts_headers() { ("$forwarded_scheme", "$forwarded_port") } else { ("$scheme", "$server_port") };
        let code = settings.route_defaults.redirect_code;
        put!(lines, "return", code, format!("{scheme}://{}:{port}$uri_without_slash", redirect.to));
    });
}

/// Writes what is hidden of the answers of backends, for all hosts.
pub(super) fn hidden(shared: &Shared, protocols: &[Family], lines: &mut Lines) {
    for protocol in protocols {
        response::ResponseHeaders::usual(shared).hide_all(shared, *protocol, lines);
    }
}
