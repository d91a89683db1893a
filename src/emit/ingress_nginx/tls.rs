//! TLS towards backends.

use std::sync::Arc;

use super::super::view::{Raw, view};
use super::printer::Printer;
use crate::ir::BackendTls;

view! {
    /// TLS towards backends.
    #[derive(PartialEq, Eq, Hash)]
    struct TlsView {
        authorities: Option<Raw>,
        ciphers: Raw,
        protocols: Raw,
        verify: bool,
        depth: i64,
        name: Option<Raw>,
        send_name: Option<bool>,
        certificate: Option<Raw>,
    }
}

/// What a template prints about TLS towards backends.
pub(super) fn view(tls: Option<&BackendTls>, printer: &mut Printer) -> Option<Arc<TlsView>> {
    let tls = tls?;
    Some(Arc::new(TlsView {
        authorities: printer.words_if_any("proxy-ssl-secret", &tls.trust.authorities),
        ciphers: printer.words("proxy-ssl-ciphers", &tls.ciphers),
        protocols: printer.words("proxy-ssl-protocols", &tls.protocols),
        verify: tls.verifies,
        depth: tls.depth,
        name: printer.words_if_any("proxy-ssl-name", &tls.name),
        send_name: tls.sends_name,
        certificate: printer.words_if_any("proxy-ssl-secret", &tls.trust.certificate),
    }))
}
