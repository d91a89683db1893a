//! Headers that backends get, and what is said about the client.

use super::super::scope::Scope;
use super::access;
use super::lines::{Lines, Rule};
use super::shared::Shared;
use super::variables;
use super::words::{Format, argument};

/// Writes what a request says about itself into variables, and for backends into headers.
pub(super) fn facts(shared: &Shared, lines: &mut Lines) {
    let (settings, runtime) = (&shared.proxy.settings, &shared.proxy.runtime);
    let trusts = shared.trusts_headers();
    lines.code("http-request set-var(txn.uri) pathq");
    lines.code("http-request set-var(txn.request_id) req.fhdr(x-request-id)");
    if settings.headers.generate_request_id {
        lines.code("http-request set-var(txn.request_id) uuid,regsub(-,,g) if !{ var(txn.request_id) -m found }");
    }
    lines.code("http-request set-var(txn.scheme) ssl_fc,iif(https,http)");
    lines.code("http-request set-var(txn.port) dst_port");
    if trusts {
        lines.code("http-request set-var(txn.scheme) req.fhdr(x-forwarded-proto) if { req.fhdr(x-forwarded-proto) -m len gt 0 }");
        lines.code("http-request set-var(txn.port) req.fhdr(x-forwarded-port) if { req.fhdr(x-forwarded-port) -m len gt 0 }");
    }
    if settings.listening.proxy_protocol {
        lines.code("http-request set-var(txn.scheme) str(https) if { dst_port 443 }");
    }
    let own = if runtime.tls_passthrough { runtime.tls_proxy_port } else { runtime.https_port };
    if own != 443 {
        lines.code(&format!("http-request set-var(txn.port) int(443) if {{ var(txn.port) -m str {own} }}"));
    }
    lines.code("http-request set-var(txn.best_host) req.hdr(host)");
    if trusts {
        lines.code(
            "http-request set-var(txn.best_host) 'req.fhdr(x-forwarded-host),field(1,\",\")' if { req.fhdr(x-forwarded-host) -m len gt 0 }",
        );
    }
    lines.code("http-request set-var(txn.best_host) var(txn.host) if !{ var(txn.best_host) -m len gt 0 }");
}

/// Writes the headers that every backend gets.
pub(super) fn usual(shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    let settings = &shared.proxy.settings;
    let address = &settings.client_address;
    let invalid = match (settings.client.ignore_invalid_headers, settings.client.underscores_in_headers) {
        (true, false) => "[^A-Za-z0-9-]",
        (true, true) => "[^A-Za-z0-9_-]",
        (false, false) => "_",
        (false, true) => "",
    };
    if !invalid.is_empty() {
        lines.rule(Rule::new("http-request del-header").value(invalid).code("-m reg"));
    }
    for (old, new) in [("X-Original-Forwarded-For", &address.for_header), ("X-Original-Forwarded-Host", &address.host_header)] {
        let sample = format!("req.fhdr({})", argument(new));
        lines.code(&format!("http-request del-header {old}"));
        lines.rule(
            Rule::new("http-request set-header")
                .code(old)
                .format(&Format::sample(&sample))
                .code("if {")
                .value(&sample)
                .code("-m len gt 0 }"),
        );
    }
    if shared.trusts_headers() {
        lines.code("http-request set-header Host %[var(txn.best_host)]");
    }
    if address.from_headers && address.full_forwarded_for {
        lines.code("http-request set-header X-Forwarded-For '%[req.fhdr(x-forwarded-for)], %[var(txn.peer)]' if { req.fhdr(x-forwarded-for) -m len gt 0 }");
        lines.code("http-request set-header X-Forwarded-For %[var(txn.peer)] if !{ req.fhdr(x-forwarded-for) -m len gt 0 }");
    } else {
        lines.code("http-request set-header X-Forwarded-For %[src]");
    }
    let mut all = vec![
        ("X-Request-ID", "var(txn.request_id)"),
        ("X-Real-IP", "src"),
        ("X-Forwarded-Host", "var(txn.best_host)"),
        ("X-Forwarded-Port", "var(txn.port)"),
        ("X-Forwarded-Proto", "var(txn.scheme)"),
        ("X-Forwarded-Scheme", "var(txn.scheme)"),
        ("X-Scheme", "var(txn.scheme)"),
    ];
    if settings.headers.original_uri {
        all.push(("X-Original-URI", "var(txn.uri)"));
    }
    for (name, sample) in all {
        let rule = Rule::new("http-request set-header").code(name).format(&Format::sample(sample));
        lines.rule(if name == "X-Request-ID" { rule.code("if { var(txn.request_id) -m found }") } else { rule });
    }
    lines.code("http-request del-header Proxy");
    for (name, value) in &shared.proxy.request_headers {
        match variables::format(value) {
            // Quirk: a header that every backend gets anyway is there twice.
            Ok(value) if USUAL.iter().any(|usual| usual.eq_ignore_ascii_case(name)) => {
                lines.rule(Rule::new("http-request add-header").value(name).format(&value));
            }
            Ok(value) => set(name, &value, lines),
            Err(variable) => scope.lost("proxy-set-headers", &format!("HAProxy does not know `${variable}`: the header is not set")),
        }
    }
}

/// Headers that every backend gets.
const USUAL: &[&str] = &[
    "X-Request-ID",
    "X-Real-IP",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Port",
    "X-Forwarded-Proto",
    "X-Forwarded-Scheme",
    "X-Scheme",
    "X-Original-URI",
];

/// Takes the headers about the client back: FastCGI has parameters in their place.
pub(super) fn take_back(lines: &mut Lines) {
    for name in USUAL.iter().chain(&["X-Original-Forwarded-For", "X-Original-Forwarded-Host"]) {
        lines.code(&format!("http-request del-header {name}"));
    }
}

/// Writes a header whose value may hold variables.
pub(super) fn set_or_lose(name: &str, value: &str, subject: &str, scope: &mut Scope, lines: &mut Lines) {
    match variables::format(value) {
        Ok(value) => set(name, &value, lines),
        Err(variable) => scope.lost(subject, &format!("HAProxy does not know `${variable}`: the header is not set")),
    }
}

/// Writes a header of the request; without a value, it is removed.
pub(super) fn set(name: &str, value: &Format, lines: &mut Lines) {
    lines.rule(Rule::new("http-request del-header").value(name));
    if !value.is_empty() {
        let name = name.trim();
        lines.rule(Rule::new("http-request set-header").value(name).format(value));
    }
}

/// Reads the address of the client from a header that trusted peers set, the nearest first.
pub(super) fn real_address(shared: &Shared, lines: &mut Lines) {
    /// Proxies in a row that are looked behind.
    const DEPTH: usize = 8;
    let settings = &shared.proxy.settings;
    let address = &settings.client_address;
    lines.code("http-request set-var(txn.peer) src");
    if !(address.enabled || address.from_headers) {
        return;
    }
    let header = if settings.listening.proxy_protocol { &address.for_proxy_protocol_header } else { &address.for_header };
    let header = if settings.listening.proxy_protocol && !address.from_headers { return } else { argument(header) };
    let trusted = access::networks(&address.trusted);
    for at in 1..=DEPTH {
        let sample = format!("req.hdr_ip({header},-{at})");
        lines.code("http-request unset-var(txn.is_trusted)");
        for group in &trusted {
            lines.code(&format!("http-request set-var(txn.is_trusted) bool(true) if {group}"));
        }
        // Behind an address that is not trusted there is only what it says: the address stays, and is no more trusted the next time.
        let rule = Rule::new("http-request set-src").value(&sample).code("if { var(txn.is_trusted) -m bool } {").value(&sample);
        lines.rule(rule.code("-m found }"));
    }
}
