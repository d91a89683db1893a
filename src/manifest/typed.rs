//! Trees to typed objects: a serde deserializer that knows where each value stands.

use std::cell::RefCell;
use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor, value::StrDeserializer,
};
use serde::forward_to_deserialize_any;

use super::tree::{Entry, Node, Value};
use crate::source::Span;

/// Why a value is not of its type, and where it stands. It never repeats the value, which can be a password.
#[derive(Debug)]
pub(super) struct TypeError {
    /// What is wrong.
    pub(super) message: String,
    /// In quotes, the value would be of its type.
    pub(super) needs_quotes: bool,
    /// The innermost value that is wrong.
    pub(super) span: Option<Span>,
}

impl fmt::Display for TypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message.fmt(f)
    }
}

impl std::error::Error for TypeError {}

impl TypeError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), needs_quotes: false, span: None }
    }
}

impl serde::de::Error for TypeError {
    /// What a library says may repeat the value or a part of it.
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::new("the value has not the form that this field asks for")
    }

    fn invalid_type(found: Unexpected, expected: &dyn Expected) -> Self {
        let expected = words(&expected.to_string()).to_owned();
        let is_scalar = matches!(found, Unexpected::Bool(_) | Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_));
        let message = format!("expected {expected}, found {}", name(&found));
        Self { needs_quotes: is_scalar && expected == "a string", ..Self::new(message) }
    }

    fn invalid_value(_: Unexpected, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}, found another value"))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        Self::new(format!("expected {expected}, found {length} of them"))
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("expected one of {}, found another value", expected.join(", ")))
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::new("there is no such field")
    }
}

/// What a value is, without the value.
/// What is expected, in the words of whoever writes manifests.
fn words(expected: &str) -> &str {
    match expected {
        "i8" | "i16" | "i32" | "i64" | "u8" | "u16" | "u32" | "u64" => "a number without quotes",
        "bool" => "`true` or `false`",
        other if other.starts_with("struct ") => "a mapping",
        other => other,
    }
}

fn name(value: &Unexpected) -> &'static str {
    match value {
        Unexpected::Bool(_) => "a boolean",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) => "an integer",
        Unexpected::Float(_) => "a number",
        Unexpected::Char(_) | Unexpected::Str(_) => "a string",
        Unexpected::Unit | Unexpected::Option => "null",
        Unexpected::Seq => "a list",
        Unexpected::Map => "a mapping",
        _ => "something else",
    }
}

/// A key that no field of the type has.
#[derive(Debug)]
pub(super) struct UnknownField {
    /// The key.
    pub(super) name: String,
    /// Where it stands.
    pub(super) span: Span,
    /// The keys that there are.
    pub(super) known: &'static [&'static str],
}

/// What is noticed besides the value itself.
pub(super) type Unknown = RefCell<Vec<UnknownField>>;

/// Reads a typed value from a tree.
///
/// # Errors
/// The first value that is not of its type.
pub(super) fn read<'a, T: serde::Deserialize<'a>>(node: &'a Node<'a>, unknown: &Unknown) -> Result<T, TypeError> {
    T::deserialize(Reader { node, unknown })
}

#[derive(Clone, Copy)]
struct Reader<'a, 'u> {
    node: &'a Node<'a>,
    unknown: &'u Unknown,
}

impl<'a> Reader<'a, '_> {
    fn located<T>(self, result: Result<T, TypeError>) -> Result<T, TypeError> {
        result.map_err(|error| TypeError { span: error.span.or(Some(self.node.span)), ..error })
    }

    fn map<V: Visitor<'a>>(self, visitor: V, entries: &'a [Entry<'a>]) -> Result<V::Value, TypeError> {
        self.located(visitor.visit_map(Map { entries: entries.iter(), value: None, unknown: self.unknown }))
    }
}

impl<'a> Deserializer<'a> for Reader<'a, '_> {
    type Error = TypeError;

    fn deserialize_any<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, TypeError> {
        let result = match self.node.value() {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => visitor.visit_i64(*value),
            Value::Float(value) => visitor.visit_f64(*value),
            Value::String(text) => visitor.visit_borrowed_str(text),
            Value::Sequence(items) => visitor.visit_seq(Seq { items: items.iter(), unknown: self.unknown }),
            Value::Mapping(entries) => return self.map(visitor, entries),
            Value::Shared(node) => return Reader { node, ..self }.deserialize_any(visitor),
        };
        self.located(result)
    }

    fn deserialize_option<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, TypeError> {
        match self.node.value() {
            Value::Null => visitor.visit_none(),
            _ => self.located(visitor.visit_some(self)),
        }
    }

    fn deserialize_str<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, TypeError> {
        match self.node.value() {
            // The API server reads null in place of text as empty text.
            Value::Null => visitor.visit_borrowed_str(""),
            Value::Bool(_) | Value::Integer(_) | Value::Float(_) => {
                self.located(Err(serde::de::Error::invalid_type(unexpected(self.node), &visitor)))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, TypeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_seq<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, TypeError> {
        match self.node.value() {
            Value::Null => self.located(visitor.visit_seq(Seq { items: [].iter(), unknown: self.unknown })),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_map<V: Visitor<'a>>(self, visitor: V) -> Result<V::Value, TypeError> {
        match self.node.value() {
            Value::Null => self.map(visitor, &[]),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'a>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, TypeError> {
        let unknown = self.node.entries().iter().filter(|entry| !fields.contains(&entry.key.as_ref()));
        let note = |entry: &Entry| UnknownField { name: entry.key.to_string(), span: entry.key_span, known: fields };
        self.unknown.borrow_mut().extend(unknown.map(note));
        self.deserialize_map(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'a>>(self, _: &'static str, visitor: V) -> Result<V::Value, TypeError> {
        self.located(visitor.visit_newtype_struct(self))
    }

    forward_to_deserialize_any! {
        <V: Visitor<'a>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct enum identifier ignored_any
    }
}

fn unexpected<'a>(node: &'a Node) -> Unexpected<'a> {
    match node.value() {
        Value::Null => Unexpected::Unit,
        Value::Bool(value) => Unexpected::Bool(*value),
        Value::Integer(value) => Unexpected::Signed(*value),
        Value::Float(value) => Unexpected::Float(*value),
        Value::String(text) => Unexpected::Str(text),
        Value::Sequence(_) => Unexpected::Seq,
        Value::Mapping(_) => Unexpected::Map,
        Value::Shared(node) => unexpected(node),
    }
}

struct Seq<'a, 'u> {
    items: std::slice::Iter<'a, Node<'a>>,
    unknown: &'u Unknown,
}

impl<'a> SeqAccess<'a> for Seq<'a, '_> {
    type Error = TypeError;

    fn next_element_seed<T: DeserializeSeed<'a>>(&mut self, seed: T) -> Result<Option<T::Value>, TypeError> {
        self.items.next().map(|node| seed.deserialize(Reader { node, unknown: self.unknown })).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

struct Map<'a, 'u> {
    entries: std::slice::Iter<'a, Entry<'a>>,
    value: Option<&'a Node<'a>>,
    unknown: &'u Unknown,
}

impl<'a> MapAccess<'a> for Map<'a, '_> {
    type Error = TypeError;

    fn next_key_seed<K: DeserializeSeed<'a>>(&mut self, seed: K) -> Result<Option<K::Value>, TypeError> {
        let Some(entry) = self.entries.next() else { return Ok(None) };
        self.value = Some(&entry.value);
        let key: StrDeserializer<'_, TypeError> = entry.key.as_ref().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'a>>(&mut self, seed: V) -> Result<V::Value, TypeError> {
        let node = self.value.take().ok_or_else(|| TypeError::new("a value without a key"))?;
        seed.deserialize(Reader { node, unknown: self.unknown })
    }
}
