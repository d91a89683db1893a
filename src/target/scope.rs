//! What is said about a part of the configuration: what the target cannot express, and what no configuration may hold.

use crate::diagnostic::{Diagnostic, Effect, ObjectRef};
use crate::ir::{Features, Origin, Owner, Route};

/// Collects findings about the settings, a host or a route.
#[derive(Debug, Default)]
pub(super) struct Scope<'a> {
    findings: Vec<Diagnostic>,
    features: Option<&'a Features>,
    owner: Option<&'a Owner>,
    origin: Origin,
    /// Why the route answers no request.
    closed: Option<String>,
}

impl<'a> Scope<'a> {
    /// For a host.
    pub(super) fn of_server(origin: Origin) -> Self {
        Self { origin, ..Self::default() }
    }

    /// From here on, findings are about a route.
    pub(super) fn enter(&mut self, route: &'a Route) {
        self.features = Some(&route.features);
        self.owner = route.owner.as_ref();
        self.origin = route.origin;
        self.closed = None;
    }

    /// Something gets lost that protects nothing.
    pub(super) fn lost(&mut self, subject: &str, message: &str) {
        self.push(Diagnostic::warning("not-expressible", message).effect(Effect::NotExpressible), subject);
    }

    /// Something is done in another way, which those who look closely can tell.
    pub(super) fn differs(&mut self, subject: &str, message: &str) {
        self.push(Diagnostic::info("expressed-differently", message), subject);
    }

    /// A protection gets lost: the route is closed.
    pub(super) fn close(&mut self, subject: &str, message: &str) {
        let finding = Diagnostic::error("not-expressible", message).effect(Effect::NotExpressible);
        self.push(finding.note("what it protects answers 503 instead"), subject);
        self.closed.get_or_insert_with(|| format!("{subject} cannot be expressed"));
    }

    /// A value is not fit for any configuration.
    pub(super) fn refuse(&mut self, subject: &str, message: &str) {
        let finding = Diagnostic::error("unfit-value", message).effect(Effect::LocationDenied);
        self.push(finding.note("the route answers 503 instead"), subject);
        self.closed.get_or_insert_with(|| String::from("a value is not fit for a configuration"));
    }

    /// A value for all hosts is not fit for any configuration.
    pub(super) fn left_out(&mut self, value: &str) {
        let shown: String = value.chars().take(60).collect();
        let message = format!("`{}`, which holds for all hosts, is not fit for a configuration", shown.escape_default());
        self.push(Diagnostic::error("unfit-value", message).note("the directive is left out"), "");
    }

    /// Why the route is closed, if it is.
    pub(super) fn closed(&self) -> Option<&str> {
        self.closed.as_deref()
    }

    /// A finding about this tool itself.
    pub(super) fn failed(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    /// What was found.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        self.findings
    }

    fn push(&mut self, finding: Diagnostic, subject: &str) {
        let is_cause = |name: &str| name.rsplit('/').next() == Some(subject);
        let cause = self.features.and_then(|features| features.causes.iter().find(|(name, _)| is_cause(name)));
        let span = cause.map(|(_, span)| *span).or(match self.origin {
            Origin::Manifest(span) => Some(span),
            Origin::Default => None,
        });
        let subject = cause.map_or(subject, |(name, _)| name);
        let mut finding = finding.subject(subject).at(span);
        if let Some(owner) = self.owner {
            let (namespace, name) = (owner.namespace.clone(), owner.name.clone());
            finding = finding.object(ObjectRef { kind: String::from("Ingress"), namespace, name });
        }
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }
}
