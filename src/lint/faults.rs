//! Faults of nginx that were published and that the configuration reaches.
//!
//! They are looked for where nginx's refusals are, in what is rendered ([`crate::nginx::Advisory`]); `Explainer` finds the line of the
//! manifests that a directive comes from. Which nginx is inside the controller is known of its releases and of some forks.

use hashbrown::HashSet;

use super::Subject;
use super::reload::cause::Explainer;
use crate::catalog::features;
use crate::catalog::inside::{Inside, Repairs};
use crate::cause::Causes;
use crate::diagnostic::{Diagnostic, Severity};
use crate::nginx::{Advisory, Attacker, Reached, Version};
use crate::source::Span;

/// The name of the rule.
const RULE: &str = "reachable-fault";

/// The faults that the nginx inside the controller has and that the configuration reaches.
pub(super) fn check(subject: &Subject) -> Vec<Diagnostic> {
    let inside = subject.controller.inside();
    let has = |reached: &&Reached| has_fault(&inside, reached.advisory);
    let reached: Vec<&Reached> = subject.judgement.reached().iter().filter(has).collect();
    if reached.is_empty() {
        return Vec::new();
    }
    let causes = Causes::new(subject.cluster, subject.controller, subject.proxy);
    let explainer = Explainer::new(subject.cluster, causes, finding);
    let mut findings: Vec<Diagnostic> = reached.into_iter().map(|reached| explained(&explainer, reached, &inside)).collect();
    findings.sort_by(|a, b| (a.span, &a.message, &a.subject).cmp(&(b.span, &b.message, &b.subject)));
    // What holds for several paths is told at the first.
    let mut seen = HashSet::new();
    findings.retain(|finding| seen.insert((finding.span, finding.message.clone(), finding.subject.clone())));
    findings
}

/// Whether an nginx has a fault.
pub(super) fn has_fault(inside: &Inside, advisory: &Advisory) -> bool {
    advisory.concerns(inside.nginx) && !inside.has_repaired(advisory.ids)
}

fn finding(message: &str, span: Option<Span>) -> Diagnostic {
    Diagnostic::error(RULE, message).at(span)
}

/// How bad it is: what takes more than a request is no error.
fn severity(advisory: &Advisory, inside: &Inside) -> Severity {
    match advisory.attacker {
        Attacker::Client if inside.repairs != Repairs::Unknown => Severity::Error,
        Attacker::Client | Attacker::Backend | Attacker::Resolver => Severity::Warning,
    }
}

fn explained(explainer: &Explainer, reached: &Reached, inside: &Inside) -> Diagnostic {
    let advisory = reached.advisory;
    let mut place = reached.place.clone();
    place.message = format!("{} is reached here: {}", advisory.ids.join(" or "), advisory.what);
    let mut finding = explainer.explain(&place);
    finding.severity = severity(advisory, inside);
    if let Some(path) = explainer.path(&place).filter(|path| Some(*path) != finding.span) {
        finding = finding.related("by requests for this path", path);
    }
    for other in &reached.others {
        let other_place = explainer.explain(other).span.filter(|span| Some(*span) != finding.span);
        finding = finding.related(format!("together with `{}`", plain(&other.line)), other_place);
    }
    let versions = advisory.fixed.iter().map(|version| dotted(*version)).collect::<Vec<_>>().join(" or ");
    finding = finding.note(format!("{inside}; nginx {versions} is free of it"));
    finding = finding.note(format!("{} makes it happen{}", advisory.attacker.who(), right(advisory.attacker)));
    let is_open = finding.subject.as_deref().and_then(|name| name.rsplit('/').next()).and_then(features::find).is_some();
    if is_open && !finding.subject.as_deref().is_some_and(|name| name.ends_with("-snippet")) {
        finding = finding.note("whoever may write an Ingress can write this, without a snippet");
    }
    if inside.repairs == Repairs::Unknown {
        finding = finding.note("whether this image has the repair is not known: say `--nginx-inside` if it has");
    }
    if reached.others.iter().any(|other| other.directive == "rewrite") {
        let lines: Vec<_> = reached.others.iter().map(|other| format!("`{}`", plain(&other.line))).collect();
        finding = finding.note(format!("the `?` of {} stays in force up to here", lines.join(" and ")));
    }
    let place = finding.span.filter(|_| finding.within.is_some());
    if let (Some(text), Some(span)) = (&reached.instead, place) {
        finding = finding.fix(span, text.as_str());
    }
    let update = format!("update to an image with nginx {versions} or later");
    finding.help(if advisory.cure.is_empty() { update } else { format!("{}, or {update}", advisory.cure) })
}

/// A directive with single blanks.
fn plain(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What whoever makes it happen does not need.
fn right(attacker: Attacker) -> &'static str {
    match attacker {
        Attacker::Client => ", without the right to write an Ingress",
        Attacker::Backend | Attacker::Resolver => "",
    }
}

fn dotted((major, minor, patch): Version) -> String {
    format!("{major}.{minor}.{patch}")
}
