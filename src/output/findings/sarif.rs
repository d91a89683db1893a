//! Findings as SARIF 2.1.0, for code scanning.

use serde::Serialize;
use serde_json::{Value, json};

use super::identity::Fingerprints;
use super::{Findings, rule_url};
use crate::diagnostic::{Diagnostic, Fix, ObjectRef, Severity};
use crate::lint::rule::Rule;
use crate::lint::rules::{self, security::danger};
use crate::output::json::print;
use crate::output::region::Region;
use crate::source::{SourceMap, Span};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The findings of one run, with the rules that they are of.
///
/// # Errors
///
/// Never: the data is plain.
pub fn report(report: &Findings) -> serde_json::Result<String> {
    let mut rules: Vec<&str> = report.all.iter().map(|finding| finding.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    let mut seen = Fingerprints::default();
    let results: Vec<Value> = report.all.iter().map(|finding| result(finding, &rules, report, &mut seen)).collect();
    let driver = json!({
        "name": "ingressc",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "informationUri": HOME,
        "rules": rules.iter().map(|name| descriptor(name)).collect::<Vec<_>>(),
    });
    // Columns are counted in characters, not in the units of UTF-16 that SARIF assumes.
    let run = json!({ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results });
    print(&json!({ "$schema": SCHEMA, "version": "2.1.0", "runs": [run] }))
}

/// Where the program is to be found.
const HOME: &str = env!("CARGO_PKG_REPOSITORY");

fn descriptor(name: &str) -> Value {
    let Some(rule) = rules::find(name) else { return json!({ "id": name }) };
    let Rule { severity, .. } = rule;
    let page = rule.page();
    let why = unwrapped(page.why);
    let mut descriptor = json!({
        "id": name,
        "shortDescription": { "text": page.summary },
        "fullDescription": { "text": why },
        "help": { "text": why, "markdown": rule.text },
        "helpUri": rule_url(name),
        "defaultConfiguration": { "level": level(*severity) },
    });
    if let Some(danger) = danger(name) {
        descriptor["properties"] = json!({ "tags": ["security"], "security-severity": danger.score() });
    }
    descriptor
}

/// Paragraphs without the line breaks that only the width of a page asks for.
fn unwrapped(text: &str) -> String {
    text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect::<Vec<_>>().join("\n\n")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn result(finding: &Diagnostic, rules: &[&str], report: &Findings, seen: &mut Fingerprints) -> Value {
    let sources = report.sources;
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level(finding.severity),
        "message": { "text": message(finding) },
    });
    let mut add = |key: &str, value: Value| result[key] = value;
    if let Ok(index) = rules.binary_search(&finding.rule) {
        add("ruleIndex", json!(index));
    }
    add("locations", json!([location(finding, report)]));
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(
            |(at, label)| json!({ "id": at + 1, "physicalLocation": physical(label.span, sources), "message": { "text": label.message } }),
        );
        add("relatedLocations", related.collect());
    }
    if let Some(fix) = &finding.fix {
        add("fixes", json!([change(finding, fix, sources)]));
    }
    add("partialFingerprints", json!({ "ingresscFinding/v1": seen.next(finding, sources) }));
    if finding.effect.is_some() || finding.subject.is_some() {
        add("properties", json!({ "effect": finding.effect.map(crate::diagnostic::Effect::name), "subject": finding.subject }));
    }
    result
}

/// What code scanning shows: it has no place of its own for notes and help.
fn message(finding: &Diagnostic) -> String {
    let help = finding.help.iter().map(|help| format!("help: {help}"));
    let remarks = finding.notes.iter().map(|note| format!("note: {note}")).chain(help);
    std::iter::once(finding.message.clone()).chain(remarks).collect::<Vec<_>>().join("\n")
}

/// Where a finding is. Code scanning refuses what has no place: what is about the run is about its first file.
fn location(finding: &Diagnostic, report: &Findings) -> Value {
    let mut location = match finding.span {
        Some(span) => json!({ "physicalLocation": physical(span, report.sources) }),
        None => json!({ "physicalLocation": { "artifactLocation": { "uri": uri(report.usual_file()) } } }),
    };
    if let Some(ObjectRef { kind, namespace, name }) = &finding.object {
        let full = if namespace.is_empty() { format!("{kind}/{name}") } else { format!("{namespace}/{kind}/{name}") };
        location["logicalLocations"] = json!([{ "name": name, "fullyQualifiedName": full, "kind": "object" }]);
    }
    location
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRegion {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

impl SarifRegion {
    fn new(region: Region) -> Self {
        let Region { line, column, end_line, end_column, .. } = region;
        Self { start_line: line, start_column: column, end_line, end_column }
    }
}

fn physical(span: Span, sources: &SourceMap) -> Value {
    let region = Region::new(span, sources);
    json!({ "artifactLocation": { "uri": uri(region.file) }, "region": SarifRegion::new(region) })
}

fn change(finding: &Diagnostic, fix: &Fix, sources: &SourceMap) -> Value {
    let region = Region::new(fix.span, sources);
    json!({
        "description": { "text": finding.help.as_ref().unwrap_or(&finding.message) },
        "artifactChanges": [{
            "artifactLocation": { "uri": uri(region.file) },
            "replacements": [{ "deletedRegion": SarifRegion::new(region), "insertedContent": { "text": fix.text } }],
        }],
    })
}

/// The name of a file as a reference to it.
fn uri(name: &str) -> String {
    let mut uri = String::with_capacity(name.len());
    let name = if cfg!(windows) { name.replace('\\', "/") } else { name.to_owned() };
    if name.starts_with('/') {
        uri.push_str("file://");
    }
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_have_places_and_rules_say_more() -> serde_json::Result<()> {
        let mut sources = SourceMap::default();
        let file = sources.add("a b.yaml", "a: 1\n");
        let placed = Diagnostic::error("fallen-open", "text").at(Span::new(file, 0..1)).fix(Span::new(file, 3..4), "2").help("do it");
        let all = [placed, Diagnostic::info("placeholder", "of no place"), Diagnostic::info("placeholder", "of no place")];
        let text = report(&Findings::new(&all, &sources))?;
        let run = &serde_json::from_str::<Value>(&text)?["runs"][0];
        let driver = &run["tool"]["driver"];
        assert!(driver["informationUri"].as_str().is_some_and(|uri| uri.starts_with("https://")));
        let [open, filled] = [&driver["rules"][0], &driver["rules"][1]];
        assert_eq!(open["properties"], json!({ "tags": ["security"], "security-severity": "8.0" }));
        assert!(filled["properties"].is_null() && filled["helpUri"].as_str().is_some_and(|uri| uri.ends_with("placeholder")));
        for result in run["results"].as_array().into_iter().flatten() {
            assert_eq!(result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a%20b.yaml");
        }
        assert_eq!(run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"], "2");
        assert_ne!(run["results"][1]["partialFingerprints"], run["results"][2]["partialFingerprints"]);
        Ok(())
    }

    #[test]
    fn names_become_references() {
        for (name, expected) in [
            ("a/b c.yaml", "a/b%20c.yaml"),
            ("../a.yaml", "../a.yaml"),
            ("/tmp/ä.yaml", "file:///tmp/%C3%A4.yaml"),
            ("<stdin>", "%3Cstdin%3E"),
            ("a:b%#?.yaml", "a%3Ab%25%23%3F.yaml"),
        ] {
            assert_eq!(uri(name), expected);
        }
    }
}
