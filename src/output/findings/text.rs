//! Findings as text for people, in the manner of rustc.

use annotate_snippets::{AnnotationKind, Group, Level, Message, Origin, Padding, Renderer, Snippet};
use rayon::prelude::*;

use super::excerpt::{self, Excerpt, Mark, Shown};
use super::{known_rule, rule_url};
use crate::diagnostic::{Diagnostic, Severity};
use crate::output::Paint;
use crate::output::untrusted::one_line;
use crate::source::SourceMap;

/// A title becomes a group with its first elements; here they come one by one.
const NOTHING: [Padding; 0] = [];

/// One finding with the lines that it is about, and an empty line behind it.
#[must_use]
pub fn text(finding: &Diagnostic, sources: &SourceMap, paint: Paint) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut title = level.primary_title(one_line(&finding.message)).id(finding.rule);
    if let Some(rule) = known_rule(finding.rule).filter(|_| paint.links) {
        title = title.id_url(rule_url(rule));
    }
    let mut group = title.elements(NOTHING);
    let (excerpts, more) = excerpt::of_finding(finding, sources);
    for (at, excerpt) in excerpts.into_iter().enumerate() {
        group = show(group, excerpt, finding.span.is_some() && at == 0);
    }
    group = group.elements(remarks(finding, more));
    let mut text = renderer(paint).render(&[group]);
    text.push_str("\n\n");
    text
}

/// Several of them, one behind the other: the lines of many are cut at once.
#[must_use]
pub fn texts(findings: &[&Diagnostic], sources: &SourceMap, paint: Paint) -> String {
    findings.par_iter().map(|finding| text(finding, sources, paint)).collect::<Vec<_>>().concat()
}

/// Why the job could not be done, as one line.
#[must_use]
pub fn failure(reason: &str, paint: Paint) -> String {
    let group = Level::ERROR.primary_title(one_line(reason)).elements(NOTHING);
    format!("{}\n", renderer(paint).render(&[group]))
}

fn renderer(paint: Paint) -> Renderer {
    if paint.colours { Renderer::styled() } else { Renderer::plain() }
}

/// The number of findings by severity, as `2 errors, 1 warning`; none where there are none.
#[must_use]
pub fn summary(findings: &[Diagnostic]) -> Option<String> {
    let count = |severity, one: &str, many: &str| match findings.iter().filter(|finding| finding.severity == severity).count() {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {many}")),
    };
    let counts = [
        count(Severity::Error, "error", "errors"),
        count(Severity::Warning, "warning", "warnings"),
        count(Severity::Info, "info", "infos"),
    ];
    let text = counts.into_iter().flatten().collect::<Vec<_>>().join(", ");
    (!text.is_empty()).then_some(text)
}

fn show<'a>(group: Group<'a>, excerpt: Excerpt, is_first: bool) -> Group<'a> {
    let Excerpt { name, position, shown, first_line, marks } = excerpt;
    let name = one_line(&name).into_owned();
    let origin = Origin::path(name.clone()).line(position.line).char_column(position.column);
    let messages = |marks: Vec<Mark>| marks.into_iter().filter_map(|mark| mark.message).map(|message| Level::NOTE.message(message));
    match shown {
        // The renderer cannot draw an empty source, and there is nothing to see in it.
        Shown::Lines(text) if text.is_empty() => group.element(origin).elements(messages(marks)),
        Shown::Lines(text) => {
            let marks = marks.into_iter().enumerate().map(|(at, mark)| {
                let kind = if is_first && at == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
                kind.span(mark.range).label(mark.message)
            });
            group.element(Snippet::source(text).path(name).line_start(first_line).annotations(marks))
        }
        Shown::Fragment(text) => {
            let fragment = Level::NOTE.message(format!("in a long line, at `{text}`"));
            group.element(origin).elements(messages(marks)).element(fragment)
        }
        Shown::Hidden => {
            let reason = Level::NOTE.message("the line is not shown, because it may hold a part of a Secret");
            group.element(origin).elements(messages(marks)).element(reason)
        }
    }
}

fn remarks(finding: &Diagnostic, more: Option<String>) -> Vec<Message<'static>> {
    let object = finding.object.iter().map(|object| {
        let place = if object.namespace.is_empty() { object.name.clone() } else { format!("{}/{}", object.namespace, object.name) };
        let text = format!("{} {place}", object.kind);
        Level::NOTE.with_name("object").message(one_line(&text).into_owned())
    });
    let more = more.map(|more| Level::NOTE.message(more));
    let notes = finding.notes.iter().map(|note| Level::NOTE.message(one_line(note).into_owned()));
    let help = finding.help.iter().map(|help| Level::HELP.message(one_line(help).into_owned()));
    object.chain(more).chain(notes).chain(help).collect()
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::diagnostic::ObjectRef;
    use crate::source::Span;

    fn shop() -> ObjectRef {
        ObjectRef { kind: "Ingress".into(), namespace: "shop".into(), name: "web".into() }
    }

    #[test]
    fn a_finding_shows_its_line_the_other_place_and_what_to_do() {
        let mut sources = SourceMap::default();
        let file = sources.add("in.yaml", "a: 1\nhost: one.example\nb: 2\nhost: one.example\n");
        let finding = Diagnostic::warning("duplicate-host-path", "`one.example/` is served by another Ingress")
            .at(Span::new(file, 34..45))
            .related("this one is older", Span::new(file, 11..22))
            .object(shop())
            .note("the oldest Ingress wins")
            .help("remove one of the two");
        let expected = "\
warning[duplicate-host-path]: `one.example/` is served by another Ingress
 --> in.yaml:4:7
  |
2 | host: one.example
  |       ----------- this one is older
3 | b: 2
4 | host: one.example
  |       ^^^^^^^^^^^
  |
  = object: Ingress shop/web
  = note: the oldest Ingress wins
  = help: remove one of the two

";
        assert_eq!(text(&finding, &sources, Paint::default()), expected);
    }

    #[test]
    fn terminals_that_open_links_get_one_to_the_page_of_the_rule() {
        let sources = SourceMap::default();
        let shown = |rule, links| text(&Diagnostic::warning(rule, "odd"), &sources, Paint { colours: true, links, width: None });
        assert!(shown("missing-tls", true).contains("docs/rules.md#missing-tls\x1b\\"), "{:?}", shown("missing-tls", true));
        assert!(!shown("missing-tls", false).contains("docs/rules.md") && !shown("no-rule", true).contains("docs/rules.md"));
    }

    #[test]
    fn every_place_can_be_drawn() {
        for (source, span) in [("", 0..0), ("a", 1..1), ("a\n", 2..2), ("\n", 0..1), ("a\tb", 1..2), ("日本: x", 0..6), ("a\r\nb", 1..3)]
        {
            let mut sources = SourceMap::default();
            let file = sources.add("in.yaml", source);
            let finding = Diagnostic::error("rule", "text").at(Span::new(file, span.clone())).related("here", Span::new(file, span));
            assert!(text(&finding, &sources, Paint { colours: true, ..Paint::default() }).contains("in.yaml"), "{source:?}");
        }
    }

    #[test]
    fn of_very_many_places_a_few_are_shown() {
        let mut sources = SourceMap::default();
        let file = sources.add("in.yaml", "a\n".repeat(100_000));
        let finding = Diagnostic::error("rule", "text").at(Span::new(file, 0..1));
        let finding = (1..20_000).fold(finding, |finding, line| finding.related("here", Span::new(file, line * 10..line * 10 + 1)));
        let shown = text(&finding, &sources, Paint::default());
        assert!(shown.contains("= note: not shown: 19993 more places") && shown.len() < 1_000, "{shown}");
    }

    #[test]
    fn a_hidden_place_shows_its_position_only() {
        let mut sources = SourceMap::default();
        let file = sources.add("in.yaml", "kind: Secret\ndata: aGVsbG8=\n");
        sources.hide(Span::new(file, 0..28));
        let finding =
            Diagnostic::error("bad-secret", "not a certificate").at(Span::new(file, 19..27)).related("here", Span::new(file, 0..3));
        let shown = text(&finding, &sources, Paint::default());
        assert!(shown.contains("in.yaml:2:7") && shown.contains("in.yaml:1:1"), "{shown}");
        assert!(!shown.contains("aGVsbG8"), "{shown}");
    }

    #[test]
    fn a_finding_without_a_place_is_one_line_and_shows_no_control_characters() {
        let finding = Diagnostic::info("odd", "name `a\u{1b}[2J\nb`");
        assert_eq!(text(&finding, &SourceMap::default(), Paint::default()), "info[odd]: name `a\\u{1b}[2J\\nb`\n\n");
    }

    #[test]
    fn the_summary_counts_by_severity() {
        let error = Diagnostic::error("e", "");
        let note = Diagnostic::info("i", "");
        assert_eq!(summary(&[]), None);
        assert_eq!(summary(&[error.clone(), note.clone(), error]).as_deref(), Some("2 errors, 1 info"));
        assert_eq!(summary(&[note]).as_deref(), Some("1 info"));
    }
}
