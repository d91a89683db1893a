//! Many remarks of one kind say no more than the first of them: they become one finding with many places.

use hashbrown::HashMap;

use crate::diagnostic::{Diagnostic, Label, ObjectRef, Severity};
use crate::source::Span;

/// Rules about what is for others, is not there to be looked at, or is for the controller alone to say: once a run.
const OF_RUN: &[&str] =
    &["absent-object", "error-pages-without-backend", "foreign-annotation", "foreign-class", "idle-annotation", "placeholder"];

/// Rules about the class that Ingresses name: once a class.
const OF_CLASS: [&str; 2] = ["missing-class", "unknown-class"];

/// The rule about objects that are there twice: once a run, where they are in several files.
const DUPLICATE: &str = "duplicate-object";

/// Rules about how a controller is run: once a controller.
const OF_CONTROLLER: &[&str] = &[
    "all-reading-controller",
    "low-limit-without-autoscaler",
    "missing-pre-stop",
    "no-disruption-budget",
    "short-grace-period",
    "short-shutdown-timeout",
    "single-controller",
    "unlimited-controller",
];

/// Rules about what one place takes from many: once that place, which is named first beside each.
const OF_PLACE: [&str; 2] = ["no-fallback-to-wildcard", "path-lost-to-canary"];

/// What findings that become one have in common.
#[derive(PartialEq, Eq, Hash)]
enum Group {
    /// Of a whole run.
    Run(&'static str),
    Class(&'static str, String),
    Controller(ObjectRef),
    Place(&'static str, Span),
}

impl Group {
    fn of(finding: &Diagnostic) -> Option<Self> {
        let rule = finding.rule;
        // One argument of the controller, or one IngressClass, settles all that name a class.
        if OF_CLASS.contains(&rule) && finding.span.is_some() {
            return finding.subject.clone().map(|class| Self::Class(rule, class));
        }
        if OF_PLACE.contains(&rule) && finding.span.is_some() {
            return finding.related.first().map(|first| Self::Place(rule, first.span));
        }
        // An input with the same objects in several files holds what is applied apart: environments, examples, copies.
        let is_elsewhere = |place: &Span| finding.related.first().is_some_and(|first| first.span.file != place.file);
        if rule == DUPLICATE && finding.span.as_ref().is_some_and(is_elsewhere) {
            return Some(Self::Run(rule));
        }
        match finding.severity == Severity::Info && finding.span.is_some() {
            true if OF_RUN.contains(&rule) => Some(Self::Run(rule)),
            true if OF_CONTROLLER.contains(&rule) => finding.object.clone().map(Self::Controller),
            _ => None,
        }
    }
}

/// The same findings, with those of such rules as one.
#[must_use]
pub fn fold(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut first: HashMap<Group, usize> = HashMap::new();
    let mut folded: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for finding in findings {
        let Some(group) = Group::of(&finding) else {
            folded.push(finding);
            continue;
        };
        let is_counted = !matches!(group, Group::Controller(_));
        let at = *first.entry(group).or_insert(folded.len());
        let Some(one) = folded.get_mut(at) else {
            folded.push(finding);
            continue;
        };
        *counts.entry(at).or_default() += usize::from(is_counted);
        if finding.rule == one.rule {
            one.related.extend(finding.span.map(|span| Label { message: finding.message, span }));
        } else {
            // What another rule says is told in full.
            one.related.extend(finding.span.map(|span| Label { message: format!("`{}`: {}", finding.rule, finding.message), span }));
            one.notes.extend(finding.help.map(|help| format!("`{}`: {help}", finding.rule)));
        }
        let is_new = |label: &Label| !one.related.contains(label);
        let more: Vec<Label> = finding.related.into_iter().filter(is_new).collect();
        one.related.extend(more);
    }
    for (at, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        let rule = folded[at].rule;
        folded[at].notes.push(match count {
            1 => format!("one more of `{rule}` is told with it"),
            _ => format!("{count} more of `{rule}` are told with it"),
        });
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn infos_of_a_kind_become_one() {
        let at = |file, start| Span::new(FileId(file), start..start + 1);
        let findings = vec![
            Diagnostic::info("absent-object", "a").at(at(0, 0)),
            Diagnostic::warning("foreign-class", "w").at(at(0, 1)),
            Diagnostic::info("absent-object", "b").at(at(0, 2)).related("r", at(0, 3)),
            Diagnostic::info("absent-object", "c").at(at(1, 0)),
            Diagnostic::info("lonely-canary", "d").at(at(0, 4)),
            Diagnostic::info("lonely-canary", "e").at(at(0, 5)),
            Diagnostic::info("absent-object", "f"),
        ];
        let folded = fold(findings);
        let messages: Vec<&str> = folded.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["a", "w", "d", "e", "f"]);
        let places: Vec<&str> = folded[0].related.iter().map(|label| label.message.as_str()).collect();
        assert_eq!((places, folded[0].notes.len()), (vec!["b", "r", "c"], 1));
    }

    #[test]
    fn copies_in_other_files_are_one_finding_and_in_one_file_each_is_one() {
        let at = |file, start| Span::new(FileId(file), start..start + 1);
        let twice = |message, first, last| Diagnostic::warning("duplicate-object", message).at(last).related("first", first);
        let findings = vec![
            twice("a", at(0, 0), at(1, 0)),
            twice("b", at(0, 1), at(0, 2)),
            twice("c", at(0, 3), at(1, 3)),
            twice("d", at(0, 4), at(0, 5)),
        ];
        let folded = fold(findings);
        let messages: Vec<&str> = folded.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["a", "b", "d"]);
        assert_eq!((folded[0].related.len(), folded[0].notes.len()), (3, 1));
    }

    #[test]
    fn what_one_place_takes_from_many_is_one_finding() {
        let at = |start| Span::new(FileId(0), start..start + 1);
        let lost =
            |message, place, canary| Diagnostic::error("path-lost-to-canary", message).at(at(place)).related("this canary", at(canary));
        let folded = fold(vec![lost("a", 0, 8), lost("b", 1, 9), lost("c", 2, 8), lost("d", 3, 8)]);
        let messages: Vec<&str> = folded.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["a", "b"]);
        let places: Vec<&str> = folded[0].related.iter().map(|label| label.message.as_str()).collect();
        assert_eq!(
            (places, folded[0].notes.as_slice()),
            (vec!["this canary", "c", "d"], &["2 more of `path-lost-to-canary` are told with it".to_owned()][..])
        );
        assert!(folded[1].notes.is_empty());
    }

    #[test]
    fn what_is_to_be_said_of_a_controller_is_one() {
        let of = |finding: Diagnostic, name: &str, start| {
            let object = ObjectRef { kind: "Deployment".into(), namespace: "i".into(), name: name.into() };
            finding.at(Span::new(FileId(0), start..start + 1)).object(object)
        };
        let findings = vec![
            of(Diagnostic::info("no-disruption-budget", "a").help("h"), "one", 0),
            of(Diagnostic::info("single-controller", "b").help("i"), "one", 1),
            of(Diagnostic::warning("single-controller", "c"), "one", 2),
            of(Diagnostic::info("single-controller", "d"), "two", 3),
        ];
        let folded = fold(findings);
        let messages: Vec<&str> = folded.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["a", "c", "d"]);
        assert_eq!(
            (folded[0].related[0].message.as_str(), folded[0].notes.as_slice()),
            ("`single-controller`: b", &["`single-controller`: i".to_owned()][..])
        );
    }
}
