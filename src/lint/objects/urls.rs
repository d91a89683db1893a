//! Where a URL of an annotation leads, for a request of which host and path are known.

use std::fmt;

use crate::catalog::value::read_address;

/// Variables that hold the host of the request.
const HOSTS: &[&str] = &["$host", "$http_host", "$server_name", "${host}", "${http_host}", "$best_http_host"];
/// Variables that hold the path of the request.
const PATHS: &[&str] = &["$request_uri", "$uri", "$document_uri", "${request_uri}", "$escaped_request_uri"];

/// A host and a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Target {
    pub(super) host: String,
    pub(super) path: String,
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.host, self.path)
    }
}

impl Target {
    /// The target of a URL; none where variables decide it that are not known.
    pub(super) fn of(url: &str, host: &str, path: &str) -> Option<Self> {
        let (_, authority, rest) = match parts(url) {
            Some(parts) => parts,
            _ if url.starts_with('/') && !url.starts_with("//") => {
                return Self { host: host.to_owned(), path: String::new() }.with_path(url, path);
            }
            _ => return None,
        };
        let name = if HOSTS.contains(&authority) { host } else { authority.rsplit_once(':').map_or(authority, |(name, _)| name) };
        let name = if HOSTS.contains(&name) { host } else { name };
        (!name.contains('$')).then(|| Self { host: name.to_ascii_lowercase(), path: String::new() })?.with_path(rest, path)
    }

    fn with_path(self, text: &str, path: &str) -> Option<Self> {
        let text = text.split(['?', '#']).next().unwrap_or_default();
        let filled = PATHS.iter().fold(text.to_owned(), |text, variable| text.replace(variable, path));
        let path = if filled.is_empty() { String::from("/") } else { filled };
        (!path.contains('$')).then_some(Self { path, ..self })
    }
}

/// Scheme, host with port, and the rest of a URL, whose path a variable can begin.
pub(super) fn parts(url: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = url.split_once("://").filter(|(scheme, _)| !scheme.contains(['/', '?']))?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let end = PATHS.iter().filter_map(|variable| rest.find(variable)).fold(end, usize::min);
    let (authority, rest) = rest.split_at(end);
    Some((scheme, authority, rest))
}

/// Whether a host is within the cluster, or in a network of one's own, as far as its name tells.
pub(super) fn is_inside(host: &str) -> bool {
    const ENDS: &[&str] =
        &[".svc", ".cluster.local", ".local", ".localhost", ".localdomain", ".internal", ".intranet", ".lan", ".home", ".corp", ".test"];
    let is_private = |address: std::net::IpAddr| match address {
        std::net::IpAddr::V4(address) => address.is_private() || address.is_loopback() || address.is_link_local(),
        std::net::IpAddr::V6(address) => address.is_loopback() || address.segments()[0] & 0xfe00 == 0xfc00,
    };
    match read_address(host) {
        Some(address) => is_private(address),
        None => host.contains('$') || !host.contains('.') || ENDS.iter().any(|end| host.ends_with(end)) || host.contains(".svc."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lead_where_variables_say() {
        for (url, expected) in [
            ("https://$host/login/start?rd=$escaped_request_uri", Some(("a.example", "/login/start"))),
            ("https://B.example:8443/x", Some(("b.example", "/x"))),
            ("http://b.example", Some(("b.example", "/"))),
            ("https://b.example$request_uri", Some(("b.example", "/app"))),
            ("https://b.example/new$request_uri", Some(("b.example", "/new/app"))),
            ("$scheme://$http_host/x", Some(("a.example", "/x"))),
            ("/login", Some(("a.example", "/login"))),
            ("https://$arg_x/x", None),
            ("https://b.example/$1", None),
            ("//b.example/x", None),
            ("login", None),
        ] {
            let found = Target::of(url, "a.example", "/app");
            assert_eq!(found.as_ref().map(|target| (target.host.as_str(), target.path.as_str())), expected, "{url}");
        }
    }

    #[test]
    fn names_of_clusters_are_inside() {
        for (host, expected) in [
            ("auth.shop.svc.cluster.local", true),
            ("auth.shop.svc", true),
            ("auth", true),
            ("10.0.0.1", true),
            ("fd00::1", true),
            ("$auth_host", true),
            ("login.example.com", false),
            ("192.0.2.1", false),
        ] {
            assert_eq!(is_inside(host), expected, "{host}");
        }
    }
}
