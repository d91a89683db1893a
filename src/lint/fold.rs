//! Many remarks of one kind say no more than the first of them: they become one finding with many places.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, Severity};

/// Rules about what is for others, or is not there to be looked at.
const FOLDED: &[&str] = &["absent-object", "foreign-annotation", "foreign-class"];

/// The same findings, with the infos of such a rule as one.
#[must_use]
pub fn fold(findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut first: HashMap<&str, usize> = HashMap::new();
    let mut folded: Vec<Diagnostic> = Vec::with_capacity(findings.len());
    let mut counts: HashMap<usize, usize> = HashMap::new();
    for finding in findings {
        let key = finding.span.filter(|_| finding.severity == Severity::Info && FOLDED.contains(&finding.rule));
        let Some(span) = key else {
            folded.push(finding);
            continue;
        };
        match first.get(finding.rule) {
            None => {
                first.insert(finding.rule, folded.len());
                folded.push(finding);
            }
            Some(&at) => {
                let Diagnostic { message, related, .. } = finding;
                let outer = std::mem::replace(&mut folded[at], Diagnostic::info("absent-object", ""));
                folded[at] = outer.related(message, span);
                folded[at].related.extend(related);
                *counts.entry(at).or_default() += 1;
            }
        }
    }
    for (at, count) in counts {
        let rule = folded[at].rule;
        folded[at].notes.push(format!("{count} more of `{rule}` are told with it"));
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

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
}
