//! The annotations as a JSON Schema of `metadata.annotations`, with which editors complete and check.
//!
//! The schema accepts whatever the controller accepts. Where that cannot be said in a pattern, it says less.

use serde_json::{Map, Value, json};

use super::{Selection, doc};
use crate::catalog::flags::Flags;
use crate::catalog::key::Spec;
use crate::catalog::value::Check;
use crate::output::json::print;

/// The draft that editors know.
const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// The schema of `metadata.annotations`.
///
/// # Errors
///
/// Never: the data is plain.
pub fn report(selection: &Selection) -> serde_json::Result<String> {
    let mut schema = annotations(selection);
    schema["$schema"] = json!(DRAFT);
    print(&schema)
}

/// The schema of manifests, which demands something of Ingresses alone: editors ask for one that is about whole files.
///
/// # Errors
///
/// Never: the data is plain.
pub fn manifests(selection: &Selection) -> serde_json::Result<String> {
    let metadata = json!({ "type": "object", "properties": { "annotations": annotations(selection) } });
    print(&json!({
        "$schema": DRAFT,
        "title": format!("Kubernetes manifests for ingress-nginx {}", selection.version),
        "type": "object",
        "if": { "properties": { "kind": { "const": "Ingress" } }, "required": ["kind"] },
        "then": { "properties": { "metadata": metadata } },
    }))
}

fn annotations(selection: &Selection) -> Value {
    let prefix = Flags::default().annotations_prefix;
    let mut properties = Map::new();
    for (_, spec) in &selection.annotations {
        properties.insert(format!("{prefix}/{}", spec.name), property(spec));
        for alias in spec.aliases {
            let mut older = property(spec);
            older["description"] = json!(format!("Older name of {prefix}/{}. {}", spec.name, doc(spec)));
            older["deprecated"] = json!(true);
            properties.insert(format!("{prefix}/{alias}"), older);
        }
    }
    let names: Vec<&String> = properties.keys().collect();
    let foreign = format!("^{}/", prefix.replace('.', "\\."));
    json!({
        "title": format!("Annotations of ingress-nginx {}", selection.version),
        "type": "object",
        "propertyNames": { "anyOf": [{ "enum": names }, { "not": { "pattern": foreign } }] },
        "properties": properties,
        "additionalProperties": { "type": "string" },
    })
}

fn property(spec: &Spec) -> Value {
    let description = format!("{}\n\nValue: {}.", doc(spec), spec.check.expected());
    let mut property = json!({ "type": "string", "description": description, "examples": [spec.example] });
    if let (Value::Object(property), Some(Value::Object(accepted))) = (&mut property, accepted(&spec.check)) {
        property.extend(accepted);
    }
    property
}

/// What a check accepts; none where a pattern cannot say it.
fn accepted(check: &Check) -> Option<Value> {
    let either = |words: &[&str], pattern: String| json!({ "anyOf": [{ "enum": words }, { "pattern": pattern }] });
    match check {
        // Other spellings count, but are not worth proposing.
        Check::Bool => Some(either(check.allowed(), String::from("^([1tT0fF]|TRUE|True|FALSE|False)$"))),
        Check::Int => Some(json!({ "pattern": "^[+-]?[0-9]+$" })),
        Check::Options(words) => Some(either(words, format!("^\\s*({})\\s*$", words.join("|")))),
        Check::OptionsAnyCase(words) => {
            let any_case: Vec<String> = words.iter().map(|word| word.chars().map(either_case).collect()).collect();
            Some(either(words, format!("^\\s*({})\\s*$", any_case.join("|"))))
        }
        Check::Matches(pattern) if !pattern.words.is_empty() => Some(json!({ "examples": pattern.words })),
        Check::Nothing
        | Check::Matches(_)
        | Check::MatchesWithoutSpaces(_)
        | Check::HostPattern
        | Check::HostPatterns
        | Check::Networks
        | Check::CommonName
        | Check::ServiceName
        | Check::Duration => None,
    }
}

fn either_case(letter: char) -> String {
    if letter.is_ascii_alphabetic() {
        format!("[{}{}]", letter.to_ascii_lowercase(), letter.to_ascii_uppercase())
    } else {
        letter.to_string()
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;
    use crate::catalog::features;
    use crate::catalog::releases::LATEST;

    /// Whether the part of the schema for one annotation accepts a value, as far as the schema uses its own words.
    fn accepts(property: &Value, value: &str) -> bool {
        let matches = |part: &Value| match (part.get("enum"), part.get("pattern").and_then(Value::as_str)) {
            (Some(words), _) => words.as_array().is_some_and(|words| words.iter().any(|word| word == value)),
            (None, Some(pattern)) => Regex::new(pattern).is_ok_and(|pattern| pattern.is_match(value)),
            (None, None) => true,
        };
        property.get("anyOf").and_then(Value::as_array).map_or_else(|| matches(property), |parts| parts.iter().any(matches))
    }

    #[test]
    fn the_schema_accepts_what_the_controller_accepts() {
        let values = ["true", "T", "yes", "1", "-7", "+7", "10s", "", " http ", "HTTP", "grpc", "GrPcS", "GRPCS ", "on", "default", "x y"];
        for spec in features::all() {
            let property = property(spec);
            assert!(accepts(&property, spec.example), "{}", spec.name);
            for value in values.iter().filter(|value| spec.check.accepts(value)) {
                assert!(accepts(&property, value), "{}: {value:?}", spec.name);
            }
        }
        let property = |name| features::find(name).map(property).unwrap_or_default();
        assert!(!accepts(&property("enable-cors"), "yes") && !accepts(&property("cors-max-age"), "10s"));
        assert!(!accepts(&property("backend-protocol"), "HTTP2"));
    }

    #[test]
    fn every_name_is_known_and_no_other_under_the_prefix() -> serde_json::Result<()> {
        let schema: Value = serde_json::from_str(&report(&Selection::of(LATEST))?)?;
        let names = schema["propertyNames"]["anyOf"][0]["enum"].as_array().map(Vec::len).unwrap_or_default();
        assert_eq!(names, features::all().map(|spec| 1 + spec.aliases.len()).sum::<usize>());
        let foreign = schema["propertyNames"]["anyOf"][1]["not"]["pattern"].as_str().unwrap_or_default();
        assert!(Regex::new(foreign).is_ok_and(|foreign| foreign.is_match("nginx.ingress.kubernetes.io/x") && !foreign.is_match("x/y")));
        Ok(())
    }
}
