//! What holds in a block: its own directives, and those that it takes over from the blocks around it.

use std::sync::Arc;

use ipnet::IpNet;

use crate::route::text::Template;
use crate::source::Span;

/// What holds at one place.
#[derive(Debug, Clone, Default)]
pub(in crate::route) struct Level {
    /// Only other requests of the proxy come here. Not taken over.
    pub(in crate::route) is_internal: bool,
    /// Where requests go. Taken over by `if` alone.
    pub(in crate::route) pass: Option<Pass>,
    /// Code in Lua for the rewrite phase.
    pub(in crate::route) lua_rewrite: Option<Lua>,
    /// Code in Lua that decides about access.
    pub(in crate::route) lua_access: Option<Lua>,
    /// `allow` and `deny`, the first that fits counts.
    pub(in crate::route) rules: Arc<[Rule]>,
    /// One of the checks is enough.
    pub(in crate::route) any: Option<bool>,
    /// Passwords.
    pub(in crate::route) basic: Option<Basic>,
    /// Another service is asked.
    pub(in crate::route) auth: Option<(Option<Template>, Span)>,
    /// What is taken from the answer of that service.
    pub(in crate::route) auth_sets: Arc<[usize]>,
    /// Rates and connections.
    pub(in crate::route) limits: Arc<[Limit]>,
    /// The status of requests above a rate, and above a number of connections.
    pub(in crate::route) limit_status: (Option<u16>, Option<u16>),
    /// The largest body in bytes; zero: any.
    pub(in crate::route) max_body: Option<(u64, Option<Span>)>,
    /// Pages in place of errors.
    pub(in crate::route) error_pages: Arc<[ErrorPage]>,
    /// Errors of backends get them too.
    pub(in crate::route) intercepts: Option<bool>,
    /// Headers that backends get, by the protocol.
    pub(in crate::route) headers: Arc<Headers>,
    /// What is added to a path that ends with a slash, for FastCGI.
    pub(in crate::route) fastcgi_index: Option<String>,
    /// Copies of requests go here.
    pub(in crate::route) mirrors: Arc<[(String, Span)]>,
    /// A firewall looks at requests.
    pub(in crate::route) waf: Option<(bool, Span)>,
    /// How the address of the client is found.
    pub(in crate::route) real_ip: Arc<RealIp>,
    /// Redirects name the scheme and the host.
    pub(in crate::route) absolute_redirects: Option<bool>,
    /// Redirects name the port.
    pub(in crate::route) port_in_redirect: Option<bool>,
    /// Redirects name the first name of the server.
    pub(in crate::route) server_name_in_redirect: Option<bool>,
    /// What is done here that is not understood.
    pub(in crate::route) opaque: Arc<[(String, Span)]>,
}

/// Where requests go.
#[derive(Debug, Clone)]
pub(in crate::route) struct Pass {
    /// The directive: `proxy_pass`, `grpc_pass`, `fastcgi_pass`, `stub_status`, …
    pub(in crate::route) directive: String,
    /// The address; nothing where there is none.
    pub(in crate::route) to: Template,
    /// As it is written.
    pub(in crate::route) text: String,
    /// Where.
    pub(in crate::route) at: Span,
}

impl Pass {
    /// Whether somebody else answers.
    pub(in crate::route) fn is_to_backend(&self) -> bool {
        self.directive.ends_with("_pass")
    }

    /// The family of directives that it is of: `proxy`, `grpc`, `fastcgi`, …
    pub(in crate::route) fn family(&self) -> &str {
        self.directive.trim_end_matches("_pass")
    }

    /// The address that it comes to, taken apart: protocol, host with port or upstream, path.
    pub(in crate::route) fn parts<'a>(&'a self, to: &'a str) -> (&'a str, &'a str, &'a str) {
        let (scheme, rest) = to.split_once("://").unwrap_or((self.family(), to));
        let protocol = if self.family() == "fastcgi" { "fastcgi" } else { scheme };
        let end = rest.find('/').filter(|_| !rest.starts_with("unix:")).unwrap_or(rest.len());
        let (address, path) = rest.split_at(end);
        (protocol, address, path)
    }

    /// The files of `try_files` that may be there, and what counts where none is. A name that is never that of a file is written for the
    /// answer behind it.
    pub(in crate::route) fn files(&self) -> (Option<&str>, &str) {
        let (files, last) = self.text.rsplit_once(' ').unwrap_or(("", &self.text));
        (Some(files).filter(|files| *files != "/no-such-file"), last)
    }

    /// Whether an address that is made at run time, and is then read, is none.
    pub(in crate::route) fn is_no_address(address: &str) -> bool {
        let port =
            address.rsplit_once(':').filter(|(host, _)| !host.is_empty() && !host.ends_with(':')).map(|(_, port)| port.parse::<u16>());
        address.is_empty() || port.is_some_and(|port| port.is_err() || port == Ok(0))
    }
}

/// Code in Lua.
#[derive(Debug, Clone)]
pub(in crate::route) enum Lua {
    /// The controller's own: redirects to HTTPS, and whether the backend has endpoints.
    Ingress {
        /// Its settings, where they are written here instead of in variables.
        inline: Option<Arc<[(String, bool)]>>,
        /// Where.
        at: Span,
    },
    /// The controller's own, which asks an authentication service.
    Auth(Span),
    /// The controller's own, which changes nothing of the way of a request.
    Harmless,
    /// That of somebody else.
    Unknown(Span),
}

/// `allow` or `deny`.
#[derive(Debug, Clone)]
pub(in crate::route) struct Rule {
    /// It lets through.
    pub(in crate::route) allows: bool,
    /// Whom; none: everybody.
    pub(in crate::route) network: Option<IpNet>,
    /// Only connections over sockets of the machine.
    pub(in crate::route) is_local: bool,
    /// Where.
    pub(in crate::route) at: Span,
}

/// Passwords.
#[derive(Debug, Clone)]
pub(in crate::route) struct Basic {
    /// What the client is told; `off`: none are asked for.
    pub(in crate::route) realm: Template,
    /// Where.
    pub(in crate::route) at: Span,
}

/// A limit of rates or of connections.
#[derive(Debug, Clone)]
pub(in crate::route) struct Limit {
    /// Of connections, and not of rates.
    pub(in crate::route) is_of_connections: bool,
    /// The zone whose key is counted.
    pub(in crate::route) zone: String,
    /// In words.
    pub(in crate::route) text: String,
    /// Where.
    pub(in crate::route) at: Span,
}

/// A page in place of an error.
#[derive(Debug, Clone)]
pub(in crate::route) struct ErrorPage {
    /// For which status.
    pub(in crate::route) status: u16,
    /// The status that clients get: that of the page where none is given, the same where nothing is said.
    pub(in crate::route) response: Option<Option<u16>>,
    /// Where it is.
    pub(in crate::route) to: Template,
    /// Where that is written.
    pub(in crate::route) at: Span,
}

/// Headers that backends get.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::route) struct Headers {
    /// By `proxy_set_header`.
    pub(in crate::route) proxy: Arc<[(String, Template)]>,
    /// By `grpc_set_header`.
    pub(in crate::route) grpc: Arc<[(String, Template)]>,
    /// By `fastcgi_param`.
    pub(in crate::route) fastcgi: Arc<[(String, Template)]>,
    /// The method that backends get.
    pub(in crate::route) method: Option<Template>,
    /// What the client sent is not passed on.
    pub(in crate::route) withholds: Option<bool>,
}

/// How the address of a client is found.
#[derive(Debug, Clone, Default)]
pub(in crate::route) struct RealIp {
    /// Who is believed.
    pub(in crate::route) from: Arc<[IpNet]>,
    /// The header; `proxy_protocol`.
    pub(in crate::route) header: Option<String>,
    /// Several of them may stand behind each other.
    pub(in crate::route) is_recursive: Option<bool>,
}

/// Certificates of clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::route) enum Verification {
    /// None are asked for.
    #[default]
    Off,
    /// One is needed.
    On,
    /// One may be there, and then must be good.
    Optional,
    /// One may be there, whoever signed it.
    OptionalNoCa,
}
