//! A configuration or JSON as lines within lines, in an order that means something or is always the same.

use ingressc::conf::{self, Directive, Directives};
use ingressc::source::SourceMap;
use serde_json::Value;

/// Directives that nginx runs in their order. That of all others is nothing to it.
const ORDERED: [&str; 9] = ["allow", "break", "deny", "if", "return", "rewrite", "set", "set_by_lua_file", "set_escape_uri"];
/// Blocks whose lines are tried in their order.
const TABLES: [&str; 3] = ["geo", "map", "split_clients"];

/// A line, and those within its block.
#[derive(Debug, Clone)]
pub struct Node {
    /// The text of the line, without the end that shows what it is.
    pub text: String,
    /// The lines of its block; none where it has none.
    pub within: Option<Vec<Node>>,
    /// Whether its place among its sisters matters.
    pub is_ordered: bool,
}

impl Node {
    pub fn line(text: String) -> Self {
        Self { text, within: None, is_ordered: false }
    }

    pub fn block(text: &str, within: Vec<Self>) -> Self {
        Self { text: text.to_owned(), within: Some(within), is_ordered: false }
    }

    /// The lines of an `nginx.conf`.
    pub fn of_conf(text: &str) -> Vec<Self> {
        let file = SourceMap::default().add("nginx.conf", text);
        of_directives(conf::parse(file, text).value.directives(), false)
    }

    /// The lines of a JSON text. The entries of a list are blocks with their names.
    pub fn of_json(text: &str, entry: &str) -> Vec<Self> {
        match serde_json::from_str(text).unwrap_or_else(|error| panic!("{error} in:\n{text}")) {
            Value::Array(entries) => {
                let mut blocks: Vec<_> = entries.iter().map(|value| of_entry(value, entry)).collect();
                blocks.sort_by(|a, b| a.text.cmp(&b.text));
                blocks
            }
            other => lines(&other),
        }
    }

    /// The first word.
    pub fn kind(&self) -> &str {
        self.text.split(' ').next().unwrap_or_default()
    }
}

fn of_directives(directives: Directives<'_>, is_table: bool) -> Vec<Node> {
    let nodes = directives.map(|directive| of_directive(directive, is_table));
    let (mut free, ordered): (Vec<_>, Vec<_>) = nodes.partition(|node| !node.is_ordered);
    free.sort_by(|a, b| (a.within.is_some(), &a.text).cmp(&(b.within.is_some(), &b.text)));
    free.extend(ordered);
    free
}

fn of_directive(directive: Directive<'_>, is_table: bool) -> Node {
    let words: Vec<_> = directive.words().map(|word| conf::quote(&word.value()).into_owned()).collect();
    let kind = words.first().map_or("", String::as_str);
    let is_pattern = kind == "location" && words.get(1).is_some_and(|word| word.starts_with('~'));
    let is_ordered = is_table || is_pattern || ORDERED.contains(&kind);
    let within = directive.is_block().then(|| of_directives(directive.directives(), TABLES.contains(&kind)));
    let text = match directive.lua() {
        Some(code) => format!("{} {{ {} }}", words.join(" "), code.split_whitespace().collect::<Vec<_>>().join(" ")),
        None if kind == "server" => server(directive),
        None if within.is_none() => words.join(" ") + ";",
        None => words.join(" "),
    }
    .replace('\n', "\\n");
    Node { text, within, is_ordered }
}

/// A server is told by its names; one without, by where it listens.
fn server(directive: Directive<'_>) -> String {
    let of = |name: &'static str| directive.directives().filter(move |line| line.name() == name);
    let names = of("server_name").flat_map(Directive::args);
    let listens = of("listen").take(1).flat_map(Directive::args).filter(|_| of("server_name").next().is_none());
    names.chain(listens).fold(String::from("server"), |text, arg| format!("{text} {}", conf::quote(&arg.value())))
}

fn of_entry(value: &Value, entry: &str) -> Node {
    let name = value.get("name").and_then(Value::as_str).unwrap_or_default();
    Node::block(&format!("{entry} {name}"), lines(value))
}

/// What nobody reads of the Service that goes with a backend.
const UNREAD: [&str; 3] = ["metadata", "spec", "status"];

/// The values within a value, each with the way to it. What is empty says nothing, and of a Service only its type counts.
fn lines(value: &Value) -> Vec<Node> {
    fn walk(value: &Value, path: &str, out: &mut Vec<Node>) {
        match value {
            Value::Null => {}
            Value::Object(fields) => {
                if let Some(kind) = fields.get("spec").and_then(|spec| spec.get("type")) {
                    walk(kind, &format!("{path}.type"), out);
                }
                for (name, value) in fields.iter().filter(|(name, _)| !UNREAD.contains(&name.as_str())) {
                    walk(value, &if path.is_empty() { name.clone() } else { format!("{path}.{name}") }, out);
                }
            }
            Value::Array(values) => out.extend(values.iter().map(|value| Node::line(format!("{path}: {value}")))),
            other => out.push(Node::line(format!("{path}: {other}"))),
        }
    }
    let mut all = Vec::new();
    walk(value, "", &mut all);
    all.sort_by(|a, b| a.text.cmp(&b.text));
    all
}
