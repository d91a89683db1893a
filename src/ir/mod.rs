//! What the proxy shall do: decisions only, no manifest and no target in sight.
//!
//! Defaults are filled and conflicts settled. A value that came from a manifest can be traced through the [`Origin`] of the
//! server, route or upstream that holds it.

mod admission;
mod backend;
mod extra;
mod form;
mod part;
mod proxying;
mod route;
mod secrets;
mod server;
mod settings;
mod split;
mod steps;
mod stream;
mod upstream;

pub use admission::*;
pub use backend::*;
pub use extra::*;
pub use form::*;
pub use part::Hosts;
pub use proxying::*;
pub use route::*;
pub use secrets::*;
pub use server::*;
pub use settings::*;
pub use split::*;
pub use steps::*;
pub use stream::*;
pub use upstream::*;

use crate::source::Span;

/// Everything that the proxy shall do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Proxy {
    /// The form of the configuration.
    pub form: Form,
    /// What holds for the whole proxy.
    pub settings: Settings,
    /// Where the settings were read from; none: all are defaults.
    pub settings_origin: Option<SettingsOrigin>,
    /// The machine and the process that the proxy runs in.
    pub runtime: Runtime,
    /// Headers that are set on every proxied request, by name.
    pub request_headers: Vec<(String, String)>,
    /// Headers that are added to every response, by name.
    pub response_headers: Vec<(String, String)>,
    /// The certificate of hosts that have none.
    pub default_certificate: Certificate,
    /// Hosts, sorted by name.
    pub servers: Vec<Server>,
    /// Redirects between a host and its `www.` twin.
    pub host_redirects: Vec<HostRedirect>,
    /// Groups of endpoints, sorted by name.
    pub upstreams: Vec<Upstream>,
    /// TCP and UDP services.
    pub streams: Vec<Stream>,
    /// Raw configuration of tenants for TCP and UDP, in order.
    pub stream_snippets: Vec<String>,
    /// Contents of files with secrets; empty unless asked for.
    pub secrets: Secrets,
}

impl Proxy {
    /// The certificate that a host is served with: its own, else that of the wildcard host above it, as the controller looks for it.
    #[must_use]
    pub fn certificate_of<'a>(&'a self, server: &'a Server) -> Option<&'a Certificate> {
        server.certificate.as_deref().or_else(|| {
            let (_, parent) = server.hostname.split_once('.')?;
            let wildcard = format!("*.{parent}");
            self.server(&wildcard)?.certificate.as_deref()
        })
    }

    /// The server of a host.
    #[must_use]
    pub fn server(&self, hostname: &str) -> Option<&Server> {
        let at = self.servers.binary_search_by(|server| server.hostname.as_str().cmp(hostname)).ok()?;
        self.servers.get(at)
    }

    /// The redirects between hosts that take no name which somebody else had first.
    pub fn fair_redirects(&self) -> impl Iterator<Item = &HostRedirect> {
        self.host_redirects.iter().filter(|redirect| !redirect.is_contested)
    }
}

/// Facts of the machine and of the process that runs the proxy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Runtime {
    /// Port for HTTP.
    pub http_port: u16,
    /// Port for HTTPS.
    pub https_port: u16,
    /// Port that TLS is served on when TLS passthrough owns the HTTPS port.
    pub tls_proxy_port: u16,
    /// Port of the server that answers when no backend does.
    pub default_port: u16,
    /// Port of the internal status and configuration server.
    pub status_port: u16,
    /// Port of the internal configuration server for TCP and UDP.
    pub stream_port: u16,
    /// Path of the health check.
    pub health_path: String,
    /// Length of the accept queue.
    pub backlog: i64,
    /// Whether to listen on IPv6.
    pub ipv6: bool,
    /// Name servers.
    pub resolvers: Vec<std::net::IpAddr>,
    /// Whether TLS connections may be passed through unopened.
    pub tls_passthrough: bool,
    /// Whether metrics are collected.
    pub metrics: bool,
    /// How many metrics are sent at once at most.
    pub metrics_batch: i64,
    /// GeoIP2 database files.
    pub geo_databases: Vec<String>,
}

/// The object that holds the settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettingsOrigin {
    /// Namespace.
    pub namespace: String,
    /// Name.
    pub name: String,
    /// The keys that ask for something else than the defaults, as they are written, and where their values stand.
    pub keys: Vec<(String, Span)>,
}

impl SettingsOrigin {
    /// Where a key stands. Quirk: the controller takes keys in any case of letters.
    #[must_use]
    pub fn place(&self, key: &str) -> Option<Origin> {
        let (_, span) = self.keys.iter().find(|(written, _)| written.eq_ignore_ascii_case(key))?;
        Some(Origin::Manifest(*span))
    }
}

/// Where a part of the configuration came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Origin {
    /// The proxy's own default.
    #[default]
    Default,
    /// A place in a manifest.
    Manifest(Span),
}

impl Origin {
    /// The place, if it was a manifest.
    #[must_use]
    pub fn span(self) -> Option<Span> {
        match self {
            Self::Manifest(span) => Some(span),
            Self::Default => None,
        }
    }
}
