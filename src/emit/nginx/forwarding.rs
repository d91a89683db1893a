//! Headers that backends get.

use super::lines::{Lines, Word};
use super::names;
use super::shared::Shared;
use crate::ir::Protocol;

/// How a backend is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// HTTP or HTTPS.
    Http,
    /// gRPC, with or without TLS.
    Grpc,
    /// `FastCGI`, which has parameters in place of headers.
    FastCgi,
}

impl Family {
    /// The family that speaks a protocol.
    pub(super) fn of(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Http | Protocol::Https | Protocol::AsClient => Self::Http,
            Protocol::Grpc | Protocol::Grpcs => Self::Grpc,
            Protocol::FastCgi => Self::FastCgi,
        }
    }

    /// The directive that sets a header of the request.
    pub(super) fn sets(self) -> Option<&'static str> {
        match self {
            Self::Http => Some("proxy_set_header"),
            Self::Grpc => Some("grpc_set_header"),
            Self::FastCgi => None,
        }
    }

    /// The directive that hides a header of the response.
    pub(super) fn hides(self) -> &'static str {
        match self {
            Self::Http => "proxy_hide_header",
            Self::Grpc => "grpc_hide_header",
            Self::FastCgi => "fastcgi_hide_header",
        }
    }
}

/// Headers with their values, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Headers(Vec<(String, String)>);

impl Headers {
    /// The headers that every backend gets.
    pub(super) fn usual(shared: &Shared) -> Self {
        let settings = &shared.proxy.settings;
        let address = &settings.client_address;
        let mut headers = Self(Vec::new());
        headers.set("Host", "$best_http_host");
        headers.set("Upgrade", "$http_upgrade");
        headers.set("Connection", "$connection_upgrade");
        headers.set("X-Request-ID", "$req_id");
        headers.set("X-Real-IP", "$remote_addr");
        headers.set("X-Forwarded-For", forwarded_for(shared));
        headers.set("X-Forwarded-Host", "$best_http_host");
        headers.set("X-Forwarded-Port", port(shared));
        headers.set("X-Forwarded-Proto", shared.scheme());
        headers.set("X-Forwarded-Scheme", shared.scheme());
        if settings.headers.original_uri {
            headers.set("X-Original-URI", "$request_uri");
        }
        headers.set("X-Scheme", shared.scheme());
        headers.set("X-Original-Forwarded-For", &names::header_variable(&address.for_header));
        headers.set("X-Original-Forwarded-Host", &names::header_variable(&address.host_header));
        headers.set("Proxy", "");
        for (name, value) in &shared.proxy.request_headers {
            // Quirk: a header that is set anyway is sent twice.
            headers.add(name, value);
        }
        headers
    }

    /// No headers yet.
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    /// Sets a header, in its place where it is set already.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(other, _)| other.eq_ignore_ascii_case(name)) {
            Some((_, old)) => value.clone_into(old),
            None => self.0.push((name.to_owned(), value.to_owned())),
        }
    }

    /// Sets a header besides those of the same name.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.0.push((name.to_owned(), value.to_owned()));
    }

    /// Writes the headers.
    pub(super) fn write(&self, protocol: Family, lines: &mut Lines) {
        let Some(directive) = protocol.sets() else { return };
        for (name, value) in &self.0 {
            lines.directive(directive, vec![Word::from(name), Word::from(value)]);
        }
    }
}

/// The address of the client for backends.
pub(super) fn forwarded_for(shared: &Shared) -> &'static str {
    let address = &shared.proxy.settings.client_address;
    if address.from_headers && address.full_forwarded_for { "$full_x_forwarded_for" } else { "$remote_addr" }
}

/// The port that clients see.
pub(super) fn port(shared: &Shared) -> &'static str {
    let runtime = &shared.proxy.runtime;
    let is_plain = !shared.trusts_headers() && !shared.proxy.settings.listening.proxy_protocol;
    if is_plain && runtime.https_port == 443 && !runtime.tls_passthrough { "$server_port" } else { "$pass_port" }
}
