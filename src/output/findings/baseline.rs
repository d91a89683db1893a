//! Findings that were there before, as a file: schema 1.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::identity::Identity;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::output::json::escaped;
use crate::source::SourceMap;

const SCHEMA: u32 = 1;

/// One finding, or several that cannot be told apart.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    rule: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    namespace: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<String>,
    about: String,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    count: usize,
}

fn one() -> usize {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_one(count: &usize) -> bool {
    *count == 1
}

#[derive(Debug, Deserialize)]
struct Document {
    schema: u32,
    findings: Vec<Entry>,
}

/// How often each finding was there.
pub type Counts = BTreeMap<Identity, usize>;

/// The findings as such a file: a line each, so that a change of it can be read.
///
/// # Errors
/// Never: the data is plain.
pub fn write(findings: &[Diagnostic], sources: &SourceMap) -> serde_json::Result<String> {
    let mut counts = Counts::new();
    for finding in findings {
        *counts.entry(Identity::of(finding, sources)).or_default() += 1;
    }
    let lines = counts.into_iter().map(|(Identity { rule, object, file, about }, count)| {
        let ObjectRef { kind, namespace, name } =
            object.unwrap_or(ObjectRef { kind: String::new(), namespace: String::new(), name: String::new() });
        Ok(format!("    {}", escaped(&Entry { rule, kind, namespace, name, file, about, count })?))
    });
    let lines = lines.collect::<serde_json::Result<Vec<String>>>()?;
    let list = if lines.is_empty() { String::from("[]") } else { format!("[\n{}\n  ]", lines.join(",\n")) };
    Ok(format!("{{\n  \"schema\": {SCHEMA},\n  \"findings\": {list}\n}}\n"))
}

/// Reads such a file.
///
/// # Errors
/// What is wrong with it, in words that follow its name.
pub fn read(text: &str) -> Result<Counts, String> {
    let document: Document = serde_json::from_str(text).map_err(|error| format!("is no baseline: {error}"))?;
    if document.schema != SCHEMA {
        return Err(format!("is a baseline of schema {}, and {SCHEMA} is known", document.schema));
    }
    let mut counts = Counts::new();
    for Entry { rule, kind, namespace, name, file, about, count } in document.findings {
        let object = (!kind.is_empty()).then_some(ObjectRef { kind, namespace, name });
        *counts.entry(Identity { rule, object, file, about }).or_default() += count;
    }
    Ok(counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn what_is_written_is_read() -> Result<(), String> {
        let mut sources = SourceMap::default();
        let file = sources.add("in.yaml", "a: 1\nb: 2\n");
        let object = ObjectRef { kind: "Ingress".into(), namespace: "shop".into(), name: "web".into() };
        let about = Diagnostic::warning("odd", "at `\u{202e}`").at(Span::new(file, 0..1)).object(object).subject("x");
        let all = [about.clone(), about.clone(), Diagnostic::error("even", "no \"object\"").at(Span::new(file, 5..6))];
        let text = write(&all, &sources).map_err(|error| error.to_string())?;
        assert_eq!(text.lines().count(), 7, "{text}");
        let counts = read(&text)?;
        let moved = Diagnostic { message: "in other words".into(), span: Some(Span::new(file, 5..6)), ..about };
        assert_eq!(counts.get(&Identity::of(&moved, &sources)), Some(&2));
        assert_eq!(counts.get(&Identity::of(&all[2], &sources)), Some(&1));
        Ok(())
    }

    #[test]
    fn other_files_are_no_baselines() {
        for (text, reason) in [("", "is no baseline"), ("[]", "is no baseline"), ("{\"schema\": 9, \"findings\": []}", "schema 9")] {
            assert!(read(text).err().is_some_and(|error| error.contains(reason)), "{text}");
        }
    }
}
