//! YAML text to a tree. The only file that knows the parser; plain documents do without it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Options, Parser, ScalarStyle, ScanError, Tag};

use super::plain::{self, Step};
use super::scalar;
use super::tree::{Entry, KeyIndex, Node, Value};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// How deep a document may nest.
pub(super) const DEPTH: usize = 128;

/// How many times its own size a document may grow by aliases.
const EXPANSION: usize = 10;

/// Nodes that any document may reach through aliases, however small it is.
const FREE_EXPANSION: usize = 10_000;

/// Reads the first document of `range`; nothing where there is none.
///
/// # Errors
/// The finding that says why the document cannot be read.
pub(super) fn read<'a>(
    file: FileId,
    text: &'a str,
    range: Range<usize>,
    findings: &mut Vec<Diagnostic>,
) -> Result<Option<Node<'a>>, Box<Diagnostic>> {
    let mut builder =
        Builder { file, offset: range.start, stack: Vec::new(), anchors: HashMap::new(), nodes: 0, expanded: 0, findings, root: None };
    let document = &text[range];
    match plain::steps(document) {
        Some(steps) => builder.follow(document, steps)?,
        None => builder.parse(document)?,
    }
    Ok(builder.root)
}

/// A collection that is not closed yet.
struct Open<'a> {
    node: Node<'a>,
    anchor: usize,
    /// The key that waits for its value, and whether it is a merge key.
    key: Option<(Cow<'a, str>, Span, bool)>,
    index: KeyIndex,
}

struct Builder<'a, 'f> {
    file: FileId,
    offset: usize,
    stack: Vec<Open<'a>>,
    anchors: HashMap<usize, Node<'a>>,
    nodes: usize,
    expanded: usize,
    findings: &'f mut Vec<Diagnostic>,
    root: Option<Node<'a>>,
}

type Refusal = Box<Diagnostic>;

impl<'a> Builder<'a, '_> {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, self.offset + range.start..self.offset + range.end)
    }

    fn syntax(&self, error: &ScanError) -> Diagnostic {
        let at = error.marker().byte_offset().unwrap_or_default();
        Diagnostic::error("yaml-syntax", format!("this is not YAML: {}", error.info())).at(self.span(at..at))
    }

    /// Reads a document of any form.
    fn parse(&mut self, document: &'a str) -> Result<(), Refusal> {
        for event in Parser::new_from_str_with_options(document, Options::default()) {
            let (event, span) = event.map_err(|error| Box::new(self.syntax(&error)))?;
            let span = self.span(span.byte_range().unwrap_or_default());
            if self.take(event, span)? {
                break;
            }
        }
        Ok(())
    }

    /// Reads a plain document.
    fn follow(&mut self, document: &'a str, steps: Vec<Step>) -> Result<(), Refusal> {
        for step in steps {
            match step {
                Step::Scalar { text, is_quoted } => {
                    let inside = if is_quoted { text.start + 1..text.end - 1 } else { text.clone() };
                    let value = Cow::Borrowed(&document[inside]);
                    let value = if is_quoted { Value::String(value) } else { scalar::resolve(value) };
                    self.complete(Node { span: self.span(text), value }, 0, !is_quoted)?;
                }
                Step::Mapping(range) => self.open(Value::Mapping(Vec::new()), self.span(range), 0)?,
                Step::Sequence(range) => self.open(Value::Sequence(Vec::new()), self.span(range), 0)?,
                Step::End(range) => self.close(self.span(range))?,
            }
        }
        Ok(())
    }

    /// Takes one event; true at the end of the document.
    fn take(&mut self, event: Event<'a>, span: Span) -> Result<bool, Refusal> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let node = Node { span, value: value_of(text, style, tag.as_deref()) };
                self.complete(node, anchor, style == ScalarStyle::Plain)?;
            }
            Event::SequenceStart(_, anchor, _) => self.open(Value::Sequence(Vec::new()), span, anchor)?,
            Event::MappingStart(_, anchor, _) => self.open(Value::Mapping(Vec::new()), span, anchor)?,
            Event::SequenceEnd | Event::MappingEnd => self.close(span)?,
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::DocumentEnd => return Ok(true),
            _ => {}
        }
        Ok(false)
    }

    fn open(&mut self, value: Value<'a>, span: Span, anchor: usize) -> Result<(), Refusal> {
        if self.stack.len() >= DEPTH {
            return Err(too_deep(span));
        }
        self.stack.push(Open { node: Node { span, value }, anchor, key: None, index: KeyIndex::default() });
        Ok(())
    }

    fn close(&mut self, closing: Span) -> Result<(), Refusal> {
        let Some(mut open) = self.stack.pop() else { return Ok(()) };
        open.node.span.end = end_of(&open.node, closing);
        self.complete(open.node, open.anchor, false)
    }

    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Refusal> {
        let Some(node) = self.anchors.get(&anchor) else {
            return Err(Box::new(Diagnostic::error("alias-loop", "this alias stands inside the value that it repeats").at(span)));
        };
        if self.stack.len() + depth(node) > DEPTH {
            return Err(too_deep(span));
        }
        self.expanded += size(node);
        if self.expanded > FREE_EXPANSION.max(self.nodes.saturating_mul(EXPANSION)) {
            return Err(Box::new(Diagnostic::error("alias-limit", "the aliases of this document repeat too much").at(span)));
        }
        let node = node.clone();
        self.complete(node, 0, false)
    }

    /// Puts a finished value into the collection around it.
    fn complete(&mut self, node: Node<'a>, anchor: usize, is_plain: bool) -> Result<(), Refusal> {
        self.nodes += 1;
        if anchor != 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.node.value {
            Value::Sequence(items) => items.push(node),
            Value::Mapping(entries) => match open.key.take() {
                None => {
                    let is_merge = is_plain && node.text() == Some("<<");
                    let span = node.span;
                    open.key = Some((key_of(node)?, span, is_merge));
                }
                Some((_, key_span, true)) => merge(entries, &mut open.index, key_span, node)?,
                Some((key, key_span, false)) => insert(entries, &mut open.index, Entry { key, key_span, value: node }, self.findings),
            },
            _ => {}
        }
        Ok(())
    }
}

/// The finding about a document that nests too deep.
pub(super) fn too_deep(span: Span) -> Box<Diagnostic> {
    Box::new(Diagnostic::error("too-deep", format!("the document nests deeper than {DEPTH} levels")).at(span))
}

/// Where a collection ends: behind its bracket, else behind the last value in it.
fn end_of(node: &Node, closing: Span) -> u32 {
    if closing.end > closing.start {
        return closing.end;
    }
    let last = node.items().last().or_else(|| node.entries().last().map(|entry| &entry.value));
    last.map_or(node.span.end, |last| last.span.end).max(node.span.start)
}

fn depth(node: &Node) -> usize {
    let deepest = node.items().iter().chain(node.entries().iter().map(|entry| &entry.value)).map(depth).max();
    1 + deepest.unwrap_or_default()
}

fn size(node: &Node) -> usize {
    1 + node.items().iter().map(size).sum::<usize>() + node.entries().iter().map(|entry| size(&entry.value)).sum::<usize>()
}

fn value_of<'a>(text: Cow<'a, str>, style: ScalarStyle, tag: Option<&Tag>) -> Value<'a> {
    match tag.and_then(Tag::core_suffix) {
        Some("binary") => decoded(text),
        Some("str") => Value::String(text),
        _ if style == ScalarStyle::Plain && tag.is_none_or(Tag::is_yaml_core_schema) => scalar::resolve(text),
        _ => Value::String(text),
    }
}

fn decoded(text: Cow<'_, str>) -> Value<'_> {
    use base64::Engine;
    let bytes = base64::engine::general_purpose::STANDARD.decode(text.split_whitespace().collect::<String>());
    match bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(decoded) => Value::String(Cow::Owned(decoded)),
        None => Value::String(text),
    }
}

/// Keys become text, as kubectl turns YAML into JSON.
fn key_of(node: Node<'_>) -> Result<Cow<'_, str>, Refusal> {
    match node.value {
        Value::String(text) => Ok(text),
        Value::Bool(value) => Ok(Cow::Borrowed(if value { "true" } else { "false" })),
        Value::Integer(value) => Ok(Cow::Owned(value.to_string())),
        Value::Float(value) => Ok(Cow::Owned(value.to_string())),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) => {
            Err(Box::new(Diagnostic::error("bad-key", "a key must be text").at(node.span).help("write the key in quotes")))
        }
    }
}

fn insert<'a>(entries: &mut Vec<Entry<'a>>, index: &mut KeyIndex, entry: Entry<'a>, findings: &mut Vec<Diagnostic>) {
    let Some(at) = index.find(entries, &entry.key) else {
        entries.push(entry);
        return;
    };
    let message = format!("the key `{}` is written twice: the last one counts", entry.key);
    findings.push(Diagnostic::error("duplicate-key", message).at(entry.key_span).related("first written here", entries[at].key_span));
    entries[at] = entry;
}

/// Merges the mappings of a key `<<`. A later merge wins over keys before it, as kubectl has it; in a list the first mapping wins.
fn merge<'a>(entries: &mut Vec<Entry<'a>>, index: &mut KeyIndex, key_span: Span, node: Node<'a>) -> Result<(), Refusal> {
    let mut put = |entry: Entry<'a>| match index.find(entries, &entry.key) {
        Some(at) => entries[at] = entry,
        None => entries.push(entry),
    };
    match node.value {
        Value::Mapping(merged) => merged.into_iter().for_each(put),
        Value::Sequence(items) if items.iter().all(|item| matches!(item.value, Value::Mapping(_))) => {
            for item in items.into_iter().rev() {
                if let Value::Mapping(merged) = item.value {
                    merged.into_iter().for_each(&mut put);
                }
            }
        }
        _ => {
            let refusal = Diagnostic::error("bad-merge", "`<<` takes a mapping or a list of mappings").at(node.span);
            return Err(Box::new(refusal.related("the merge key", key_span)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree and the findings of a document, or why there is none; read by its steps, or by the parser.
    fn tree(document: &str, steps: Option<Vec<Step>>) -> String {
        let (file, findings) = (FileId(0), &mut Vec::new());
        let mut builder =
            Builder { file, offset: 0, stack: Vec::new(), anchors: HashMap::new(), nodes: 0, expanded: 0, findings, root: None };
        let read = match steps {
            Some(steps) => builder.follow(document, steps),
            None => builder.parse(document),
        };
        format!("{:?} {read:?} {:?}", builder.root, builder.findings)
    }

    const MANIFEST: &str = "\
---
# Source: shop/templates/ingress.yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  annotations:
    nginx.ingress.kubernetes.io/ssl-redirect: \"true\"
    nginx.ingress.kubernetes.io/proxy-body-size: 8m

    nginx.ingress.kubernetes.io/server-snippet: 'return 200 \"{}\";'
  labels: {}
spec:
  rules:
  - host: shop.example.com
    http:
      paths:
        - path: /
          pathType: Prefix
          backend:
            service: # the shop itself
              name: web
              port:
                number: 80
  tls:
    - hosts:
      - shop.example.com
      - www.shop.example.com
      secretName: shop-tls
status:
  loadBalancer: {}
";

    /// Changes a text here and there, as by chance but the same each time.
    fn mutated(seed: u64) -> String {
        const LETTERS: &[u8] = b"\n\n  --::#\"'a0{}[],&*!|>%?\t.\\~<\r";
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut chance = |limit: usize| {
            state = (state ^ state << 13).wrapping_mul(0x94d0_49bb_1331_11eb);
            usize::try_from(state >> 33).unwrap_or_default() % limit
        };
        let mut text = MANIFEST.as_bytes().to_vec();
        for _ in 0..1 + chance(3) {
            let (at, letter) = (chance(text.len()), LETTERS[chance(LETTERS.len())]);
            match chance(3) {
                0 => text.insert(at, letter),
                1 => text[at] = letter,
                _ => drop(text.remove(at)),
            }
        }
        String::from_utf8(text).expect("all letters are ASCII")
    }

    #[test]
    fn plain_documents_are_read_as_the_parser_reads_them() {
        let without_comment = MANIFEST.replace(" # the shop itself", "");
        assert!(plain::steps(&without_comment).is_some() && plain::steps(MANIFEST).is_none());
        let mutants = (0..4_000).map(mutated).map(|text| text.replace(" # the shop itself", ""));
        let plain: Vec<_> = std::iter::once(without_comment).chain(mutants).filter_map(|text| Some((plain::steps(&text)?, text))).collect();
        assert!(plain.len() > 400, "{}", plain.len());
        for (steps, text) in plain {
            assert_eq!(tree(&text, Some(steps)), tree(&text, None), "{text}");
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_parser() {
        for document in [
            "",
            "# x",
            "---",
            "a",
            "a:",
            "a:\nb: 1",
            "a: [1]",
            "a: {b: 1}",
            "{a: 1}",
            "a: |\n  b",
            "a: b\n  c",
            "a: \"b\n  c\"",
            "a: b: c",
            "a: b #c",
            "a: *b",
            "a: &b c",
            "a: !t b",
            "<<: {}",
            "? a",
            "\"a\": b",
            "a: 'it''s'",
            "a: \"\\n\"",
            "a:\tb",
            "a: b\r\n",
            "a: \u{e4}",
            "- - a",
            "-\n a: b",
            "a: 1\n b: 2",
            " a: 1\nb: 2",
            "a: 1\n---\nb: 2",
            "a: 1\n...",
            "%YAML 1.1\n---\na: b",
            "--- a: b",
            "a:\n  b: 1\n c: 2",
            "a: -1",
            "- a\nb: c",
        ] {
            assert_eq!(plain::steps(document), None, "{document:?}");
        }
    }
}
