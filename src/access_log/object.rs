//! Lines that are objects of JSON, read by their keys: who forwards logs may write them anew.

use std::borrow::Cow;

use hashbrown::HashMap;
use serde_json::Value;

use super::entry::Entry;
use super::escape::Escape;
use super::role::Role;
use super::scan::{Pattern, variable};

/// What the keys of an object hold.
#[derive(Debug)]
pub(super) struct Object {
    keys: HashMap<String, Pattern>,
}

impl Object {
    /// The keys of a format that writes an object; none where it does not.
    pub(super) fn of(text: &str) -> Option<Self> {
        let document = with_quotes(text)?;
        let Value::Object(fields) = serde_json::from_str(&document).ok()? else { return None };
        let mut keys = HashMap::new();
        add(&mut keys, "", &fields);
        Some(Self { keys })
    }

    /// What a line tells; none where it is no such object.
    pub(super) fn read(&self, line: &[u8]) -> Option<Entry<'static>> {
        let Value::Object(fields) = serde_json::from_slice(line).ok()? else { return None };
        let mut values = Vec::new();
        self.values("", &fields, &mut values)?;
        // The format of another log may be an object as well.
        if values.is_empty() {
            return None;
        }
        Some(Entry::of(values.into_iter().map(|(role, value)| (role, Cow::Owned(value))), Escape::Json)?.into_owned())
    }

    fn values<'o>(&'o self, path: &str, fields: &serde_json::Map<String, Value>, values: &mut Vec<(&'o Role, Vec<u8>)>) -> Option<()> {
        for (key, value) in fields {
            let path = format!("{path}/{key}");
            let text = match value {
                Value::Object(fields) => {
                    self.values(&path, fields, values)?;
                    continue;
                }
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                Value::Null | Value::Bool(_) | Value::Array(_) => continue,
            };
            let Some(pattern) = self.keys.get(&path) else { continue };
            let found = pattern.read(text.as_bytes()).ok()?;
            let found = pattern.fields.iter().zip(found).map(|(field, range)| (&field.role, text.as_bytes()[range].to_vec()));
            values.extend(found);
        }
        Some(())
    }
}

fn add(keys: &mut HashMap<String, Pattern>, path: &str, fields: &serde_json::Map<String, Value>) {
    for (key, value) in fields {
        let path = format!("{path}/{key}");
        match value {
            Value::Object(fields) => add(keys, &path, fields),
            Value::String(text) => {
                keys.insert(path, Pattern::compile(text, Escape::None));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {}
        }
    }
}

/// The text of a format with quotes around the variables that stand without: numbers.
fn with_quotes(text: &str) -> Option<String> {
    if !text.trim_start().starts_with('{') {
        return None;
    }
    let (mut out, mut is_quoted, mut rest) = (String::with_capacity(text.len() + 16), false, text);
    while let Some(letter) = rest.chars().next() {
        let behind = &rest[letter.len_utf8()..];
        match letter {
            '\\' if is_quoted => {
                let next = behind.chars().next()?;
                out.extend([letter, next]);
                rest = &behind[next.len_utf8()..];
                continue;
            }
            '"' => is_quoted = !is_quoted,
            '$' if !is_quoted => {
                let (name, after) = variable(behind)?;
                out.push_str(&format!("\"${{{name}}}\""));
                rest = after;
                continue;
            }
            _ => {}
        }
        out.push(letter);
        rest = behind;
    }
    Some(out)
}
