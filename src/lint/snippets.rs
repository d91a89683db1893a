//! Raw configuration that is not whole: a `;` that is missing, a block that nothing closes.
//!
//! The controller prints it as it is, and then nginx stumbles over what stands behind it, often far away. So the fault is told at its
//! line, and what nginx makes of the rest is judged with the fault mended.

use std::sync::Arc;

use hashbrown::HashSet;
use k8s_openapi::api::networking::v1::Ingress;

use super::reference;
use crate::diagnostic::{Diagnostic, Effect, ObjectRef};
use crate::ir::{Origin, Proxy, Route, Service, Settings};
use crate::manifest::{Cluster, Object};
use crate::nginx::shape::{self, Fault};
use crate::source::Span;

/// Who wrote a snippet: its annotation or key, where it stands, and the object.
type Author = (String, Option<Span>, Option<ObjectRef>);

/// Tells the faults of all raw configuration, and mends them.
#[must_use]
pub fn mend(proxy: &mut Proxy, cluster: &Cluster) -> Vec<Diagnostic> {
    let mut mender = Mender::default();
    mender.settings(proxy);
    for server in &mut proxy.servers {
        if let Some(fault) = fault(&server.snippet) {
            let author = server.routes.iter().find_map(|route| author(route, "server-snippet"));
            server.snippet.clone_from(&fault.mended);
            mender.tell(author, "server-snippet", fault);
        }
        server.routes.iter_mut().for_each(|route| mender.route(route));
    }
    for snippet in &mut proxy.stream_snippets {
        if let Some(fault) = fault(snippet) {
            snippet.clone_from(&fault.mended);
            let authors = cluster.ingresses.iter().filter_map(|ingress| author_of_stream(ingress, &fault.line));
            mender.tell(authors.min_by_key(|(_, span, _)| *span), "stream-snippet", fault);
        }
    }
    mender.findings
}

#[derive(Default)]
struct Mender {
    told: HashSet<Option<Span>>,
    findings: Vec<Diagnostic>,
}

impl Mender {
    fn settings(&mut self, proxy: &mut Proxy) {
        let origin = proxy.settings_origin.clone();
        for (key, snippet) in of_settings(&mut proxy.settings) {
            let Some(fault) = fault(snippet) else { continue };
            snippet.clone_from(&fault.mended);
            let author = origin.as_ref().map(|origin| {
                let span = origin.place(key).and_then(Origin::span);
                let object = ObjectRef { kind: String::from("ConfigMap"), namespace: origin.namespace.clone(), name: origin.name.clone() };
                (key.to_owned(), span, Some(object))
            });
            self.tell(author, key, fault);
        }
    }

    fn route(&mut self, route: &mut Route) {
        if let Some(fault) = fault(&route.features.snippet) {
            let author = author(route, "configuration-snippet");
            Arc::make_mut(&mut route.features).snippet.clone_from(&fault.mended);
            self.tell(author, "configuration-snippet", fault);
        }
        let of_auth = route.steps.admission.own_service().and_then(|auth| fault(&auth.snippet));
        if let Some(fault) = of_auth {
            let author = author(route, "auth-snippet");
            let service = Arc::make_mut(&mut route.steps).admission.service.as_mut().map(|service| &mut service.value);
            if let Some(Service::Own(auth)) = service {
                Arc::make_mut(auth).snippet.clone_from(&fault.mended);
            }
            self.tell(author, "auth-snippet", fault);
        }
    }

    /// One fault is told once, in however many routes it stands.
    fn tell(&mut self, author: Option<Author>, name: &str, fault: Fault) {
        let (subject, span, object) = author.unwrap_or_else(|| (name.to_owned(), None, None));
        if !self.told.insert(span) && span.is_some() {
            return;
        }
        let finding = Diagnostic::error("broken-snippet", format!("`{name}` is no whole configuration: {}", fault.problem));
        let finding = finding.at(span).within(&fault.line).subject(subject).effect(Effect::BlocksReload);
        let finding = finding.note("the controller prints it as it is, and nginx refuses what that makes of the configuration");
        self.findings.push(Diagnostic { object, ..finding });
    }
}

/// What is to be mended. What breaks out of its block is told as such, and nginx may take it.
fn fault(text: &str) -> Option<Fault> {
    if text.is_empty() { None } else { shape::fault(text).filter(|fault| !fault.closes_others()) }
}

fn of_settings(settings: &mut Settings) -> impl Iterator<Item = (&'static str, &mut String)> {
    let snippets = &mut settings.snippets;
    let own = [
        ("main-snippet", &mut snippets.main),
        ("http-snippet", &mut snippets.http),
        ("server-snippet", &mut snippets.server),
        ("location-snippet", &mut snippets.location),
        ("stream-snippet", &mut snippets.stream),
    ];
    own.into_iter().chain(settings.global_auth.iter_mut().map(|auth| ("global-auth-snippet", &mut auth.snippet)))
}

fn author(route: &Route, name: &str) -> Option<Author> {
    let (written, span) = route.features.cause(name)?;
    let object = route.owner.as_deref().map(reference);
    Some((written.clone(), Some(*span), object))
}

/// The annotation of an Ingress that brings a line to the configuration for TCP and UDP.
fn author_of_stream(ingress: &Object<Ingress>, line: &str) -> Option<Author> {
    let mut annotations = ingress.value.metadata.annotations.iter().flatten();
    let is_it = |(name, text): &(&String, &String)| name.ends_with("/stream-snippet") && text.contains(line);
    let (name, _) = annotations.find(is_it)?;
    Some((name.clone(), Some(ingress.span(&["metadata", "annotations", name])), Some(ingress.reference.clone())))
}
