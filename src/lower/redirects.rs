//! Redirects between a host and its `www.` twin.

use std::collections::HashSet;

use crate::diagnostic::{Diagnostic, Effect};
use crate::ir::{HostRedirect, Origin, Server};

/// The redirects that hosts ask for. A twin that is a host of its own is not redirected.
pub(super) fn create(servers: &[Server], findings: &mut Vec<Diagnostic>) -> Vec<HostRedirect> {
    let hosts: HashSet<&str> = servers.iter().map(|server| server.hostname.as_str()).collect();
    let mut redirects = Vec::new();
    for server in servers.iter().filter(|server| server.redirect_twin) {
        let to = server.hostname.clone();
        let from = to.strip_prefix("www.").map_or_else(|| format!("www.{to}"), str::to_owned);
        if hosts.contains(from.as_str()) {
            let message = format!("`{from}` is not redirected to `{to}`: an Ingress declares it as a host");
            let span = match server.origin {
                Origin::Manifest(span) => Some(span),
                Origin::Default => None,
            };
            findings.push(Diagnostic::warning("overridden-redirect", message).at(span).subject(from).effect(Effect::Overridden));
            continue;
        }
        let certificate = server.certificate_for(&from).cloned();
        redirects.push(HostRedirect { from, to, certificate });
    }
    redirects
}
