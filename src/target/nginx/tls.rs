//! Certificates and what else TLS needs, as files next to the configuration.

use super::super::OutputFile;
use super::lines::{Lines, put};
use super::names;
use super::shared::Shared;
use crate::ir::{Proxy, SecretUse, Server, TrustStore};

/// Folder of certificates.
const FOLDER: &str = "tls";

/// Folder of files with users.
const PASSWORDS: &str = "auth";

/// The certificate of hosts that have none, which the administrator has to make.
pub(super) const DEFAULT: &str = "tls/default.pem";

/// The file with the certificate and key of an object; no object: that of hosts that have none.
pub(super) fn certificate(object: &str) -> String {
    if object.is_empty() { DEFAULT.to_owned() } else { names::file(FOLDER, object, ".pem") }
}

/// The file with authorities.
pub(super) fn authorities(trust: &TrustStore) -> String {
    names::file(FOLDER, &trust.secret, ".ca.pem")
}

/// The file with revoked certificates.
pub(super) fn revocations(trust: &TrustStore) -> String {
    names::file(FOLDER, &trust.secret, ".crl.pem")
}

/// The file with parameters of the Diffie-Hellman key exchange.
pub(super) fn dh_parameters(object: &str) -> String {
    names::file(FOLDER, object, ".dh.pem")
}

/// The file with users.
pub(super) fn passwords(object: &str, keys_are_users: bool) -> String {
    names::file(PASSWORDS, object, if keys_are_users { ".map" } else { ".htpasswd" })
}

/// The files that are to be written.
pub(super) fn files(proxy: &Proxy) -> Vec<OutputFile> {
    let file = |(purpose, object, text): (SecretUse, &str, &crate::ir::SecretText)| {
        let name = match purpose {
            SecretUse::Certificate => certificate(object),
            SecretUse::Authorities => names::file(FOLDER, object, ".ca.pem"),
            SecretUse::Revocations => names::file(FOLDER, object, ".crl.pem"),
            SecretUse::PasswordFile => passwords(object, false),
            SecretUse::PasswordMap => passwords(object, true),
            SecretUse::DhParameters => dh_parameters(object),
        };
        OutputFile { name: name.into(), content: text.expose().to_owned(), is_private: true }
    };
    proxy.secrets.iter().map(file).collect()
}

/// Writes what a host needs for TLS: its certificate, whom it trusts, and its own choices.
pub(super) fn write<'a>(server: &'a Server, shared: &Shared<'a>, lines: &mut Lines) {
    if let Some(found) = shared.proxy.certificate_of(server).filter(|found| found.name != shared.proxy.default_certificate.name) {
        put!(lines, "ssl_certificate", certificate(&found.name));
        put!(lines, "ssl_certificate_key", certificate(&found.name));
    }
    if !server.ciphers.is_empty() {
        put!(lines, "ssl_ciphers", &server.ciphers);
    }
    if let Some(prefer) = server.prefer_server_ciphers {
        put!(lines, "ssl_prefer_server_ciphers", super::super::view::switch(prefer));
    }
    let Some(auth) = server.client_auth.as_ref().filter(|auth| !auth.trust.authorities.is_empty()) else { return };
    put!(lines, "ssl_client_certificate", authorities(&auth.trust));
    put!(lines, "ssl_verify_client", &auth.verify);
    put!(lines, "ssl_verify_depth", auth.depth);
    if !auth.trust.revocations.is_empty() {
        put!(lines, "ssl_crl", revocations(&auth.trust));
    }
    if !auth.error_page.is_empty() {
        put!(lines, "error_page", "495", "496", "=", &auth.error_page);
    }
}
