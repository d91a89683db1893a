//! TLS towards the client.

/// TLS towards the client.
#[derive(Debug, Clone, PartialEq)]
pub struct Tls {
    /// Protocol versions that clients may use.
    pub protocols: String,
    /// Ciphers that clients may use, as OpenSSL names them.
    pub ciphers: String,
    /// Curves for the key exchange.
    pub ecdh_curve: String,
    /// Secret `namespace/name` with Diffie-Hellman parameters under `dhparam.pem`.
    pub dh_param: String,
    /// `namespace/name` of the object that holds them, where there is a file.
    pub dh_param_object: String,
    /// Accept TLS 1.3 early data, which can be replayed.
    pub early_data: bool,
    /// Share TLS sessions between the workers.
    pub session_cache: bool,
    /// Size of the cache of TLS sessions.
    pub session_cache_size: String,
    /// How long a TLS session can be resumed.
    pub session_timeout: String,
    /// Resume TLS sessions by tickets.
    pub session_tickets: bool,
    /// Key of the tickets: 48 or 80 bytes in Base64.
    pub session_ticket_key: String,
    /// Buffer for sending data over TLS.
    pub buffer_size: String,
    /// Refuse TLS for hosts that nobody declared.
    pub reject_handshake: bool,
    /// Staple OCSP answers to certificates.
    pub ocsp: bool,
    /// Send `Strict-Transport-Security` over TLS.
    pub hsts: bool,
    /// Seconds that a browser remembers to use TLS.
    pub hsts_max_age: String,
    /// `Strict-Transport-Security` holds for all subdomains.
    pub hsts_include_subdomains: bool,
    /// Mark `Strict-Transport-Security` for the preload list of browsers.
    pub hsts_preload: bool,
    /// Paths that are never redirected to HTTPS, separated by commas.
    pub no_redirect_paths: String,
}

impl Default for Tls {
    fn default() -> Self {
        Self {
            protocols: "TLSv1.2 TLSv1.3".into(),
            ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256".into(),
            ecdh_curve: "auto".into(),
            dh_param: String::new(),
            dh_param_object: String::new(),
            early_data: false,
            session_cache: true,
            session_cache_size: "10m".into(),
            session_timeout: "10m".into(),
            session_tickets: false,
            session_ticket_key: String::new(),
            buffer_size: "4k".into(),
            reject_handshake: false,
            ocsp: false,
            hsts: true,
            hsts_max_age: "31536000".into(),
            hsts_include_subdomains: true,
            hsts_preload: false,
            no_redirect_paths: "/.well-known/acme-challenge".into(),
        }
    }
}
