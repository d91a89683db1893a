//! Where clients connect: what a request says, which route it has, and what holds for all answers.

use super::super::dialect::listen_addresses;
use super::super::scope::Scope;
use super::access;
use super::answers::answer;
use super::filters;
use super::formats::SectionName;
use super::guards::refuse_untold;
use super::headers;
use super::lines::{Lines, Rule};
use super::maps::Maps;
use super::room::Room;
use super::scripts;
use super::shared::Shared;
use super::tls;
use super::words::Format;
use crate::nginx::problem;

/// The socket between the frontend that passes TLS on unopened and the one that opens it.
pub(super) const INNER_SOCKET: &str = "abns@ingress-tls";

/// Writes the frontend for HTTP and HTTPS.
pub(super) fn write(shared: &Shared, maps: &Maps, scope: &mut Scope, lines: &mut Lines) {
    lines.section("frontend ingress");
    binds(shared, lines);
    scripts::count_bodies(shared, lines);
    headers::real_address(shared, lines);
    if shared.asks_for_addresses() {
        access::families("", lines);
    }
    refusals(shared, lines);
    host(shared, maps, lines);
    headers::facts(shared, lines);
    path(lines);
    route(maps, lines);
    lines.comment("What backends get.");
    headers::usual(shared, scope, lines);
    maps.questions.write(lines);
    answers(shared, lines);
    lines.code("use_backend %[var(txn.route)]");
    lines.code(&format!("default_backend {}", SectionName::NOT_FOUND));
    lines.section(&format!("backend {}", SectionName::NOT_FOUND));
    lines.rule(answer(404));
}

fn binds(shared: &Shared, lines: &mut Lines) {
    let (runtime, listening) = (&shared.proxy.runtime, &shared.proxy.settings.listening);
    let accept = if listening.proxy_protocol { " accept-proxy" } else { "" };
    let alpn = if listening.http2 { "h2,http/1.1" } else { "http/1.1" };
    for address in addresses(shared) {
        lines.code(&format!("bind {address}:{}{accept}{}", runtime.http_port, only(&address)));
    }
    let tls = format!("ssl crt-list certificates.txt alpn {alpn}{}", tls::bind_options(shared));
    if runtime.tls_passthrough {
        lines.code(&format!("bind {INNER_SOCKET} accept-proxy {tls}"));
        return;
    }
    for address in addresses(shared) {
        lines.code(&format!("bind {address}:{}{accept} {tls}{}", runtime.https_port, only(&address)));
    }
}

/// Addresses to listen on, as they stand before the port.
pub(super) fn addresses(shared: &Shared) -> Vec<String> {
    let (runtime, listening) = (&shared.proxy.runtime, &shared.proxy.settings.listening);
    let mut all = listen_addresses(&listening.bind_address_ipv4, "0.0.0.0", "127.0.0.1");
    if runtime.ipv6 {
        all.extend(listen_addresses(&listening.bind_address_ipv6, "[::]", "[::1]"));
    }
    all
}

/// What an address of IPv6 needs to leave those of IPv4 to others.
pub(super) fn only(address: &str) -> &'static str {
    if address.starts_with('[') { " v6only" } else { "" }
}

/// Writes who is refused before anything else.
fn refusals(shared: &Shared, lines: &mut Lines) {
    lines.code("http-request set-var(txn.is_bare) bool(true)");
    lines.rule(answer(400).code("if { req.ver 1.1 } !{ req.hdr_cnt(host) 1 }"));
    lines.rule(answer(400).code("if { req.hdr_cnt(host) gt 0 } !{ req.hdr(host) -m len gt 0 }"));
    lines.rule(answer(405).code("if { method TRACE CONNECT }"));
    Room::of(&shared.proxy.settings.client).refuse(lines);
    lines.comment("An absolute URI goes on as its path alone.");
    lines.code("http-request set-uri %[pathq] if { url_beg http:// https:// } { req.ver 1.0 1.1 }");
    lines.comment("A client that waits to be asked for its body is asked here.");
    lines.code("http-request wait-for-body time 60s if { req.fhdr(expect) -m found }");
    lines.code("http-request del-header Expect");
    if !shared.retries_all() {
        lines.code("http-request disable-l7-retry if { method POST LOCK PATCH }");
    }
    let filters = &shared.proxy.settings.filters;
    for (header, all) in [("user-agent", &filters.block_user_agents), ("referer", &filters.block_referers)] {
        for entry in all.iter().map(|entry| entry.trim()).filter(|entry| !entry.is_empty()) {
            let (flags, pattern) = match (entry.strip_prefix("~*"), entry.strip_prefix('~')) {
                (Some(pattern), _) => ("-m reg -i --", pattern),
                (None, Some(pattern)) => ("-m reg --", pattern),
                (None, None) => ("-m str -i --", entry),
            };
            if !filters::is_filter(entry) {
                // Told, and all routes closed: see `shared`.
                continue;
            }
            // An empty pattern is found in everything, and an empty word would be none; a brace would end the condition.
            let (flags, pattern) = match pattern {
                "" => (flags, "^"),
                "}" => ("-m reg --", "^[}]$"),
                _ => (flags, pattern),
            };
            let sample = format!("req.fhdr({header})");
            lines.rule(answer(403).code(&format!("if {{ {sample} {flags}")).value(pattern).code("}"));
            if flags.contains("reg") {
                // What a pattern gives up on may be what it is to refuse.
                refuse_untold(403, &sample, "", std::iter::once(pattern), lines);
            }
        }
    }
}

/// Finds the host: by its name, as one label below a wildcard, or as none that is known.
fn host(shared: &Shared, maps: &Maps, lines: &mut Lines) {
    lines.comment("The host: by its name, then by a wildcard for one label, then the one for all others.");
    lines.code("http-request set-var(txn.host) req.hdr(host),host_only,lower");
    lines.code("http-request set-var(txn.host) var(txn.host),regsub([.]$,) if { var(txn.host) -m end . }");
    site("host", "site", shared, maps, lines);
    lines.code("http-request set-var(txn.site) str(_) if !{ var(txn.site) -m found }");
    if shared.asks_for_certificates() {
        lines.comment("The host that the client named in TLS, whose authorities its certificate was checked by.");
        lines.code("http-request set-var(txn.sni) ssl_fc_sni,lower");
        lines.code("http-request set-var(txn.sni) var(txn.sni),regsub([.]$,) if { var(txn.sni) -m end . }");
        site("sni", "sni_site", shared, maps, lines);
    }
}

/// Looks a name up, in the order of nginx.
fn site(name: &str, site: &str, shared: &Shared, maps: &Maps, lines: &mut Lines) {
    let mut put = |converters: &str| {
        let unless = format!("if !{{ var(txn.{site}) -m found }}");
        lines.code(&format!("http-request set-var(txn.{site}) 'var(txn.{name}),{converters}' {unless}"));
    };
    put("map_str(maps/hosts.map)");
    if maps.has("host-ends") {
        put("map_end(maps/host-ends.map)");
    }
    if maps.has("host-starts") {
        put("map_beg(maps/host-starts.map)");
    }
    put(r#"regsub("^[\w-]+(?=[.])",_),map_str(maps/wildcards.map)"#);
    if maps.has("host-patterns") {
        put("map_reg(maps/host-patterns.map)");
        let names: Vec<_> = shared.proxy.servers.iter().flat_map(crate::ir::Server::fair_names).collect();
        let patterns = || names.iter().filter_map(|alias| alias.strip_prefix('~'));
        let sample = format!("var(txn.{name})");
        // No name of the DNS is longer.
        lines.rule(answer(400).code(&format!("if {{ {sample} -m len gt 255 }}")));
        refuse_untold(400, &sample, "", patterns().filter(|pattern| problem(pattern).is_none()), lines);
    }
}

/// Reads the path as nginx does: decoded, without empty segments, `.` and `..`.
fn path(lines: &mut Lines) {
    lines.comment("The path: decoded, with slashes merged and dots resolved.");
    lines.code("http-request set-var(txn.path) path");
    lines.rule(answer(400).code("if { path -m sub % } { path -m reg %(?![0-9A-Fa-f]{2})|%00 }"));
    lines.code("http-request set-var(txn.path) path,url_dec if { path -m sub % }");
    lines.code("http-request set-var(txn.path) 'var(txn.path),regsub(\"/+\",/,g)' if { var(txn.path) -m sub // }");
    let dots = "if { var(txn.path) -m sub /. }";
    lines.code(&format!(r#"http-request set-var(txn.path) 'var(txn.path),regsub("(/[.][.]?)$","\1/")' {dots}"#));
    lines.code(&format!(r#"http-request set-var(txn.path) 'var(txn.path),regsub("/[.](?=/)","",g)' {dots}"#));
    lines.code(&format!(r#"http-request set-var(txn.path) 'var(txn.path),regsub("(/(?![.][.]/)[^/]+(?1)*/[.][.](?=/))","",g)' {dots}"#));
    lines.comment("Dots above the root, and more dots than PCRE resolves.");
    lines.rule(answer(400).code("if { var(txn.path) -m sub // /./ /../ }"));
    lines.rule(answer(400).code("if { var(txn.path) -m end /. /.. }"));
}

/// Finds the route.
fn route(maps: &Maps, lines: &mut Lines) {
    lines.comment("The route: the whole path, then its longest beginning, then regular expressions in their order.");
    lines.code("http-request set-var(txn.key) var(txn.site),concat(,txn.path)");
    for converter in maps.keys.converters() {
        lines.code(&format!("http-request set-var(txn.key) 'var(txn.key),{converter}'"));
    }
    lines.code("http-request set-var(txn.route) var(txn.key),map_str(maps/paths-exact.map)");
    let unless = "if !{ var(txn.route) -m found }";
    lines.code(&format!("http-request set-var(txn.route) var(txn.key),map_beg(maps/paths.map) {unless}"));
    for (name, how) in [("paths-exact-any-case", "map_str"), ("paths-any-case", "map_beg")] {
        if maps.has(name) {
            lines.code(&format!("http-request set-var(txn.route) var(txn.key),lower,{how}(maps/{name}.map) {unless}"));
        }
    }
    let shapes = maps.shapes.all();
    if shapes.is_empty() {
        return;
    }
    lines.code(&format!("http-request set-var(txn.shape) var(txn.site),map_str(maps/pattern-hosts.map) {unless}"));
    for (number, patterns) in shapes {
        let asked = format!("{{ var(txn.shape) -m str {number} }}");
        // nginx answers 500 where PCRE gives up, and tries no other.
        refuse_untold(500, "var(txn.path)", &asked, patterns.iter().map(String::as_str), lines);
        lines.code(&format!("http-request set-var(txn.index) var(txn.path),map_reg(maps/patterns-{number}.map) if {asked}"));
    }
    let found = "if { var(txn.index) -m found }";
    lines.code(&format!("http-request set-var(txn.route) var(txn.site),concat(/,txn.index),map_str(maps/pattern-routes.map) {found}"));
}

/// Writes what holds for all answers.
fn answers(shared: &Shared, lines: &mut Lines) {
    let settings = &shared.proxy.settings;
    lines.comment("What clients get.");
    lines.code("http-request unset-var(txn.is_bare)");
    lines.code("http-response set-var(txn.is_answered) bool(true)");
    if !settings.headers.pass_server {
        lines.code("http-response del-header Server");
    }
    for name in &settings.headers.hide {
        lines.rule(Rule::new("http-response del-header").value(name));
    }
    lines.code("http-after-response set-status 502 if { status 503 } { var(txn.is_passed) -m bool } !{ var(txn.is_answered) -m bool }");
    if settings.tls.hsts {
        let mut value = format!("max-age={}", settings.tls.hsts_max_age);
        if settings.tls.hsts_include_subdomains {
            value.push_str("; includeSubDomains");
        }
        if settings.tls.hsts_preload {
            value.push_str("; preload");
        }
        let rule = Rule::new("http-after-response set-header Strict-Transport-Security").format(&Format::text(&value));
        lines.rule(rule.code("if { ssl_fc } !{ var(txn.is_bare) -m bool }"));
    }
    for (name, value) in &shared.proxy.response_headers {
        headers::of_answers(name, value, lines);
    }
}
