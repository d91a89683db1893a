//! Hosts.

use std::sync::Arc;

use super::{BackendTls, Origin, Route, TrustStore};

/// Name of the server that answers for hosts that nobody declared.
pub const CATCH_ALL: &str = "_";

/// One host and what is served under it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Server {
    /// The host name; a leading `*.` stands for one label, [`CATCH_ALL`] for every other host.
    pub hostname: String,
    /// Other names of the host, sorted; may be patterns that start with `~`.
    pub aliases: Vec<String>,
    /// The certificate; none where TLS was not asked for.
    pub certificate: Option<Arc<Certificate>>,
    /// TLS is passed to the backend unopened.
    pub tls_passthrough: bool,
    /// Ciphers for this host; empty: those of the proxy.
    pub ciphers: String,
    /// Whose order of ciphers counts; none: that of the proxy.
    pub prefer_server_ciphers: Option<bool>,
    /// Certificates that clients must show.
    pub client_auth: Option<ClientAuth>,
    /// Why client certificates cannot be checked, so that the host refuses every request.
    pub client_auth_error: Option<String>,
    /// TLS towards the backends, for all routes.
    pub backend_tls: Option<BackendTls>,
    /// Redirect the `www.` twin to this host.
    pub redirect_twin: bool,
    /// Raw configuration; empty: none.
    pub snippet: String,
    /// Routes in the order of matching.
    pub routes: Vec<Route>,
    /// The first manifest that named the host.
    pub origin: Origin,
}

/// A certificate with its key, named by the object that holds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Certificate {
    /// `namespace/name` of the object that holds it; empty: the certificate that the proxy makes itself.
    pub name: String,
    /// Path of the file with certificate and key, where the proxy reads it from a file.
    pub file: String,
    /// Common name and alternative names, sorted.
    pub names: Vec<String>,
}

/// Certificates that clients must show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClientAuth {
    /// Whom to trust; files are empty where the object that was named holds no authority.
    pub trust: TrustStore,
    /// `on`, `off`, `optional` or `optional_no_ca`.
    pub verify: String,
    /// Longest chain of certificates.
    pub depth: i64,
    /// Page shown when the check fails; empty: none.
    pub error_page: String,
    /// Send the certificate to the backend.
    pub pass_to_backend: bool,
    /// Regular expression that the subject must match; empty: any.
    pub match_subject: String,
}

/// A redirect from one host name to another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HostRedirect {
    /// The host that is redirected.
    pub from: String,
    /// The host to go to.
    pub to: String,
    /// The certificate, where that of the other host fits.
    pub certificate: Option<Arc<Certificate>>,
}
