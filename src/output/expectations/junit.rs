//! Tests as JUnit writes them.

use std::fmt::Write as _;

use super::Report;
use super::words::{failures, spot, unchecked};
use crate::credentials::hide;
use crate::expect::{Judged, Summary};
use crate::output::findings::junit::escape;
use crate::output::region::Region;
use crate::output::untrusted::one_line;

/// One test case a test, and one for the coverage where that is too low. What is wrong with the file is an error.
#[must_use]
pub fn junit(report: &Report<'_>) -> String {
    let is_low = report.touches_too_little();
    let (failures, errors) = (report.count(Summary::Failed) + usize::from(is_low), report.findings.len());
    let tests = report.tests.len() + errors + usize::from(is_low);
    let counts = format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{}\"", report.count(Summary::Unchecked));
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"ingressc test\" {counts}>\n  <testsuite name=\"ingressc test\" {counts}>\n"
    );
    for finding in report.findings {
        let place = finding.span.map(|span| spot(report, span)).unwrap_or_default();
        // Writing into a String cannot fail.
        let _ = writeln!(
            out,
            "    <testcase classname=\"expectations\" name=\"{}\">\n      <error type=\"{}\" message=\"{}\"/>\n    </testcase>",
            escape(&place),
            escape(finding.rule),
            escape(&one_line(&finding.message))
        );
    }
    report.tests.iter().for_each(|judged| test(&mut out, report, judged));
    if is_low {
        let (least, own) = (report.least.unwrap_or_default(), report.coverage.percent());
        let _ = writeln!(
            out,
            "    <testcase classname=\"coverage\" name=\"coverage\">\n      <failure type=\"coverage\" message=\"expectations touch {own:.1}%, and {least}% are wanted\"/>\n    </testcase>"
        );
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

fn test(out: &mut String, report: &Report<'_>, judged: &Judged<'_>) {
    let Region { file, line, .. } = Region::new(judged.test.at, report.sources);
    let (file, name) = (escape(&one_line(file)), escape(&one_line(&hide(&judged.test.name))));
    let _ = write!(out, "    <testcase classname=\"{file}\" name=\"{name}\" file=\"{file}\" line=\"{line}\"");
    match judged.summary() {
        Summary::Passed => return out.push_str("/>\n"),
        Summary::Unchecked => {
            let why = unchecked(judged).join("; ");
            let _ = write!(out, ">\n      <skipped message=\"{}\"/>\n", escape(&one_line(&why)));
        }
        Summary::Failed => failed(out, report, judged),
    }
    out.push_str("    </testcase>\n");
}

/// Quirk: readers of these reports show one failure a test, so that all of a test are in one.
fn failed(out: &mut String, report: &Report<'_>, judged: &Judged<'_>) {
    let all = failures(report, judged);
    let Some(first) = all.first() else { return };
    let more = if all.len() > 1 { format!(" (and {} more)", all.len() - 1) } else { String::new() };
    let kind = if first.field.is_empty() { "test" } else { first.field };
    let _ = write!(out, ">\n      <failure type=\"{kind}\" message=\"{}\">", escape(&format!("{}{more}", one_line(&first.message))));
    for failure in &all {
        let _ = write!(out, "\n{}: {}", escape(&spot(report, failure.at)), escape(&one_line(&failure.message)));
        if let Some(because) = &failure.because {
            let _ = write!(out, "\n  {}", escape(&one_line(because)));
        }
        if let Some(help) = &failure.help {
            let _ = write!(out, "\n  help: {}", escape(&one_line(help)));
        }
    }
    out.push_str("\n</failure>\n");
}
