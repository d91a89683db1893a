//! Values that the controller accepts and nginx refuses: one of them blocks every later change.
//!
//! The judgement is made on the rendered configuration, by what nginx itself knows (`crate::nginx`); `cause` finds the line of the
//! manifests again. The target `nginx` asks the same judge, and closes what is refused: then nothing is left to be told here.

pub(super) mod cause;
mod default_certificate;
mod dh_parameters;
mod judgement;

use hashbrown::HashSet;

use super::Subject;
use crate::catalog::releases::UNTESTED;
use crate::cause::Causes;
use crate::diagnostic::{Diagnostic, Effect};
pub use judgement::Judgement;

use crate::nginx::Refusal;
use crate::source::Span;

/// The values that would keep nginx from loading the configuration.
pub(super) fn check(subject: &Subject) -> Vec<Diagnostic> {
    if !subject.judgement.is_made() {
        return Vec::new();
    }
    let refusal = dh_parameters::check(subject.cluster, subject.proxy);
    let mut refusals: Vec<&Refusal> = subject.judgement.refusals().iter().chain(&refusal).collect();
    let mut twins = HashSet::new();
    // However many Ingresses declare one location, it is one mistake.
    refusals.retain(|&refusal| !refusal.is_twin() || twins.insert((&refusal.host, &refusal.location)));
    let mut findings = Vec::from_iter(default_certificate::check(subject));
    if !refusals.is_empty() {
        let causes = Causes::new(subject.cluster, subject.controller, subject.proxy);
        let explainer = cause::Explainer::new(subject.cluster, causes, finding);
        findings.extend(refusals.into_iter().map(|refusal| explainer.explain(refusal)));
    }
    if !UNTESTED.holds(subject.controller.version) {
        let note = "the admission webhook of this release tests the configuration with nginx, and refuses what leads to this";
        findings = findings.into_iter().map(|finding| finding.note(note)).collect();
    }
    findings.sort_by(|a, b| (a.span, &a.message, &a.subject).cmp(&(b.span, &b.message, &b.subject)));
    findings.dedup();
    findings
}

/// A finding about something that nginx refuses.
fn finding(message: &str, span: Option<Span>) -> Diagnostic {
    let finding = Diagnostic::error("blocked-reload", format!("nginx refuses the configuration: {message}")).at(span);
    finding.effect(Effect::BlocksReload).note("until it is gone, no change of any Ingress takes effect")
}
