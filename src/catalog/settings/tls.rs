//! TLS towards the client.

use super::{Group, flag, text};
use crate::catalog::value::Fit;

pub(super) static GROUP: Group = Group {
    name: "tls",
    doc: "TLS towards the client.",
    settings: &[
        text("ssl-protocols", |s| &mut s.tls.protocols, "Protocol versions that clients may use.").governs(&["ssl_protocols"]),
        text("ssl-ciphers", |s| &mut s.tls.ciphers, "Ciphers that clients may use, as OpenSSL names them.").governs(&["ssl_ciphers"]),
        text("ssl-ecdh-curve", |s| &mut s.tls.ecdh_curve, "Curves for the key exchange.").governs(&["ssl_ecdh_curve"]),
        text("ssl-dh-param", |s| &mut s.tls.dh_param, "Secret `namespace/name` with Diffie-Hellman parameters under `dhparam.pem`.")
            .governs(&["ssl_dhparam"]),
        flag("ssl-early-data", |s| &mut s.tls.early_data, "Accept TLS 1.3 early data, which can be replayed.").governs(&["ssl_early_data"]),
        flag("ssl-session-cache", |s| &mut s.tls.session_cache, "Share TLS sessions between the workers.").governs(&["ssl_session_cache"]),
        text("ssl-session-cache-size", |s| &mut s.tls.session_cache_size, "Size of the cache of TLS sessions.")
            .needs(&[&["ssl-session-cache"]])
            .governs(&["ssl_session_cache"]),
        text("ssl-session-timeout", |s| &mut s.tls.session_timeout, "How long a TLS session can be resumed.")
            .needs(&[&["ssl-session-cache"]])
            .governs(&["ssl_session_timeout"]),
        flag("ssl-session-tickets", |s| &mut s.tls.session_tickets, "Resume TLS sessions by tickets.").governs(&["ssl_session_tickets"]),
        text("ssl-session-ticket-key", |s| &mut s.tls.session_ticket_key, "Key of the tickets: 48 or 80 bytes in Base64.")
            .governs(&["ssl_session_ticket_key"]),
        text("ssl-buffer-size", |s| &mut s.tls.buffer_size, "Buffer for sending data over TLS.").governs(&["ssl_buffer_size"]),
        flag("ssl-reject-handshake", |s| &mut s.tls.reject_handshake, "Refuse TLS for hosts that nobody declared.")
            .governs(&["ssl_reject_handshake"])
            .protects(),
        flag("enable-ocsp", |s| &mut s.tls.ocsp, "Staple OCSP answers to certificates."),
        flag("hsts", |s| &mut s.tls.hsts, "Send `Strict-Transport-Security` over TLS."),
        text("hsts-max-age", |s| &mut s.tls.hsts_max_age, "Seconds that a browser remembers to use TLS.")
            .protects()
            .fits(Fit::Age)
            .needs(&[&["hsts"]]),
        flag("hsts-include-subdomains", |s| &mut s.tls.hsts_include_subdomains, "`Strict-Transport-Security` holds for all subdomains.")
            .needs(&[&["hsts"]]),
        flag("hsts-preload", |s| &mut s.tls.hsts_preload, "Mark `Strict-Transport-Security` for the preload list of browsers.")
            .needs(&[&["hsts"]]),
        text(
            "no-tls-redirect-locations",
            |s| &mut s.tls.no_redirect_paths,
            "Paths that are never redirected to HTTPS, separated by commas.",
        ),
    ],
};
