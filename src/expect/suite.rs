//! What is expected.

use super::got::Got;
use super::whom::ServiceName;
use crate::route::{CheckKind, Request};
use crate::source::Span;

/// Requests, and what is expected of them.
#[derive(Debug, Default)]
pub struct Suite {
    /// The requests.
    pub tests: Vec<Test>,
    /// What is supposed wherever a request depends on it.
    pub when: Vec<Condition>,
}

/// What something depends on beyond the request, in the words of the route engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The words.
    pub text: String,
    /// Where they stand.
    pub at: Span,
}

/// A request, and what is expected of it.
#[derive(Debug)]
pub struct Test {
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub at: Span,
    /// The request.
    pub request: Request,
    /// The address of the client is part of it.
    pub is_from: bool,
    /// Only ways are meant on which all of this holds.
    pub when: Vec<Condition>,
    /// The expectations.
    pub all: Vec<Expectation>,
}

/// An expectation.
#[derive(Debug, Clone, PartialEq)]
pub struct Expectation {
    /// What is expected.
    pub what: Expected,
    /// Where it stands.
    pub at: Span,
}

/// A status, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// This one.
    Code(u16),
    /// The connection is closed without an answer.
    Closed,
}

/// What is expected of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// Who gets it.
    Service(ServiceName),
    /// The port of the Service, by number or name.
    Port(String),
    /// The upstream, or the address, where no Service is known.
    Upstream(String),
    /// What is spoken to the backend.
    Protocol(String),
    /// The method that the backend sees.
    Method(String),
    /// The path that it sees, with arguments.
    Path(String),
    /// The `Host` header that it sees.
    Host(String),
    /// A header that it sees; none: it sees none of this name.
    Header(String, Option<String>),
    /// A header of the client that it does not see.
    Removed(String),
    /// The status that the client gets.
    Status(Status),
    /// Where the client is sent.
    Redirect(String),
    /// The certificate that the client gets: that of a Secret, `default`, a file; none: there is no TLS.
    Certificate(Option<String>),
    /// What is asked of the request on the way, whatever the answer.
    Protection(CheckKind),
    /// Nothing is asked of it.
    Unprotected,
    /// Whether a backend gets it. Who is redirected elsewhere has reached no backend, but is not refused either.
    Reachable(bool),
    /// Who gets a part of such requests, and how large a part of one; nobody where there is none.
    Canary(Vec<(ServiceName, f64)>),
    /// Whose path it is: `namespace/name` of the Ingress.
    Ingress(String),
    /// Which path it is: that of the Ingress, else that of the location.
    Route(String),
    /// A header of the answer; none: it has none of this name.
    ResponseHeader(String, Option<String>),
}

impl Expected {
    /// The field in the file.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::Service(_) => "service",
            Self::Port(_) => "port",
            Self::Upstream(_) => "upstream",
            Self::Protocol(_) => "protocol",
            Self::Method(_) => "method",
            Self::Path(_) => "path",
            Self::Host(_) => "host",
            Self::Header(..) => "headers",
            Self::Removed(_) => "removed",
            Self::Status(_) => "status",
            Self::Redirect(_) => "redirect",
            Self::Certificate(_) => "certificate",
            Self::Protection(_) | Self::Unprotected => "protections",
            Self::Reachable(_) => "reachable",
            Self::Canary(_) => "canary",
            Self::Ingress(_) => "ingress",
            Self::Route(_) => "route",
            Self::ResponseHeader(..) => "response_headers",
        }
    }

    /// The header that it is about.
    #[must_use]
    pub fn header(&self) -> Option<&str> {
        match self {
            Self::Header(name, _) | Self::ResponseHeader(name, _) | Self::Removed(name) => Some(name),
            _ => None,
        }
    }

    /// What is expected, to be shown.
    #[must_use]
    pub fn wanted(&self) -> Got {
        let words = |text: &str| Got::Words(text.to_owned());
        match self {
            Self::Service(service) => Got::Value(service.to_string()),
            Self::Port(text)
            | Self::Upstream(text)
            | Self::Protocol(text)
            | Self::Method(text)
            | Self::Path(text)
            | Self::Host(text)
            | Self::Redirect(text)
            | Self::Certificate(Some(text))
            | Self::Ingress(text)
            | Self::Route(text)
            | Self::Header(_, Some(text))
            | Self::ResponseHeader(_, Some(text)) => Got::Value(text.clone()),
            Self::Header(_, None) | Self::ResponseHeader(_, None) => words("none of this name"),
            Self::Removed(_) => words("that it is not passed on"),
            Self::Status(Status::Code(code)) => Got::Value(code.to_string()),
            Self::Status(Status::Closed) => words("a connection that is closed"),
            Self::Certificate(None) => words("no TLS"),
            Self::Protection(kind) => Got::Value(kind.name().to_owned()),
            Self::Unprotected => words("none"),
            Self::Reachable(true) => words("that a backend gets it"),
            Self::Reachable(false) => words("that it is refused"),
            Self::Canary(shares) if shares.is_empty() => words("none"),
            Self::Canary(shares) => Got::Words(
                shares.iter().map(|(service, share)| format!("{} for {service}", percent(*share))).collect::<Vec<_>>().join(", "),
            ),
        }
    }
}

/// A share of one in percent, without zeros at its end.
#[must_use]
pub(super) fn percent(share: f64) -> String {
    let text = format!("{:.4}", share * 100.0);
    format!("{}%", text.trim_end_matches('0').trim_end_matches('.'))
}

impl Test {
    /// Whether what is expected says that a backend gets the request.
    pub(super) fn expects_backend(&self) -> bool {
        let says = |what: &Expected| match what {
            Expected::Service(_)
            | Expected::Port(_)
            | Expected::Upstream(_)
            | Expected::Protocol(_)
            | Expected::Method(_)
            | Expected::Path(_)
            | Expected::Host(_)
            | Expected::Header(..)
            | Expected::Removed(_)
            | Expected::Canary(_) => true,
            Expected::Reachable(reachable) => *reachable,
            _ => false,
        };
        self.all.iter().any(|expectation| says(&expectation.what))
    }
}
