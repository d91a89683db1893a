//! An address that is asked: the requests of expectations, sent as they are described.

use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs as _};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, anyhow};
use clap::Args;
use ureq::config::AutoHeaderValue;
use ureq::http::Uri;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

use crate::cli::files;
use crate::expect::{Seen, Test};
use crate::route::{ClientCertificate, Http, Request};

/// Bodies that are sent at most.
const LARGEST_BODY: u64 = 64 << 20;

/// Which address is asked, and how.
#[derive(Debug, Args)]
#[command(next_help_heading = "A real address")]
pub(super) struct AgainstArgs {
    /// Ask this address as well: `10.0.0.5`, `https://10.0.0.5`, `http://127.0.0.1:8080`; one with a scheme gets the requests of that scheme
    /// alone; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    against: Vec<String>,
    /// Refuse certificates that no public authority has signed, or none in FILE
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true, requires = "against", value_hint = clap::ValueHint::FilePath)]
    verify: Option<Option<PathBuf>>,
    /// How long to wait for an answer
    #[arg(long, value_name = "SECONDS", default_value_t = 10, requires = "against")]
    timeout: u64,
}

/// What came of a request.
pub(super) enum Asked {
    /// What was seen.
    Seen(Seen),
    /// The certificate is not accepted.
    BadCertificate(String),
    /// Nobody answers there.
    Unreachable(String),
}

/// The addresses that are asked.
pub(super) struct Against {
    http: Option<SocketAddr>,
    https: Option<SocketAddr>,
    tls: TlsConfig,
    timeout: Duration,
    /// As they were named.
    pub(super) names: Vec<String>,
}

impl AgainstArgs {
    /// The addresses; none where none is named.
    pub(super) fn addresses(&self) -> anyhow::Result<Option<Against>> {
        if self.against.is_empty() {
            return Ok(None);
        }
        let mut all = Against {
            http: None,
            https: None,
            tls: self.tls()?,
            timeout: Duration::from_secs(self.timeout.max(1)),
            names: self.against.clone(),
        };
        for address in &self.against {
            let (scheme, rest) = address.split_once("://").map_or((None, address.as_str()), |(scheme, rest)| (Some(scheme), rest));
            let rest = rest.trim_end_matches('/');
            match scheme {
                None => (all.http, all.https) = (Some(resolved(rest, 80)?), Some(resolved(rest, 443)?)),
                Some("http") => all.http = Some(resolved(rest, 80)?),
                Some("https") => all.https = Some(resolved(rest, 443)?),
                Some(other) => return Err(anyhow!("`{other}` is none of `http` and `https`")),
            }
        }
        Ok(Some(all))
    }

    fn tls(&self) -> anyhow::Result<TlsConfig> {
        let builder = TlsConfig::builder();
        let Some(verify) = &self.verify else { return Ok(builder.disable_verification(true).build()) };
        let Some(path) = verify else { return Ok(builder.root_certs(RootCerts::WebPki).build()) };
        let shown = path.display();
        let text = files::read(path).map_err(|reason| anyhow!("`{shown}` {reason}"))?;
        let mut certificates = Vec::new();
        for item in parse_pem(text.as_bytes()) {
            if let PemItem::Certificate(certificate) = item.with_context(|| format!("`{shown}` holds no certificates"))? {
                certificates.push(certificate);
            }
        }
        if certificates.is_empty() {
            return Err(anyhow!("`{shown}` holds no certificate"));
        }
        Ok(builder.root_certs(RootCerts::from(certificates)).build())
    }
}

fn resolved(text: &str, port: u16) -> anyhow::Result<SocketAddr> {
    let with_port = text.to_socket_addrs().or_else(|_| (text.trim_matches(['[', ']']), port).to_socket_addrs());
    let first = with_port.with_context(|| format!("`{text}` is no address"))?.next();
    first.ok_or_else(|| anyhow!("`{text}` has no address"))
}

/// Leads all names to one address.
#[derive(Debug)]
struct One(SocketAddr);

impl Resolver for One {
    fn resolve(&self, _: &Uri, _: &ureq::config::Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let mut all = self.empty();
        all.push(self.0);
        Ok(all)
    }
}

impl Against {
    /// Whether the address is of this machine, which then knows where its requests come from.
    pub(super) fn is_here(&self, request: &Request) -> bool {
        self.address(request).is_some_and(|address| address.ip().is_loopback())
    }

    fn address(&self, request: &Request) -> Option<SocketAddr> {
        if request.is_tls { self.https } else { self.http }
    }

    /// Sends the request of a test.
    pub(super) fn ask(&self, test: &Test) -> Asked {
        let request = &test.request;
        let Some(address) = self.address(request) else {
            let scheme = if request.is_tls { "https" } else { "http" };
            return Asked::Seen(Seen::Unasked(format!("no address is named for `{scheme}`")));
        };
        if let Some(why) = self.unsendable(test) {
            return Asked::Seen(Seen::Unasked(why.to_owned()));
        }
        let Some(message) = message(request) else {
            return Asked::Seen(Seen::Unasked(String::from("such a request cannot be sent from here")));
        };
        let answer = match (request.body, request.method.as_str()) {
            (None | Some(0), _) => self.agent(request, address).run(message),
            (Some(length), "POST" | "PUT" | "PATCH") if length <= LARGEST_BODY => {
                let body = vec![b'x'; usize::try_from(length).unwrap_or_default()];
                self.agent(request, address).run(message.map(|()| body))
            }
            _ => return Asked::Seen(Seen::Unasked(String::from("such a body is not sent from here"))),
        };
        match answer {
            Ok(answer) => {
                let header = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
                    (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
                };
                Asked::Seen(Seen::Answer(answer.status().as_u16(), answer.headers().iter().map(header).collect()))
            }
            Err(error) => failed(&error, address),
        }
    }

    fn unsendable(&self, test: &Test) -> Option<&'static str> {
        let request = &test.request;
        let is_own = self.is_here(request) && request.client.is_loopback();
        match () {
            () if test.is_from && !is_own => Some("the address of the client cannot be chosen here"),
            () if request.certificate != ClientCertificate::None => Some("no certificate of a client is sent from here"),
            () if request.http != Http::V11 => Some("only HTTP/1.1 is spoken here"),
            () if request.host.is_none() => Some("no request is sent without a host"),
            () => None,
        }
    }

    fn agent(&self, request: &Request, address: SocketAddr) -> Agent {
        let tls = if request.sni.is_some() { self.tls.clone() } else { without_name(&self.tls) };
        let builder = Agent::config_builder().tls_config(tls).proxy(None).http_status_as_error(false).allow_non_standard_methods(true);
        let builder = builder.max_redirects(0).max_redirects_will_error(false).max_idle_connections(0);
        let builder = builder.timeout_global(Some(self.timeout)).user_agent(AutoHeaderValue::None);
        let config = builder.accept(AutoHeaderValue::None).accept_encoding(AutoHeaderValue::None).build();
        Agent::with_parts(config, DefaultConnector::default(), One(address))
    }
}

/// The same settings, without a name in the handshake.
fn without_name(tls: &TlsConfig) -> TlsConfig {
    let builder = TlsConfig::builder().root_certs(tls.root_certs().clone()).disable_verification(tls.disable_verification());
    builder.use_sni(false).build()
}

/// The request as it is sent. The address stands in the URL by the name of the handshake, and `Host` is that of the request.
fn message(request: &Request) -> Option<ureq::http::Request<()>> {
    let scheme = if request.is_tls { "https" } else { "http" };
    let host = request.host.as_deref()?;
    let name = request.sni.as_deref().unwrap_or_else(|| host.split(':').next().unwrap_or_default());
    let name = if name.is_empty() || name.contains(['[', '_', '*']) && request.sni.is_none() { "localhost" } else { name };
    let target = std::str::from_utf8(&request.target).ok().filter(|target| target.starts_with('/'))?;
    let uri = Uri::builder().scheme(scheme).authority(name).path_and_query(target).build().ok()?;
    let mut builder = ureq::http::Request::builder().method(request.method.as_str()).uri(uri).header("Host", host);
    for (name, value) in &request.headers {
        builder = builder.header(name.as_str(), value.as_str());
    }
    builder.body(()).ok()
}

/// What an error means: who answers with nothing has closed the connection.
fn failed(error: &Error, address: SocketAddr) -> Asked {
    let is_closed = |kind: ErrorKind| {
        matches!(kind, ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe)
    };
    let text = error.to_string();
    match error {
        _ if text.contains("dns name") => Asked::Seen(Seen::Unasked(String::from("no such name can stand in a handshake"))),
        _ if text.contains("invalid peer certificate") => Asked::BadCertificate(text),
        // An alert is how a handshake is refused.
        Error::Rustls(_) => Asked::Seen(Seen::Closed),
        Error::Io(io) if is_closed(io.kind()) || is_alert(io) => Asked::Seen(Seen::Closed),
        Error::Protocol(_) => Asked::Seen(Seen::Closed),
        _ => Asked::Unreachable(format!("{address}: {text}")),
    }
}

fn is_alert(error: &io::Error) -> bool {
    error.kind() == ErrorKind::InvalidData && error.to_string().contains("alert")
}
