//! What is lost where TLS is passed to the backend unopened.

use std::collections::BTreeMap;

use super::select::Chosen;
use super::sites::{Sites, cause};
use super::world::World;
use crate::diagnostic::Diagnostic;
use crate::ir::Origin;
use crate::source::Span;

/// Without opening TLS nobody sees the path: all goes to the backend of `/`.
pub(super) fn check(world: &World, chosen: &[Chosen], sites: &Sites, findings: &mut Vec<Diagnostic>) {
    if !world.controller.flags.enable_ssl_passthrough {
        return;
    }
    for site in sites.list.iter().filter(|site| site.server.tls_passthrough) {
        // A path of the manifest can be several locations.
        let mut paths: BTreeMap<(usize, Span), &str> = BTreeMap::new();
        for location in site.locations.iter().filter(|location| location.route.path != "/") {
            if let (Some(at), Origin::Manifest(span)) = (location.ingress, location.route.origin) {
                paths.entry((at, span)).or_insert(&location.route.path);
            }
        }
        let finding = |((at, span), path): ((usize, Span), &str)| {
            let ingress = chosen.get(at)?;
            let message =
                format!("path `{path}` of host `{}` gets no HTTPS requests: TLS is passed to the backend of `/`", site.server.hostname);
            let finding = Diagnostic::warning("passed-over-path", message).at(span).subject("ssl-passthrough");
            let finding = finding.object(ingress.object.reference.clone());
            Some(finding.related("this passes TLS on", cause(ingress, "ssl-passthrough")))
        };
        findings.extend(paths.into_iter().filter_map(finding));
    }
}
