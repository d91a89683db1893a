//! Certificates and what else TLS needs, as files next to the configuration.

use std::collections::BTreeSet;

use super::super::asked::is_host;
use super::super::scope::Scope;
use super::super::{FileName, OutputFile};
use super::client_auth;
use super::formats::{CrtList, CrtOptions};
use super::lines::{Lines, Rule};
use super::openssl::is_cipher_list;
use super::shared::Shared;
use crate::ir::{CATCH_ALL, Proxy, SecretUse, Server};
use crate::nginx::is_curve_list;

/// The file with the certificate and key of an object; no object: that of hosts that have none, which the administrator has to make
/// where nobody asks for secrets.
fn certificate(object: &str) -> FileName {
    FileName::of_secret(SecretUse::Certificate, object)
}

/// The files that are to be written; those with users are written elsewhere.
pub(super) fn files(proxy: &Proxy) -> Vec<OutputFile> {
    let file = |(purpose, object, text): (SecretUse, &str, &crate::ir::SecretText)| {
        let is_elsewhere = matches!(purpose, SecretUse::PasswordFile | SecretUse::PasswordMap);
        (!is_elsewhere).then(|| OutputFile::private(FileName::of_secret(purpose, object), text.expose().to_owned()))
    };
    proxy.secrets.iter().filter_map(file).collect()
}

/// What the lines say that take TLS.
pub(super) fn bind_options(shared: &Shared) -> String {
    let mut options = String::new();
    if shared.proxy.servers.iter().any(|server| client_auth::of(server).is_some()) {
        // Rules refuse what the handshake lets through: only they can answer.
        options.push_str(" ca-ignore-err all crt-ignore-err all");
    }
    if shared.proxy.settings.tls.reject_handshake {
        options.push_str(" strict-sni");
    }
    if shared.proxy.settings.tls.early_data {
        options.push_str(" allow-0rtt");
    }
    options
}

/// The list of certificates by the names of hosts. The first line is for names that nobody knows.
pub(super) fn list(shared: &Shared) -> OutputFile {
    let default = certificate(&shared.proxy.default_certificate.name);
    let mut list = CrtList::new(&default);
    for server in shared.proxy.servers.iter().filter(|server| server.hostname != CATCH_ALL) {
        line(server, shared, &default, &mut list);
    }
    for redirect in shared.proxy.fair_redirects() {
        if let Some(found) = redirect.certificate.as_deref().filter(|found| found.name != shared.proxy.default_certificate.name) {
            list.put(&certificate(&found.name), &CrtOptions::default(), std::iter::once(redirect.from.as_str()));
        }
    }
    for certificate in of_backends(shared.proxy) {
        // Towards backends HAProxy finds only certificates that it has read by now, where their path is relative.
        list.put(&certificate, &CrtOptions::default(), std::iter::once("towards-backends.invalid"));
    }
    list.file(FileName::from("certificates.txt"))
}

/// Certificates that are shown to backends.
fn of_backends(proxy: &Proxy) -> BTreeSet<FileName> {
    let of_routes = proxy.servers.iter().flat_map(|server| &server.routes).filter_map(|route| route.steps.backend.tls.as_deref());
    let all = proxy.servers.iter().filter_map(|server| server.backend_tls.as_deref()).chain(of_routes);
    all.filter(|tls| !tls.trust.certificate.is_empty()).map(|tls| certificate(&tls.trust.secret)).collect()
}

/// Writes the line of a host; none where the host needs none.
fn line<'a>(server: &'a Server, shared: &Shared<'a>, default: &FileName, list: &mut CrtList) {
    let found = shared.proxy.certificate_of(server);
    let mut options = CrtOptions::default();
    if let Some(auth) = client_auth::of(server) {
        options.authorities(&FileName::of_secret(SecretUse::Authorities, &auth.trust.secret));
        if !auth.trust.revocations.is_empty() {
            options.revocations(&FileName::of_secret(SecretUse::Revocations, &auth.trust.secret));
        }
    }
    if is_cipher_list(&server.ciphers) {
        options.ciphers(&server.ciphers);
    }
    if found.is_none() && options.is_empty() && !shared.proxy.settings.tls.reject_handshake {
        return;
    }
    let file = found.map_or_else(|| default.clone(), |found| certificate(&found.name));
    // What is no host is served nothing: a certificate of it would stand for others.
    let aliases: Vec<_> = server.fair_names().collect();
    let names = std::iter::once(server.hostname.as_str()).chain(aliases.iter().map(AsRef::as_ref));
    list.put(&file, &options, names.filter(|_| is_host(&server.hostname)));
}

/// Writes what holds for TLS as a whole.
pub(super) fn process(shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    let tls = &shared.proxy.settings.tls;
    let versions = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
    let is_asked = |version: &&&str| tls.protocols.split_whitespace().any(|word| word == **version);
    let name = |version: &str| if version == "TLSv1" { String::from("TLSv1.0") } else { version.to_owned() };
    let asked: Vec<String> = versions.iter().filter(is_asked).map(|version| name(version)).collect();
    // A session that is resumed keeps its certificate, whatever authorities another host has: where any host asks, none is kept.
    let asks = shared.asks_for_certificates();
    let mut options: Vec<String> = Vec::new();
    if let (Some(first), Some(last)) = (asked.first(), asked.last()) {
        options.push(format!("ssl-min-ver {first} ssl-max-ver {last}"));
    }
    if !tls.session_tickets || asks {
        options.push(String::from("no-tls-tickets"));
    }
    if !options.is_empty() {
        lines.code(&format!("ssl-default-bind-options {}", options.join(" ")));
    }
    if asks {
        lines.code("tune.ssl.cachesize 0");
        if tls.early_data {
            scope.lost("ssl-early-data", "without sessions, which a host that asks for certificates rules out, nothing is sent early");
        }
    }
    if is_cipher_list(&tls.ciphers) {
        lines.rule(Rule::new("ssl-default-bind-ciphers").value(&tls.ciphers));
    } else if !tls.ciphers.is_empty() {
        scope.lost("ssl-ciphers", "no cipher has a name like that: those of HAProxy are offered");
    }
    if !matches!(tls.ecdh_curve.as_str(), "" | "auto") && !is_curve_list(&tls.ecdh_curve) {
        scope.lost("ssl-ecdh-curve", "not all of these are curves: those of HAProxy are offered");
    } else if !matches!(tls.ecdh_curve.as_str(), "" | "auto") {
        lines.rule(Rule::new("ssl-default-bind-curves").value(&tls.ecdh_curve));
    }
    if !tls.dh_param_object.is_empty() {
        lines.rule(Rule::new("ssl-dh-param-file").value(&FileName::of_secret(SecretUse::DhParameters, &tls.dh_param_object)));
    }
    lines.code("ssl-server-verify none");
    if !tls.session_ticket_key.is_empty() {
        scope.lost("ssl-session-ticket-key", "HAProxy makes the key of session tickets itself");
    }
    if tls.ocsp {
        scope.lost("enable-ocsp", "HAProxy does not fetch answers about revoked certificates by itself");
    }
}
