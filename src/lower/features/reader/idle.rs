//! Annotations that have no effect without another one.

use super::Reader;
use crate::catalog::key::{Needs, Spec};
use crate::catalog::value::parse_bool;
use crate::diagnostic::{Diagnostic, Effect, Severity};

/// What is without effect, told once for all annotations that lack the same: at the one that most relies on it.
pub(super) fn findings(reader: &Reader) -> Vec<Diagnostic> {
    let mut findings: Vec<Diagnostic> = Vec::new();
    let mut told: Vec<&[&str]> = Vec::new();
    for needs in reader.present.iter().map(|present| &present.spec.needs).filter(|needs| !needs.is_empty()) {
        if told.contains(&needs.names) || is_met(reader, needs) {
            continue;
        }
        told.push(needs.names);
        findings.extend(finding(reader, needs));
    }
    findings
}

/// The value of an annotation that counts; none where it is not there.
fn value<'a>(reader: &Reader<'a>, name: &str) -> Option<&'a str> {
    let spec = reader.present.iter().map(|present| present.spec).find(|spec| spec.name == name)?;
    reader.find(spec).map(|at| reader.present[at].value)
}

fn is_met(reader: &Reader, needs: &Needs) -> bool {
    let mut values = needs.names.iter().filter_map(|name| value(reader, name)).peekable();
    // What is wrong with the value of the other one is told there.
    let is_wrong = |value: &str| value.is_empty() || needs.word == "true" && parse_bool(value).is_none();
    match values.peek() {
        None => (needs.is_set)(&reader.world.settings),
        Some(_) => values.any(|value| needs.is_met_by(value) || is_wrong(value)),
    }
}

fn finding(reader: &Reader, needs: &Needs) -> Option<Diagnostic> {
    // What does not count on a canary at all is told of the canary, and that there is none too.
    let is_canary = value(reader, "canary").and_then(parse_bool) == Some(true);
    let counts = |spec: &Spec| if spec.name.starts_with("canary") { is_canary } else { !is_canary || spec.on_canary };
    let is_idle = |spec: &&'static Spec| spec.needs.names == needs.names && counts(spec);
    let mut idle: Vec<&'static Spec> = reader.present.iter().map(|present| present.spec).filter(is_idle).collect();
    idle.dedup_by_key(|spec| spec.name);
    // Who switched the other one off knows that nothing is protected.
    let is_switched_off = needs.names.iter().any(|name| value(reader, name).is_some());
    let protects = |spec: &Spec| {
        let is_off = value(reader, spec.name).is_none_or(|value| value.is_empty() || value == "off" || parse_bool(value) == Some(false));
        spec.guards && !is_off && !is_switched_off
    };
    idle.sort_by_key(|spec| !protects(spec));
    let (first, rest) = idle.split_first()?;
    let shown = needs.shown();
    let finding = if protects(first) {
        let message = format!("`{}` protects nothing: it has no effect without {shown}", first.name);
        Diagnostic::new(Severity::Error, "idle-annotation", message).effect(Effect::FailsOpen)
    } else {
        let message = format!("`{}` has no effect without {shown}", first.name);
        Diagnostic::warning("idle-annotation", message).effect(Effect::AnnotationIgnored)
    };
    let finding = reader.place(finding, first);
    let finding = rest.iter().fold(finding, |finding, spec| {
        let place = reader.place(Diagnostic::info("idle-annotation", ""), spec).span;
        finding.related(format!("neither has `{}`", spec.name), place)
    });
    Some(match needs.names {
        [_] => finding.help(format!("add {shown}, or remove it")),
        _ => finding.help(format!("add one of {shown}, or remove it")),
    })
}
