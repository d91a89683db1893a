//! Addresses that the proxy reaches and its clients must not.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Subject, at_annotation, at_setting, authority, chosen_by_client};
use crate::catalog::value::{Inward, Url, inward, read_address};
use crate::diagnostic::Diagnostic;
use crate::ir::{DEFAULT_UPSTREAM, Runtime};
use crate::lint::one_of_each_ingress;

/// Names under which clouds answer machines about themselves.
const METADATA_NAMES: &[&str] =
    &["metadata", "metadata.google.internal", "metadata.goog", "metadata.azure.internal", "instance-data", "instance-data.ec2.internal"];

/// Addresses outside of the link that do the same: of AWS, Alibaba, Azure and Oracle.
const METADATA_ADDRESSES: &[IpAddr] = &[
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
];

/// Looks at everything that makes the proxy send requests of its own, and at backends.
pub(super) fn check(subject: &Subject) -> Vec<Diagnostic> {
    let Subject { proxy, .. } = *subject;
    let mut findings = Vec::new();
    for (_, route) in one_of_each_ingress(proxy) {
        let auth = route.steps.admission.own_service().map(|auth| ("auth-url", &auth.url));
        let mirror = route.steps.mirror.as_ref().map(|mirror| ("mirror-target", &mirror.target)).filter(|(_, target)| !target.is_empty());
        for (name, url) in auth.into_iter().chain(mirror) {
            findings.extend(danger_of_url(url, &proxy.runtime).map(|danger| at_annotation(finding(name, &danger), route, name)));
        }
    }
    let global = proxy.settings.global_auth.as_ref().and_then(|auth| danger_of_url(&auth.url, &proxy.runtime));
    findings.extend(global.map(|danger| at_setting(finding("global-auth-url", &danger), subject, "global-auth-url")));
    for upstream in proxy.upstreams.iter().filter(|upstream| upstream.name != DEFAULT_UPSTREAM) {
        let mut endpoints = upstream.endpoints.iter().chain(&upstream.dns);
        let danger = endpoints.find_map(|endpoint| danger_of_host(&endpoint.address, &endpoint.port, &proxy.runtime));
        findings.extend(danger.map(|danger| finding(&upstream.name, &danger).at(upstream.origin.span()).subject(&upstream.name)));
    }
    findings
}

fn finding(what: &str, danger: &str) -> Diagnostic {
    let message = format!("`{what}` makes the proxy send requests to {danger}");
    Diagnostic::warning("internal-address", message).help("name a Service of the cluster or a host that is meant for it")
}

/// Where a URL leads, if the proxy should not go there.
fn danger_of_url(url: &str, runtime: &Runtime) -> Option<String> {
    let authority = authority(url);
    if authority.starts_with("unix:") {
        return Some(String::from("a socket of its own machine"));
    }
    if let Some(variable) = chosen_by_client(authority) {
        return Some(format!("any address that a client writes into `${variable}`"));
    }
    // Variables may follow the host at once; with them Go reads no URL.
    let fixed = url.split('$').next().unwrap_or_default();
    let service = Url::parse_absolute(fixed).ok()?;
    let port = service.host.rsplit_once(':').map_or("", |(_, port)| port);
    danger_of_host(service.hostname(), port, runtime)
}

/// What is wrong with a host, as the end of "requests to".
fn danger_of_host(host: &str, port: &str, runtime: &Runtime) -> Option<String> {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let is_of_cloud = METADATA_NAMES.contains(&name.as_str())
        || read_address(&name).is_some_and(|address| METADATA_ADDRESSES.contains(&address))
        || inward(host) == Some(Inward::Link);
    if is_of_cloud {
        return Some(format!("`{host}`, where clouds hand out the credentials of a machine"));
    }
    let own = [runtime.status_port, runtime.stream_port, runtime.default_port];
    match inward(host) {
        Some(Inward::Machine) => Some(match port.parse().is_ok_and(|port: u16| own.contains(&port)) {
            true => format!("port {port} of its own machine, where the controller changes its configuration"),
            false => format!("`{host}`, its own machine"),
        }),
        Some(Inward::Link) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_dangerous_by_their_hosts() {
        let runtime = Runtime { status_port: 10246, ..Runtime::default() };
        for (url, expected) in [
            ("http://169.254.169.254/latest", "credentials"),
            ("http://Metadata.Google.Internal./", "credentials"),
            ("http://100.100.100.200/", "credentials"),
            ("http://127.0.0.1:10246/configuration", "changes its configuration"),
            ("http://localhost:8080/", "its own machine"),
            ("http://[::1]/", "its own machine"),
            ("http://[fe80::1]/", "credentials"),
            ("http://unix:/run/x", "socket"),
            ("http://127.0.0.1$request_uri", "its own machine"),
            ("http://$arg_host/", "$arg_host"),
            ("http://auth.example/$arg_host", ""),
            ("https://$host/oauth2/auth", ""),
            ("http://10.0.0.1/", ""),
            ("http://auth.shop.svc.cluster.local", ""),
            ("", ""),
        ] {
            let danger = danger_of_url(url, &runtime).unwrap_or_default();
            assert!(danger.contains(expected) && danger.is_empty() == expected.is_empty(), "{url}: {danger}");
        }
    }
}
