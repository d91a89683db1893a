//! The endpoints of a backend: how each is spoken to, and how one is chosen.

use std::net::IpAddr;

use super::super::FileName;
use super::super::dialect;
use super::super::scope::Scope;
use super::affinity;
use super::lines::{Lines, Rule};
use super::openssl::is_cipher_list;
use super::shared::Shared;
use super::variables;
use super::words::{self, argument};
use crate::ir::{BackendTls, Destination, Endpoint, Protocol, Proxying, Route, SecretUse, Server, Upstream};

/// Who answers for an upstream: its endpoints, or its name in DNS where the input holds none.
pub(super) fn members(upstream: &Upstream) -> &[Endpoint] {
    if upstream.endpoints.is_empty() { upstream.dns.as_slice() } else { &upstream.endpoints }
}

/// The status that HAProxy answers with where nobody else does.
pub(super) fn own_status(name: &str, shared: &Shared) -> Option<i64> {
    match shared.proxy.destination_of(name) {
        Destination::Endpoints(_) | Destination::Name(_) => None,
        Destination::Nowhere => Some(502),
        Destination::NotFound => Some(404),
    }
}

/// Writes the endpoints of an upstream for a route.
pub(super) fn write(server: &Server, route: &Route, upstream: &Upstream, shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    choice(server, route, upstream, shared, scope, lines);
    retries(&route.features.proxying, shared, scope, lines);
    let mut protocol = route.steps.backend.protocol;
    if protocol == Protocol::AsClient {
        scope.lost("backend-protocol", "`AUTO_HTTP` becomes `HTTP` for all clients");
        protocol = Protocol::Http;
    }
    endpoints(protocol, server, route, upstream, scope, lines);
}

/// How an endpoint is chosen; without a word, one after the other.
fn choice(server: &Server, route: &Route, upstream: &Upstream, shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    let hashing = &upstream.hashing;
    if upstream.affinity.is_by_cookie() {
        affinity::write(server, route, upstream, lines);
    } else if !hashing.key.is_empty() {
        if hashing.subset {
            scope.lost("upstream-hash-by-subset", "a key leads to one endpoint, not to a group of endpoints");
        }
        match variables::format(&hashing.key) {
            Ok(key) => {
                lines.rule(Rule::variable("txn.hash_key", &key));
                lines.code("balance hash var(txn.hash_key)");
                lines.code("hash-type consistent sdbm avalanche");
            }
            Err(name) => scope.lost("upstream-hash-by", &format!("HAProxy does not know `${name}`: endpoints take turns")),
        }
    } else {
        let is_ewma =
            upstream.algorithm == "ewma" || upstream.algorithm.is_empty() && shared.proxy.settings.upstreams.load_balance == "ewma";
        if is_ewma {
            scope.differs("load-balance", "`ewma` becomes the endpoint with the fewest connections of two random ones");
            lines.code("balance random(2)");
        }
    }
}

/// When another endpoint is tried.
fn retries(proxying: &Proxying, shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    let settings = &shared.proxy.settings;
    let conditions = dialect::next_upstream(&proxying.next_upstream, settings.upstreams.retry_non_idempotent);
    let mut tries = if proxying.next_upstream_tries == 0 { 10 } else { proxying.next_upstream_tries };
    let mut when = vec!["conn-failure"];
    for word in conditions.split(' ') {
        match word {
            "off" => tries = 1,
            "error" => when.push("empty-response"),
            "timeout" => when.push("response-timeout"),
            "invalid_header" => when.push("junk-response"),
            "http_500" => when.push("500"),
            "http_502" => when.push("502"),
            "http_503" => when.push("503"),
            "http_504" => when.push("504"),
            "http_403" => when.push("403"),
            "http_404" => when.push("404"),
            "non_idempotent" if !shared.retries_all() => {
                scope.lost("proxy-next-upstream", "whether POST, LOCK and PATCH are sent again is decided for all routes: they are not");
            }
            "http_429" if shared.options.version.retries_on_429() => when.push("429"),
            "http_429" => scope.lost("proxy-next-upstream", "HAProxy tries again after the status 429 since 3.1 only"),
            _ => {}
        }
    }
    if proxying.next_upstream_timeout > 0 {
        scope.lost("proxy-next-upstream-timeout", "HAProxy counts tries, but not their time");
    }
    let usual = (USUAL_RETRIES.0, settings.route_defaults.proxying.next_upstream_tries);
    if usual != (proxying.next_upstream.as_str(), proxying.next_upstream_tries) {
        lines.code(&format!("retries {}", tries.clamp(1, 100) - 1));
        lines.code(&format!("retry-on {}", if tries == 1 { "none".to_owned() } else { when.join(" ") }));
    }
}

/// When the next endpoint is tried by what stands in the section `defaults`: in the words of the controller, and in those of HAProxy.
pub(super) const USUAL_RETRIES: (&str, &str) = ("error timeout", "conn-failure empty-response response-timeout");

/// Writes the lines of the endpoints.
fn endpoints(protocol: Protocol, server: &Server, route: &Route, upstream: &Upstream, scope: &mut Scope, lines: &mut Lines) {
    let options = options(protocol, server, route, scope);
    for (at, endpoint) in members(upstream).iter().enumerate() {
        let rule = Rule::new("server").code(&format!("s{}", at + 1)).value(&endpoint.authority());
        let is_name = endpoint.address.parse::<IpAddr>().is_err();
        let resolved = if is_name { "resolvers names init-addr last,libc,none" } else { "" };
        lines.rule(rule.append(&options).code(resolved));
    }
}

/// What a server line says about the protocol.
fn options(protocol: Protocol, server: &Server, route: &Route, scope: &mut Scope) -> Rule {
    let rule = Rule::new("");
    match protocol {
        Protocol::Http | Protocol::AsClient => rule,
        Protocol::Grpc => rule.code("proto h2"),
        Protocol::FastCgi => rule.code("proto fcgi"),
        Protocol::Https => tls(rule.code("ssl"), server, route, scope),
        Protocol::Grpcs => tls(rule.code("ssl alpn h2"), server, route, scope),
    }
}

fn tls(rule: Rule, server: &Server, route: &Route, scope: &mut Scope) -> Rule {
    let tls = server.towards_backend(route);
    let name = if tls.name.is_empty() { "upstream_balancer" } else { tls.name };
    let mut rule = match tls.trusted {
        Some(trusted) => self::trusted(rule, trusted, name, scope),
        None => rule.code("verify none"),
    };
    if let Some(own) = tls.certificate {
        rule = rule.code("crt").value(&FileName::of_secret(SecretUse::Certificate, &own.secret));
    }
    if tls.sends_name {
        rule = rule.code("sni").value(&format!("str({})", argument(name)));
    }
    rule
}

fn trusted(rule: Rule, tls: &BackendTls, name: &str, scope: &mut Scope) -> Rule {
    let mut rule = if tls.verifies {
        if tls.depth != 1 {
            scope.differs("proxy-ssl-verify-depth", "HAProxy does not limit the length of chains of certificates");
        }
        rule.code("verify required ca-file")
            .value(&FileName::of_secret(SecretUse::Authorities, &tls.trust.secret))
            .code("verifyhost")
            .value(name)
    } else {
        rule.code("verify none")
    };
    if !tls.ciphers.is_empty() && tls.ciphers != "DEFAULT" {
        if !is_cipher_list(&tls.ciphers) {
            scope.close("proxy-ssl-ciphers", "no cipher has a name like that");
        }
        rule = rule.code("ciphers").value(&tls.ciphers);
    }
    if !tls.protocols.split_whitespace().any(|word| matches!(word, "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3")) {
        scope.close("proxy-ssl-protocols", "HAProxy speaks no version of TLS that is allowed");
    }
    for (version, end) in [("SSLv3", "sslv3"), ("TLSv1", "tlsv10"), ("TLSv1.1", "tlsv11"), ("TLSv1.2", "tlsv12"), ("TLSv1.3", "tlsv13")] {
        if !tls.protocols.split_whitespace().any(|word| word == version) {
            rule = rule.code(&format!("no-{end}"));
        }
    }
    rule
}

/// Writes timeouts that are not those of all routes.
pub(super) fn timeouts(proxying: &Proxying, shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    let usual = &shared.proxy.settings.route_defaults;
    if proxying.connect_timeout != usual.proxying.connect_timeout {
        lines.code(&format!("timeout connect {}", words::seconds(proxying.connect_timeout)));
    }
    let (read, send) = (proxying.read_timeout, proxying.send_timeout);
    if (read, send) != (usual.proxying.read_timeout, usual.proxying.send_timeout) {
        if read != send {
            let message = "HAProxy has one timeout for reading and writing: the time for reading counts";
            scope.differs("proxy-send-timeout", message);
        }
        lines.code(&format!("timeout server {}", words::seconds(read)));
        lines.code(&format!("timeout tunnel {}", words::seconds(read)));
    }
}
