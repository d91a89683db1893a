//! What of the findings counts, and how much: levels of rules and suppressions.

use std::collections::HashMap;

use toml::Spanned;

use super::config::{Settings, Suppression};
use crate::diagnostic::Diagnostic;
use crate::lint::rules;
use crate::source::{FileId, Span};

/// Findings after the user's settings.
#[derive(Debug, Default)]
pub(super) struct Judged<'a> {
    /// What is left, in the order of the sources and each once.
    pub(super) findings: Vec<Diagnostic>,
    /// How many were suppressed.
    pub(super) suppressed: usize,
    /// Suppressions that nothing fits.
    unused: Vec<&'a Suppression>,
}

/// Applies the settings to findings.
pub(super) fn judge(findings: Vec<Diagnostic>, settings: &Settings) -> Judged<'_> {
    let mut suppressions: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, suppression) in settings.suppress.iter().enumerate() {
        suppressions.entry(suppression.rule.as_ref()).or_default().push(at);
    }
    let mut is_used = vec![false; settings.suppress.len()];
    let mut judged = Judged::default();
    for mut finding in findings {
        match settings.rules.get(finding.rule).map(|level| level.severity()) {
            Some(None) => continue,
            Some(Some(severity)) => finding.severity = severity,
            None => {}
        }
        let mut is_suppressed = false;
        for &at in suppressions.get(finding.rule).into_iter().flatten().filter(|at| fits(&settings.suppress[**at], &finding)) {
            (is_used[at], is_suppressed) = (true, true);
        }
        if is_suppressed {
            judged.suppressed += 1;
        } else {
            judged.findings.push(finding);
        }
    }
    judged.unused = settings.suppress.iter().zip(is_used).filter(|(_, is_used)| !is_used).map(|(suppression, _)| suppression).collect();
    arrange(&mut judged.findings);
    judged
}

/// Applies the settings to all findings that there can be, so that what the settings say for nothing is found as well. `file` is
/// the settings file among the sources.
pub(super) fn judge_all(mut findings: Vec<Diagnostic>, settings: &Settings, file: Option<FileId>) -> Judged<'_> {
    findings.extend(unknown_rules(settings, file));
    let mut judged = judge(findings, settings);
    let is_known = |suppression: &&&Suppression| rules::find(suppression.rule.as_ref()).is_some();
    let unused = judged.unused.iter().filter(is_known).map(|suppression| unused(suppression, file)).collect();
    judged.findings.extend(judge(unused, settings).findings);
    arrange(&mut judged.findings);
    judged
}

fn unknown_rules(settings: &Settings, file: Option<FileId>) -> Vec<Diagnostic> {
    let names = settings.rules.keys().chain(settings.suppress.iter().map(|suppression| &suppression.rule));
    let unknown = names.filter(|name| rules::find(name.as_ref()).is_none());
    let finding = |name: &Spanned<String>| {
        let finding = Diagnostic::warning("unknown-rule", format!("there is no rule `{}`", name.as_ref()));
        let finding = finding.at(place(name, file)).subject(name.as_ref()).note("what the settings say about it has no effect");
        match rules::similar(name.as_ref()) {
            Some(similar) => finding.help(format!("did you mean `{similar}`?")),
            None => finding.help("`ingressc rules` lists them all"),
        }
    };
    unknown.map(finding).collect()
}

fn unused(suppression: &Suppression, file: Option<FileId>) -> Diagnostic {
    let name = suppression.rule.as_ref();
    let finding = Diagnostic::warning("unused-suppression", format!("this suppression of `{name}` fits no finding"));
    finding.at(place(&suppression.rule, file)).subject(name).help("remove it, or say what it is meant for as the finding says it")
}

fn place(name: &Spanned<String>, file: Option<FileId>) -> Option<Span> {
    file.map(|file| Span::new(file, name.span()))
}

/// What has no place comes first: it is about the whole run.
fn arrange(findings: &mut Vec<Diagnostic>) {
    findings.sort_by(|a, b| (a.span, a.rule, &a.object, &a.message).cmp(&(b.span, b.rule, &b.object, &b.message)));
    findings.dedup();
}

fn fits(suppression: &Suppression, finding: &Diagnostic) -> bool {
    let object = finding.object.as_ref();
    let agrees = |wanted: &Option<String>, found: Option<&String>| wanted.is_none() || wanted.as_ref() == found;
    agrees(&suppression.namespace, object.map(|object| &object.namespace))
        && agrees(&suppression.name, object.map(|object| &object.name))
        && agrees(&suppression.subject, finding.subject.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::{ObjectRef, Severity};

    fn judged(settings: &str, findings: &[Diagnostic]) -> (Vec<(&'static str, Severity)>, usize) {
        let settings: Settings = toml::from_str(settings).expect("settings of tests are sound");
        let Judged { findings, suppressed, .. } = judge(findings.to_vec(), &settings);
        (findings.into_iter().map(|finding| (finding.rule, finding.severity)).collect(), suppressed)
    }

    fn shop(name: &str) -> ObjectRef {
        ObjectRef { kind: "Ingress".into(), namespace: "shop".into(), name: name.into() }
    }

    #[test]
    fn levels_replace_severities() {
        let findings = [Diagnostic::error("a", ""), Diagnostic::info("b", ""), Diagnostic::warning("c", "")];
        let shown = judged("[rules]\na = \"allow\"\nb = \"error\"", &findings);
        assert_eq!(shown, (vec![("b", Severity::Error), ("c", Severity::Warning)], 0));
    }

    #[test]
    fn a_suppression_must_fit_in_all_that_it_says() {
        let finding = Diagnostic::error("a", "").object(shop("web")).subject("host");
        for (condition, suppressed) in [
            ("", 1),
            ("namespace = \"shop\"", 1),
            ("namespace = \"shop\"\nname = \"web\"\nsubject = \"host\"", 1),
            ("namespace = \"shop\"\nname = \"api\"", 0),
            ("subject = \"path\"", 0),
        ] {
            let settings = format!("[[suppress]]\nrule = \"a\"\nreason = \"known\"\n{condition}");
            assert_eq!(judged(&settings, std::slice::from_ref(&finding)).1, suppressed, "{condition}");
        }
        assert_eq!(judged("[[suppress]]\nrule = \"a\"\nname = \"web\"\nreason = \"known\"", &[Diagnostic::error("a", "")]).1, 0);
    }

    #[test]
    fn the_same_finding_is_said_once() {
        let finding = Diagnostic::error("a", "text");
        assert_eq!(judged("", &[finding.clone(), Diagnostic::error("a", "other"), finding]).0.len(), 2);
    }
}
