//! What a line of a log tells of a request.

use std::borrow::Cow;
use std::net::IpAddr;

use super::escape::Escape;
use super::role::Role;

/// A request as a log tells it. What the log does not say is none.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Entry<'l> {
    /// What was asked; none where nginx could not read it.
    pub sent: Option<Sent<'l>>,
    /// The host.
    pub host: Option<Cow<'l, str>>,
    /// The first name of the server that answered.
    pub server: Option<Cow<'l, str>>,
    /// The port of the proxy that it came to.
    pub port: Option<u16>,
    /// Whether it came over TLS.
    pub is_tls: Option<bool>,
    /// The name in the handshake.
    pub sni: Option<Cow<'l, str>>,
    /// The address of the client.
    pub client: Option<IpAddr>,
    /// Who logs in; an inner none for nobody.
    pub user: Option<Option<Cow<'l, str>>>,
    /// The status.
    pub status: Option<u16>,
    /// The upstream of the location; nothing where there was none.
    pub upstream: Option<Cow<'l, str>>,
    /// Whether somebody else was asked.
    pub is_passed: Option<bool>,
    /// The length of the body.
    pub length: Option<u64>,
    /// Headers that the log tells and the request had.
    pub headers: Vec<(String, Cow<'l, str>)>,
    /// Cookies that the log tells and the request had.
    pub cookies: Vec<(String, Cow<'l, str>)>,
}

/// A request line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sent<'l> {
    /// The method.
    pub method: Cow<'l, str>,
    /// The target as it was sent.
    pub target: Cow<'l, [u8]>,
    /// The version of HTTP, as `1.1`; nothing where the log does not say it.
    pub version: Cow<'l, str>,
}

fn owned(text: Cow<'_, str>) -> Cow<'static, str> {
    Cow::Owned(text.into_owned())
}

fn text(bytes: Cow<'_, [u8]>) -> Cow<'_, str> {
    match bytes {
        Cow::Borrowed(bytes) => String::from_utf8_lossy(bytes),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

/// A piece of a value.
fn part<'l>(bytes: &Cow<'l, [u8]>, range: std::ops::Range<usize>) -> Cow<'l, [u8]> {
    match bytes {
        Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[range]),
        Cow::Owned(bytes) => Cow::Owned(bytes[range].to_vec()),
    }
}

impl<'l> Entry<'l> {
    /// What values tell; none where they cannot be those of a request.
    pub(super) fn of<'r>(values: impl Iterator<Item = (&'r Role, Cow<'l, [u8]>)>, escape: Escape) -> Option<Self> {
        let mut entry = Self::default();
        let (mut method, mut target, mut version) = (None, None, None);
        for (role, value) in values {
            let is_nothing = escape.is_nothing(&value);
            match role {
                Role::Line => entry.sent = Sent::of(&value),
                Role::Method => method = (!is_nothing).then(|| text(value)),
                Role::Target => target = (!is_nothing).then_some(value),
                Role::Version => version = text(value).strip_prefix("HTTP/").map(str::to_owned),
                Role::Host => entry.host = (!is_nothing).then(|| text(value)).or(entry.host),
                Role::Server => entry.server = Some(text(value)),
                Role::Port => entry.port = text(value).parse().ok(),
                Role::Scheme => entry.is_tls = scheme(&value).or(entry.is_tls),
                Role::Https => entry.is_tls = Some(value.as_ref() == b"on"),
                Role::Tls => entry.is_tls = Some(!is_nothing),
                Role::Sni => entry.sni = (!is_nothing).then(|| text(value)),
                // Sockets of the machine have no address.
                Role::Client => entry.client = text(value).parse().ok(),
                Role::User => entry.user = Some((!is_nothing).then(|| text(value))),
                Role::Status => entry.status = text(value).parse().ok(),
                Role::Upstream => entry.upstream = Some(if is_nothing || value.as_ref() == b"-" { Cow::Borrowed("") } else { text(value) }),
                Role::Address => entry.is_passed = Some(!is_nothing && value.as_ref() != b"-"),
                Role::Length => entry.length = text(value).parse().ok(),
                Role::Header(name) if !is_nothing => entry.headers.push((name.clone(), text(value))),
                Role::Cookie(name) if !is_nothing => entry.cookies.push((name.clone(), text(value))),
                Role::Header(_) | Role::Cookie(_) | Role::Other => {}
            }
        }
        if let (None, Some(method), Some(target)) = (&entry.sent, method, target) {
            entry.sent = Some(Sent { method, target, version: version.map_or(Cow::Borrowed(""), Cow::Owned) });
        }
        Some(entry)
    }

    /// The same, without the line.
    #[must_use]
    pub fn into_owned(self) -> Entry<'static> {
        let pairs = |all: Vec<(String, Cow<'_, str>)>| all.into_iter().map(|(name, value)| (name, owned(value))).collect();
        Entry {
            sent: self.sent.map(|sent| Sent {
                method: owned(sent.method),
                target: Cow::Owned(sent.target.into_owned()),
                version: owned(sent.version),
            }),
            host: self.host.map(owned),
            server: self.server.map(owned),
            port: self.port,
            is_tls: self.is_tls,
            sni: self.sni.map(owned),
            client: self.client,
            user: self.user.map(|user| user.map(owned)),
            status: self.status,
            upstream: self.upstream.map(owned),
            is_passed: self.is_passed,
            length: self.length,
            headers: pairs(self.headers),
            cookies: pairs(self.cookies),
        }
    }
}

fn scheme(value: &[u8]) -> Option<bool> {
    match value {
        b"https" => Some(true),
        b"http" => Some(false),
        _ => None,
    }
}

impl<'l> Sent<'l> {
    /// A request line; none where it is not that of HTTP since 1.0.
    fn of(line: &Cow<'l, [u8]>) -> Option<Self> {
        let first = memchr::memchr(b' ', line)?;
        let last = memchr::memrchr(b' ', line)?;
        let version = line[last + 1..].strip_prefix(b"HTTP/")?;
        if first == 0 || first + 1 >= last || version.is_empty() {
            return None;
        }
        let version = text(part(line, line.len() - version.len()..line.len()));
        Some(Self { method: text(part(line, 0..first)), target: part(line, first + 1..last), version })
    }

    /// The path without arguments, and the arguments; none without a question mark.
    #[must_use]
    pub fn split(&self) -> (&[u8], Option<&[u8]>) {
        match memchr::memchr(b'?', &self.target) {
            Some(at) => (&self.target[..at], Some(&self.target[at + 1..])),
            None => (&self.target, None),
        }
    }
}
