//! Values of YAML as texts and as JSON, and names that are known.

use serde_json::{Map, Number};

use crate::manifest::{Node, Value};

/// A text; a number or a boolean as it would be written.
pub(super) fn text(node: &Node<'_>) -> Option<String> {
    match node.value() {
        Value::String(text) => Some(text.clone().into_owned()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) | Value::Shared(_) => None,
    }
}

/// The value as JSON.
pub(super) fn json(node: &Node<'_>) -> serde_json::Value {
    match node.value() {
        Value::Null | Value::Shared(_) => serde_json::Value::Null,
        Value::Bool(value) => serde_json::Value::Bool(*value),
        Value::Integer(number) => serde_json::Value::from(*number),
        Value::Float(number) => Number::from_f64(*number).map_or(serde_json::Value::Null, serde_json::Value::Number),
        Value::String(text) => serde_json::Value::String(text.clone().into_owned()),
        Value::Sequence(items) => serde_json::Value::Array(items.iter().map(json).collect()),
        Value::Mapping(entries) => serde_json::Value::Object(
            entries.iter().map(|entry| (entry.key.clone().into_owned(), json(&entry.value))).collect::<Map<_, _>>(),
        ),
    }
}

/// Whether a name is one of some; the error says which one may be meant, or all of them.
pub(super) fn known(name: &str, names: &[&str]) -> Result<(), String> {
    if names.contains(&name) {
        return Ok(());
    }
    let kebab = name.replace('-', "_").to_ascii_lowercase();
    let distance = |known: &&&str| strsim::osa_distance(known, &kebab);
    match names.iter().min_by_key(distance).filter(|known| distance(known) <= 2 && distance(known) < known.len()) {
        Some(known) => Err(format!("did you mean `{known}`?")),
        None => Err(format!("it has: {}", names.join(", "))),
    }
}
