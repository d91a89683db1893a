//! Characters in paths that no reader sees.

use super::Subject;
use crate::diagnostic::Diagnostic;

/// Looks for control characters in the paths of Ingresses. Older releases print them as they are, and newer ones between quotes, where
/// the cleaning of the configuration changes them.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for ingress in &subject.cluster.ingresses {
        let rules = ingress.rules().iter().enumerate();
        for (at, rule) in rules {
            let paths = rule.http.iter().flat_map(|http| &http.paths).enumerate();
            for (under, path) in paths.filter_map(|(under, path)| Some((under, path.path.as_deref()?))) {
                let Some(control) = path.chars().find(|letter| letter.is_control()) else { continue };
                let shown = path.escape_debug();
                let message = format!("path `{shown}` holds the control character `{}`", control.escape_debug());
                let span = ingress.span(&["spec", "rules", &at.to_string(), "http", "paths", &under.to_string(), "path"]);
                let finding = Diagnostic::error("control-character", message).at(span).subject(shown.to_string());
                findings.push(finding.object(ingress.reference.clone()));
            }
        }
    }
    findings
}
