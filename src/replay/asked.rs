//! From a line of a log to a request that can be asked.

use std::net::{IpAddr, Ipv4Addr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::access_log::{Entry, Sent};
use crate::route::{ClientCertificate, Http, Request};

/// What holds for all requests of a log where its lines do not say it.
#[derive(Debug, Clone, Default)]
pub struct Usual {
    /// The host.
    pub host: Option<String>,
    /// Whether they came over TLS.
    pub is_tls: Option<bool>,
}

impl Usual {
    /// The host of a request, where it is known.
    pub(super) fn host<'e>(&'e self, entry: &'e Entry<'_>) -> Option<&'e str> {
        let named = entry.server.as_deref().filter(|name| is_plain(name));
        entry.host.as_deref().or(named).or(self.host.as_deref())
    }

    /// Whether a request came over TLS, where that is known.
    pub(super) fn is_tls(&self, entry: &Entry<'_>) -> Option<bool> {
        entry.is_tls.or(self.is_tls)
    }
}

/// Whether the name of a server is that of one host.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.starts_with(['~', '*', '.', '_']) && !name.ends_with('*')
}

/// The request that an entry tells, for a host and a scheme.
pub(super) fn request(entry: &Entry<'_>, sent: &Sent<'_>, host: &str, is_tls: bool) -> Request {
    let name = host.split(':').next().unwrap_or_default().trim_end_matches('.').to_ascii_lowercase();
    let is_name = !name.is_empty() && name.parse::<IpAddr>().is_err() && !name.starts_with('[');
    let sni = entry.sni.as_deref().map(str::to_owned).or_else(|| is_name.then_some(name));
    Request {
        is_tls,
        port: entry.port,
        host: Some(host.to_owned()),
        method: sent.method.to_string(),
        target: sent.target.to_vec(),
        headers: headers(entry),
        body: entry.length,
        sni: sni.filter(|_| is_tls),
        // Which certificate a client has shown is in no log that says which requests it was good for.
        certificate: if is_tls { ClientCertificate::Valid } else { ClientCertificate::None },
        client: entry.client.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        is_from_anywhere: false,
        http: match &*sent.version {
            "1.0" => Http::V10,
            "2.0" | "2" | "3.0" | "3" => Http::V2,
            _ => Http::V11,
        },
    }
}

/// Headers that tell the address of a client: the log has it as it was found, and it is not to be found again.
const OF_ADDRESSES: [&str; 2] = ["x-forwarded-for", "x-real-ip"];

/// Whether the log tells a header, and the request has it.
pub(super) fn is_given(known: &[String], name: &str) -> bool {
    !OF_ADDRESSES.contains(&name) && known.iter().any(|known| known == name)
}

fn headers(entry: &Entry<'_>) -> Vec<(String, String)> {
    let is_kept =
        |name: &str| !OF_ADDRESSES.iter().any(|of_address| of_address.eq_ignore_ascii_case(name)) && !name.eq_ignore_ascii_case("host");
    let mut headers: Vec<(String, String)> =
        entry.headers.iter().filter(|(name, _)| is_kept(name)).map(|(name, value)| (name.clone(), value.to_string())).collect();
    let has = |headers: &[(String, String)], sought: &str| headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(sought));
    if let Some(Some(user)) = &entry.user
        && !has(&headers, "authorization")
    {
        headers.push((String::from("Authorization"), format!("Basic {}", STANDARD.encode(format!("{user}:")))));
    }
    if !entry.cookies.is_empty() && !has(&headers, "cookie") {
        let cookies: Vec<String> = entry.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        headers.push((String::from("Cookie"), cookies.join("; ")));
    }
    headers
}
