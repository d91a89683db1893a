//! Changes of the configuration that no value and no default tells of, and whom they concern.

use super::Compiled;
use crate::catalog::releases::{AUTH_ERRORS, Change, GRPC_TIMEOUTS, JOINT_CLIENT_ADDRESS, ORIGINAL_HOST};
use crate::diagnostic::{self, Diagnostic};
use crate::ir::{Proxy, Route};

/// Whether a route is concerned.
type Concerns = fn(&Proxy, &Route) -> bool;

static NEWS: &[(&Change, Concerns)] = &[
    // The codes of an Ingress never held for the question to the service.
    (&AUTH_ERRORS, |proxy, route| {
        route.steps.admission.service(&proxy.settings).is_some() && !proxy.settings.route_defaults.error_codes.is_empty()
    }),
    (&GRPC_TIMEOUTS, |_, route| route.steps.backend.asked.is_grpc()),
    (&JOINT_CLIENT_ADDRESS, |proxy, _| proxy.settings.listening.proxy_protocol && proxy.settings.client_address.from_headers),
    (&ORIGINAL_HOST, |_, _| true),
];

/// Each change that comes with the release and concerns a path, at the first path that it concerns.
pub(super) fn relevant(before: Compiled, after: Compiled) -> Vec<Diagnostic> {
    let (old, new) = (before.controller.version, after.controller.version);
    let come = NEWS.iter().filter(|(change, _)| change.holds(new) && !change.holds(old));
    let finding = |(change, concerns): &(&Change, Concerns)| {
        let routes = after.proxy.servers.iter().flat_map(|server| &server.routes);
        told(change.name, format!("with {new}: {}", lower_case(change.doc)), routes.filter(|route| concerns(after.proxy, route)))
    };
    come.filter_map(finding).collect()
}

/// A change at the first path of somebody that it concerns; none where it concerns nobody.
pub(super) fn told<'r>(name: &str, message: String, concerned: impl Iterator<Item = &'r Route>) -> Option<Diagnostic> {
    let mut concerned = concerned.filter(|route| route.owner.is_some());
    let first = concerned.next()?;
    let finding = Diagnostic::info("changed-behaviour", message).subject(name).at(first.origin.span());
    Some(match concerned.count() {
        0 => finding,
        more => finding.note(format!("this concerns {}", diagnostic::more(more, "path"))),
    })
}

/// A sentence as the words of a finding: without a capital, unless it is a name, and without a full stop.
fn lower_case(doc: &str) -> String {
    let doc = doc.trim_end_matches('.');
    let mut letters = doc.chars();
    match letters.next() {
        Some(first) if letters.clone().next().is_some_and(char::is_lowercase) => first.to_lowercase().chain(letters).collect(),
        _ => doc.to_owned(),
    }
}
