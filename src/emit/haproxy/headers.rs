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
    keep_original("X-Original-Forwarded-For", &address.for_header, lines);
    keep_original("X-Original-Forwarded-Host", &address.host_header, lines);
    if shared.trusts_headers() {
        lines.code("http-request set-header Host %[var(txn.best_host)]");
    }
    if address.from_headers && address.full_forwarded_for {
        join("x-forwarded-for", "txn.forwarded", "", lines);
        lines.code(
            "http-request set-header X-Forwarded-For '%[var(txn.forwarded)], %[var(txn.peer)]' if { var(txn.forwarded) -m len gt 0 }",
        );
        lines.code("http-request set-header X-Forwarded-For %[var(txn.peer)] if !{ var(txn.forwarded) -m len gt 0 }");
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

/// What the client says in a header that is written anew, in a header of its own.
fn keep_original(kept: &str, header: &str, lines: &mut Lines) {
    let sample = format!("req.fhdr({})", argument(header));
    lines.code(&format!("http-request del-header {kept}"));
    let rule = Rule::new("http-request set-header").code(kept).format(&Format::sample(&sample));
    lines.rule(rule.code("if {").value(&sample).code("-m len gt 0 }"));
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

/// Writes a header of answers; without a value, it is removed.
pub(super) fn of_answers(name: &str, value: &str, lines: &mut Lines) {
    let rule = |verb: &str| Rule::new(&format!("http-after-response {verb}")).value(name.trim());
    lines.rule(if value.is_empty() { rule("del-header") } else { rule("set-header").format(&Format::text(value)) });
}

/// Whether a header is the one in which nginx reads all lines as one.
fn has_many_lines(header: &str) -> bool {
    header.eq_ignore_ascii_case("x-forwarded-for")
}

/// Writes all lines of a header as one into a variable, as far as there are not too many. Each is changed by converters first.
fn join(header: &str, variable: &str, change: &str, lines: &mut Lines) {
    /// Lines that are read, from the last one on.
    const LINES: usize = 4;
    let header = argument(header);
    lines.rule(Rule::new(&format!("http-request set-var({variable})")).value(&format!("req.fhdr({header},-1){change}")));
    for at in 2..=LINES {
        let sample = format!("req.fhdr({header},-{at}){change},concat(\", \",{variable})");
        let rule = Rule::new(&format!("http-request set-var({variable})")).value(&sample).code("if {");
        lines.rule(rule.value(&format!("req.fhdr_cnt({header})")).code(&format!("ge {at} }}")));
    }
}

/// Reads the address of the client from a header that trusted peers set, the nearest first, up to the first that is no address.
pub(super) fn real_address(shared: &Shared, lines: &mut Lines) {
    /// Proxies in a row that are looked behind.
    const DEPTH: usize = 8;
    let settings = &shared.proxy.settings;
    let address = &settings.client_address;
    lines.code("http-request set-var(txn.peer) src");
    let header = if settings.listening.proxy_protocol { &address.for_proxy_protocol_header } else { &address.for_header };
    let asks = if settings.listening.proxy_protocol { address.from_headers } else { address.enabled || address.from_headers };
    if !asks {
        return;
    }
    lines.comment("The address of the client, as trusted peers tell it.");
    access::families("", lines);
    if !access::networks("trusted", &address.trusted, lines) {
        return;
    }
    lines.code("acl is_address var(txn.hop) -m ip 0.0.0.0/0 ::/0");
    if has_many_lines(header) {
        join(header, "txn.hops", FIRST, lines);
    } else {
        lines.rule(Rule::new("http-request set-var(txn.hops)").value(&format!("req.fhdr({},1){FIRST}", argument(header))));
    }
    for at in 1..=DEPTH {
        lines.code("http-request unset-var(txn.hop)");
        lines.code(&format!("http-request set-var(txn.hop) 'var(txn.hops),word(-{at},\" ,\")' if trusted"));
        lines.code(&format!(r#"http-request set-var(txn.hop) 'var(txn.hop),regsub("{WITH_PORT}","\1\2")' if {{ var(txn.hop) -m sub : }}"#));
        lines.rule(Rule::new("http-request unset-var(txn.hop) if !{ var(txn.hop) -m reg").value(ADDRESS).code("}"));
        lines.code("http-request set-src var(txn.hop) if is_address");
        // Without an address nobody is trusted, and it ends here.
        lines.code("http-request unset-var(txn.ipv4)");
        lines.code("http-request unset-var(txn.ipv6)");
        access::families("is_address", lines);
    }
    for variable in ["ipv4", "ipv6", "mapped"] {
        lines.code(&format!("http-request unset-var(txn.{variable})"));
    }
}

/// Commas at the end of a line do not count, but one right before the first address makes it none, and so is a line without anything.
const FIRST: &str = r#",regsub("^$|^,(?=[^ ,])",x)"#;

/// What may be an address: what follows one, HAProxy would pass over.
const ADDRESS: &str = "^(?:[0-9]+(?:[.][0-9]+){3}|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)$";

/// An address with a port behind it, that of IPv6 in brackets.
const WITH_PORT: &str =
    "^(?:([0-9.]+)|\\[([0-9A-Fa-f:.]+)\\]):0*(?:[1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])$";
