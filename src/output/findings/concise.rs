//! Findings with a line each, as compilers write them: for editors and for `grep`.

use std::fmt::Write as _;

use super::Findings;
use crate::output::region::Region;
use crate::output::untrusted::one_line;

/// One line a finding: place, severity, rule and message.
#[must_use]
pub fn report(report: &Findings, errors_only: bool) -> String {
    let mut text = String::new();
    for finding in report.all.iter().filter(|finding| !errors_only || finding.severity == crate::diagnostic::Severity::Error) {
        if let Some(span) = finding.span {
            let Region { file, line, column, .. } = Region::new(span, report.sources);
            // Writing into a String cannot fail.
            let _ = write!(text, "{}:{line}:{column}: ", one_line(file));
        }
        let _ = writeln!(text, "{}[{}] {}", finding.severity.name(), finding.rule, one_line(&finding.message));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostic;
    use crate::source::{SourceMap, Span};

    #[test]
    fn a_finding_is_a_line() {
        let mut sources = SourceMap::default();
        let file = sources.add("a\nb.yaml", "a: 1\nhost: one\n");
        let all = [
            Diagnostic::warning("odd-host", "`one\n` is odd").at(Span::new(file, 11..14)).note("why").help("what"),
            Diagnostic::error("odd-run", "of no place"),
        ];
        let findings = Findings::new(&all, &sources);
        let expected = "a\\nb.yaml:2:7: warning[odd-host] `one\\n` is odd\nerror[odd-run] of no place\n";
        assert_eq!(report(&findings, false), expected);
        assert_eq!(report(&findings, true), "error[odd-run] of no place\n");
    }
}
