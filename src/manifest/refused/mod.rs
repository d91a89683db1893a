//! What an API server refuses, made from Kubernetes' own validation: one table, a row for each refusal.
//!
//! An object that is refused is in no cluster, so that whoever serves it serves something that nobody let in. Each row says of which
//! kinds and of which field it is. Where releases of Kubernetes differ, what any of them lets in is let in. Rows that count only for
//! new objects are passed over where an object was in a cluster already, which its `uid` tells.

mod class;
mod endpoints;
mod forms;
mod ingress;
mod metadata;
mod service;
mod stored;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use hashbrown::HashMap;
use regex::Regex;

use super::tree::{Node, Value};
use crate::diagnostic::{Diagnostic, Effect, ObjectRef, Severity};
use crate::source::Span;
use forms::Form;

/// One thing that an API server refuses.
struct Row {
    /// The kinds.
    kinds: &'static [&'static str],
    /// The field: keys with dots between them, `[]` behind those whose items are looked at.
    field: &'static str,
    /// The rule of the finding.
    rule: &'static str,
    /// What is looked for there.
    look: Look,
    /// It counts only for objects that are new to a cluster: those that are there are let in.
    is_of_new: bool,
    /// The object is refused for it; else it is told and no more.
    is_closing: bool,
    /// How bad it is.
    severity: Severity,
}

/// What a row looks for.
enum Look {
    /// A text that has not the form of what it is called.
    Form(&'static str, Form),
    /// A number that is no port, or none at all.
    Port,
    /// A text that is none of those; where it may be left empty, the server fills it in.
    OneOf(&'static [&'static str]),
    /// A text that is there and none of those, not even if it is empty.
    SetToOneOf(&'static [&'static str]),
    /// A field that has to be there, or has to hold something.
    Required(&'static str),
    /// More items than that.
    AtMost(usize),
    /// Anything else, which may be about several fields.
    Other(fn(&Node, &mut Faults)),
}

impl Row {
    const fn new(kinds: &'static [&'static str], field: &'static str, rule: &'static str, look: Look) -> Self {
        Self { kinds, field, rule, look, is_of_new: false, is_closing: true, severity: Severity::Error }
    }

    /// Only for objects that are new to a cluster.
    const fn of_new(self) -> Self {
        Self { is_of_new: true, ..self }
    }

    /// Only told: a server refuses such an object, and yet people have a use for it.
    const fn told(self) -> Self {
        Self { is_closing: false, severity: Severity::Warning, ..self }
    }

    /// Refused, and yet nothing that would be closed for it: objects that are in a cluster may have it.
    const fn open(self) -> Self {
        Self { is_closing: false, ..self }
    }
}

/// What a row finds in one value.
#[derive(Default)]
struct Faults(Vec<Fault>);

/// What is wrong, and the steps from the value to where.
struct Fault {
    steps: Vec<String>,
    is_about_key: bool,
    problem: String,
    advice: Advice,
}

/// What to do about a fault.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Advice {
    help: Option<String>,
    /// What takes the place of the value.
    text: Option<String>,
    /// Unknown fields within the value that the fault is about, so that nobody tells them again.
    fields: &'static [&'static str],
}

impl Faults {
    /// Adds a fault of the value itself.
    fn here(&mut self, problem: impl Into<String>) {
        self.at(&[], problem);
    }

    /// Adds a fault of a value inside.
    fn at(&mut self, steps: &[&str], problem: impl Into<String>) {
        let steps = steps.iter().map(|step| (*step).to_owned()).collect();
        self.0.push(Fault { steps, is_about_key: false, problem: problem.into(), advice: Advice::default() });
    }

    /// Adds a fault of a key.
    fn key(&mut self, key: &str, problem: impl Into<String>) {
        self.0.push(Fault { steps: vec![key.to_owned()], is_about_key: true, problem: problem.into(), advice: Advice::default() });
    }

    /// Adds a fault of a key inside.
    fn key_of(&mut self, mapping: &str, key: &str, problem: impl Into<String>) {
        let steps = vec![mapping.to_owned(), key.to_owned()];
        self.0.push(Fault { steps, is_about_key: true, problem: problem.into(), advice: Advice::default() });
    }

    /// Says what to do about the last fault.
    fn advise(&mut self, advice: Advice) {
        self.0.last_mut().into_iter().for_each(|fault| fault.advice.clone_from(&advice));
    }

    /// Adds a fault where a text is none of those that there are.
    fn choice(&mut self, text: &str, known: &[&str]) {
        if !known.contains(&text) {
            let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
            self.here(format!("`{}` is none of {}", shown(text), known.join(", ")));
        }
    }

    /// Adds a fault where a text has not the form of what it is called.
    fn form(&mut self, text: &str, noun: &str, form: Form) {
        if let Some(problem) = form(text) {
            self.here(format!("`{}` is no {noun}, {problem}", shown(text)));
        }
    }
}

/// A value for which an API server refuses an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The steps to the value.
    pub path: Vec<String>,
    /// Whether the object is refused for it; else it is only told.
    pub is_closing: bool,
    /// Whether another tool puts something else there before an API server looks at it.
    is_placeholder: bool,
    rule: &'static str,
    severity: Severity,
    message: String,
    advice: Advice,
    /// The text that stands there; else the key.
    subject: String,
    span: Span,
}

impl Refusal {
    /// The finding; none for places where another tool fills something in.
    #[must_use]
    pub fn finding(&self, object: &ObjectRef) -> Option<Diagnostic> {
        (!self.is_placeholder).then(|| self.finding_of_any(object))
    }

    /// The remark that another tool has to fill in a place before anything can be said of it.
    #[must_use]
    pub(super) fn remark(&self) -> Option<Diagnostic> {
        self.is_placeholder.then(|| {
            let message = format!("`{}` is filled in by another tool: what it will be is not judged", self.subject);
            Diagnostic::info("placeholder", message).at(self.span).subject(&self.subject)
        })
    }

    /// The finding of a place that another tool fills in: it has to, before anything can be served.
    #[must_use]
    pub fn finding_of_placeholder(&self, object: &ObjectRef) -> Option<Diagnostic> {
        self.is_placeholder.then(|| self.finding_of_any(object).effect(Effect::LocationDenied).help("fill in the placeholders first"))
    }

    fn finding_of_any(&self, object: &ObjectRef) -> Diagnostic {
        // What follows a colon behind this word would be taken for a secret, and hidden.
        let glue = if object.kind == "Secret" { ", as" } else { ":" };
        let message = format!("the API server refuses the {}{glue} {}", object.kind, self.message);
        let finding = Diagnostic::new(self.severity, self.rule, message).at(self.span).object(object.clone()).subject(&self.subject);
        let finding = match (&self.advice.help, self.rule) {
            (Some(help), _) => finding.help(help),
            (None, "missing-path-type") => finding.help("write `pathType: Prefix`, `Exact` or `ImplementationSpecific`"),
            (None, _) => finding,
        };
        match &self.advice.text {
            Some(text) => finding.fix(self.span, text),
            None => finding,
        }
    }

    /// Whether it is about a place, or about something in it.
    #[must_use]
    pub fn lies_in(&self, place: Span) -> bool {
        self.span.file == place.file && place.start <= self.span.start && self.span.end <= place.end
    }

    /// Whether the refusal says what is to be said of an unknown field.
    #[must_use]
    pub(super) fn tells(&self, field: &str, place: Span) -> bool {
        let is_within = self.span.file == place.file && self.span.start <= place.start && place.end <= self.span.end;
        self.advice.fields.contains(&field) && is_within
    }
}

/// The rows of each kind, with their fields taken apart.
type Rows = HashMap<&'static str, Vec<(Vec<&'static str>, &'static Row)>>;

/// What an API server refuses about an object of a kind.
pub(super) fn refusals(kind: &str, object: &Node) -> Vec<Refusal> {
    static ROWS: LazyLock<Rows> = LazyLock::new(|| {
        let mut rows = Rows::new();
        for row in tables() {
            row.kinds.iter().for_each(|kind| rows.entry(kind).or_default().push((steps(row), row)));
        }
        rows
    });
    let is_new = object.at(&["metadata", "uid"]).is_none_or(is_empty);
    let mut found = Vec::new();
    for (steps, row) in ROWS.get(kind).into_iter().flatten() {
        if is_new || !row.is_of_new {
            visit(object, steps, &mut Vec::new(), &mut |value, path| look(row, object, value, path, &mut found));
        }
    }
    found
}

/// The steps to the field of a row.
fn steps(row: &Row) -> Vec<&'static str> {
    row.field.split('.').filter(|step| !step.is_empty()).collect()
}

/// All rows.
fn tables() -> impl Iterator<Item = &'static Row> {
    [metadata::ROWS, ingress::ROWS, class::ROWS, service::ROWS, endpoints::ROWS, stored::ROWS].into_iter().flatten()
}

/// A step to a value: a text only where something is to be said of it, as nearly nothing is refused.
#[derive(Clone, Copy)]
enum Step<'s> {
    Key(&'s str),
    Item(usize),
}

impl Step<'_> {
    fn text(self) -> String {
        match self {
            Self::Key(key) => key.to_owned(),
            Self::Item(at) => at.to_string(),
        }
    }
}

/// Goes to all values of a field. Where the last key is not there, its place is that of what it is missing in.
fn visit<'s>(node: &Node, steps: &[&'s str], path: &mut Vec<Step<'s>>, found: &mut dyn FnMut(Option<&Node>, &[Step<'s>])) {
    let Some((step, rest)) = steps.split_first() else { return found(Some(node), path) };
    let (key, is_list) = step.strip_suffix("[]").map_or((*step, false), |key| (key, true));
    let value = node.get(key).filter(|value| !is_null(value));
    path.push(Step::Key(key));
    match value {
        None if rest.is_empty() && !is_list => found(None, path),
        None => {}
        Some(list) if is_list => {
            for (at, item) in list.items().iter().enumerate() {
                path.push(Step::Item(at));
                visit(item, rest, path, found);
                path.pop();
            }
        }
        Some(value) => visit(value, rest, path, found),
    }
    path.pop();
}

/// Looks at one value, or at the lack of one.
fn look(row: &'static Row, object: &Node, value: Option<&Node>, path: &[Step<'_>], found: &mut Vec<Refusal>) {
    let mut faults = Faults::default();
    match (&row.look, value) {
        (Look::Required(problem), value) if value.is_none_or(is_empty) => faults.here(*problem),
        (Look::Form(noun, form), Some(Node { value: Value::String(text), .. })) => {
            faults.form(text, noun, *form);
        }
        (Look::Port, Some(Node { value: Value::Integer(number), .. })) if !(1..=65535).contains(number) => {
            faults.here(format!("`{number}` is no port, which is a number from 1 to 65535"));
        }
        (Look::Port, None) => faults.here("a port has no number"),
        (Look::OneOf(known), Some(Node { value: Value::String(text), .. })) if !text.is_empty() => faults.choice(text, known),
        (Look::SetToOneOf(known), Some(Node { value: Value::String(text), .. })) => faults.choice(text, known),
        (Look::AtMost(most), Some(list)) if list.items().len() > *most => {
            faults.here(format!("there are {} items here, and {most} at most are allowed", list.items().len()));
        }
        (Look::Other(other), Some(node)) => other(node, &mut faults),
        _ => {}
    }
    for Fault { steps, is_about_key, problem: message, advice } in faults.0 {
        let path: Vec<String> = path.iter().map(|step| step.text()).chain(steps).collect();
        let (span, text) = place(object, &path, is_about_key);
        let is_placeholder = text.is_some_and(is_placeholder);
        // What people call a value of a Secret may be one.
        let is_secret = row.kinds == ["Secret"];
        let key = path.iter().filter(|step| step.parse::<usize>().is_err()).nth_back(usize::from(is_secret && is_about_key));
        let subject = text.filter(|text| !is_secret && !text.is_empty()).or(key.map(String::as_str)).map(shown).unwrap_or_default();
        let (rule, severity, is_closing) = (row.rule, row.severity, row.is_closing);
        found.push(Refusal { path, is_closing, is_placeholder, rule, severity, message, advice, subject, span });
    }
}

/// Where the value at the end of a path stands, or its key, or what is nearest to it; and the text that stands there.
fn place<'a>(object: &'a Node, path: &'a [String], is_key: bool) -> (Span, Option<&'a str>) {
    let mut node = object;
    for (at, step) in path.iter().enumerate() {
        let entry = node.entries().iter().find(|entry| entry.key == *step);
        if let Some(entry) = entry.filter(|_| is_key && at + 1 == path.len()) {
            return (entry.key_span, Some(&entry.key));
        }
        let inner = entry.map(|entry| &entry.value).or_else(|| node.items().get(step.parse::<usize>().ok()?));
        let Some(inner) = inner.filter(|inner| !is_null(inner)) else { return (node.span, None) };
        node = inner;
    }
    (node.span, node.text())
}

/// Whether a text has a mark of those that a tool puts something in for.
fn is_placeholder(text: &str) -> bool {
    #[expect(clippy::unwrap_used, reason = "a fixed pattern that a test compiles")]
    static MARKS: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"\$\{|\$\(|\{\{|<[^<>]+>|%[^%\s]+%|@[^@\s]+@|__[A-Za-z0-9_-]+__|^@|\$[A-Z_]{2,}").unwrap());
    MARKS.is_match(text)
}

/// A text as a message shows it.
fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    let end = text.char_indices().nth(LONGEST).map(|(at, _)| at);
    match end {
        Some(end) => format!("{}…", text[..end].escape_debug()),
        None => text.escape_debug().to_string(),
    }
}

fn is_null(node: &Node) -> bool {
    matches!(node.value(), Value::Null)
}

/// Whether a value is what Go takes for none.
fn is_empty(node: &Node) -> bool {
    match node.value() {
        Value::Null => true,
        Value::Integer(number) => *number == 0,
        Value::String(text) => text.is_empty(),
        Value::Sequence(items) => items.is_empty(),
        Value::Bool(_) | Value::Float(_) | Value::Mapping(_) | Value::Shared(_) => false,
    }
}

/// The value of a key that is not null.
fn field<'n, 'a>(node: &'n Node<'a>, key: &str) -> Option<&'n Node<'a>> {
    node.get(key).filter(|value| !is_null(value))
}

/// The text of a key; empty where there is none.
fn text<'n>(node: &'n Node, key: &str) -> &'n str {
    node.get(key).and_then(Node::text).unwrap_or_default()
}

/// The number of a key; zero where there is none.
fn number(node: &Node, key: &str) -> i64 {
    match node.get(key) {
        Some(Node { value: Value::Integer(number), .. }) => *number,
        _ => 0,
    }
}

/// The items of a key; none where there is none.
fn items<'n, 'a>(node: &'n Node<'a>, key: &str) -> &'n [Node<'a>] {
    node.get(key).map(Node::items).unwrap_or_default()
}
