//! What of the findings counts, and how much: levels of rules and suppressions.

use std::collections::HashMap;

use super::config::{Settings, Suppression};
use crate::diagnostic::Diagnostic;

/// Findings after the user's settings.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Judged {
    /// What is left, in the order of the sources and each once.
    pub(super) findings: Vec<Diagnostic>,
    /// How many were suppressed.
    pub(super) suppressed: usize,
}

/// Applies the settings to findings.
pub(super) fn judge(findings: Vec<Diagnostic>, settings: &Settings) -> Judged {
    let mut suppressions: HashMap<&str, Vec<&Suppression>> = HashMap::new();
    for suppression in &settings.suppress {
        suppressions.entry(&suppression.rule).or_default().push(suppression);
    }
    let mut judged = Judged::default();
    for mut finding in findings {
        match settings.rules.get(finding.rule).map(|level| level.severity()) {
            Some(None) => continue,
            Some(Some(severity)) => finding.severity = severity,
            None => {}
        }
        if suppressions.get(finding.rule).is_some_and(|list| list.iter().any(|suppression| fits(suppression, &finding))) {
            judged.suppressed += 1;
        } else {
            judged.findings.push(finding);
        }
    }
    // What has no place comes first: it is about the whole run.
    judged.findings.sort_by(|a, b| (a.span, a.rule, &a.object, &a.message).cmp(&(b.span, b.rule, &b.object, &b.message)));
    judged.findings.dedup();
    judged
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
        let Judged { findings, suppressed } = judge(findings.to_vec(), &settings);
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
