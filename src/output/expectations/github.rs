//! Tests as commands of a GitHub workflow: a remark in the file of expectations for each that fails.

use super::Report;
use super::words::failures;
use crate::credentials::hide;
use crate::output::findings::github::{data, property};
use crate::output::region::Region;

/// One command a failure, each on a line of its own.
#[must_use]
pub fn github(report: &Report<'_>) -> String {
    let mut out = String::new();
    for finding in report.findings {
        let place = finding.span.map(|span| place(Region::new(span, report.sources))).unwrap_or_default();
        out.push_str(&format!("::error {place}title={}::{}\n", property(finding.rule), data(&finding.message)));
    }
    for judged in &report.tests {
        for failure in failures(report, judged) {
            let place = place(Region::new(failure.at, report.sources));
            let name = hide(&judged.test.name);
            out.push_str(&format!("::error {place}title={}::{}", property(&name), data(&failure.message)));
            if let Some(because) = &failure.because {
                out.push_str(&format!("%0A{}", data(because)));
            }
            if let Some(help) = &failure.help {
                out.push_str(&format!("%0Ahelp: {}", data(help)));
            }
            out.push('\n');
        }
    }
    if report.touches_too_little() {
        let (least, own) = (report.least.unwrap_or_default(), report.coverage.percent());
        out.push_str(&format!("::error title=coverage::expectations touch {own:.1}%25, and {least}%25 are wanted\n"));
    }
    out
}

fn place(Region { file, line, column, end_line, end_column }: Region<'_>) -> String {
    // GitHub refuses columns for a range of lines, and an end that is not behind the start.
    match end_line > line {
        true => format!("file={},line={line},endLine={end_line},", property(file)),
        false => format!("file={},line={line},col={column},endColumn={},", property(file), end_column.max(column + 1)),
    }
}
