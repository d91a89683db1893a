//! One mistake is one finding: what several passes and rules tell of one place is told once, where it is told best.

use hashbrown::HashMap;

use super::objects;
use crate::diagnostic::{self, Diagnostic, Effect, Label, Severity};
use crate::source::Span;

/// What becomes of a finding about a place of which another rule tells more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It says nothing that the other one does not say, or does not hold because of the other one.
    Gone,
    /// It becomes a note of the other one.
    Note,
}

use Fate::{Gone, Note};

/// Findings of the first rule yield to those of the second one at the same place.
const YIELDS: &[(&str, &str, Fate)] = &[
    // What is not there.
    ("absent-object", "missing-secret", Gone),
    ("absent-object", "secret-elsewhere", Gone),
    ("missing-service", "malformed-name", Gone),
    ("malformed-name", "malformed-annotation", Gone),
    ("two-certificates", "missing-secret", Note),
    ("missing-tls", "host-outside-tls", Gone),
    // A path that is not served, or not taken as it is.
    ("literal-pattern", "malformed-path", Gone),
    ("loose-path", "malformed-path", Gone),
    ("literal-pattern", "admission", Note),
    ("unreachable-path", "overridden-path", Note),
    ("loose-path", "overridden-path", Gone),
    ("slash-at-end", "overridden-path", Gone),
    ("foreign-host", "overridden-path", Gone),
    ("loose-path", "unreachable-path", Gone),
    ("slash-at-end", "unreachable-path", Gone),
    ("open-sister-path", "unreachable-path", Gone),
    ("unguarded-path", "unreachable-path", Note),
    ("open-sister-path", "unguarded-path", Gone),
    ("loose-path", "idle-canary", Gone),
    ("slash-at-end", "idle-canary", Gone),
    ("open-sister-path", "idle-canary", Gone),
    ("unreachable-path", "idle-canary", Gone),
    ("borrowed-pattern", "foreign-pattern", Note),
    // An annotation that does not count, or not with this value.
    ("error-pages-without-backend", "masked-refusal", Note),
    ("error-pages-without-backend", "bad-annotation-value", Gone),
    ("error-pages-without-backend", "invalid-setting", Gone),
    ("idle-annotation", "bad-annotation-value", Gone),
    ("idle-on-passthrough", "bad-annotation-value", Gone),
    ("bad-annotation-value", "open-allowlist", Gone),
    ("password-without-tls", "bad-annotation-value", Gone),
    ("idle-annotation", "risky-annotation", Gone),
    ("unsafe-auth-url", "ignored-on-canary", Gone),
    ("outside-auth-url", "ignored-on-canary", Gone),
    ("idle-session-affinity", "ignored-on-canary", Gone),
    ("shared-upstream", "overridden-annotation", Note),
    ("external-without-host", "external-loop", Gone),
    ("port-in-redirect", "overridden-redirect", Gone),
    ("unknown-setting", "malformed-name", Gone),
    ("node-port-clash", "refused-object", Gone),
    ("host-outside-tls", "malformed-host", Gone),
    ("broken-snippet", "blocked-reload", Note),
    // A port, and how it is asked.
    ("plain-to-tls-port", "two-protocols", Note),
    ("tls-to-plain-port", "two-protocols", Note),
    ("tls-to-plain-port", "plain-behind-passthrough", Gone),
    ("plain-to-tls-port", "bad-annotation-value", Note),
    ("plain-to-tls-port", "removed-annotation", Note),
    ("plain-to-tls-port", "unknown-annotation", Note),
    ("plain-to-tls-port", "unprefixed-annotation", Note),
    ("plain-to-tls-port", "wrong-annotation-prefix", Note),
    ("grpc-as-http", "bad-annotation-value", Note),
    ("grpc-as-http", "unknown-annotation", Note),
    ("grpc-as-http", "unprefixed-annotation", Note),
    ("grpc-as-http", "wrong-annotation-prefix", Note),
    // Where a rewrite loses more than a slash.
    ("doubled-slash", "dropped-path", Gone),
];

/// Findings of the first rule that name the place of one of the second beside them come of that one.
const FOLLOWS: &[(&str, &str)] = &[("overridden-path", "bad-annotation-value")];

/// Rules of passes that tell what one line does to several hosts or Services one by one, as those about objects and routes do.
const ONE_BY_ONE: [&str; 6] =
    ["default-certificate", "foreign-pattern", "foreign-setting", "overridden-annotation", "shared-upstream", "uncovered-redirect"];

/// Places beside a finding that are shown.
const MOST_PLACES: usize = 12;

/// Leaves out what is told better by another finding: one mistake is one finding.
pub fn settle(findings: &mut Vec<Diagnostic>) {
    settle_claims(findings);
    settle_pairs(findings);
    settle_consequences(findings);
    join(findings);
    for finding in findings.iter_mut().filter(|finding| finding.related.len() > MOST_PLACES + 1) {
        let more = finding.related.split_off(MOST_PLACES).len();
        finding.notes.push(format!("and {}", diagnostic::more(more, "place")));
    }
}

/// The same for what was found while the objects were read, and what a check found of them.
pub fn settle_read(findings: &mut Vec<Diagnostic>) {
    settle_pairs(findings);
}

/// Whether the admission webhook refuses something that the controller serves all the same once it is there.
#[must_use]
pub fn is_of_webhook_alone(finding: &Diagnostic) -> bool {
    finding.rule == "admission" || is_claim(finding)
}

/// What the webhook says of a path that two Ingresses declare.
fn is_claim(finding: &Diagnostic) -> bool {
    finding.rule == "overridden-path" && finding.effect == Some(Effect::AdmissionDenied)
}

/// The webhook refuses both Ingresses of a path, and one of them is not served there: that is told of the one that loses.
fn settle_claims(findings: &mut Vec<Diagnostic>) {
    let mut losers: HashMap<Span, Vec<usize>> = HashMap::new();
    for (at, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.rule == "overridden-path" && !is_claim(finding)) {
        let places = finding.span.into_iter().chain(finding.related.iter().map(|label| label.span));
        places.for_each(|place| losers.entry(place).or_default().push(at));
    }
    let (mut merged, mut told_by) = (Vec::new(), Vec::new());
    for (at, claim) in findings.iter().enumerate().filter(|(_, finding)| is_claim(finding)) {
        let Some(all) = claim.span.and_then(|span| losers.get(&span)) else { continue };
        match all.iter().find(|loser| findings[**loser].object == claim.object) {
            Some(loser) => merged.push((at, *loser)),
            None => told_by.push(at),
        }
    }
    for at in told_by {
        let claim = &mut findings[at];
        claim.severity = Severity::Info;
        claim
            .notes
            .push(String::from("the path is told with the other Ingress: this one is served, and cannot be changed until that is settled"));
    }
    let mut is_merged = vec![false; findings.len()];
    for (at, loser) in merged {
        is_merged[at] = true;
        let notes = std::mem::take(&mut findings[at].notes);
        let loser = &mut findings[loser];
        (loser.severity, loser.effect) = (Severity::Error, Some(Effect::AdmissionDenied));
        loser.notes.extend(notes);
    }
    let mut at = 0..;
    findings.retain(|_| at.next().is_none_or(|at| !is_merged[at]));
}

/// What keeps a finding: programs look for these effects of an object.
fn is_kept(finding: &Diagnostic, other: &Diagnostic) -> bool {
    matches!(finding.effect, Some(Effect::AdmissionDenied | Effect::BlocksReload)) && finding.effect != other.effect
}

/// What comes of a mistake that another finding tells is told with that one.
fn settle_consequences(findings: &mut Vec<Diagnostic>) {
    let mut causes: HashMap<(&str, Span), usize> = HashMap::new();
    for (at, finding) in findings.iter().enumerate().filter(|(_, finding)| FOLLOWS.iter().any(|(_, cause)| *cause == finding.rule)) {
        causes.extend(finding.span.map(|span| ((finding.rule, span), at)));
    }
    let cause = |finding: &Diagnostic| {
        let (_, rule) = FOLLOWS.iter().find(|(rule, _)| *rule == finding.rule)?;
        finding.related.iter().find_map(|label| causes.get(&(*rule, label.span))).copied()
    };
    let followed: Vec<Option<usize>> = if causes.is_empty() { Vec::new() } else { findings.iter().map(cause).collect() };
    for (at, cause) in followed.iter().enumerate().filter_map(|(at, cause)| Some((at, (*cause)?))) {
        let Diagnostic { severity, effect, ref message, span, .. } = findings[at];
        let (message, cause) = (message.clone(), &mut findings[cause]);
        if severity > cause.severity {
            (cause.severity, cause.effect) = (severity, effect);
        }
        cause.related.extend(span.map(|span| Label::new(message, span)));
    }
    let mut followed = followed.into_iter();
    findings.retain(|_| followed.next().flatten().is_none());
}

fn settle_pairs(findings: &mut Vec<Diagnostic>) {
    let mut places: HashMap<(&str, Span), usize> = HashMap::new();
    let is_stayer = |finding: &Diagnostic| YIELDS.iter().any(|(_, stays, _)| *stays == finding.rule);
    for (at, finding) in findings.iter().enumerate().filter(|(_, finding)| is_stayer(finding)) {
        if let Some(span) = finding.span {
            places.entry((finding.rule, span)).or_insert(at);
        }
    }
    let stayer = |finding: &Diagnostic| {
        let span = finding.span?;
        let mut stayers = YIELDS.iter().filter(|(yields, ..)| *yields == finding.rule);
        let (other, fate) = stayers.find_map(|(_, stays, fate)| Some((*places.get(&(*stays, span))?, *fate)))?;
        // Other lines of one value are other mistakes.
        if finding.within != findings[other].within {
            return None;
        }
        (!is_kept(finding, &findings[other])).then_some((other, fate))
    };
    let fates: Vec<_> = findings.iter().map(stayer).collect();
    for (at, fate) in fates.iter().enumerate() {
        if let Some((other, Note)) = *fate {
            let (message, severity) = (findings[at].message.clone(), findings[at].severity);
            let other = &mut findings[other];
            other.severity = other.severity.max(severity);
            other.notes.push(message);
        }
    }
    let mut fates = fates.into_iter();
    findings.retain(|_| fates.next().is_none_or(|fate| fate.is_none()));
}

/// What one line does to several hosts, paths or Services is one finding.
fn join(findings: &mut Vec<Diagnostic>) {
    let is_joined = |rule: &str| ONE_BY_ONE.contains(&rule) || objects::rules().any(|known| known.name == rule);
    let mut first: HashMap<(&str, Span), usize> = HashMap::new();
    let mut joined: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    for finding in findings.drain(..) {
        let Some(span) = finding.span.filter(|_| is_joined(finding.rule)) else {
            joined.push(finding);
            continue;
        };
        let at = *first.entry((finding.rule, span)).or_insert(joined.len());
        let Some(one) = joined.get_mut(at).filter(|one| one.object == finding.object && one.fix == finding.fix && !is_kept(&finding, one))
        else {
            joined.push(finding);
            continue;
        };
        one.severity = one.severity.max(finding.severity);
        if finding.message != one.message && !one.notes.contains(&finding.message) {
            one.notes.push(finding.message);
        }
        let is_new = |label: &crate::diagnostic::Label| !one.related.iter().any(|known| known == label);
        let more: Vec<_> = finding.related.into_iter().filter(is_new).collect();
        one.related.extend(more);
    }
    *findings = joined;
}
