//! Certificates and what else TLS needs, as files next to the configuration.

use super::super::{FileName, OutputFile};
use super::lines::{Lines, put};
use super::shared::Shared;
use crate::ir::{Proxy, SecretUse, Server, TrustStore};

/// The file with the certificate and key of an object; no object: that of hosts that have none, which the administrator has to make.
pub(super) fn certificate(object: &str) -> FileName {
    FileName::of_secret(SecretUse::Certificate, object)
}

/// The file with authorities.
pub(super) fn authorities(trust: &TrustStore) -> FileName {
    FileName::of_secret(SecretUse::Authorities, &trust.secret)
}

/// The file with revoked certificates.
pub(super) fn revocations(trust: &TrustStore) -> FileName {
    FileName::of_secret(SecretUse::Revocations, &trust.secret)
}

/// The file with parameters of the Diffie-Hellman key exchange.
pub(super) fn dh_parameters(object: &str) -> FileName {
    FileName::of_secret(SecretUse::DhParameters, object)
}

/// The file with users.
pub(super) fn passwords(object: &str, keys_are_users: bool) -> FileName {
    FileName::of_secret(if keys_are_users { SecretUse::PasswordMap } else { SecretUse::PasswordFile }, object)
}

/// The files that are to be written.
pub(super) fn files(proxy: &Proxy) -> Vec<OutputFile> {
    let file = |(purpose, object, text): (SecretUse, &str, &crate::ir::SecretText)| {
        OutputFile::private(FileName::of_secret(purpose, object), text.expose().to_owned())
    };
    proxy.secrets.iter().map(file).collect()
}

/// Writes the certificate of a host, where it has its own.
pub(super) fn own_certificate<'a>(server: &'a Server, shared: &Shared<'a>, lines: &mut Lines) {
    if let Some(found) = shared.proxy.certificate_of(server).filter(|found| found.name != shared.proxy.default_certificate.name) {
        put!(lines, "ssl_certificate", certificate(&found.name));
        put!(lines, "ssl_certificate_key", certificate(&found.name));
    }
}

/// Writes what a host needs for TLS: its certificate, whom it trusts, and its own choices.
pub(super) fn write<'a>(server: &'a Server, shared: &Shared<'a>, lines: &mut Lines) {
    own_certificate(server, shared, lines);
    if !server.ciphers.is_empty() {
        put!(lines, "ssl_ciphers", &server.ciphers);
    }
    if let Some(prefer) = server.prefer_server_ciphers {
        put!(lines, "ssl_prefer_server_ciphers", super::super::view::switch(prefer));
    }
    let Some(auth) = server.client_check() else { return };
    put!(lines, "ssl_client_certificate", authorities(&auth.trust));
    put!(lines, "ssl_verify_client", auth.verify.word());
    put!(lines, "ssl_verify_depth", auth.depth);
    if !auth.trust.revocations.is_empty() {
        put!(lines, "ssl_crl", revocations(&auth.trust));
    }
    if !auth.error_page.is_empty() {
        put!(lines, "error_page", "495", "496", "=", &auth.error_page);
    }
}
