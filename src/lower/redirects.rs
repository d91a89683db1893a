//! Redirects between a host and its `www.` twin.

use hashbrown::HashMap;

use crate::diagnostic::{Diagnostic, Effect, ObjectRef};
use crate::ir::{HostRedirect, Origin, Server, twin};

/// The annotation that asks for them.
const ANNOTATION: &str = "from-to-www-redirect";

/// The redirects that hosts ask for. A twin that is a host of its own is not redirected.
pub(super) fn create(servers: &[Server], findings: &mut Vec<Diagnostic>) -> Vec<HostRedirect> {
    let hosts: HashMap<&str, Origin> = servers.iter().map(|server| (server.hostname.as_str(), server.origin)).collect();
    let mut redirects = Vec::new();
    for server in servers.iter().filter(|server| server.redirect_twin) {
        let to = server.hostname.clone();
        let from = twin(&to);
        if let Some(origin) = hosts.get(from.as_str()) {
            let message = format!("`{from}` is not redirected to `{to}`: an Ingress declares it as a host");
            let finding = place(Diagnostic::warning("overridden-redirect", message).effect(Effect::Overridden), server);
            findings.push(finding.related("this host applies", origin.span()));
            continue;
        }
        let certificate = server.certificate_for(&from).cloned();
        if let (Some(own), None) = (&server.certificate, &certificate) {
            let message = format!("the redirect from `{from}` to `{to}` fails over HTTPS: no certificate is for `{from}`");
            let finding = place(Diagnostic::warning("uncovered-redirect", message), server);
            let has_secret = !own.name.is_empty();
            let finding = if has_secret {
                finding.note(format!("host `{to}` is served with the certificate in the Secret `{}`", own.name))
            } else {
                finding
            };
            findings.push(finding.help(format!("use a certificate that names `{from}` too")));
        }
        redirects.push(HostRedirect { from, to, is_contested: server.contested_twin, certificate });
    }
    redirects
}

/// Points at the annotation that asks for the redirect, or else at the host.
fn place(finding: Diagnostic, server: &Server) -> Diagnostic {
    let asking = server.routes.iter().find(|route| route.features.from_twin);
    let cause = asking.and_then(|route| route.features.cause(ANNOTATION)).map(|(_, span)| *span);
    let finding = finding.at(cause.or(server.origin.span())).subject(ANNOTATION);
    let owner = asking.and_then(|route| route.owner.as_deref());
    finding.object(owner.map(|owner| ObjectRef { kind: "Ingress".into(), namespace: owner.namespace.clone(), name: owner.name.clone() }))
}
