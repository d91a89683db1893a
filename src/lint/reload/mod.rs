//! Values that the controller accepts and nginx refuses: one of them blocks every later change.
//!
//! The judgement is made on the rendered configuration, as `nginx -t` makes it: where a directive may stand (`walk`), what it takes
//! (`arguments`, `values`), what follows from several of them (`buffers`), and which variables there are (`variables`). What nginx
//! knows is a table (`directives`, `rows`). `cause` finds the line of the manifests again.

mod arguments;
mod buffers;
mod cause;
mod ciphers;
mod default_certificate;
mod directives;
mod pattern;
mod refusal;
mod rows;
mod values;
mod variables;
mod walk;

use super::Subject;
use crate::catalog::releases::UNTESTED;
use crate::cause::Causes;
use crate::conf;
use crate::diagnostic::{Diagnostic, Effect};
use crate::source::{FileId, Span};
use refusal::Refusal;

/// The name of the file that the controller's nginx reads.
const FILE: &str = "nginx.conf";

/// The values that would keep nginx from loading the configuration.
pub(super) fn check(subject: &Subject) -> Vec<Diagnostic> {
    let Some((_, configuration)) = subject.files.iter().find(|(name, _)| *name == FILE) else { return Vec::new() };
    // The text has no place among the sources: its spans never leave this function.
    let tree = conf::parse(FileId(u32::MAX), configuration);
    let mut refusals: Vec<Refusal> = tree.diagnostics.iter().map(|finding| Refusal::of_syntax(&finding.message)).collect();
    refusals.extend(walk::refusals(&tree.value));
    refusals.extend(values::dh_parameters(subject.cluster, subject.proxy));
    let mut findings = Vec::from_iter(default_certificate::check(subject));
    if !refusals.is_empty() {
        let causes = Causes::new(subject.cluster, subject.controller, subject.proxy);
        findings.extend(refusals.iter().map(|refusal| cause::explain(&causes, refusal)));
    }
    if !UNTESTED.holds(subject.controller.version) {
        let note = "the admission webhook of this release tests the configuration with nginx, and refuses what leads to this";
        findings = findings.into_iter().map(|finding| finding.note(note)).collect();
    }
    findings.sort_by(|a, b| (a.span, &a.message).cmp(&(b.span, &b.message)));
    findings.dedup();
    findings
}

/// A finding about something that nginx refuses.
fn finding(message: &str, span: Option<Span>) -> Diagnostic {
    let finding = Diagnostic::error("blocked-reload", format!("nginx refuses the configuration: {message}")).at(span);
    finding.effect(Effect::BlocksReload).note("until it is gone, no change of any Ingress takes effect")
}
