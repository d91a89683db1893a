//! Which server answers for a host at a port.

use std::sync::{Arc, OnceLock};

use hashbrown::HashMap;

use super::instruction::Step;
use super::level::{Level, Verification};
use super::locations::Locations;
use crate::nginx::Pattern;
use crate::route::text::Template;
use crate::source::Span;

/// A `listen` directive.
#[derive(Debug, Clone)]
pub(in crate::route) struct Listener {
    /// The address, as nginx compares it: `*` for every one of IPv4.
    pub(in crate::route) address: String,
    /// The port; none for sockets of the machine.
    pub(in crate::route) port: Option<u16>,
    /// It is open to a machine elsewhere.
    pub(in crate::route) is_public: bool,
    /// TLS is spoken.
    pub(in crate::route) is_tls: bool,
    /// The address of the client comes in front of the connection.
    pub(in crate::route) is_proxied: bool,
    /// The server is the one for unknown hosts.
    pub(in crate::route) is_default: bool,
}

/// A name of a server.
#[derive(Debug, Clone)]
pub(in crate::route) enum Name {
    /// `example.com`
    Exact(String),
    /// `*.example.com`, as `.example.com`.
    Head(String),
    /// `example.*`, as `example.`.
    Tail(String),
    /// `~expression`; an error where it cannot be evaluated. With its named groups.
    Pattern(Result<Arc<Pattern>, String>, Vec<(usize, usize)>),
}

/// A server.
#[derive(Debug)]
pub(in crate::route) struct Server {
    /// Where it stands.
    pub(in crate::route) at: Span,
    /// Its first name as it is written; nothing where it has none.
    pub(in crate::route) name: String,
    /// Its names, and where they stand.
    pub(in crate::route) names: Vec<Name>,
    /// Where it listens.
    pub(in crate::route) listeners: Vec<Listener>,
    /// What stands in it, read when it is first asked.
    pub(in crate::route) inside: OnceLock<Inside>,
}

impl Server {
    /// The addresses of a port that it listens at.
    pub(in crate::route) fn at_port(&self, port: u16) -> impl Iterator<Item = &str> {
        self.listeners.iter().filter(move |listener| listener.port == Some(port)).map(|listener| listener.address.as_str())
    }
}

/// TCP that is passed on.
#[derive(Debug)]
pub(in crate::route) struct Stream {
    /// Where to.
    pub(in crate::route) to: Template,
    /// The upstream that the controller's Lua takes.
    pub(in crate::route) balanced: Option<String>,
    /// The directive that says so.
    pub(in crate::route) at: Span,
}

/// What stands in a server.
#[derive(Debug)]
pub(in crate::route) struct Inside {
    /// What holds outside of all locations.
    pub(in crate::route) level: Arc<Level>,
    /// What the rewrite phase does before a location is sought.
    pub(in crate::route) rewrite: Arc<[Step]>,
    /// Its locations.
    pub(in crate::route) locations: Locations,
    /// Certificates of clients.
    pub(in crate::route) verification: (Verification, Option<Span>),
    /// Slashes beside each other count as one.
    pub(in crate::route) merges_slashes: bool,
    /// The certificate by file; none where there is none.
    pub(in crate::route) certificate: Option<String>,
    /// The certificate is chosen by the controller's Lua.
    pub(in crate::route) is_dynamic: bool,
    /// Handshakes are refused.
    pub(in crate::route) rejects: bool,
}

/// The servers at one port.
#[derive(Debug, Default)]
pub(in crate::route) struct Servers {
    exact: HashMap<String, usize>,
    heads: HashMap<String, usize>,
    tails: HashMap<String, usize>,
    /// Expressions in the order of the text: server, and which of its names.
    patterns: Vec<(usize, usize)>,
    /// The server for hosts that none names.
    pub(in crate::route) default: usize,
    /// It says so, and is not only the first.
    pub(in crate::route) is_default_named: bool,
    /// TLS is spoken.
    pub(in crate::route) is_tls: bool,
    /// The address of the client comes in front of the connection.
    pub(in crate::route) is_proxied: bool,
    /// It is open to other machines.
    pub(in crate::route) is_public: bool,
    /// Its servers listen at different addresses, of which nginx looks at each apart: who answers depends on the one that is asked.
    pub(in crate::route) is_split: bool,
}

/// What was found for a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::route) enum Found {
    /// A server by one of its names.
    Named(usize),
    /// A server by an expression: which of its names.
    Fitting(usize, usize),
    /// A server by an expression that cannot be evaluated may be meant.
    Unclear(usize),
    /// None: the default.
    Default,
}

impl Servers {
    /// Those of a port whose first server is this one.
    pub(in crate::route) fn with_default(server: usize) -> Self {
        Self { default: server, ..Self::default() }
    }

    /// Adds a server; the first with a name keeps it.
    pub(in crate::route) fn add(&mut self, at: usize, server: &Server) {
        for (index, name) in server.names.iter().enumerate() {
            match name {
                Name::Exact(name) => {
                    self.exact.entry(name.clone()).or_insert(at);
                }
                Name::Head(name) => {
                    self.heads.entry(name.clone()).or_insert(at);
                }
                Name::Tail(name) => {
                    self.tails.entry(name.clone()).or_insert(at);
                }
                Name::Pattern(..) => self.patterns.push((at, index)),
            }
        }
    }

    /// The server for a host, in nginx's order: exact, the longest `*.x`, the longest `x.*`, expressions.
    pub(in crate::route) fn find(&self, host: &str, all: &[Server]) -> Found {
        if let Some(&at) = self.exact.get(host) {
            return Found::Named(at);
        }
        let heads = host.char_indices().filter(|(at, letter)| *letter == '.' && *at > 0).map(|(at, _)| &host[at..]);
        if let Some(&at) = heads.into_iter().find_map(|head| self.heads.get(head)) {
            return Found::Named(at);
        }
        let tails = host.char_indices().rev().filter(|(at, letter)| *letter == '.' && *at + 1 < host.len());
        if let Some(&at) = tails.into_iter().find_map(|(at, _)| self.tails.get(&host[..=at])) {
            return Found::Named(at);
        }
        for &(at, index) in self.patterns.iter().filter(|_| !host.is_empty()) {
            match &all[at].names[index] {
                Name::Pattern(Ok(pattern), _) if pattern.is_match(host.as_bytes()) => return Found::Fitting(at, index),
                Name::Pattern(Err(_), _) => return Found::Unclear(at),
                Name::Pattern(..) | Name::Exact(_) | Name::Head(_) | Name::Tail(_) => {}
            }
        }
        Found::Default
    }
}
