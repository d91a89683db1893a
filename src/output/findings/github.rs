//! Findings as commands of a GitHub workflow, which become remarks in a pull request.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::Findings;
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::region::Region;
use crate::output::untrusted::one_line;
use crate::source::SourceMap;

/// One command a finding, each on a line of its own.
#[must_use]
pub fn report(report: &Findings) -> String {
    let mut text = String::new();
    for finding in report.all {
        command(&mut text, finding, report.sources);
    }
    text
}

fn command(text: &mut String, finding: &Diagnostic, sources: &SourceMap) {
    let name = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    // Writing into a String cannot fail.
    let _ = write!(text, "::{name} ");
    if let Some(span) = finding.span {
        let Region { file, line, column, end_line, end_column } = Region::new(span, sources);
        let _ = write!(text, "file={},line={line},", property(file));
        // GitHub refuses columns for a range of lines, and an end that is not behind the start.
        if end_line > line {
            let _ = write!(text, "endLine={end_line},");
        } else {
            let _ = write!(text, "col={column},endColumn={},", end_column.max(column + 1));
        }
    }
    let _ = write!(text, "title={}::{}", property(finding.rule), data(&finding.message));
    for (sign, remark) in finding.notes.iter().map(|note| ("note", note)).chain(finding.help.iter().map(|help| ("help", help))) {
        let _ = write!(text, "%0A{sign}: {}", data(remark));
    }
    text.push('\n');
}

pub(in crate::output) fn data(text: &str) -> String {
    // Line breaks of a message are shown, not obeyed; the percent sign is what escapes of the command begin with.
    one_line(text).replace('%', "%25")
}

pub(in crate::output) fn property(text: &str) -> Cow<'_, str> {
    let text = one_line(text);
    if text.contains(['%', ':', ',']) { text.replace('%', "%25").replace(':', "%3A").replace(',', "%2C").into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn shown(name: &str, finding: impl FnOnce(Diagnostic, crate::source::FileId) -> Diagnostic) -> String {
        let mut sources = SourceMap::default();
        let file = sources.add(name, "a: 1\nhost: one\nb: 2\n");
        let all = [finding(Diagnostic::warning("odd-host", "100% odd: a, b"), file)];
        report(&Findings::new(&all, &sources))
    }

    #[test]
    fn a_command_names_place_rule_and_message() {
        let text = shown("in.yaml", |finding, file| finding.at(Span::new(file, 11..14)).note("why").help("what"));
        let expected = "::warning file=in.yaml,line=2,col=7,endColumn=10,title=odd-host::100%25 odd: a, b%0Anote: why%0Ahelp: what\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn ranges_of_lines_have_no_columns_and_empty_ones_a_character() {
        let text = shown("in.yaml", |finding, file| finding.at(Span::new(file, 0..16)));
        assert!(text.starts_with("::warning file=in.yaml,line=1,endLine=3,title="), "{text}");
        let text = shown("in.yaml", |finding, file| finding.at(Span::new(file, 0..0)));
        assert!(text.contains(",line=1,col=1,endColumn=2,"), "{text}");
        assert!(shown("in.yaml", |finding, _| finding).starts_with("::warning title=odd-host::"));
    }

    #[test]
    fn no_name_and_no_message_begins_another_command() {
        let text = shown("a,b:%\n::set-env.yaml", |finding, file| {
            Diagnostic { message: "x\n::error::y\r%0A".into(), ..finding }.at(Span::new(file, 0..1))
        });
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains("file=a%2Cb%3A%25\\n%3A%3Aset-env.yaml,line"), "{text}");
        assert!(text.ends_with("::x\\n::error::y\\r%250A\n"), "{text}");
    }
}
