//! From the connection to the server: listener, handshake, request line, `Host`.

use std::borrow::Cow;

use super::{Run, Stop};
use crate::route::decision::{CheckKind, ServerName, Verdict};
use crate::route::host;
use crate::route::model::{Found, Name, Servers, Verification};
use crate::route::request::{ClientCertificate, Http};
use crate::route::target::Target;
use crate::route::text::Value;

impl<'c> Run<'c, '_> {
    /// Finds the server for a request.
    pub(super) fn connect(&mut self) -> Result<(), Stop<'c>> {
        let Some((port, servers)) = self.open()? else {
            self.step("nothing listens there", None);
            return Err(Stop::Close);
        };
        if let Some(asked) = self.request.port.filter(|asked| *asked != port && !self.config.streams.contains_key(asked)) {
            self.step(|| format!("nothing listens at port {asked}: something in front of it is taken to lead to port {port}"), None);
        }
        self.port = port;
        if servers.is_split {
            self.not_known("the address that is asked: servers of this port listen at different ones");
        }
        self.server = servers.default;
        let config = self.config;
        self.level = &config.inside(self.server).level;
        let greeted = self.handshake(servers)?;
        self.read_line(servers)?;
        self.find_server(servers, greeted.as_deref())?;
        if servers.is_tls && !self.request.is_tls {
            self.step("plain HTTP at a port that speaks TLS", None);
            return Err(Stop::Status(497, None));
        }
        self.check_certificate()
    }

    /// The port at which a request is read: TCP may be passed on before.
    fn open(&mut self) -> Result<Option<(u16, &'c Servers)>, Stop<'c>> {
        let config = self.config;
        let usual = if self.request.is_tls { 443 } else { 80 };
        let mut port = self.request.port.unwrap_or(usual);
        // One stream may lead to another.
        for _ in 0..=config.streams.len() {
            let Some(stream) = config.streams.get(&port) else { break };
            match self.streamed(stream) {
                Some(next) => port = next,
                None => return Err(Stop::Done),
            }
            if let Some(servers) = config.ports.get(&port) {
                return Ok(Some((port, servers)));
            }
        }
        Ok(config.listener(self.request.is_tls, self.request.port))
    }

    /// The handshake: the name by which a server was found, and the certificate that clients get.
    fn handshake(&mut self, servers: &Servers) -> Result<Option<Cow<'c, str>>, Stop<'c>> {
        if !self.request.is_tls {
            return Ok(None);
        }
        if !servers.is_tls {
            self.step("TLS at a port that speaks plain HTTP", None);
            return Err(Stop::Status(400, None));
        }
        let config = self.config;
        let name = self.request.sni.as_deref().and_then(host::valid);
        let found = name.as_deref().map(|name| servers.find(name, &config.servers));
        let server = match found {
            Some(Found::Named(at) | Found::Fitting(at, _) | Found::Unclear(at)) => at,
            Some(Found::Default) | None => servers.default,
        };
        self.server = server;
        let inside = config.inside(server);
        self.pass_through(server, name.as_deref())?;
        if inside.rejects {
            self.step("the handshake is refused", None);
            return Err(Stop::Close);
        }
        let certificate = config.certificate(inside, self.request.sni.as_deref().unwrap_or("_"));
        self.decision.certificate = Some(certificate);
        Ok(name.filter(|_| found.is_some_and(|found| found != Found::Default)))
    }

    /// The method, the target, and headers that nginx refuses.
    fn read_line(&mut self, servers: &Servers) -> Result<(), Stop<'c>> {
        let refuse = |run: &mut Self, status: u16, why: &str| {
            run.step(why, None);
            Err(Stop::Status(status, None))
        };
        let request = self.request;
        self.check_room()?;
        let is_method = |method: &str| !method.is_empty() && method.bytes().all(|byte| byte.is_ascii_uppercase() || b"_-".contains(&byte));
        if !is_method(&request.method) {
            return refuse(self, 400, "the method is none");
        }
        let raw = self.split_target()?;
        // Slashes are merged as the default server says, before the host is looked at.
        let merges = self.config.inside(servers.default).merges_slashes;
        let Some(target) = Target::parse(&raw, merges) else { return refuse(self, 400, "the target is none that nginx accepts") };
        (self.path, self.args) = (target.path, target.args);
        (self.is_quoted, self.has_plus) = (target.is_quoted, target.has_plus);
        self.unparsed = raw;
        if request.headers("content-length").any(|value| value.parse::<u64>().is_err()) {
            return refuse(self, 400, "`Content-Length` is no number");
        }
        Ok(())
    }

    /// The path of a target that is a whole URL, whose host then counts.
    fn split_target(&mut self) -> Result<Cow<'c, [u8]>, Stop<'c>> {
        let raw = self.request.target.as_slice();
        let begins = |scheme: &&[u8]| raw.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
        let Some(scheme) = [b"http://".as_slice(), b"https://"].into_iter().find(begins) else { return Ok(Cow::Borrowed(raw)) };
        let rest = &raw[scheme.len()..];
        let end = rest.iter().position(|byte| b"/?#".contains(byte)).unwrap_or(rest.len());
        let host = String::from_utf8_lossy(&rest[..end]);
        let Some(host) = host::valid(&host) else { return Err(Stop::Status(400, None)) };
        self.host = Cow::Owned(host.into_owned());
        let path = &rest[end..];
        Ok(if path.starts_with(b"/") { Cow::Borrowed(path) } else { Cow::Owned([b"/", path].concat()) })
    }

    /// The server by the host of the request.
    fn find_server(&mut self, servers: &'c Servers, greeted: Option<&str>) -> Result<(), Stop<'c>> {
        let (config, request) = (self.config, self.request);
        let sent = request.host.as_deref();
        let mut host = self.host.clone();
        if let Some(sent) = sent {
            let Some(valid) = host::valid(sent) else {
                self.step(|| format!("the host `{}` is refused", sent.escape_debug()), None);
                return Err(Stop::Status(400, None));
            };
            if host.is_empty() {
                host = valid;
            }
        } else if host.is_empty() && request.http != Http::V10 {
            self.step("the request names no host", None);
            return Err(Stop::Status(400, None));
        }
        if greeted == Some(&*host) {
            if let Found::Fitting(at, name) = servers.find(&host, &config.servers) {
                self.groups_of(at, name, &host);
            }
        } else {
            let found = servers.find(&host, &config.servers);
            self.server = match found {
                Found::Named(at) => at,
                Found::Fitting(at, name) => {
                    self.groups_of(at, name, &host);
                    at
                }
                Found::Unclear(at) => {
                    self.not_known("whether the host fits a regular expression of a server");
                    at
                }
                Found::Default => servers.default,
            };
            if greeted.is_some() && config.inside(self.server).verification.0 != Verification::Off {
                self.step("the host is not the one of the handshake, and its server asks for certificates", None);
                self.level = &config.inside(self.server).level;
                return Err(Stop::Status(421, config.inside(self.server).verification.1));
            }
        }
        self.host = host;
        let server = &config.servers[self.server];
        self.level = &config.inside(self.server).level;
        if self.is_told {
            self.step(answered(&server.name, &self.host), Some(server.at));
        }
        self.decision.server = Some(ServerName { name: server.name.clone(), at: server.at });
        if matches!(request.method.as_str(), "TRACE" | "CONNECT") {
            self.step(|| format!("nginx answers no {}", request.method), None);
            return Err(Stop::Status(405, None));
        }
        Ok(())
    }

    fn groups_of(&mut self, server: usize, name: usize, host: &str) {
        let config = self.config;
        if let Name::Pattern(Ok(pattern), names) = &config.servers[server].names[name]
            && let Some(groups) = pattern.groups(host.as_bytes())
        {
            self.found(groups, names);
        }
    }

    /// The certificate of the client.
    fn check_certificate(&mut self) -> Result<(), Stop<'c>> {
        let config = self.config;
        let (verification, at) = config.inside(self.server).verification;
        if !self.request.is_tls || verification == Verification::Off {
            return Ok(());
        }
        let (verdict, detail, status) = match (verification, self.request.certificate) {
            (Verification::On, ClientCertificate::None) => (Verdict::Refuse, "a certificate is needed, and none was sent", 496),
            (Verification::OptionalNoCa, ClientCertificate::Invalid) => (Verdict::Pass, "any certificate will do", 0),
            (_, ClientCertificate::Invalid) => (Verdict::Refuse, "the certificate is signed by no authority of the host", 495),
            (_, ClientCertificate::None) => (Verdict::Pass, "no certificate is needed", 0),
            (_, ClientCertificate::Valid) => (Verdict::Pass, "the certificate is signed by an authority of the host", 0),
        };
        self.check(CheckKind::ClientCertificate, verdict, detail, at);
        if verdict == Verdict::Refuse {
            self.step(detail, at);
            return Err(Stop::Status(status, at));
        }
        Ok(())
    }

    /// Whether the client has shown no certificate.
    pub(super) fn presents_none(&self) -> bool {
        !self.request.is_tls || self.request.certificate == ClientCertificate::None || self.verification() == Verification::Off
    }

    fn verification(&self) -> Verification {
        self.config.inside(self.server).verification.0
    }

    /// `$ssl_client_verify`
    pub(super) fn verified(&self) -> Value<'c> {
        if !self.request.is_tls {
            return Value::EMPTY;
        }
        match self.request.certificate {
            _ if self.presents_none() => Value::of("NONE"),
            ClientCertificate::Valid => Value::of("SUCCESS"),
            ClientCertificate::None | ClientCertificate::Invalid => Value::unknown("$ssl_client_verify"),
        }
    }
}

/// Which server answers a host, as a step.
fn answered(server: &str, host: &str) -> String {
    let name = if host.is_empty() { String::from("a request without a host") } else { format!("the host `{host}`") };
    match server {
        "" => format!("{name} is answered by a server without a name"),
        known if known.eq_ignore_ascii_case(host) => format!("{name} has a server of its own"),
        "_" => format!("{name} is named by no server: the default one answers"),
        known => format!("{name} is answered by the server `{known}`"),
    }
}
