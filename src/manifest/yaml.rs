//! YAML text to a tree, as kubectl turns it into JSON. Plain documents do without the parser.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};
use std::rc::Rc;

use hashbrown::HashMap;

use super::events::{self, Event, What};
use super::keys::{self, KeyIndex};
use super::plain::{self, Step};
use super::scalar;
use super::tree::{Entry, Node, Value};
use crate::diagnostic::Diagnostic;
use crate::source::{FileId, Span};

/// How deep a document may nest.
pub(super) const DEPTH: usize = 128;

/// How many times its own size a document may grow by aliases.
const EXPANSION: usize = 10;

/// Nodes that any document may reach through aliases, however small it is. kubectl allows more, at the price of memory.
const FREE_EXPANSION: usize = 10_000;

/// Bytes of text that count as much as a node.
const TEXT_OF_A_NODE: usize = 64;

/// What was read of a text.
#[derive(Debug)]
pub(super) struct Document<'a> {
    /// Its first document; nothing where there is none.
    pub(super) root: Option<Node<'a>>,
    /// Where that ends.
    pub(super) end: usize,
}

/// Reads the first document of `range`.
///
/// # Errors
/// The finding that says why the document cannot be read.
pub(super) fn read<'a>(
    file: FileId,
    text: &'a str,
    range: Range<usize>,
    findings: &mut Vec<Diagnostic>,
) -> Result<Document<'a>, Box<Diagnostic>> {
    let document = &text[range.clone()];
    let mut builder = Builder::new(file, range.start, findings);
    let end = match plain::steps(document) {
        Some(steps) => builder.follow(document, steps).map(|()| range.end),
        None => builder.parse(document).map(|end| range.start + end),
    };
    builder.twice.tell(builder.findings);
    Ok(Document { root: builder.root, end: end? })
}

/// What is in a collection so far.
enum Content<'a> {
    Sequence(Vec<Node<'a>>),
    Mapping(Vec<Entry<'a>>),
}

/// A collection that is not closed yet.
struct Open<'a> {
    span: Span,
    content: Content<'a>,
    anchor: Option<String>,
    /// The key that waits for its value, and whether it is a merge key.
    key: Option<(Cow<'a, str>, Span, bool)>,
    index: KeyIndex,
}

struct Builder<'a, 'f> {
    file: FileId,
    offset: usize,
    stack: Vec<Open<'a>>,
    /// What aliases repeat; nothing while it is not complete.
    anchors: HashMap<String, Option<Rc<Node<'a>>>>,
    nodes: usize,
    expanded: usize,
    twice: keys::Twice,
    findings: &'f mut Vec<Diagnostic>,
    root: Option<Node<'a>>,
}

type Refusal = Box<Diagnostic>;

impl<'a, 'f> Builder<'a, 'f> {
    fn new(file: FileId, offset: usize, findings: &'f mut Vec<Diagnostic>) -> Self {
        let (stack, anchors, twice) = (Vec::new(), HashMap::new(), keys::Twice::default());
        Self { file, offset, stack, anchors, nodes: 0, expanded: 0, twice, findings, root: None }
    }

    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, self.offset + range.start..self.offset + range.end)
    }

    fn syntax(&self, message: &str, at: usize) -> Refusal {
        Box::new(Diagnostic::error("yaml-syntax", format!("this is not YAML: {message}")).at(self.span(at..at)))
    }

    /// Reads a document of any form.
    fn parse(&mut self, document: &'a str) -> Result<usize, Refusal> {
        let end = events::each(document, |event| match self.take(event) {
            Ok(()) => ControlFlow::Continue(()),
            Err(refusal) => ControlFlow::Break(refusal),
        });
        match end {
            Ok(ControlFlow::Continue(end)) => Ok(end),
            Ok(ControlFlow::Break(refusal)) => Err(refusal),
            Err(error) => Err(self.syntax(&error.message, error.at)),
        }
    }

    /// Reads a plain document.
    fn follow(&mut self, document: &'a str, steps: Vec<Step>) -> Result<(), Refusal> {
        for step in steps {
            match step {
                Step::Scalar { text, is_quoted } => {
                    let inside = if is_quoted { text.start + 1..text.end - 1 } else { text.clone() };
                    let value = Cow::Borrowed(&document[inside]);
                    let value = if is_quoted { Value::String(value) } else { self.resolve(value, text.start)? };
                    self.complete(Node { span: self.span(text), value }, None, false)?;
                }
                Step::Mapping(range) => self.open(Content::Mapping(Vec::new()), self.span(range), None)?,
                Step::Sequence(range) => self.open(Content::Sequence(Vec::new()), self.span(range), None)?,
                Step::End(range) => self.close(self.span(range))?,
            }
        }
        Ok(())
    }

    fn resolve(&self, text: Cow<'a, str>, at: usize) -> Result<Value<'a>, Refusal> {
        scalar::resolve(text).map_err(|message| self.syntax(message, at))
    }

    fn take(&mut self, event: Event<'a>) -> Result<(), Refusal> {
        let Event { what, range, anchor } = event;
        let span = self.span(range.clone());
        match what {
            What::Scalar { text, tag, is_plain } => {
                let is_merge = text == "<<" && (is_plain || tag.as_deref() == Some(scalar::MERGE));
                let value = match tag {
                    None if !is_plain => Value::String(text),
                    None => self.resolve(text, range.start)?,
                    Some(tag) => scalar::tagged(text, &tag).map_err(|message| self.syntax(&message, range.start))?,
                };
                self.complete(Node { span, value }, anchor, is_merge)
            }
            What::Sequence => self.open(Content::Sequence(Vec::new()), span, anchor),
            What::Mapping => self.open(Content::Mapping(Vec::new()), span, anchor),
            What::End => self.close(span),
            What::Alias(anchor) => self.alias(&anchor, span),
        }
    }

    fn open(&mut self, content: Content<'a>, span: Span, anchor: Option<String>) -> Result<(), Refusal> {
        if self.stack.len() >= DEPTH {
            return Err(too_deep(span));
        }
        if let Some(anchor) = &anchor {
            self.anchors.insert(anchor.clone(), None);
        }
        self.stack.push(Open { span, content, anchor, key: None, index: KeyIndex::default() });
        Ok(())
    }

    fn close(&mut self, closing: Span) -> Result<(), Refusal> {
        let Some(open) = self.stack.pop() else { return Ok(()) };
        let value = match open.content {
            Content::Sequence(items) => Value::Sequence(items.into_boxed_slice()),
            Content::Mapping(entries) => Value::Mapping(entries.into_boxed_slice()),
        };
        let mut node = Node { span: open.span, value };
        node.span.end = end_of(&node, closing);
        self.complete(node, open.anchor, false)
    }

    fn alias(&mut self, anchor: &str, span: Span) -> Result<(), Refusal> {
        let Some(repeated) = self.anchors.get(anchor) else {
            return Err(Box::new(Diagnostic::error("yaml-syntax", "this alias repeats what has no anchor").at(span)));
        };
        let Some(node) = repeated.clone() else {
            return Err(Box::new(Diagnostic::error("alias-loop", "this alias stands inside the value that it repeats").at(span)));
        };
        if self.stack.len() + depth(&node) > DEPTH {
            return Err(too_deep(span));
        }
        self.expanded += size(&node);
        if self.expanded > FREE_EXPANSION.max(self.nodes.saturating_mul(EXPANSION)) {
            return Err(Box::new(Diagnostic::error("alias-limit", "the aliases of this document repeat too much").at(span)));
        }
        self.complete(Node { span: node.span, value: Value::Shared(node) }, None, false)
    }

    /// Puts a finished value into the collection around it. What has an anchor is shared: it may be large, and lie in others with one.
    fn complete(&mut self, mut node: Node<'a>, anchor: Option<String>, is_merge: bool) -> Result<(), Refusal> {
        self.nodes += 1;
        if let Some(anchor) = anchor {
            let span = node.span;
            let shared = Rc::new(node);
            self.anchors.insert(anchor, Some(Rc::clone(&shared)));
            node = Node { span, value: Value::Shared(shared) };
        }
        let Some(open) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut open.content {
            Content::Sequence(items) => items.push(node),
            Content::Mapping(entries) => match open.key.take() {
                None => {
                    let span = node.span;
                    open.key = Some((key_of(node)?, span, is_merge));
                }
                Some((_, key_span, true)) => merge(entries, &mut open.index, key_span, node)?,
                Some((key, key_span, false)) => {
                    let entry = Entry { key, key_span, value: node };
                    keys::insert(entries, &mut open.index, entry, &mut self.twice, self.findings);
                }
            },
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

/// How many nodes a value takes; long texts take some more.
fn size(node: &Node) -> usize {
    let text = |text: &str| text.len() / TEXT_OF_A_NODE;
    let items = node.items().iter().map(size).sum::<usize>();
    let entries = node.entries().iter().map(|entry| text(&entry.key) + size(&entry.value)).sum::<usize>();
    1 + node.text().map_or(0, text) + items + entries
}

/// Keys become text, as kubectl turns YAML into JSON.
fn key_of(node: Node<'_>) -> Result<Cow<'_, str>, Refusal> {
    let span = node.span;
    match node.into_value() {
        Value::String(text) => Ok(text),
        Value::Bool(value) => Ok(Cow::Borrowed(if value { "true" } else { "false" })),
        Value::Integer(value) => Ok(Cow::Owned(value.to_string())),
        Value::Float(value) => Ok(Cow::Owned(scalar::shortest(value))),
        Value::Null | Value::Sequence(_) | Value::Mapping(_) | Value::Shared(_) => {
            Err(Box::new(Diagnostic::error("bad-key", "a key must be text").at(span).help("write the key in quotes")))
        }
    }
}

/// Merges the mappings of a key `<<`. A later merge wins over keys before it, as kubectl has it; in a list the first mapping wins.
fn merge<'a>(entries: &mut Vec<Entry<'a>>, index: &mut KeyIndex, key_span: Span, node: Node<'a>) -> Result<(), Refusal> {
    let mut put = |entry: Entry<'a>| {
        let found = index.find(entries, &entry.key);
        index.note_merged(found.unwrap_or(entries.len()));
        match found {
            Some(at) => entries[at] = entry,
            None => entries.push(entry),
        }
    };
    let span = node.span;
    match node.into_value() {
        Value::Mapping(merged) => merged.into_iter().for_each(put),
        Value::Sequence(items) if items.iter().all(|item| matches!(item.value(), Value::Mapping(_))) => {
            for item in items.into_iter().rev() {
                if let Value::Mapping(merged) = item.into_value() {
                    merged.into_iter().for_each(&mut put);
                }
            }
        }
        _ => {
            let refusal = Diagnostic::error("bad-merge", "`<<` takes a mapping or a list of mappings").at(span);
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
        let mut builder = Builder::new(file, 0, findings);
        let read = match steps {
            Some(steps) => builder.follow(document, steps),
            None => builder.parse(document).map(|_| ()),
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
