//! Findings for scripts: schema 1.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Findings;
use crate::diagnostic::{Diagnostic, Fix, ObjectRef, Severity};
use crate::output::json::print;
use crate::output::region::Region;
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
pub(in crate::output) struct Finding<'a> {
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
    pub(in crate::output) fn new(finding: &'a Diagnostic, sources: &'a SourceMap) -> Self {
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

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use serde_json::json;

    use super::*;
    use crate::diagnostic::Effect;
    use crate::output::findings::looked::Looked;
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
}
