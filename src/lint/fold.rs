//! Many remarks of one kind say no more than the first of them: they become one finding with many places.

use hashbrown::{HashMap, HashSet};

use super::apart::{Apart, DUPLICATE, PATH};
use crate::diagnostic::{Diagnostic, Label, ObjectRef, Severity};
use crate::source::Span;

/// Rules about what is for others, is not there to be looked at, is for the controller alone to say, or is measured by what others do:
/// once a run.
const OF_RUN: &[&str] = &[
    "absent-object",
    "error-pages-without-backend",
    "foreign-annotation",
    "foreign-class",
    "idle-annotation",
    "missing-tls",
    "placeholder",
];

/// Rules about the class that Ingresses name: once a class.
const OF_CLASS: [&str; 2] = ["missing-class", "unknown-class"];

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
const OF_PLACE: [&str; 3] = ["foreign-host", "no-fallback-to-wildcard", "path-lost-to-canary"];

/// Rules that tell of each Ingress what is the same for all of its host: once a host, where they are in several files.
const OF_HOST: [&str; 1] = ["lonely-canary"];

/// What is said where files that seem to be variants meet.
const SUPPOSED: &str = "this supposes that the files are applied to one cluster; as some declare the same objects (`duplicate-object`), they \
                        may be variants: check what is applied together by itself";

/// What findings that become one have in common.
#[derive(PartialEq, Eq, Hash)]
enum Group {
    /// Of a whole run.
    Run(&'static str),
    Class(&'static str, String),
    Controller(ObjectRef),
    Place(&'static str, Span),
    /// Of files that are not applied together, as far as the input says.
    Apart(&'static str),
    /// Of several files, in which one thing is told of each.
    Subject(&'static str, String),
    /// Of several files, which one key of a ConfigMap would settle in the same way.
    Setting(&'static str, &'static str, Option<String>),
}

impl Group {
    fn of(finding: &Diagnostic, apart: &Apart) -> Option<Self> {
        let rule = finding.rule;
        // One argument of the controller, or one IngressClass, settles all that name a class.
        if OF_CLASS.contains(&rule) && finding.span.is_some() {
            return finding.subject.clone().map(|class| Self::Class(rule, class));
        }
        if OF_PLACE.contains(&rule) && finding.span.is_some() && !apart.holds_for(finding) {
            return finding.related.first().map(|first| Self::Place(rule, first.span));
        }
        // An input with the same objects in several files holds what is applied apart: environments, examples, copies.
        let span = finding.span.as_ref()?;
        let is_elsewhere = |place: &Span| finding.related.first().is_some_and(|first| first.span.file != place.file);
        if rule == DUPLICATE && is_elsewhere(span) {
            return Some(Self::Run(rule));
        }
        if apart.holds_for(finding) {
            return Some(Self::Apart(rule));
        }
        if OF_HOST.contains(&rule) || rule == PATH && is_elsewhere(span) {
            return finding.subject.clone().map(|subject| Self::Subject(rule, subject));
        }
        if let Some(key) = finding.hinge {
            return Some(Self::Setting(rule, key, finding.help.clone()));
        }
        match finding.severity == Severity::Info {
            true if OF_RUN.contains(&rule) => Some(Self::Run(rule)),
            true if OF_CONTROLLER.contains(&rule) => finding.object.clone().map(Self::Controller),
            _ => None,
        }
    }

    /// Whether findings in one file are told one by one all the same: programs ask what becomes of each object there.
    fn is_of_several_files(&self) -> bool {
        matches!(self, Self::Apart(_) | Self::Subject(..) | Self::Setting(..))
    }
}

/// Which findings become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Folding {
    /// All of a kind, for people.
    All,
    /// Remarks alone, for what shows each finding at its own place.
    Remarks,
}

/// The same findings, with those of such rules as one.
#[must_use]
pub fn fold(findings: Vec<Diagnostic>, apart: &Apart, folding: Folding) -> Vec<Diagnostic> {
    let mut first: HashMap<Group, usize> = HashMap::new();
    let mut folded: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    let mut counts: HashMap<usize, usize> = HashMap::new();
    let mut supposed = Vec::new();
    for finding in findings {
        let Some(group) = Group::of(&finding, apart) else {
            folded.push(finding);
            continue;
        };
        let is_counted = !matches!(group, Group::Controller(_));
        let is_of_several_files = group.is_of_several_files();
        let is_apart = matches!(group, Group::Apart(_));
        let at = *first.entry(group).or_insert(folded.len());
        let is_of_file = |one: &Diagnostic| is_of_several_files && one.span.map(|span| span.file) == finding.span.map(|span| span.file);
        let is_remark = |one: &Diagnostic| one.severity.max(finding.severity) == Severity::Info;
        let is_told_with = |one: &&mut Diagnostic| !is_of_file(one) && (folding == Folding::All || is_remark(one));
        let Some(one) = folded.get_mut(at).filter(is_told_with) else {
            if is_apart {
                supposed.push(folded.len());
            }
            folded.push(finding);
            continue;
        };
        *counts.entry(at).or_default() += usize::from(is_counted);
        add(one, finding);
    }
    for (at, count) in counts {
        let mut seen = HashSet::new();
        folded[at].related.retain(|label| seen.insert((label.span, label.message.clone())));
        if count == 0 {
            continue;
        }
        let rule = folded[at].rule;
        folded[at].notes.push(match count {
            1 => format!("one more of `{rule}` is told with it"),
            _ => format!("{count} more of `{rule}` are told with it"),
        });
    }
    supposed.into_iter().for_each(|at| folded[at].notes.push(SUPPOSED.to_owned()));
    folded
}

/// Tells a finding with another one. The heavier one is told in full.
fn add(one: &mut Diagnostic, mut finding: Diagnostic) {
    if finding.rule == one.rule && finding.severity > one.severity {
        std::mem::swap(one, &mut finding);
    }
    one.severity = one.severity.max(finding.severity);
    if finding.rule == one.rule {
        one.related.extend(finding.span.map(|span| Label::new(finding.message, span)));
    } else {
        // What another rule says is told in full.
        one.related.extend(finding.span.map(|span| Label::new(format!("`{}`: {}", finding.rule, finding.message), span)));
        one.notes.extend(finding.help.map(|help| format!("`{}`: {help}", finding.rule)));
    }
    one.related.extend(finding.related);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Effect;
    use crate::source::{FileId, SourceMap};

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
        let folded = fold(findings, &Apart::default(), Folding::All);
        let messages: Vec<&str> = folded.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["a", "w", "d", "e", "f"]);
        let places: Vec<&str> = folded[0].related.iter().map(|label| label.message.as_str()).collect();
        assert_eq!((places, folded[0].notes.len()), (vec!["b", "r", "c"], 1));
    }

    #[test]
    fn what_shows_each_finding_at_its_place_gets_each_but_one_remark_of_a_kind() {
        let at = |file, start| Span::new(FileId(file), start..start + 1);
        let twice = |message, first, last| Diagnostic::warning("duplicate-object", message).at(last).related("first", first).help("h");
        let findings = vec![
            twice("a", at(0, 0), at(1, 0)),
            twice("b", at(0, 1), at(1, 1)),
            Diagnostic::info("absent-object", "c").at(at(0, 0)),
            Diagnostic::info("absent-object", "d").at(at(0, 2)),
        ];
        let folded = fold(findings.clone(), &Apart::default(), Folding::Remarks);
        assert_eq!(folded[..2], findings[..2]);
        assert_eq!((folded.len(), folded[2].related[0].message.as_str()), (3, "d"));
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
        let folded = fold(findings, &Apart::default(), Folding::All);
        let messages: Vec<&str> = folded.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["a", "b", "d"]);
        assert_eq!((folded[0].related.len(), folded[0].notes.len()), (3, 1));
    }

    #[test]
    fn what_one_place_takes_from_many_is_one_finding() {
        let at = |start| Span::new(FileId(0), start..start + 1);
        let lost =
            |message, place, canary| Diagnostic::error("path-lost-to-canary", message).at(at(place)).related("this canary", at(canary));
        let folded = fold(vec![lost("a", 0, 8), lost("b", 1, 9), lost("c", 2, 8), lost("d", 3, 8)], &Apart::default(), Folding::All);
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
        let folded = fold(findings, &Apart::default(), Folding::All);
        let messages: Vec<&str> = folded.iter().map(|finding| finding.message.as_str()).collect();
        assert_eq!(messages, ["a", "c", "d"]);
        assert_eq!(
            (folded[0].related[0].message.as_str(), folded[0].notes.as_slice()),
            ("`single-controller`: b", &["`single-controller`: i".to_owned()][..])
        );
    }

    /// Findings of the rule about shared paths in files of these names, each with the other file; `twice` are files that declare one object.
    fn told(names: &[&str], twice: &[(u32, u32)], shared: Vec<Diagnostic>) -> Vec<(String, usize)> {
        let mut sources = SourceMap::default();
        names.iter().for_each(|name| {
            sources.add(*name, "text");
        });
        let pair = |(one, other): &(u32, u32)| Diagnostic::warning(DUPLICATE, "twice").at(at(*one, 0)).related("first", at(*other, 0));
        let mut findings: Vec<Diagnostic> = twice.iter().map(pair).collect();
        let apart = Apart::of(&findings, &sources);
        findings.extend(shared);
        let folded = fold(findings, &apart, Folding::All).into_iter().filter(|finding| finding.rule != DUPLICATE);
        folded.map(|finding| (finding.message, finding.related.len())).collect()
    }

    fn at(file: u32, start: usize) -> Span {
        Span::new(FileId(file), start..start + 1)
    }

    fn shared(message: &str, one: u32, other: u32) -> Diagnostic {
        Diagnostic::warning(PATH, message).at(at(one, 1)).related("the other", at(other, 1)).subject(message)
    }

    #[test]
    fn what_variants_do_to_one_another_is_one_finding() {
        let all = || {
            vec![
                shared("a", 2, 3),
                shared("b", 4, 5),
                shared("within", 3, 3),
                shared("open", 4, 5).effect(Effect::FailsOpen),
                shared("foreign", 4, 5).of_several_namespaces(true),
            ]
        };
        let files = ["x/0", "x/1", "x/2", "x/3", "x/4", "x/5"];
        let expected = [("a", 3), ("within", 1), ("open", 1), ("foreign", 1)].map(|(message, places)| (message.to_owned(), places));
        assert_eq!(told(&files, &[(0, 1)], all()), expected);
        // Nothing says so without such files.
        assert_eq!(told(&files, &[], all()).len(), 5);
        assert_eq!(told(&files, &[(0, 0)], all()).len(), 5);
    }

    #[test]
    fn folders_are_variants_where_their_files_are() {
        let files = ["dev/a", "prod/a", "dev/b", "prod/b", "shop/a", "shop/b", "prod/c"];
        for (one, other, expected) in [(2, 3, true), (0, 3, true), (3, 6, false), (2, 4, false), (4, 5, false)] {
            let told = told(&files, &[(0, 1)], vec![shared("a", one, other), shared("b", 1, 2)]);
            assert_eq!(told.len() == 1, expected, "{one} {other}");
        }
    }

    #[test]
    fn one_path_and_one_setting_are_told_once_for_all_files() {
        let refused =
            |message: &str, file| Diagnostic::error("risky-annotation", message).at(at(file, 0)).hinging_on("key").help("set `key`");
        let findings = vec![
            Diagnostic::info(PATH, "claim").at(at(0, 0)).related("the other", at(1, 0)).subject("a.example/"),
            shared("a.example/", 1, 2),
            shared("b.example/", 2, 0),
            refused("c", 0),
            refused("d", 0),
            refused("e", 1),
        ];
        let folded = fold(findings, &Apart::default(), Folding::All);
        let told: Vec<(&str, usize)> = folded.iter().map(|finding| (finding.message.as_str(), finding.related.len())).collect();
        // The heaviest goes first, and what is in one file is told one by one.
        assert_eq!(told, [("a.example/", 3), ("b.example/", 1), ("c", 1), ("d", 0)]);
    }
}
