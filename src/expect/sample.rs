//! A request for a route: made of its host and path, and taken only if the engine says that it gets there.

use std::net::IpAddr;

use crate::nginx::samples;
use crate::route::{
    CanaryRule, CheckKind, ClientCertificate, Config, Decision, End, Guard, Host, HostKind, Match, Port, Request, Route, Table, Verdict,
};

/// A name that no host has.
const NOBODY: &str = "unknown.example";
/// Credentials that a file of expectations can hold: `none:none`.
const CREDENTIALS: &str = "Basic bm9uZTpub25l";

/// Whether a request comes to a route on a way, even where it is sent on from there.
pub(super) fn comes_to(way: &Decision, host: &Host, route: &Route) -> bool {
    let is_host = way.server.as_ref().is_some_and(|server| server.at == host.at);
    let is_there = || way.location.as_ref().is_some_and(|location| location.at == route.at);
    is_host && (route.is_server || is_there() || way.steps.iter().any(|step| step.at == Some(route.at)))
}

/// Makes requests.
#[derive(Clone, Copy)]
pub(super) struct Sampler<'c, 't> {
    pub(super) config: &'c Config<'t>,
    pub(super) ports: &'c [Port],
}

impl<'c, 't> Sampler<'c, 't> {
    pub(super) fn new(config: &'c Config<'t>, table: &'c Table) -> Self {
        Self { config, ports: &table.ports }
    }

    /// A plain request that comes to a route; none where none was found.
    pub(super) fn plain(self, host: &Host, route: &Route) -> Option<Request> {
        let (hosts, paths) = (hosts(host), paths(route));
        let asks_certificate = route.guards.iter().any(|guard| guard.kind == CheckKind::ClientCertificate);
        for start in self.starts(host) {
            for name in &hosts {
                for path in &paths {
                    let (scheme, port) = &start;
                    let Ok(request) = Request::of_url(&format!("{scheme}://{name}{port}{path}")) else { continue };
                    let comes = |request: &Request| comes_to(&self.config.decide(request), host, route);
                    if comes(&request) {
                        return Some(request);
                    }
                    // Without a certificate, a host refuses before it looks for a path.
                    let shown = Request { certificate: ClientCertificate::Valid, ..request };
                    if asks_certificate && comes(&shown) {
                        return Some(shown);
                    }
                }
            }
        }
        None
    }

    /// Scheme and port of the URLs of a host, TLS first where it has a certificate.
    fn starts(self, host: &Host) -> Vec<(&'static str, String)> {
        let own = |port: &&Port| host.ports.contains(&port.port);
        let mut ports: Vec<&Port> = self.ports.iter().filter(own).collect();
        let has_tls = host.certificate.is_some() && !host.rejects_tls;
        ports.sort_by_key(|port| (port.is_tls != has_tls, port.port));
        let usual = ports.iter().map(|port| (scheme(port), String::new()));
        let named = ports.iter().map(|port| (scheme(port), format!(":{}", port.port)));
        let mut all: Vec<_> = usual.chain(named).collect();
        all.dedup();
        all
    }

    /// The same request, with what lets it through: a certificate, an address, credentials. None where it is refused all the same.
    pub(super) fn admitted(self, mut request: Request, route: &Route) -> Option<Request> {
        // Each round does away with one refusal.
        for _ in 0..=CheckKind::ALL.len() {
            let decision = self.config.outcome(&request);
            let is_refused = |check: &&crate::route::Check| check.verdict == Verdict::Refuse;
            // With `satisfy any`, who is let in by one is refused by others.
            if !matches!(&decision.end, End::Answer(answer) if answer.status >= 400) {
                return Some(request);
            }
            let kind = decision.checks.iter().rev().find(is_refused)?.kind;
            match kind {
                CheckKind::ClientCertificate if request.certificate == ClientCertificate::None => {
                    request.certificate = ClientCertificate::Valid;
                }
                CheckKind::Password if request.headers("authorization").next().is_none() => {
                    request.add_header("Authorization", CREDENTIALS)
                }
                CheckKind::Allow | CheckKind::Deny => request.client = self.client(&request, route, false)?,
                _ => return None,
            }
        }
        None
    }

    /// An address of a client that the lists of a route refuse, or do not.
    pub(super) fn client(self, request: &Request, route: &Route, is_refused: bool) -> Option<IpAddr> {
        let usual = ["192.0.2.1", "198.51.100.1", "2001:db8::1"].into_iter().filter_map(|text| text.parse().ok());
        let candidates = route.guards.iter().filter(|guard| matches!(guard.kind, CheckKind::Allow | CheckKind::Deny)).flat_map(addresses);
        candidates.chain(usual).find(|client| {
            let decision = self.config.outcome(&Request { client: *client, ..request.clone() });
            let is_list = |kind: CheckKind| matches!(kind, CheckKind::Allow | CheckKind::Deny);
            decision.checks.iter().any(|check| is_list(check.kind) && (check.verdict == Verdict::Refuse) == is_refused)
        })
    }

    /// The same request, as a rule of a canary asks for it: requests that may be meant.
    pub(super) fn for_canary(self, request: &Request, rule: &CanaryRule) -> Vec<Request> {
        let with = |name: &str, value: &str| {
            let mut request = request.clone();
            request.add_header(name, value);
            request
        };
        match rule {
            CanaryRule::Header(name, value) => vec![with(name, value)],
            CanaryRule::HeaderLike(name, expression) => {
                let texts = samples(expression, false).into_iter().filter_map(|sample| String::from_utf8(sample).ok());
                texts.map(|value| with(name, &value)).collect()
            }
            CanaryRule::Cookie(name, value) => vec![with("Cookie", &format!("{name}={value}"))],
            CanaryRule::Chance | CanaryRule::Other => vec![request.clone()],
        }
    }
}

fn scheme(port: &Port) -> &'static str {
    if port.is_tls { "https" } else { "http" }
}

/// Names that a host answers for.
fn hosts(host: &Host) -> Vec<String> {
    if host.kind == HostKind::Default {
        return vec![NOBODY.to_owned()];
    }
    let names = host.names.iter().flat_map(|name| match name.kind {
        HostKind::Exact => vec![name.text.clone()],
        HostKind::Wildcard => ["www", "any", "some-name"].map(|label| name.text.replacen('*', label, 1)).to_vec(),
        HostKind::Tail => ["example", "any.example"].map(|tail| name.text.replacen('*', tail, 1)).to_vec(),
        HostKind::Regex => samples(&name.text, true).into_iter().filter_map(|sample| String::from_utf8(sample).ok()).collect(),
        HostKind::Default => vec![NOBODY.to_owned()],
    });
    names.filter(|name| !name.is_empty() && name != "_").take(12).collect()
}

/// Paths that a route may take, as they are sent.
fn paths(route: &Route) -> Vec<String> {
    let starts: Vec<Vec<u8>> = match route.by {
        _ if route.is_server => vec![b"/".to_vec()],
        Match::Exact => return vec![sent(route.path.as_bytes())],
        Match::Prefix => vec![route.path.clone().into_bytes()],
        Match::Regex => samples(&route.path, route.sign == "~*"),
        Match::Named => return Vec::new(),
    };
    let absolute = starts.into_iter().map(|start| if start.first() == Some(&b'/') { start } else { [b"/".as_slice(), &start].concat() });
    let starts: Vec<Vec<u8>> = absolute.collect();
    let more =
        ["", "x", "/x", "x/y", "1"].iter().flat_map(|end| starts.iter().map(move |start| [start.as_slice(), end.as_bytes()].concat()));
    more.map(|path| sent(&path)).collect()
}

/// A path with percents for what stands in none.
fn sent(path: &[u8]) -> String {
    let byte = |byte: &u8| match byte {
        byte if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(byte) => char::from(*byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    path.iter().map(byte).collect()
}

/// An address of each network of a list.
fn addresses(guard: &Guard) -> Vec<IpAddr> {
    let words = guard.detail.split([',', ' ']);
    let network = |word: &str| word.parse::<ipnet::IpNet>().ok().or_else(|| word.parse::<IpAddr>().ok().map(ipnet::IpNet::from));
    words.filter_map(network).filter_map(|network| network.hosts().next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_sent_as_clients_send_them() {
        for (path, expected) in [("/a b", "/a%20b"), ("/a/ü?", "/a/%C3%BC%3F"), ("/~x;y=1", "/~x;y=1"), ("/100%", "/100%25")] {
            assert_eq!(sent(path.as_bytes()), expected);
        }
    }

    #[test]
    fn networks_have_addresses() {
        let guard = Guard {
            kind: CheckKind::Allow,
            detail: String::from("allow 10.0.0.0/8, allow 192.0.2.7, allow 2001:db8::/64, deny all"),
            exempt: Vec::new(),
            at: None,
        };
        let found: Vec<String> = addresses(&guard).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["10.0.0.1", "192.0.2.7", "2001:db8::"]);
    }
}
