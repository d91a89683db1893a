//! What is said of hosts and routes.

use crate::nginx;
use crate::route::decision::{Certificate, CheckKind, Match};
use crate::source::Span;

/// All routes of a configuration.
#[derive(Debug, Default)]
pub struct Table {
    /// The hosts in the order in which nginx compares names: plain ones, those with a wildcard, regular expressions, the default.
    pub hosts: Vec<Host>,
    /// Where the proxy listens.
    pub ports: Vec<Port>,
}

/// A port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    /// Its number.
    pub port: u16,
    /// TLS is spoken.
    pub is_tls: bool,
    /// It is open to other machines.
    pub is_public: bool,
    /// The host that answers for names that no other has: its place among the hosts. None where that is not one of them.
    pub default: Option<usize>,
    /// Slashes beside each other count as one there.
    pub merges_slashes: bool,
}

/// How the name of a host is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HostKind {
    /// `example.com`
    Exact,
    /// `*.example.com`
    Wildcard,
    /// `example.*`
    Tail,
    /// `~expression`
    Regex,
    /// It answers for all other names.
    Default,
}

/// A name of a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostName {
    /// How it is compared.
    pub kind: HostKind,
    /// The name; of a regular expression without the `~`.
    pub text: String,
}

/// A server, and what it serves.
#[derive(Debug)]
pub struct Host {
    /// Its first name as it is written.
    pub name: String,
    /// How that is compared.
    pub kind: HostKind,
    /// All its names.
    pub names: Vec<HostName>,
    /// Where it stands.
    pub at: Span,
    /// Where it listens.
    pub ports: Vec<u16>,
    /// The certificate that clients get; none without TLS.
    pub certificate: Option<Certificate>,
    /// Handshakes are refused.
    pub rejects_tls: bool,
    /// Its routes in the order in which they are asked. Those within another stand behind it.
    pub routes: Vec<Route>,
}

/// A route.
#[derive(Debug)]
pub struct Route {
    /// How its path is compared.
    pub by: Match,
    /// The sign in front of the path: `=`, `^~`, `~`, `~*` or nothing.
    pub sign: &'static str,
    /// The path, or the expression.
    pub path: String,
    /// The route around it, by its place in the host.
    pub within: Option<usize>,
    /// It is the whole server, which answers before it looks for a location.
    pub is_server: bool,
    /// Only the proxy itself comes here.
    pub is_internal: bool,
    /// The path without its final slash is redirected to it.
    pub adds_slash: bool,
    /// Where it stands.
    pub at: Span,
    /// The namespace of its Ingress.
    pub namespace: Option<String>,
    /// Its Ingress.
    pub ingress: Option<String>,
    /// The path of the Ingress.
    pub ingress_path: Option<String>,
    /// Where requests go.
    pub goal: Goal,
    /// Who gets some of them instead.
    pub canaries: Vec<Canary>,
    /// What is asked of requests.
    pub guards: Vec<Guard>,
    /// One of addresses, password and service is enough.
    pub is_any_enough: bool,
    /// Redirects.
    pub redirects: Vec<Redirect>,
    /// What the path becomes.
    pub rewrites: Vec<String>,
    /// Requests that are treated otherwise, in words.
    pub conditions: Vec<String>,
    /// Limits and times that hold.
    pub limits: Vec<Limit>,
    /// What is not known of it.
    pub unknown: Vec<String>,
}

impl Route {
    /// Whether a path that begins so can come here; where that is not plain, it can.
    #[must_use]
    pub fn can_match_below(&self, beginning: &[u8]) -> bool {
        let (path, is_caseless) = (self.path.as_bytes(), self.sign == "~*");
        let is_shared = |one: &[u8], other: &[u8]| {
            let length = one.len().min(other.len());
            if is_caseless { one[..length].eq_ignore_ascii_case(&other[..length]) } else { one[..length] == other[..length] }
        };
        match self.by {
            _ if self.is_server => true,
            Match::Exact => path.starts_with(beginning),
            Match::Prefix => is_shared(path, beginning),
            Match::Regex => is_shared(&nginx::beginning(&self.path), beginning),
            Match::Named => false,
        }
    }
}

/// Where requests go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Goal {
    /// To a backend.
    Backend(Upstream),
    /// The proxy answers.
    Answer(u16),
    /// Files of the proxy.
    Files,
    /// That is not known.
    Unknown,
}

/// A backend.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Upstream {
    /// The upstream, or the address.
    pub name: String,
    /// The namespace of the Service, where it is known.
    pub namespace: Option<String>,
    /// The Service.
    pub service: Option<String>,
    /// Its port.
    pub port: Option<String>,
    /// Addresses with ports; none where they are not known.
    pub endpoints: Option<Vec<String>>,
    /// The protocol.
    pub protocol: String,
}

/// Who gets some requests instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canary {
    /// The upstream.
    pub upstream: String,
    /// The Service as `namespace/name:port`, where it is known.
    pub service: Option<String>,
    /// Which requests, in words.
    pub when: Vec<String>,
    /// The same for machines: one for each of the words.
    pub rules: Vec<CanaryRule>,
}

/// Which requests a canary takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CanaryRule {
    /// Those with this header of this value.
    Header(String, String),
    /// Those with this header, which fits this regular expression.
    HeaderLike(String, String),
    /// Those with this cookie of this value.
    Cookie(String, String),
    /// Those that chance chooses.
    Chance,
    /// Others.
    Other,
}

/// What is asked of requests.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// What kind.
    pub kind: CheckKind,
    /// What is asked, in words.
    pub detail: String,
    /// Who is not asked.
    pub exempt: Vec<String>,
    /// The directive.
    pub at: Option<Span>,
}

/// What a redirect is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RedirectKind {
    /// From plain HTTP to HTTPS.
    Https,
    /// To the name with or without `www.`.
    Www,
    /// From the root to a path.
    AppRoot,
    /// For good.
    Permanent,
    /// For now.
    Temporary,
}

impl RedirectKind {
    /// The word for it in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Www => "www",
            Self::AppRoot => "app-root",
            Self::Permanent => "permanent",
            Self::Temporary => "temporary",
        }
    }
}

/// A redirect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirect {
    /// What for.
    pub kind: RedirectKind,
    /// Its status; none where that is not known.
    pub status: Option<u16>,
    /// Where to, with the variables as they are written.
    pub to: String,
    /// For which requests; none: all.
    pub when: Option<String>,
}

/// A limit or a time that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limit {
    /// Which one.
    pub name: &'static str,
    /// Its value, as nginx reads it.
    pub value: String,
    /// It is what holds where nobody says anything.
    pub is_default: bool,
}
