//! Values that another tool fills in: what was found about them is folded into one remark a file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::diagnostic::{self, Diagnostic, Effect};
use crate::source::{FileId, SourceMap};

/// Rules about the form of a value, or about what it names. What is dangerous about it is told, whatever else is filled in.
const ABOUT_FORM: [&str; 18] = [
    "absent-object",
    "admission",
    "bad-annotation-value",
    "blocked-reload",
    "controller-crash",
    "foreign-class",
    "host-outside-tls",
    "invalid-setting",
    "malformed-annotation",
    "malformed-host",
    "malformed-name",
    "malformed-path",
    "missing-service",
    "missing-service-port",
    "misread-setting",
    "refused-object",
    "unfit-value",
    "wrong-type",
];
/// A value that is longer is no name or number with a mark in it.
const LONGEST: usize = 200;

/// Leaves out what is said of values that another tool fills in, and says once a file that they are not judged.
///
/// What closes a path of a neutral target is told all the same: it is closed until somebody fills it in.
pub fn fold(findings: &mut Vec<Diagnostic>, sources: &SourceMap) {
    let mut files: BTreeMap<FileId, (usize, Diagnostic)> = BTreeMap::new();
    findings.retain(|finding| {
        let Some(span) = finding.span.filter(|span| !sources.is_hidden(*span)) else { return true };
        let text = sources.file(span.file).text.get(span.range()).unwrap_or_default();
        let is_closed = finding.effect == Some(Effect::LocationDenied);
        let is_about_form = ABOUT_FORM.contains(&finding.rule);
        let Some(mark) = mark(text).filter(|_| is_about_form && !is_closed) else { return true };
        let remark = || {
            let message = format!("`{mark}` is filled in by another tool: what it will be is not judged");
            Diagnostic::info("placeholder", message).at(span).subject(mark)
        };
        files.entry(span.file).or_insert_with(|| (0, remark())).0 += 1;
        false
    });
    let mut marks: BTreeSet<(FileId, String)> = BTreeSet::new();
    for finding in findings.iter().filter(|finding| finding.rule == "placeholder") {
        let Some(file) = finding.span.map(|span| span.file) else { continue };
        marks.extend(finding.subject.as_deref().and_then(mark).map(|mark| (file, mark.to_owned())));
        // The file has its remark.
        files.remove(&file);
    }
    marks.extend(files.iter().filter_map(|(file, (_, remark))| Some((*file, remark.subject.clone()?))));
    // A name that is filled in gets into the configuration elsewhere, where nginx would take it for a variable.
    findings.retain(|finding| {
        let Some(span) = finding.span.filter(|_| finding.rule == "blocked-reload") else { return true };
        let of_file = marks.range((span.file, String::new())..).take_while(|(file, _)| *file == span.file);
        !of_file.into_iter().any(|(_, mark)| names(&finding.message, mark) || names(&finding.message, &variable(mark)))
    });
    findings.extend(files.into_values().map(|(found, remark)| match found - 1 {
        0 => remark,
        more => remark.note(format!("the same holds for {} of this file", diagnostic::more(more, "place"))),
    }));
}

/// Whether a message holds a mark, and not one whose name only begins so.
fn names(message: &str, mark: &str) -> bool {
    let goes_on = |rest: &str| rest.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
    message.match_indices(mark).any(|(at, _)| !goes_on(&message[at + mark.len()..]))
}

/// What nginx would take a mark for.
fn variable(mark: &str) -> String {
    let name = mark.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
    format!("${}", name.split(':').next().unwrap_or_default())
}

/// The mark in a value that a tool puts something in for. Names in capitals alone: nginx has variables of its own.
fn mark(text: &str) -> Option<&str> {
    #[expect(clippy::unwrap_used, reason = "a fixed pattern that a test compiles")]
    static MARKS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\$\{[A-Z][A-Z0-9_]*(?::?-[^{}]*)?\}|\$\([A-Z][A-Z0-9_]*\)|\$[A-Z][A-Z0-9_]*|<[A-Z][A-Z0-9 _-]*>|@[A-Z][A-Z0-9_]+@|%[A-Z][A-Z0-9_]+%|__[A-Z][A-Z0-9_]+__").unwrap()
    });
    let is_value = text.len() <= LONGEST && !text.contains('\n');
    MARKS.find(text).filter(|_| is_value).map(|found| found.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_about_a_mark_as_a_whole() {
        for (message, mark, expected) in [
            ("unknown variable `$HOST`", "$HOST", true),
            ("unknown variable `$HOSTS`", "$HOST", false),
            ("`$HOST_NAME` and $HOST", "$HOST", true),
            ("`${HOST}-a`", "${HOST}", true),
            ("nothing", "$HOST", false),
        ] {
            assert_eq!(names(message, mark), expected, "{message}");
        }
    }

    #[test]
    fn marks_look_like_variables() {
        for (mark, expected) in [("${HOST}", "$HOST"), ("$X", "$X"), ("${A:-b}", "$A"), ("$(SIZE)", "$SIZE"), ("<YOUR HOST>", "$YOUR HOST")]
        {
            assert_eq!(variable(mark), expected, "{mark}");
        }
    }

    #[test]
    fn marks_are_in_capitals() {
        for (text, expected) in [
            ("${HOST}", Some("${HOST}")),
            ("app.${DOMAIN:-example.com}", Some("${DOMAIN:-example.com}")),
            ("$(SIZE)m", Some("$(SIZE)")),
            ("$SIZE", Some("$SIZE")),
            ("$X", Some("$X")),
            ("<YOUR HOST>", Some("<YOUR HOST>")),
            ("@VERSION@", Some("@VERSION@")),
            ("__NAME__", Some("__NAME__")),
            ("$host", None),
            ("${request_uri}", None),
            ("/(.*)$", None),
            ("a\n${HOST}", None),
        ] {
            assert_eq!(mark(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_filled_in_later_is_told_once_a_file_and_what_is_closed_is_told() {
        for (rule, effect, expected) in [
            ("malformed-host", None, &["placeholder", "placeholder"][..]),
            ("malformed-host", Some(Effect::AnnotationIgnored), &["placeholder", "placeholder"]),
            ("malformed-host", Some(Effect::LocationDenied), &["malformed-host"; 3]),
            ("unknown-annotation", None, &["unknown-annotation"; 3]),
        ] {
            let mut sources = SourceMap::default();
            let places = ["a.yaml", "a.yaml", "b.yaml"].map(|name| {
                let file = sources.files().find(|(_, file)| file.name == name).map(|(id, _)| id);
                let file = file.unwrap_or_else(|| sources.add(name, "host: ${HOST}"));
                crate::source::Span::new(file, 6..13)
            });
            let mut findings: Vec<_> =
                places.into_iter().map(|place| Diagnostic { effect, ..Diagnostic::error(rule, "it is none").at(place) }).collect();
            fold(&mut findings, &sources);
            let rules: Vec<&str> = findings.iter().map(|finding| finding.rule).collect();
            assert_eq!(rules, expected, "{rule} {effect:?}");
            if rules[0] == "placeholder" {
                assert_eq!(findings.iter().map(|finding| finding.notes.len()).collect::<Vec<_>>(), [1, 0]);
            }
        }
    }
}
