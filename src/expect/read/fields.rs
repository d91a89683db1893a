//! What is expected: one field after the other.

use super::value::{known, text};
use super::{Reader, bad};
use crate::expect::suite::{Expectation, Expected, Status};
use crate::expect::whom::ServiceName;
use crate::manifest::{Entry, Node, Value};
use crate::route::CheckKind;
use crate::source::Span;

/// The fields of what is expected.
const FIELDS: &[&str] = &[
    "service",
    "port",
    "upstream",
    "protocol",
    "method",
    "path",
    "host",
    "headers",
    "removed",
    "status",
    "redirect",
    "certificate",
    "protections",
    "reachable",
    "canary",
    "ingress",
    "route",
    "response_headers",
];

/// The word for what is not there.
const NONE: &str = "none";

impl Reader {
    pub(super) fn expectations(&mut self, node: &Node<'_>) -> Vec<Expectation> {
        if !matches!(node.value(), Value::Mapping(_)) {
            self.add(bad(node.span, "`expect` is a mapping, as `{service: shop/web, path: /}`"));
            return Vec::new();
        }
        if node.entries().is_empty() {
            self.add(bad(node.span, "this test expects nothing: `expect` is empty"));
        }
        self.keys(node, FIELDS, "what is expected");
        node.entries().iter().flat_map(|entry| self.field(entry)).collect()
    }

    fn field(&mut self, entry: &Entry<'_>) -> Vec<Expectation> {
        let node = &entry.value;
        match &*entry.key {
            "headers" => self.headers(node, Expected::Header),
            "response_headers" => self.headers(node, Expected::ResponseHeader),
            "removed" => self.list(node, "`removed` is a list of headers", |_, name| Some(Expected::Removed(name))),
            "protections" => self.protections(node),
            key => {
                let what = self.single(key, node);
                what.map(|what| Expectation { what, at: node.span }).into_iter().collect()
            }
        }
    }

    fn single(&mut self, key: &str, node: &Node<'_>) -> Option<Expected> {
        let simple: fn(String) -> Expected = match key {
            "port" => Expected::Port,
            "upstream" => Expected::Upstream,
            "protocol" => Expected::Protocol,
            "method" => Expected::Method,
            "path" => Expected::Path,
            "host" => Expected::Host,
            "redirect" => Expected::Redirect,
            "ingress" => Expected::Ingress,
            "route" => Expected::Route,
            _ => return self.special(key, node),
        };
        self.words(node, &format!("`{key}` is text")).map(simple)
    }

    fn special(&mut self, key: &str, node: &Node<'_>) -> Option<Expected> {
        let message = match key {
            "service" => return self.service(node.text(), node.span).map(Expected::Service),
            "canary" => return self.canary(node),
            "status" => match (node.integer(), node.text()) {
                (Some(code), _) if (100..600).contains(&code) => {
                    return u16::try_from(code).ok().map(|code| Expected::Status(Status::Code(code)));
                }
                (_, Some("closed")) => return Some(Expected::Status(Status::Closed)),
                _ => "`status` is a number from 100 to 599, or `closed`",
            },
            "certificate" => match (node.value(), node.text()) {
                (Value::Null, _) | (_, Some(NONE)) => return Some(Expected::Certificate(None)),
                (_, Some(text)) => return Some(Expected::Certificate(Some(text.to_owned()))),
                _ => "`certificate` is `namespace/name` of a Secret, `default`, a file, or `none`",
            },
            "reachable" => match node.value() {
                Value::Bool(reachable) => return Some(Expected::Reachable(*reachable)),
                _ => "`reachable` is `true` or `false`",
            },
            // What is no field is told where keys are looked at.
            _ => return None,
        };
        self.add(bad(node.span, message));
        None
    }

    fn service(&mut self, text: Option<&str>, at: Span) -> Option<ServiceName> {
        match text.ok_or("it reads `namespace/name` or `namespace/name:port`").and_then(str::parse) {
            Ok(service) => Some(service),
            Err(problem) => {
                self.add(bad(at, format!("this is no Service: {problem}")));
                None
            }
        }
    }

    /// Each header is an expectation.
    fn headers(&mut self, node: &Node<'_>, expected: fn(String, Option<String>) -> Expected) -> Vec<Expectation> {
        if !matches!(node.value(), Value::Mapping(_)) {
            self.add(bad(node.span, "headers are a mapping from names to values; `null` is for one that is not there"));
        }
        let mut all = Vec::new();
        for entry in node.entries() {
            let value = match entry.value.value() {
                Value::Null => Some(None),
                _ => text(&entry.value).map(Some),
            };
            match value {
                Some(value) => all.push(Expectation { what: expected(entry.key.clone().into_owned(), value), at: entry.value.span }),
                None => self.add(bad(entry.value.span, "the value of a header is text; `null` is for one that is not there")),
            }
        }
        all
    }

    /// A list of texts, of which each is an expectation; a single text is a list of one.
    fn list(&mut self, node: &Node<'_>, message: &str, expected: impl Fn(&mut Self, String) -> Option<Expected>) -> Vec<Expectation> {
        let single = std::slice::from_ref(node);
        let items = if matches!(node.value(), Value::Sequence(_)) { node.items() } else { single };
        if items.is_empty() {
            self.add(bad(node.span, format!("{message}, and this one is empty")));
        }
        let mut all = Vec::new();
        for item in items {
            let Some(text) = self.words(item, message) else { continue };
            all.extend(expected(self, text).map(|what| Expectation { what, at: item.span }));
        }
        all
    }

    fn protections(&mut self, node: &Node<'_>) -> Vec<Expectation> {
        if node.text() == Some(NONE) {
            return vec![Expectation { what: Expected::Unprotected, at: node.span }];
        }
        let names: Vec<&str> = CheckKind::ALL.iter().map(|kind| kind.name()).collect();
        let at = node.span;
        self.list(node, "`protections` is a list, or `none`", |reader, name| {
            match CheckKind::ALL.into_iter().find(|kind| kind.name() == name) {
                Some(kind) => Some(Expected::Protection(kind)),
                None => {
                    let help = known(&name, &names).err().unwrap_or_default();
                    reader.add(bad(at, format!("there is no protection `{name}`")).help(help));
                    None
                }
            }
        })
    }

    fn canary(&mut self, node: &Node<'_>) -> Option<Expected> {
        if node.text() == Some(NONE) {
            return Some(Expected::Canary(Vec::new()));
        }
        if node.entries().is_empty() {
            self.add(bad(node.span, "`canary` is a mapping from Services to shares, as `{shop/web-canary: 10%}`, or `none`"));
            return None;
        }
        let before = self.findings.len();
        let mut shares = Vec::new();
        for entry in node.entries() {
            let service = self.service(Some(&entry.key), entry.key_span);
            let share = share(&entry.value);
            if share.is_none() {
                self.add(bad(entry.value.span, "a share is a part of all requests, as `10%`"));
            }
            shares.extend(service.zip(share));
        }
        (self.findings.len() == before).then_some(Expected::Canary(shares))
    }
}

/// A share of one, written in percent.
fn share(node: &Node<'_>) -> Option<f64> {
    let number: f64 = node.text()?.trim().strip_suffix('%')?.trim_end().parse().ok()?;
    (0.0..=100.0).contains(&number).then_some(number / 100.0)
}
