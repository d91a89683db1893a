//! The whole of the findings for people: each with its lines, and at the end how many there are of which rule.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::few::Few;
use super::text::{summary, texts};
use super::{Findings, left_out};
use crate::diagnostic::Severity;
use crate::output::Paint;
use crate::output::region::Region;
use crate::output::untrusted::one_line;
use crate::source::Span;

/// With fewer findings, each of them has just been read.
const MANY: usize = 6;

/// All findings, or the errors only, and a summary.
#[must_use]
pub fn report(report: &Findings, errors_only: bool, paint: Paint) -> String {
    let few = Few::of(report.all.iter().filter(|finding| !errors_only || finding.severity == Severity::Error));
    let mut out = texts(&few.shown, report.sources, paint);
    out.push_str(&few.rest(report.sources));
    if errors_only {
        return out;
    }
    if report.all.len() >= MANY {
        by_rule(&mut out, report);
    }
    // Writing into a String cannot fail.
    let rest = left_out(report.suppressed, report.baseline);
    let _ = match summary(report.all) {
        Some(counts) => writeln!(out, "{counts}{rest}"),
        None if rest.is_empty() => Ok(()),
        None => writeln!(out, "nothing found{rest}"),
    };
    out
}

/// How often each rule was found, and where first: the worst first, then the most frequent.
fn by_rule(out: &mut String, report: &Findings) {
    let mut found: BTreeMap<(Severity, &str), (usize, Option<Span>)> = BTreeMap::new();
    for finding in report.all {
        let (count, first) = found.entry((finding.severity, finding.rule)).or_default();
        *count += 1;
        *first = first.or(finding.span);
    }
    let mut rows: Vec<_> = found.into_iter().collect();
    rows.sort_by(|((a, a_rule), (a_count, _)), ((b, b_rule), (b_count, _))| (b, b_count, a_rule).cmp(&(a, a_count, b_rule)));
    let width = rows.iter().map(|(_, (count, _))| count.to_string().len()).max().unwrap_or_default();
    let longest = rows.iter().map(|((_, rule), _)| rule.len()).max().unwrap_or_default();
    for ((severity, rule), (count, first)) in rows {
        let line = match first.map(|span| Region::new(span, report.sources)) {
            Some(Region { file, line, .. }) => format!("{rule:<longest$}  {}:{line}", one_line(file)),
            None => rule.to_owned(),
        };
        let _ = writeln!(out, "  {count:>width$}  {:<7}  {line}", severity.name());
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::diagnostic::Diagnostic;
    use crate::source::SourceMap;

    fn shown(all: &[Diagnostic], suppressed: usize, errors_only: bool) -> String {
        let sources = SourceMap::default();
        report(&Findings { suppressed, ..Findings::new(all, &sources) }, errors_only, Paint::default())
    }

    #[test]
    fn a_few_findings_need_no_table() {
        assert_eq!(shown(&[], 0, false), "");
        assert_eq!(shown(&[], 2, false), "nothing found (2 suppressed)\n");
        assert_eq!(shown(&[Diagnostic::info("a", "x")], 1, false), "info[a]: x\n\n1 info (1 suppressed)\n");
    }

    #[test]
    fn the_table_says_where_each_rule_was_found_first() {
        let mut sources = SourceMap::default();
        let file = sources.add("a\nb.yaml", "a: 1\nhost: one\n");
        let at = |finding: Diagnostic, start| finding.at(Span::new(file, start..start + 1));
        let all: Vec<_> =
            (0..6).map(|start| at(Diagnostic::warning("odd-host", "x"), 5 + start)).chain([Diagnostic::error("b", "y")]).collect();
        let text = report(&Findings::new(&all, &sources), false, Paint::default());
        let expected = "  1  error    b\n  6  warning  odd-host  a\\nb.yaml:2\n1 error, 6 warnings\n";
        assert!(text.ends_with(expected), "{text}");
    }

    #[test]
    fn many_are_counted_by_rule() {
        let many = |finding: Diagnostic, count| std::iter::repeat_n(finding, count);
        let all: Vec<_> = many(Diagnostic::info("c", "z"), 1)
            .chain(many(Diagnostic::warning("b", "y"), 10))
            .chain(many(Diagnostic::error("a", "x"), 2))
            .collect();
        let text = shown(&all, 0, false);
        let expected = "   2  error    a\n  10  warning  b\n   1  info     c\n2 errors, 10 warnings, 1 info\n";
        assert!(text.ends_with(expected), "{text}");
        assert_eq!(shown(&all, 0, true), "error[a]: x\n\nerror[a]: x\n\n");
    }
}
