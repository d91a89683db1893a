//! The tree of one document: values while it is read, and places for as long as the object lives.

use std::borrow::Cow;
use std::rc::Rc;

use crate::source::{FileId, Span};

/// A value of a document.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub value: Value<'a>,
}

/// What a value is, as kubectl reads it.
#[derive(Debug, Clone)]
pub enum Value<'a> {
    /// `null`, `~` or nothing.
    Null,
    /// A boolean of YAML 1.1.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number that `i64` cannot hold.
    Float(f64),
    /// Text.
    String(Cow<'a, str>),
    /// A list. It has no room for more, as a large document is mostly lists and mappings of a few values.
    Sequence(Box<[Node<'a>]>),
    /// Keys and values, each key once.
    Mapping(Box<[Entry<'a>]>),
    /// A value that has an anchor: aliases repeat it.
    Shared(Rc<Node<'a>>),
}

/// A key and its value.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// The key.
    pub key: Cow<'a, str>,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node<'a>,
}

impl<'a> Node<'a> {
    /// What this is, wherever it is shared from.
    #[must_use]
    pub fn value(&self) -> &Value<'a> {
        match &self.value {
            Value::Shared(node) => node.value(),
            value => value,
        }
    }

    /// What this is, to be changed: a copy where it is shared.
    fn value_mut(&mut self) -> &mut Value<'a> {
        if let Value::Shared(node) = &self.value {
            self.value = node.value().clone();
        }
        &mut self.value
    }

    /// What this is, without its place: a copy where it is shared.
    pub(super) fn into_value(self) -> Value<'a> {
        match self.value {
            Value::Shared(node) => Rc::unwrap_or_clone(node).into_value(),
            value => value,
        }
    }

    /// The value of a key, where this is a mapping that has it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The value at the end of several keys.
    pub(super) fn at(&self, keys: &[&str]) -> Option<&Self> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The entries of a mapping; none for other values.
    #[must_use]
    pub fn entries(&self) -> &[Entry<'a>] {
        match self.value() {
            Value::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; none for other values.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        match self.value() {
            Value::Sequence(items) => items,
            _ => &[],
        }
    }

    /// The text, where the value is text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self.value() {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number, where the value is a whole one.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        match self.value() {
            Value::Integer(number) => Some(*number),
            _ => None,
        }
    }

    /// Removes a key of a mapping and returns what it held.
    pub(super) fn take(&mut self, key: &str) -> Option<Entry<'a>> {
        let Value::Mapping(entries) = self.value_mut() else { return None };
        let at = entries.iter().position(|entry| entry.key == key)?;
        let mut all = std::mem::take(entries).into_vec();
        let taken = all.remove(at);
        *entries = all.into_boxed_slice();
        Some(taken)
    }

    /// Sets a key of a mapping.
    pub(super) fn put(&mut self, key: &'static str, key_span: Span, value: Self) {
        if let Value::Mapping(entries) = self.value_mut() {
            let others = std::mem::take(entries).into_iter().filter(|entry| entry.key != key);
            *entries = others.chain([Entry { key: Cow::Borrowed(key), key_span, value }]).collect();
        }
    }

    /// The value of a key, to be changed.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        match self.value_mut() {
            Value::Mapping(entries) => entries.iter_mut().find(|entry| entry.key == key).map(|entry| &mut entry.value),
            _ => None,
        }
    }

    /// The items of a list, to be changed; none for other values.
    pub(super) fn items_mut(&mut self) -> &mut [Self] {
        match self.value_mut() {
            Value::Sequence(items) => items,
            _ => &mut [],
        }
    }
}

/// The places of all keys and values of one document, without the values.
///
/// The values lie in the order in which they were written, each before those inside it.
#[derive(Debug, Clone)]
pub(super) struct Places {
    file: FileId,
    all: Box<[Place]>,
    /// The children of large collections behind the first few: number of the collection, step and number of the child; sorted.
    far: Box<[Far]>,
}

/// Number of the collection, step and number of the child. A text has no more values than bytes, which 32 bits count.
type Far = (u32, [u8; 8], u32);

#[derive(Debug, Clone, Copy)]
struct Place {
    /// Where the value stands.
    value: (u32, u32),
    /// Where its key stands; the value itself for items.
    key: (u32, u32),
    /// A hash of the key, or the number of the item: in bytes, because numbers of eight would leave gaps between the places.
    step: [u8; 8],
    /// How many places this value and those inside it take.
    size: u32,
}

impl Places {
    /// The places of a document.
    pub(super) fn of(root: &Node) -> Self {
        let (mut places, mut behind) = (0, 0);
        count(root, &mut places, &mut behind);
        // With room to grow, the places of a large document would take as much as its values do.
        let (mut all, mut far) = (Vec::with_capacity(places), Vec::with_capacity(behind));
        let span = (root.span.start, root.span.end);
        collect(root, span, 0, &mut all, &mut far);
        far.sort_unstable();
        Self { file: root.span.file, all: all.into_boxed_slice(), far: far.into_boxed_slice() }
    }

    /// The places of what nobody wrote.
    pub(super) fn nowhere() -> Self {
        Self::of(&Node { span: Span::NOWHERE, value: Value::Null })
    }

    /// Where the value and the key at the end of `path` stand; of the nearest value around it where the path ends early.
    pub(super) fn find(&self, path: &[&str]) -> (Span, Span) {
        let mut at = 0;
        for step in path {
            let Some(child) = self.child(at, hash(step), step.parse().ok()) else { break };
            at = child;
        }
        let place = self.all[at];
        let span = |(start, end)| Span { file: self.file, start, end };
        (span(place.value), span(place.key))
    }
    /// The child of a collection by the hash of its key or by its number.
    fn child(&self, at: usize, hashed: u64, number: Option<u64>) -> Option<usize> {
        let end = at + self.all[at].size as usize;
        let mut child = at + 1;
        for _ in 0..NEAR {
            let place = self.all[..end].get(child)?;
            let step = u64::from_ne_bytes(place.step);
            if step == hashed || Some(step) == number {
                return Some(child);
            }
            child += place.size as usize;
        }
        let at = u32::try_from(at).ok()?;
        let found = |step: u64| self.far.binary_search_by(|far| (far.0, far.1).cmp(&(at, step.to_ne_bytes()))).ok();
        let far = |step| found(step).map(|found| self.far[found].2 as usize);
        far(hashed).or_else(|| number.and_then(far))
    }
}

/// Children that are looked for one after the other; behind them a large collection has an index.
const NEAR: usize = 32;

/// Counts the places of a value and of those inside it, and the children of large collections behind the first few.
fn count(node: &Node, places: &mut usize, behind: &mut usize) {
    *places += 1;
    *behind += node.items().len().saturating_sub(NEAR) + node.entries().len().saturating_sub(NEAR);
    let inside = node.items().iter().chain(node.entries().iter().map(|entry| &entry.value));
    inside.for_each(|value| count(value, places, behind));
}

fn collect(node: &Node, key: (u32, u32), step: u64, all: &mut Vec<Place>, far: &mut Vec<Far>) {
    let at = all.len();
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    all.push(Place { value: (node.span.start, node.span.end), key, step: step.to_ne_bytes(), size: 1 });
    // The readers limit how deep a document may nest.
    for (number, item) in node.items().iter().enumerate() {
        if number >= NEAR {
            far.push((place(at), (number as u64).to_ne_bytes(), place(all.len())));
        }
        collect(item, (item.span.start, item.span.end), number as u64, all, far);
    }
    for (number, entry) in node.entries().iter().enumerate() {
        let step = hash(&entry.key);
        if number >= NEAR {
            far.push((place(at), step.to_ne_bytes(), place(all.len())));
        }
        collect(&entry.value, (entry.key_span.start, entry.key_span.end), step, all, far);
    }
    all[at].size = place(all.len() - at);
}

/// FNV-1a with the highest bit set, so that no key looks like the number of an item.
fn hash(key: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    key.bytes().fold(0xcbf2_9ce4_8422_2325, step) | 1 << 63
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: u32, end: u32) -> Span {
        Span { file: FileId(0), start, end }
    }

    fn mapping<'a>(span: Span, entries: Vec<(&'a str, Span, Node<'a>)>) -> Node<'a> {
        let entries = entries.into_iter().map(|(key, key_span, value)| Entry { key: Cow::Borrowed(key), key_span, value }).collect();
        Node { span, value: Value::Mapping(entries) }
    }

    fn null(start: u32) -> Node<'static> {
        Node { span: span(start, start + 1), value: Value::Null }
    }

    #[test]
    fn places_are_found_by_path() {
        let list = Node { span: span(4, 9), value: Value::Sequence(Box::new([null(5), null(7)])) };
        let root = mapping(span(0, 20), vec![("a", span(1, 2), list), ("7", span(10, 11), null(12))]);
        let places = Places::of(&root);
        assert_eq!(places.find(&["a", "1"]), (span(7, 8), span(7, 8)));
        assert_eq!(places.find(&["7"]), (span(12, 13), span(10, 11)));
        assert_eq!(places.find(&["a"]), (span(4, 9), span(1, 2)));
        assert_eq!(places.find(&["a", "5", "b"]), (span(4, 9), span(1, 2)));
        assert_eq!(places.find(&[]), (span(0, 20), span(0, 20)));
    }

    #[test]
    fn places_of_large_collections_are_found_as_well() {
        let list = |start: u32| Node { span: span(start, start + 100), value: Value::Sequence((start..start + 100).map(null).collect()) };
        let names: Vec<String> = (0..100).map(|at| format!("k{at}")).collect();
        let entries = names.iter().zip(0..).map(|(name, at)| (name.as_str(), span(at * 1000, at * 1000 + 1), list(at * 1000)));
        let root = mapping(span(0, 100_000), entries.collect());
        let places = Places::of(&root);
        for (key, item, start) in [("k0", "0", 0), ("k31", "31", 31_031), ("k32", "32", 32_032), ("k99", "99", 99_099)] {
            assert_eq!(places.find(&[key, item]).0, span(start, start + 1), "{key}");
        }
        assert_eq!(places.find(&["k50", "100"]).0, span(50_000, 50_100));
        assert_eq!(places.find(&["k100"]).0, span(0, 100_000));
    }
}
