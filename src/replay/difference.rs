//! In what answers differ, and why requests are not compared.

use super::answer::Shown;

/// In what two answers differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Another Service gets it, or another part of the requests goes to a canary.
    Backend,
    /// The backend sees another method, path or host.
    Path,
    /// The proxy answers itself on one side only, or with another status.
    Status,
    /// The client is sent elsewhere.
    Redirect,
    /// What is asked of it on its way.
    Protection,
    /// The client gets another certificate.
    Certificate,
}

impl Kind {
    /// The word for it in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Backend => "backend",
            Self::Path => "path",
            Self::Status => "status",
            Self::Redirect => "redirect",
            Self::Protection => "protection",
            Self::Certificate => "certificate",
        }
    }
}

/// Why a request was not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Reason {
    /// nginx could not read it either.
    Request,
    /// The log does not tell its host, and several are possible.
    Host,
    /// The log does not tell whether it came over TLS, and it matters.
    Scheme,
    /// The log does not tell the address of the client, and it matters.
    Client,
    /// A snippet or a variable decides that nobody knows.
    Unknown,
    /// Under no host does the first side answer as the log says.
    Unexplained,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Request, Self::Host, Self::Scheme, Self::Client, Self::Unknown, Self::Unexplained];

    /// The word for it in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Request => "no-request",
            Self::Host => "host-unknown",
            Self::Scheme => "scheme-unknown",
            Self::Client => "client-unknown",
            Self::Unknown => "not-known",
            Self::Unexplained => "unexplained",
        }
    }
}

/// What the requests of a group have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Difference {
    /// The server of the first side; nothing where there is none.
    pub server: String,
    /// In what the answers differ.
    pub kinds: Vec<Kind>,
    /// What the first side does: the base, or what ran.
    pub before: Shown,
    /// What the second side does: the head, or what is declared.
    pub after: Shown,
}
