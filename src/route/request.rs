//! A request, as a client sends it.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use super::host;

/// The version of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Http {
    /// HTTP/1.0
    V10,
    /// HTTP/1.1
    V11,
    /// HTTP/2
    V2,
}

impl std::str::FromStr for Http {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "1.0" => Ok(Self::V10),
            "1.1" => Ok(Self::V11),
            "2" | "2.0" => Ok(Self::V2),
            _ => Err(format!("`{text}` is no version of HTTP that is known: 1.0, 1.1, 2")),
        }
    }
}

/// What a client presents in the TLS handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientCertificate {
    /// None.
    None,
    /// One that the authorities of the host have signed.
    Valid,
    /// One that others have signed.
    Invalid,
}

/// A request.
#[derive(Debug, Clone)]
pub struct Request {
    /// Over TLS.
    pub is_tls: bool,
    /// The port that the client connects to; none: the usual one.
    pub port: Option<u16>,
    /// The `Host` header as it is sent; none: there is none.
    pub host: Option<String>,
    /// The method.
    pub method: String,
    /// The target as it is sent: path and arguments, or a whole URL.
    pub target: Vec<u8>,
    /// All other headers, in order.
    pub headers: Vec<(String, String)>,
    /// The length of the body in bytes; none: no body.
    pub body: Option<u64>,
    /// The name in the TLS handshake; none: none is sent.
    pub sni: Option<String>,
    /// What the client presents in the handshake.
    pub certificate: ClientCertificate,
    /// The address that the connection comes from.
    pub client: IpAddr,
    /// Nobody says which address that is: what depends on it goes both ways.
    pub is_from_anywhere: bool,
    /// The version of HTTP.
    pub http: Http,
}

impl Request {
    /// A GET request for a URL: `https://host[:port]/path?arguments`. What stands behind the host is sent as it is.
    ///
    /// # Errors
    /// Where it has no scheme or no host.
    pub fn of_url(url: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| format!("`{url}` is no URL: it begins with `http://` or `https://`"))?;
        let is_tls = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return Err(format!("`{scheme}` is none of `http` and `https`")),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(end);
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let colon = authority.rfind(':').filter(|at| authority[*at..].bytes().skip(1).all(|byte| byte.is_ascii_digit()));
        let (name, port) = colon.map_or((authority, None), |at| (&authority[..at], authority[at + 1..].parse().ok()));
        if name.is_empty() {
            return Err(format!("`{url}` names no host"));
        }
        let target = target.split('#').next().unwrap_or_default();
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        let is_address = name.starts_with('[') || name.parse::<IpAddr>().is_ok();
        Ok(Self {
            is_tls,
            port,
            host: Some(authority.to_owned()),
            method: String::from("GET"),
            target: target.into_bytes(),
            headers: Vec::new(),
            body: None,
            sni: (is_tls && !is_address).then(|| name.trim_end_matches('.').to_ascii_lowercase()),
            certificate: ClientCertificate::None,
            client: IpAddr::V4(Ipv4Addr::LOCALHOST),
            is_from_anywhere: false,
            http: Http::V11,
        })
    }

    /// The URL that it is sent to.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.is_tls { "https" } else { "http" };
        let target = String::from_utf8_lossy(&self.target);
        if !target.starts_with('/') && target.contains("://") {
            return target.into_owned();
        }
        format!("{scheme}://{}{target}", self.host.as_deref().unwrap_or_default())
    }

    /// Adds a header; `Host` replaces the host of the URL, and a length says how long the body is.
    pub fn add_header(&mut self, name: &str, value: &str) {
        if name.eq_ignore_ascii_case("host") {
            self.host = Some(value.to_owned());
            return;
        }
        if name.eq_ignore_ascii_case("content-length") {
            self.body = value.parse().ok();
        }
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// The hosts that it may be for, in small letters and without ports: by its header, by its target, and by the handshake.
    #[must_use]
    pub fn hosts(&self) -> Vec<String> {
        let target = String::from_utf8_lossy(&self.target);
        let of_target = target
            .split_once("://")
            .filter(|(scheme, _)| !scheme.starts_with('/'))
            .map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default());
        let all = [self.host.as_deref(), of_target, self.sni.as_deref()];
        let mut hosts: Vec<String> = all.into_iter().flatten().filter_map(host::valid).map(Cow::into_owned).collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }

    /// A request for `/` that names no host.
    pub(super) fn empty() -> Self {
        Self {
            is_tls: false,
            port: None,
            host: None,
            method: String::from("GET"),
            target: b"/".to_vec(),
            headers: Vec::new(),
            body: None,
            sni: None,
            certificate: ClientCertificate::None,
            client: IpAddr::V4(Ipv4Addr::LOCALHOST),
            is_from_anywhere: false,
            http: Http::V11,
        }
    }

    /// All values of a header, in order.
    pub fn headers<'r>(&'r self, name: &'r str) -> impl Iterator<Item = &'r str> {
        self.headers.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_become_requests() {
        for (url, host, target, port, sni) in [
            ("https://Shop.example/a?b#c", "Shop.example", "/a?b", None, Some("shop.example")),
            ("http://shop.example", "shop.example", "/", None, None),
            ("https://shop.example:8443?x", "shop.example:8443", "/?x", Some(8443), Some("shop.example")),
            ("https://192.0.2.1/", "192.0.2.1", "/", None, None),
            ("http://[::1]:8080/%2e/", "[::1]:8080", "/%2e/", Some(8080), None),
        ] {
            let request = Request::of_url(url).expect(url);
            assert_eq!(
                (request.host.as_deref(), request.target.as_slice(), request.port, request.sni.as_deref()),
                (Some(host), target.as_bytes(), port, sni),
                "{url}"
            );
        }
        for url in ["shop.example/a", "ftp://a/", "http:///a"] {
            assert!(Request::of_url(url).is_err(), "{url}");
        }
    }
}
