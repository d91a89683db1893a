//! What becomes of a request, and why.

use crate::source::Span;

/// What becomes of a request.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// The server that answers.
    pub server: Option<ServerName>,
    /// The certificate that the client gets; none without TLS.
    pub certificate: Option<Certificate>,
    /// The location that the request ended in.
    pub location: Option<Matched>,
    /// The answer, or who gives it.
    pub end: End,
    /// What was asked of the request on the way.
    pub checks: Vec<Check>,
    /// What happened, in order.
    pub steps: Vec<Step>,
    /// The upstream that has no endpoint, where the way ends for that.
    pub idle: Option<String>,
    /// What this way depends on, beyond the request: it is taken where all of this holds.
    pub when: Vec<String>,
    /// What is not known.
    pub unknown: Vec<String>,
    /// The shares of one with which chance took this way, wherever it chose.
    pub odds: Vec<f64>,
}

/// A server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerName {
    /// Its first name.
    pub name: String,
    /// Where it stands.
    pub at: Span,
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Certificate {
    /// That of a Secret: `namespace/name`.
    Secret(String),
    /// The default one of the controller.
    Default,
    /// That in a file.
    File(String),
    /// Which one is not known.
    Unknown,
}

impl Certificate {
    /// Which one it is, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Secret(secret) => format!("of the Secret {secret}"),
            Self::Default => String::from("the default one of the controller"),
            Self::File(file) => format!("in {file}"),
            Self::Unknown => String::from("not known"),
        }
    }
}

/// How a location was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// Exactly.
    Exact,
    /// By the beginning of the path.
    Prefix,
    /// By a regular expression.
    Regex,
    /// By name, from within.
    Named,
}

/// A location, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// How it was found.
    pub by: Match,
    /// The path, the expression or the name as it is written.
    pub path: String,
    /// Where it stands.
    pub at: Span,
    /// The namespace of its Ingress, where it says so.
    pub namespace: Option<String>,
    /// Its Ingress.
    pub ingress: Option<String>,
    /// The path of the Ingress.
    pub ingress_path: Option<String>,
    /// The Service.
    pub service: Option<String>,
    /// The port of the Service, by number or name.
    pub port: Option<String>,
}

/// How a request ends.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum End {
    /// The proxy answers.
    Answer(Answer),
    /// A backend answers.
    Backend(Box<Passed>),
    /// The connection is closed without an answer.
    #[default]
    Closed,
    /// It cannot be said; the reason stands in [`Decision::unknown`].
    Unknown,
}

/// An answer of the proxy itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Where a redirect leads; none where it is none, or where that is not known.
    pub redirect: Option<String>,
    /// The directive that gives it.
    pub at: Option<Span>,
}

/// What a backend gets.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Passed {
    /// The upstream, or the address.
    pub upstream: String,
    /// The namespace of the Service, where it is known.
    pub namespace: Option<String>,
    /// The Service.
    pub service: Option<String>,
    /// Its port.
    pub port: Option<String>,
    /// Addresses with ports; none where they are not known.
    pub endpoints: Option<Vec<String>>,
    /// Who gets it instead, and how likely: shares of one.
    pub canary: Vec<Share>,
    /// The protocol: `http`, `https`, `grpc`, `grpcs`, `fastcgi`, …
    pub protocol: String,
    /// The method.
    pub method: String,
    /// The path with the arguments; none where that is not known.
    pub uri: Option<String>,
    /// The `Host` header; none where that is not known.
    pub host: Option<String>,
    /// Headers that the proxy sets: their values, none where these are not known.
    pub headers: Vec<(String, Option<String>)>,
    /// Headers of the client that are not passed on.
    pub removed: Vec<String>,
    /// Copies go to these as well.
    pub mirrors: Vec<String>,
    /// Statuses of the backend that get a page of the proxy instead.
    pub error_pages: Vec<u16>,
    /// The directive that passes it on.
    pub at: Option<Span>,
}

impl Passed {
    /// The Service as `namespace/name:port`, else the upstream or the address.
    #[must_use]
    pub fn whom(&self) -> String {
        match (&self.namespace, &self.service, &self.port) {
            (Some(namespace), Some(service), Some(port)) => format!("{namespace}/{service}:{port}"),
            (Some(namespace), Some(service), None) => format!("{namespace}/{service}"),
            _ => self.upstream.clone(),
        }
    }
}

impl Share {
    /// The Service, else the upstream.
    #[must_use]
    pub fn whom(&self) -> &str {
        self.service.as_deref().unwrap_or(&self.upstream)
    }
}

/// A part of the requests that goes elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// The upstream.
    pub upstream: String,
    /// The Service as `namespace/name:port`, where it is known.
    pub service: Option<String>,
    /// How likely, from 0 to 1.
    pub probability: f64,
    /// Why, in words.
    pub when: String,
}

/// What kind of check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckKind {
    /// An address that is let through.
    Allow,
    /// An address that is not.
    Deny,
    /// A password.
    Password,
    /// Another service is asked.
    ExternalAuth,
    /// A certificate of the client.
    ClientCertificate,
    /// A rate of requests.
    Rate,
    /// A number of connections.
    Connections,
    /// The size of the body.
    BodySize,
    /// A firewall.
    Waf,
}

impl CheckKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Allow,
        Self::Deny,
        Self::Password,
        Self::ExternalAuth,
        Self::ClientCertificate,
        Self::Rate,
        Self::Connections,
        Self::BodySize,
        Self::Waf,
    ];

    /// The word for it in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Password => "password",
            Self::ExternalAuth => "external-auth",
            Self::ClientCertificate => "client-certificate",
            Self::Rate => "rate",
            Self::Connections => "connections",
            Self::BodySize => "body-size",
            Self::Waf => "waf",
        }
    }
}

/// How a check ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The request goes on.
    Pass,
    /// It does not.
    Refuse,
    /// The request alone does not say.
    Depends,
}

/// A check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What kind.
    pub kind: CheckKind,
    /// How it ends.
    pub verdict: Verdict,
    /// In words.
    pub detail: String,
    /// The directive.
    pub at: Option<Span>,
}

/// Something that happened to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// In words.
    pub what: String,
    /// The directive that decided.
    pub at: Option<Span>,
}

/// A location that would have taken the path if another did not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Near {
    /// The path or the expression as it is written.
    pub path: String,
    /// How it is compared.
    pub by: Match,
    /// Where it stands.
    pub at: Span,
    /// The namespace of its Ingress.
    pub namespace: Option<String>,
    /// Its Ingress.
    pub ingress: Option<String>,
    /// The path of the Ingress.
    pub ingress_path: Option<String>,
    /// Why it did not.
    pub why: String,
}
