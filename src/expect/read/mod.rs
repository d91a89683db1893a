//! YAML to a suite. Each mistake is a finding at its place and costs only the test that it is in.

mod fields;
mod value;

use super::name::name;
use super::suite::{Condition, Suite, Test};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::manifest::{Node, Value, documents};
use crate::route::{REQUEST_KEYS, Request};
use crate::source::{FileId, Span};
use value::{json, known, text};

/// The keys of the file.
const TOP: &[&str] = &["tests", "when"];
/// The keys of a test.
const TEST: &[&str] = &["name", "request", "when", "expect"];

/// Reads a file of expectations.
#[must_use]
pub fn read(file: FileId, text: &str) -> Outcome<Suite> {
    let Outcome { value: documents, mut diagnostics } = documents(file, text);
    let mut reader = Reader { findings: Vec::new() };
    let mut suite = Suite::default();
    documents.iter().for_each(|document| reader.document(document, &mut suite));
    if documents.is_empty() && diagnostics.is_empty() {
        diagnostics.push(bad(Span::new(file, 0..0), "the file expects nothing: it has no `tests`"));
    }
    diagnostics.append(&mut reader.findings);
    Outcome { value: suite, diagnostics }
}

/// What is wrong with an expectation.
fn bad(at: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("bad-expectation", message).at(at)
}

/// Reads values, and collects what is wrong.
struct Reader {
    findings: Vec<Diagnostic>,
}

impl Reader {
    fn add(&mut self, finding: Diagnostic) {
        self.findings.push(finding);
    }

    fn document(&mut self, document: &Node<'_>, suite: &mut Suite) {
        if !matches!(document.value(), Value::Mapping(_)) {
            return self.add(bad(document.span, "a file of expectations is a mapping with `tests`"));
        }
        let is_manifest = document.get("apiVersion").is_some() && document.get("kind").is_some();
        if is_manifest {
            let finding = bad(Span { end: document.span.start, ..document.span }, "this is a manifest, not a file of expectations");
            return self.add(finding.help("the file of expectations comes first: `ingressc test ROUTES.yaml PATH...`"));
        }
        self.keys(document, TOP, "a file of expectations");
        if let Some(when) = document.get("when") {
            suite.when.extend(self.conditions(when));
        }
        match document.get("tests") {
            Some(tests) if matches!(tests.value(), Value::Sequence(_)) => {
                suite.tests.extend(tests.items().iter().filter_map(|item| self.test(item)));
            }
            Some(tests) => self.add(bad(tests.span, "`tests` is a list")),
            None => self.add(bad(Span { end: document.span.start, ..document.span }, "there are no `tests` here")),
        }
    }

    /// Tells of keys that nobody reads.
    fn keys(&mut self, node: &Node<'_>, keys: &[&str], whose: &str) {
        for entry in node.entries() {
            if let Err(help) = known(&entry.key, keys) {
                self.add(bad(entry.key_span, format!("{whose} has no key `{}`", entry.key)).help(help));
            }
        }
    }

    fn conditions(&mut self, node: &Node<'_>) -> Vec<Condition> {
        let one = |reader: &mut Self, node: &Node<'_>| match text(node) {
            Some(text) => Some(Condition { text, at: node.span }),
            None => {
                reader.add(bad(node.span, "a condition is text, as `explain` tells it"));
                None
            }
        };
        match node.value() {
            Value::Sequence(items) => items.iter().filter_map(|item| one(self, item)).collect(),
            _ => one(self, node).into_iter().collect(),
        }
    }

    /// A test; none where something of it is wrong, since half a test would say that all is well.
    fn test(&mut self, node: &Node<'_>) -> Option<Test> {
        let before = self.findings.len();
        if !matches!(node.value(), Value::Mapping(_)) {
            self.add(bad(node.span, "a test is a mapping with `request` and `expect`"));
            return None;
        }
        self.keys(node, TEST, "a test");
        let request = match node.get("request") {
            Some(request) => self.request(request),
            None => {
                self.add(bad(Span { end: node.span.start, ..node.span }, "this test has no `request`"));
                None
            }
        };
        let when = node.get("when").map(|when| self.conditions(when)).unwrap_or_default();
        let all = match node.get("expect") {
            Some(expect) => self.expectations(expect),
            None => {
                self.add(bad(Span { end: node.span.start, ..node.span }, "this test expects nothing: it has no `expect`"));
                Vec::new()
            }
        };
        let title = node.get("name").and_then(|name| self.words(name, "`name` is text"));
        let (request, usual) = request.filter(|_| self.findings.len() == before)?;
        let words: Vec<String> = when.iter().map(|condition| condition.text.clone()).collect();
        let title = title.unwrap_or_else(|| name(&request, &usual, &words));
        let is_from = node.get("request").is_some_and(|request| request.get("client_ip").is_some());
        Some(Test { name: title, at: node.span, request, is_from, when, all })
    }

    /// A request, and the usual one of its URL.
    fn request(&mut self, node: &Node<'_>) -> Option<(Request, Request)> {
        let value = match node.value() {
            Value::String(url) => serde_json::json!({ "url": url }),
            Value::Mapping(_) => {
                let before = self.findings.len();
                self.keys(node, REQUEST_KEYS, "a request");
                if self.findings.len() > before {
                    return None;
                }
                json(node)
            }
            _ => {
                self.add(bad(node.span, "a request is a URL, or a mapping with `url`"));
                return None;
            }
        };
        let at = node.get("url").map_or(node.span, |url| url.span);
        let usual = value["url"].as_str().map_or_else(|| Err(String::from("it has no `url`")), Request::of_url);
        match usual.and_then(|usual| Ok((Request::of_json(&value)?, usual))) {
            Ok(requests) => Some(requests),
            Err(problem) => {
                self.add(bad(at, format!("this is no request: {problem}")));
                None
            }
        }
    }

    /// Text; a number or a boolean is its own.
    fn words(&mut self, node: &Node<'_>, message: &str) -> Option<String> {
        let words = text(node);
        if words.is_none() {
            self.add(bad(node.span, message));
        }
        words
    }
}

#[cfg(test)]
mod tests;
