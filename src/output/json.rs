//! Findings for scripts: schema 1.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{CharEscape, Formatter, PrettyFormatter, Serializer};

use super::Findings;
use super::region::Region;
use super::untrusted::is_deceptive;
use crate::diagnostic::{Diagnostic, Fix, ObjectRef, Severity};
use crate::source::SourceMap;

/// Fields are added without a new number; what is there keeps its meaning.
const SCHEMA: u32 = 1;

#[derive(Debug, Serialize)]
struct Document<'a> {
    schema: u32,
    findings: Vec<Finding<'a>>,
    summary: Summary<'a>,
}

#[derive(Debug, Serialize)]
pub(super) struct Finding<'a> {
    rule: &'a str,
    severity: &'a str,
    effect: Option<&'a str>,
    message: &'a str,
    notes: &'a [String],
    help: Option<&'a str>,
    object: Option<Object<'a>>,
    subject: Option<&'a str>,
    location: Option<Region<'a>>,
    related: Vec<Related<'a>>,
    fix: Option<Change<'a>>,
}

#[derive(Debug, Serialize)]
struct Object<'a> {
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
}

#[derive(Debug, Serialize)]
struct Related<'a> {
    message: &'a str,
    location: Region<'a>,
}

#[derive(Debug, Serialize)]
struct Change<'a> {
    location: Region<'a>,
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct Summary<'a> {
    errors: usize,
    warnings: usize,
    infos: usize,
    suppressed: usize,
    baseline: usize,
    withheld: usize,
    rules: BTreeMap<&'a str, usize>,
    files: usize,
    objects: &'a BTreeMap<String, usize>,
    not_looked_at: &'a BTreeMap<String, usize>,
}

/// The findings as one JSON document.
///
/// # Errors
///
/// Never: the data is plain.
pub fn report(report: &Findings) -> serde_json::Result<String> {
    let count = |severity| report.all.iter().filter(|finding| finding.severity == severity).count();
    let mut rules = BTreeMap::new();
    for finding in report.all {
        *rules.entry(finding.rule).or_default() += 1;
    }
    let document = Document {
        schema: SCHEMA,
        findings: report.all.iter().map(|finding| Finding::new(finding, report.sources)).collect(),
        summary: Summary {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
            suppressed: report.suppressed,
            baseline: report.baseline,
            withheld: report.withheld,
            rules,
            files: report.looked.files,
            objects: &report.looked.objects,
            not_looked_at: &report.looked.unread,
        },
    };
    print(&document)
}

impl<'a> Finding<'a> {
    pub(super) fn new(finding: &'a Diagnostic, sources: &'a SourceMap) -> Self {
        Self {
            rule: finding.rule,
            severity: finding.severity.name(),
            effect: finding.effect.map(crate::diagnostic::Effect::name),
            message: &finding.message,
            notes: &finding.notes,
            help: finding.help.as_deref(),
            object: finding.object.as_ref().map(|ObjectRef { kind, namespace, name }| Object { kind, namespace, name }),
            subject: finding.subject.as_deref(),
            location: finding.span.map(|span| Region::new(span, sources)),
            related: finding
                .related
                .iter()
                .map(|label| Related { message: &label.message, location: Region::new(label.span, sources) })
                .collect(),
            fix: finding.fix.as_ref().map(|Fix { span, text }| Change { location: Region::new(*span, sources), text }),
        }
    }
}

/// Prints data as JSON over several lines. What a terminal would obey and what deceives a reader is written as an escape, which
/// means the same to programs.
pub(super) fn print(data: &impl Serialize) -> serde_json::Result<String> {
    let mut bytes = Vec::new();
    data.serialize(&mut Serializer::with_formatter(&mut bytes, Harmless(PrettyFormatter::new())))?;
    bytes.push(b'\n');
    // The serializer writes nothing but UTF-8.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Data as JSON on one line, in plain characters only.
pub(super) fn escaped(data: &impl Serialize) -> serde_json::Result<String> {
    let text = serde_json::to_string(data)?;
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match is_deceptive(character) {
            // What is not plain can stand in texts alone.
            true => character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}"))),
            false => out.push(character),
        }
    }
    Ok(out)
}

/// Several lines, and plain characters only.
struct Harmless(PrettyFormatter<'static>);

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(is_deceptive) {
            let (plain, from) = rest.split_at(at);
            writer.write_all(plain.as_bytes())?;
            let mut characters = from.chars();
            let mut units = [0; 2];
            for unit in characters.next().into_iter().flat_map(|character| character.encode_utf16(&mut units).to_vec()) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = characters.as_str();
        }
        writer.write_all(rest.as_bytes())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, writer: &mut W, escape: CharEscape) -> io::Result<()> {
        self.0.write_char_escape(writer, escape)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;
    use crate::diagnostic::Effect;
    use crate::output::looked::Looked;
    use crate::source::Span;

    #[test]
    fn a_finding_says_all_that_is_known() -> serde_json::Result<()> {
        let mut sources = SourceMap::default();
        let file = sources.add("in.yaml", "a: 1\nhost: one\nb: 2\n");
        let finding = Diagnostic::warning("duplicate-host-path", "text")
            .at(Span::new(file, 11..14))
            .related("older", Span::new(file, 0..1))
            .object(ObjectRef { kind: "Ingress".into(), namespace: "shop".into(), name: "web".into() })
            .subject("one/")
            .effect(Effect::Overridden)
            .note("why")
            .help("what to do")
            .fix(Span::new(file, 11..14), "two");
        let all = [finding, Diagnostic::info("plain", "text")];
        let counts = |kind: &str| BTreeMap::from([(kind.to_owned(), 2)]);
        let looked = Looked { files: 1, objects: counts("Ingress"), unread: counts("HTTPRoute") };
        let text = report(&Findings { suppressed: 3, looked: &looked, ..Findings::new(&all, &sources) })?;
        let place = |line, column, end_column| json!({"file": "in.yaml", "line": line, "column": column, "end_line": line, "end_column": end_column});
        let expected = json!({
            "schema": 1,
            "findings": [
                {
                    "rule": "duplicate-host-path", "severity": "warning", "effect": "overridden", "message": "text", "notes": ["why"],
                    "help": "what to do", "object": {"kind": "Ingress", "namespace": "shop", "name": "web"}, "subject": "one/",
                    "location": place(2, 7, 10), "related": [{"message": "older", "location": place(1, 1, 2)}],
                    "fix": {"location": place(2, 7, 10), "text": "two"},
                },
                {
                    "rule": "plain", "severity": "info", "effect": null, "message": "text", "notes": [], "help": null, "object": null,
                    "subject": null, "location": null, "related": [], "fix": null,
                },
            ],
            "summary": {"errors": 0, "warnings": 1, "infos": 1, "suppressed": 3, "baseline": 0, "withheld": 0, "rules": {"duplicate-host-path": 1, "plain": 1},
                "files": 1, "objects": {"Ingress": 2}, "not_looked_at": {"HTTPRoute": 2}},
        });
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text)?, expected);
        Ok(())
    }

    #[test]
    fn what_deceives_is_escaped_and_means_the_same() -> serde_json::Result<()> {
        for value in ["", "plain ü 日本 🦀", "\u{1b}[2J\u{7f}\u{9b}", "a\u{202e}b\u{e0041}", "\"\\\n\t\u{0}"] {
            let text = print(&value)?;
            assert_eq!(serde_json::from_str::<String>(&text)?, value);
            assert!(!text.trim_end_matches('\n').contains(is_deceptive), "{text}");
        }
        assert_eq!(print(&"\u{e0041}")?, "\"\\udb40\\udc41\"\n");
        Ok(())
    }
}
