//! Findings as one page that needs nothing else.

use super::excerpt::{self, Excerpt, Mark, Shown};
use super::text::summary;
use super::{Findings, known_rule, left_out, rule_url};
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::entries::{Entry, Group, Mood, Page, aside, code, sentence};
use crate::output::page::escape;
use crate::output::untrusted::one_line;
use crate::source::SourceMap;

/// What findings can be filtered by.
const FACETS: [&str; 4] = ["Severity", "Rule", "Namespace", "File"];

/// The findings as a page: the worst first, those of one rule together.
#[must_use]
pub fn report(report: &Findings) -> String {
    let counts = summary(report.all).unwrap_or_else(|| String::from("nothing found"));
    let mut about = vec![escape(&format!("{counts}{}", left_out(report.suppressed, report.baseline)))];
    let more = [(!report.looked.is_nothing()).then(|| report.looked.text(report.all.len())), report.looked.rest(), report.withheld()];
    about.extend(more.into_iter().flatten().map(|line| sentence(line.trim_end())));
    let groups = [(Severity::Error, "Errors"), (Severity::Warning, "Warnings"), (Severity::Info, "Remarks")].map(|(severity, title)| {
        let mut all: Vec<&Diagnostic> = report.all.iter().filter(|finding| finding.severity == severity).collect();
        all.sort_by_key(|finding| finding.rule);
        Group { title: title.to_owned(), entries: all.into_iter().map(|finding| entry(finding, report.sources)).collect() }
    });
    Page { title: "Findings", heading: String::from("Findings"), about, facets: &FACETS, groups: groups.into() }.html()
}

fn entry(finding: &Diagnostic, sources: &SourceMap) -> Entry {
    let mood = match finding.severity {
        Severity::Error => Mood::Bad,
        Severity::Warning => Mood::Odd,
        Severity::Info => Mood::Plain,
    };
    let mut body = format!("<p>{}</p>\n", sentence(&finding.message));
    let (shown, more) = excerpt::of_finding(finding, sources);
    let file = shown.first().filter(|_| finding.span.is_some()).map(|excerpt| excerpt.name.clone()).unwrap_or_default();
    shown.iter().for_each(|excerpt| body.push_str(&place(excerpt)));
    more.iter().for_each(|more| body.push_str(&aside(more)));
    finding.notes.iter().for_each(|note| body.push_str(&aside(&sentence(note))));
    finding.help.iter().for_each(|help| body.push_str(&aside(&format!("help: {}", sentence(help)))));
    let namespace = finding.object.as_ref().map(|object| object.namespace.clone()).unwrap_or_default();
    if let Some(object) = &finding.object {
        let name = if namespace.is_empty() { object.name.clone() } else { format!("{namespace}/{}", object.name) };
        body.push_str(&aside(&format!("{} {}", escape(&one_line(&object.kind)), code(&name))));
    }
    let link = known_rule(finding.rule).map(rule_url).unwrap_or_default();
    let facets = vec![finding.severity.name().to_owned(), finding.rule.to_owned(), namespace, file];
    Entry { mood, subject: finding.rule.to_owned(), link, facets, body }
}

fn place(excerpt: &Excerpt) -> String {
    let mut out = aside(&code(&format!("{}:{}:{}", excerpt.name, excerpt.position.line, excerpt.position.column)));
    match &excerpt.shown {
        Shown::Lines(text) if text.is_empty() => {}
        Shown::Lines(text) | Shown::Fragment(text) => {
            out.push_str(&format!("<pre class=\"excerpt\">{}</pre>\n", marked(text, &excerpt.marks)));
        }
        Shown::Hidden => out.push_str(&aside("the line is not shown, because it may hold a part of a Secret")),
    }
    excerpt.marks.iter().filter_map(|mark| mark.message.as_deref()).for_each(|message| out.push_str(&aside(&sentence(message))));
    out
}

/// A text with its marks; of those that overlap, the first.
fn marked(text: &str, marks: &[Mark]) -> String {
    let mut ranges: Vec<_> = marks.iter().map(|mark| mark.range.clone()).filter(|range| range.start < range.end).collect();
    ranges.sort_by_key(|range| range.start);
    let (mut out, mut at) = (String::new(), 0);
    for range in ranges {
        let (Some(before), Some(inside)) = (text.get(at..range.start), text.get(range.clone())) else { continue };
        out.push_str(&format!("{}<mark>{}</mark>", escape(before), escape(inside)));
        at = range.end;
    }
    out.push_str(&escape(text.get(at..).unwrap_or_default()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::ObjectRef;
    use crate::source::Span;

    #[test]
    fn a_finding_shows_its_line_its_rule_and_what_to_do() {
        let mut sources = SourceMap::default();
        let file = sources.add("<in>.yaml", "a: 1\nhost: <one>\nb: 2\n");
        let object = ObjectRef { kind: "Ingress".into(), namespace: "shop".into(), name: "web".into() };
        let all = [
            Diagnostic::info("last", "of no place"),
            Diagnostic::warning("missing-tls", "`<one>` is odd").at(Span::new(file, 11..16)).object(object).note("why").help("do `x`"),
        ];
        let page = report(&Findings::new(&all, &sources));
        for part in [
            "<p>1 warning, 1 info</p>",
            "<article class=\"odd\" data-facet-0=\"warning\" data-facet-1=\"missing-tls\" data-facet-2=\"shop\" data-facet-3=\"&lt;in&gt;.yaml\">",
            "<p><code>&lt;one&gt;</code> is odd</p>",
            "<code>&lt;in&gt;.yaml:2:7</code>",
            "<pre class=\"excerpt\">host: <mark>&lt;one&gt;</mark></pre>",
            "help: do <code>x</code>",
            "docs/rules.md#missing-tls\"",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
        assert!(page.find("Warnings") < page.find("Remarks") && !page.contains("rules.md#last"));
    }

    #[test]
    fn marks_stand_in_order_and_do_not_overlap() {
        let mark = |range| Mark { range, message: None };
        assert_eq!(marked("abcdef", &[mark(4..5), mark(1..3), mark(2..4)]), "a<mark>bc</mark>d<mark>e</mark>f");
    }
}
