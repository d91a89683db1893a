//! Findings as a test report: each file is a test, and what fails the run is its failure.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Findings;
use crate::diagnostic::Diagnostic;
use crate::output::region::Region;
use crate::output::untrusted::{many_lines, one_line};
use crate::source::SourceMap;

/// The test that findings without a place belong to.
const WHOLE_RUN: &str = "the whole run";

/// One test a file, in the order of their names, and one for what is about no file.
#[must_use]
pub fn report(report: &Findings) -> String {
    let mut tests: BTreeMap<&str, Vec<&Diagnostic>> = report.sources.files().map(|(_, file)| (file.name.as_str(), Vec::new())).collect();
    for finding in report.all {
        let name = finding.span.map_or(WHOLE_RUN, |span| &report.sources.file(span.file).name);
        tests.entry(name).or_default().push(finding);
    }
    let fails = |findings: &Vec<&Diagnostic>| findings.iter().any(|finding| finding.severity >= report.deny);
    let failures = tests.values().filter(|findings| fails(findings)).count();
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"0\"", tests.len());
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ingressc check\" {counts}>\n  <testsuite name=\"ingressc check\" {counts}>\n"
    );
    for (name, findings) in tests {
        test(&mut text, name, &findings, report);
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

/// Quirk: readers of these reports show one failure a test, so that all findings of a file are in one.
fn test(text: &mut String, name: &str, findings: &[&Diagnostic], report: &Findings) {
    let (failing, others): (Vec<&Diagnostic>, Vec<&Diagnostic>) = findings.iter().partition(|finding| finding.severity >= report.deny);
    // Writing into a String cannot fail.
    let _ = write!(text, "    <testcase classname=\"ingressc\" name=\"{}\"", escape(&one_line(name)));
    if findings.is_empty() {
        text.push_str("/>\n");
        return;
    }
    text.push_str(">\n");
    if let Some(first) = failing.first() {
        let more = if failing.len() > 1 { format!(" (and {} more)", failing.len() - 1) } else { String::new() };
        let message = format!("{}{more}", one_line(&first.message));
        let _ = write!(text, "      <failure type=\"{}\" message=\"{}\">", escape(first.rule), escape(&message));
        lines(text, &failing, report.sources);
        text.push_str("</failure>\n");
    }
    if !others.is_empty() {
        text.push_str("      <system-out>");
        lines(text, &others, report.sources);
        text.push_str("</system-out>\n");
    }
    text.push_str("    </testcase>\n");
}

fn lines(text: &mut String, findings: &[&Diagnostic], sources: &SourceMap) {
    for finding in findings {
        let severity = finding.severity.name();
        let place = finding.span.map(|span| {
            let Region { file, line, column, .. } = Region::new(span, sources);
            format!("{}:{line}:{column}: ", one_line(file))
        });
        let _ =
            write!(text, "\n{}{severity}: {} [{}]", escape(&place.unwrap_or_default()), escape(&one_line(&finding.message)), finding.rule);
        let remarks = finding.notes.iter().map(|note| ("note", note)).chain(finding.help.iter().map(|help| ("help", help)));
        for (sign, remark) in remarks {
            let _ = write!(text, "\n  {sign}: {}", escape(&one_line(remark)));
        }
    }
    text.push('\n');
}

/// XML text or the value of an attribute. Characters that XML cannot hold at all are shown as escapes.
pub(in crate::output) fn escape(text: &str) -> String {
    let is_foreign = |character: char| matches!(character, '\u{fffe}' | '\u{ffff}');
    let text = many_lines(text);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace(is_foreign, "\u{fffd}")
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::source::Span;

    #[test]
    fn each_file_is_a_test_that_fails_by_what_is_denied() {
        let mut sources = SourceMap::default();
        let bad = sources.add("b.yaml", "a: 1\nhost: one\n");
        sources.add("a.yaml", "");
        let all = [
            Diagnostic::error("gone", "cannot be read"),
            Diagnostic::warning("odd", "a < b & \"c\"").at(Span::new(bad, 0..1)).note("why"),
            Diagnostic::error("bad", "x\u{1b}\u{ffff}").at(Span::new(bad, 5..6)).help("]]> what"),
            Diagnostic::error("bad", "y").at(Span::new(bad, 5..6)),
        ];
        let text = report(&Findings::new(&all, &sources));
        let expected = "\
<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites name=\"ingressc check\" tests=\"3\" failures=\"2\" errors=\"0\">
  <testsuite name=\"ingressc check\" tests=\"3\" failures=\"2\" errors=\"0\">
    <testcase classname=\"ingressc\" name=\"a.yaml\"/>
    <testcase classname=\"ingressc\" name=\"b.yaml\">
      <failure type=\"bad\" message=\"x\\u{1b}\u{fffd} (and 1 more)\">
b.yaml:2:1: error: x\\u{1b}\u{fffd} [bad]
  help: ]]&gt; what
b.yaml:2:1: error: y [bad]
</failure>
      <system-out>
b.yaml:1:1: warning: a &lt; b &amp; &quot;c&quot; [odd]
  note: why
</system-out>
    </testcase>
    <testcase classname=\"ingressc\" name=\"the whole run\">
      <failure type=\"gone\" message=\"cannot be read\">
error: cannot be read [gone]
</failure>
    </testcase>
  </testsuite>
</testsuites>
";
        assert_eq!(text, expected);
    }
}
