//! What kubectl reads, as a table: made with its own reader (`k8s.io/apimachinery`, `sigs.k8s.io/yaml`).

use serde_json::{Value as Json, json};

use super::tree::{Node, Value};
use super::{load, split, yaml};
use crate::source::{FileId, SourceMap};

fn json_of(node: &Node) -> Json {
    match node.value() {
        Value::Null | Value::Shared(_) => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Integer(value) => json!(value),
        Value::Float(value) => json!(value),
        Value::String(text) => json!(text),
        Value::Sequence(items) => items.iter().map(json_of).collect(),
        Value::Mapping(entries) => entries.iter().map(|entry| (entry.key.to_string(), json_of(&entry.value))).collect(),
    }
}

/// The documents of a text up to the first that kubectl refuses, which `error` stands for.
fn read(text: &str) -> String {
    let mut shown = Vec::new();
    for range in split::documents(text) {
        let part = &text[range.clone()];
        let content = range.start + split::content(part, range.start == 0)..range.end;
        let document = yaml::read(FileId(0), text, content, &mut Vec::new());
        match document.ok().filter(|_| split::behind_dashes(part).is_none()) {
            Some(document) => shown.extend(document.root.map(|root| json_of(&root).to_string()).filter(|root| root != "null")),
            None => {
                shown.push(String::from("error"));
                break;
            }
        }
    }
    format!("[{}]", shown.join(","))
}

#[test]
fn documents_are_read_as_kubectl_reads_them() {
    for (text, expected) in TABLE {
        let ascii = |text: &str| text.replace(", error", ",error");
        assert_eq!(read(text), ascii(expected), "{text:?}");
    }
}

#[test]
fn the_parser_never_panics_where_a_comma_follows_a_tag() {
    for text in ["- !x,", "[!x, a]", "[!<a>, b]", "a: !x!y,z", "{a: !!str, b: c}"] {
        assert_eq!(read(text), "[error]", "{text:?}");
    }
}

/// A text that begins with a brace is JSON, and YAML from where it is none; behind two values it stays JSON.
#[test]
fn what_begins_as_json_may_go_on_as_yaml() {
    let object = |name: &str| format!("{{\"apiVersion\": \"v1\", \"kind\": \"ConfigMap\", \"metadata\": {{\"name\": \"{name}\"}}}}");
    let (a, b, c) = (object("a"), object("b"), object("c"));
    let block = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\n";
    for (text, names, rules) in [
        (format!("{a}{b}\n{c}"), "a b c", ""),
        (format!("{a}\n---\n{block}"), "a d", ""),
        (format!("{a}\n{block}"), "a d", ""),
        (format!("{a} # c\n"), "a", ""),
        (format!("{a}{b}\n---\n{c}"), "a b", "json-syntax"),
        (a.replace("}}", ",},}"), "a", ""),
        (a.replace("\"a\"}", "\"a\", \"name\": \"e\",}"), "e", "duplicate-key"),
        (a.replace("\"v1\"", "\"v\\u0031\\ud83d\""), "", ""),
        (format!("{a}, {b}"), "a", "json-syntax"),
    ] {
        let mut sources = SourceMap::default();
        sources.add("a.json", text.as_str());
        let found = load(&mut sources);
        let read: Vec<&str> = found.value.config_maps.iter().map(|map| map.reference.name.as_str()).collect();
        let told: Vec<&str> = found.diagnostics.iter().map(|finding| finding.rule).collect();
        assert_eq!((read.join(" "), told.join(" ")), (names.to_owned(), rules.to_owned()), "{text}");
    }
}

#[rustfmt::skip]
const TABLE: &[(&str, &str)] = &[
    ("a: \"\\x41\\u00e4\\U0001F600\\e\\a\\0\\N\\_\\L\\P\\ \\\tx\"", "[{\"a\":\"A\u{e4}\u{1f600}\\u001b\\u0007\\u0000\u{85}\u{a0}\u{2028}\u{2029} \\tx\"}]"),
    ("a: \"it\\'s\"", "[{\"a\":\"it's\"}]"),
    ("a: 'it\\'", "[{\"a\":\"it\\\\\"}]"),
    ("a: it\\'s", "[{\"a\":\"it\\\\'s\"}]"),
    ("a: \"\\\\'\"", "[{\"a\":\"\\\\'\"}]"),
    ("a: \"\\/\"", "[error]"),
    ("a: \"a\\\\/b\"", "[{\"a\":\"a\\\\/b\"}]"),
    ("a: \"\\q\"", "[error]"),
    ("a: \"\\ud83d\\ude00\"", "[error]"),
    ("a: b\n\t\nc: d", "[error]"),
    ("a:\tb", "[{\"a\":\"b\"}]"),
    ("\ta: b", "[error]"),
    ("a:\n\tb: c", "[error]"),
    ("a: x\n\ty", "[error]"),
    ("a: [!x b, c]", "[{\"a\":[\"b\",\"c\"]}]"),
    ("a: \"hello!, you\"", "[{\"a\":\"hello!, you\"}]"),
    ("a: [hello!, you]", "[{\"a\":[\"hello!\",\"you\"]}]"),
    ("a: 8e1", "[{\"a\":80}]"),
    ("a: 010", "[{\"a\":8}]"),
    ("a: 0o10", "[{\"a\":8}]"),
    ("a: 0b11", "[{\"a\":3}]"),
    ("a: 1_000", "[{\"a\":1000}]"),
    ("a: 1:20", "[{\"a\":\"1:20\"}]"),
    ("a: 2001-01-01", "[{\"a\":\"2001-01-01\"}]"),
    ("a: 1e400", "[{\"a\":\"1e400\"}]"),
    ("a: .inf", "[error]"),
    ("a: Yes", "[{\"a\":true}]"),
    ("Y: n", "[{\"true\":false}]"),
    ("~: a", "[error]"),
    ("1: a", "[{\"1\":\"a\"}]"),
    ("1.5: a", "[{\"1.5\":\"a\"}]"),
    ("true: a", "[{\"true\":\"a\"}]"),
    ("on: a", "[{\"true\":\"a\"}]"),
    ("[a]: b", "[error]"),
    ("{a: b}: c", "[error]"),
    ("? a\n: b", "[{\"a\":\"b\"}]"),
    ("? a", "[{\"a\":null}]"),
    ("a: !!binary aGk=", "[{\"a\":\"hi\"}]"),
    ("a: !!str 5", "[{\"a\":\"5\"}]"),
    ("a: !!int \"5\"", "[{\"a\":5}]"),
    ("a: !!int x", "[error]"),
    ("a: !!float 5", "[{\"a\":5}]"),
    ("a: !!bool yes", "[{\"a\":true}]"),
    ("a: !foo 5", "[{\"a\":\"5\"}]"),
    ("a: ! 5", "[{\"a\":\"5\"}]"),
    ("a: !!set {a, b}", "[{\"a\":{\"a\":null,\"b\":null}}]"),
    ("a: !!null x", "[error]"),
    ("x: &m {k: v}\ny:\n  <<: *m\n  k: w", "[{\"true\":{\"k\":\"w\"},\"x\":{\"k\":\"v\"}}]"),
    ("x: &m {k: v}\ny:\n  k: w\n  <<: *m", "[{\"true\":{\"k\":\"v\"},\"x\":{\"k\":\"v\"}}]"),
    ("y:\n  <<: [{a: 1}, {a: 2, b: 3}]", "[{\"true\":{\"a\":1,\"b\":3}}]"),
    ("<<: [a]", "[error]"),
    ("\"<<\": {a: 1}", "[{\"<<\":{\"a\":1}}]"),
    ("a: &x [1]\nb: *x", "[{\"a\":[1],\"b\":[1]}]"),
    ("a: &x [*x]", "[error]"),
    ("a: *x", "[error]"),
    ("a: &x 1\nb: &x 2\nc: *x", "[{\"a\":1,\"b\":2,\"c\":2}]"),
    ("&k a: b\n*k : c", "[{\"a\":\"c\"}]"),
    ("a: &x 1\n---\nb: *x", "[{\"a\":1}, error]"),
    ("a: 1\na: 2", "[{\"a\":2}]"),
    ("a: |2-\n   b\n  c", "[{\"a\":\" b\\nc\"}]"),
    ("a: |1\n x", "[{\"a\":\"x\\n\"}]"),
    ("a: |0\n x", "[error]"),
    ("a: |+\n\n  x\n\n", "[{\"a\":\"\\nx\\n\\n\"}]"),
    ("a: >\n  x\n  y\n\n   z", "[{\"a\":\"x y\\n\\n z\\n\"}]"),
    ("a: >-\n  x\n # c", "[{\"a\":\"x\"}]"),
    ("a: |\n\tx", "[error]"),
    ("a: |x\n y", "[error]"),
    ("a: x\n  y\n\n  z", "[{\"a\":\"x y\\nz\"}]"),
    ("a: x\n  # c\n  y", "[error]"),
    ("a: \"x\n  y\"", "[{\"a\":\"x y\"}]"),
    ("a: \"x\\\n  y\"", "[{\"a\":\"xy\"}]"),
    ("a: '\n  x\n\n  y '", "[{\"a\":\" x\\ny \"}]"),
    ("a: b # c", "[{\"a\":\"b\"}]"),
    ("a: b#c", "[{\"a\":\"b#c\"}]"),
    ("a:b", "[\"a:b\"]"),
    ("a :b", "[\"a :b\"]"),
    ("a : b", "[{\"a\":\"b\"}]"),
    ("\"a\":b", "[\"a\"]"),
    ("{\"a\":b}", "[{\"a\":\"b\"}]"),
    ("{\"a\":1}", "[{\"a\":1}]"),
    ("{a:1}", "[{\"a:1\":null}]"),
    ("{a, b: c}", "[{\"a\":null,\"b\":\"c\"}]"),
    ("[a: b]", "[[{\"a\":\"b\"}]]"),
    ("[a, b,]", "[[\"a\",\"b\"]]"),
    ("[a,,b]", "[error]"),
    ("[,]", "[error]"),
    ("{,}", "[error]"),
    ("a: {\nb: c\n}", "[{\"a\":{\"b\":\"c\"}}]"),
    ("a: [\n- b\n]", "[error]"),
    ("a: [a, b\n , c]", "[{\"a\":[\"a\",\"b\",\"c\"]}]"),
    ("a: @x", "[error]"),
    ("a: `x", "[error]"),
    ("a: %x", "[error]"),
    ("%x: a", "[error]"),
    ("a: ?x", "[{\"a\":\"?x\"}]"),
    ("a: :x", "[{\"a\":\":x\"}]"),
    ("a: -x", "[{\"a\":\"-x\"}]"),
    ("a: ,", "[error]"),
    ("a: ]", "[error]"),
    ("a: *", "[error]"),
    ("a: &a &b c", "[error]"),
    ("a: - b", "[error]"),
    ("a: b: c", "[error]"),
    ("a: \"b\" c", "[error]"),
    ("- a\nb: c", "[error]"),
    (" a: 1\nb: 2", "[{\"a\":1}]"),
    ("a: 1\n b: 2", "[error]"),
    ("a: 'x", "[error]"),
    ("a: \"x", "[error]"),
    ("a: [x", "[error]"),
    ("--- {a: 1}", "[error]"),
    ("---\ta", "[error]"),
    ("--- |\n x", "[error]"),
    ("----", "[error]"),
    ("a: 1\n---#c\nb: 2", "[{\"a\":1},{\"b\":2}]"),
    ("a: 1\n--- # c\nb: 2", "[{\"a\":1},{\"b\":2}]"),
    ("a: 1\n...\nb: 2", "[{\"a\":1}]"),
    ("{a: 1}\n{b: 2}", "[{\"a\":1}]"),
    ("%YAML 1.1", "[error]"),
    ("%YAML 1.2", "[error]"),
    ("a: 1\r\nb: 2\r\n", "[{\"a\":1,\"b\":2}]"),
    ("a: x\ry", "[error]"),
    ("a: x\u{85}y", "[error]"),
    ("a: x\u{2028}y", "[error]"),
    ("a: \u{7f}", "[error]"),
    ("a: \u{200b}", "[{\"a\":\"\u{200b}\"}]"),
    ("---\na: 1\n---\n\u{feff}b: 2", "[{\"a\":1},{\"b\":2}]"),
    ("\u{ff41}: 1", "[{\"\u{ff41}\":1}]"),
    ("...", "[error]"),
    ("# a", "[]"),
    ("", "[]"),
    ("a: ---\nb: 1", "[{\"a\":\"---\",\"b\":1}]"),
];
