//! Findings that come with a release, and those that go.

use std::collections::{BTreeMap, BTreeSet};

use super::Compiled;
use crate::diagnostic::{Diagnostic, Effect, ObjectRef, Severity};
use crate::lint::is_of_webhook_alone;
use crate::source::Span;

/// What a finding is about. Its words may name the release, so they do not count.
type Matter<'a> = (Option<Span>, &'static str, Option<&'a ObjectRef>, Option<&'a str>);

/// How much a finding weighs.
type Weight = (Severity, Option<Effect>);

fn matter(finding: &Diagnostic) -> Matter<'_> {
    (finding.span, finding.rule, finding.object.as_ref(), finding.subject.as_deref())
}

fn weights(findings: &[Diagnostic]) -> BTreeMap<Matter<'_>, Vec<Weight>> {
    let mut weights: BTreeMap<Matter, Vec<Weight>> = BTreeMap::new();
    for finding in findings {
        weights.entry(matter(finding)).or_default().push((finding.severity, finding.effect));
    }
    weights
}

/// The findings that only the later release has, as it has them, and a note for each that it does away with.
pub(super) fn compare(before: Compiled, after: Compiled) -> Vec<Diagnostic> {
    let (old, new) = (before.controller.version, after.controller.version);
    let (known, still) = (weights(before.findings), weights(after.findings));
    let is_new = |finding: &&Diagnostic| {
        let weight = (finding.severity, finding.effect);
        known.get(&matter(finding)).is_none_or(|weights| !weights.contains(&weight))
    };
    let come = after.findings.iter().filter(is_new).map(|finding| {
        let words = if known.contains_key(&matter(finding)) { "this weighs otherwise" } else { "this is new" };
        finding.clone().note(format!("{words} with {new}, compared with {old}"))
    });
    // What the webhook alone refuses is served on where it is applied already.
    let is_refused_alone = |finding: &Diagnostic| is_of_webhook_alone(finding) || finding.rule == "disabled-snippet";
    let drops = |finding: &&Diagnostic| match finding.effect {
        Some(Effect::IngressDropped) => true,
        Some(Effect::AdmissionDenied) => !is_refused_alone(finding),
        _ => false,
    };
    let dropped: BTreeSet<_> = after.findings.iter().filter(drops).filter_map(|finding| finding.object.as_ref()).collect();
    // Nobody has to know that something without an effect goes, or anything of an Ingress that goes altogether.
    let matters = |finding: &&Diagnostic| {
        finding.effect.is_some()
            && finding.object.as_ref().is_none_or(|object| !dropped.contains(object))
            && !still.contains_key(&matter(finding))
    };
    let gone = before.findings.iter().filter(matters).map(|finding| {
        let lifted = Diagnostic::info("lifted-finding", format!("no longer with {new}: {}", finding.message));
        let lifted = lifted.note(format!("a finding of `{}` with {old}", finding.rule));
        let Diagnostic { span, object, subject, .. } = finding.clone();
        Diagnostic { span, object, subject, ..lifted }
    });
    come.chain(gone).collect()
}
