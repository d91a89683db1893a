//! What holds for Secrets and ConfigMaps. No value of a Secret is ever part of what is said.

use std::collections::BTreeMap;

use super::forms::key;
use super::{Faults, Look, Row, field, shown, text};
use crate::manifest::tree::Node;

const SECRET: &[&str] = &["Secret"];
const CONFIG_MAP: &[&str] = &["ConfigMap"];

/// Bytes that all values of an object may have.
const SIZE: usize = 1 << 20;

pub(super) const ROWS: &[Row] = &[
    Row::new(SECRET, "", "malformed-name", Look::Other(secret_keys)),
    Row::new(SECRET, "", "refused-object", Look::Other(missing_keys)),
    Row::new(SECRET, "", "refused-object", Look::Other(secret_size)),
    Row::new(CONFIG_MAP, "", "malformed-name", Look::Other(keys)),
    Row::new(CONFIG_MAP, "", "refused-object", Look::Other(keys_twice)),
    Row::new(CONFIG_MAP, "", "refused-object", Look::Other(size)),
];

/// What a Secret of a type must hold: one of the keys of each group.
const TYPES: &[(&str, &[&[&str]])] = &[
    ("kubernetes.io/tls", &[&["tls.crt"], &["tls.key"]]),
    ("kubernetes.io/basic-auth", &[&["username", "password"]]),
    ("kubernetes.io/ssh-auth", &[&["ssh-privatekey"]]),
    ("kubernetes.io/dockercfg", &[&[".dockercfg"]]),
    ("kubernetes.io/dockerconfigjson", &[&[".dockerconfigjson"]]),
];

/// The keys of a Secret, with the length of what they hold. A plain text wins over an encoded one.
fn lengths(node: &Node) -> BTreeMap<String, usize> {
    let encoded = |text: &str| text.bytes().filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=').count() * 3 / 4;
    let of = |bag: &str, length: &dyn Fn(&str) -> usize| -> Vec<(String, usize)> {
        let entries = field(node, bag).map(Node::entries).unwrap_or_default();
        entries.iter().map(|entry| (entry.key.to_string(), entry.value.text().map_or(0, length))).collect()
    };
    let (data, plain) = (of("data", &encoded), of("stringData", &str::len));
    data.into_iter().chain(plain).collect()
}

fn secret_keys(node: &Node, faults: &mut Faults) {
    for bag in ["data", "stringData"] {
        for entry in field(node, bag).map(Node::entries).unwrap_or_default() {
            if let Some(problem) = key(&entry.key) {
                faults.key_of(bag, &entry.key, format!("this is no key of a Secret, {problem}"));
            }
        }
    }
}

fn missing_keys(node: &Node, faults: &mut Faults) {
    let kind = text(node, "type");
    let held = lengths(node);
    for group in TYPES.iter().filter(|(name, _)| *name == kind).flat_map(|(_, groups)| *groups) {
        let has = |key: &&&str| held.get(**key).is_some_and(|length| *length > 0 || **key != "ssh-privatekey");
        if !group.iter().any(|key| has(&key)) {
            faults.at(&["type"], format!("it has the type `{kind}` and no key `{}`", group.join("` or `")));
        }
    }
    const ACCOUNT: &str = "kubernetes.io/service-account.name";
    if kind == "kubernetes.io/service-account-token" && node.at(&["metadata", "annotations", ACCOUNT]).is_none_or(super::is_empty) {
        faults.at(&["type"], format!("it has the type `{kind}` and no annotation `{ACCOUNT}`"));
    }
}

fn secret_size(node: &Node, faults: &mut Faults) {
    let size: usize = lengths(node).values().sum();
    if size > SIZE {
        faults.at(&["data"], format!("its values have {size} bytes, and {SIZE} at most are allowed"));
    }
}

fn keys(node: &Node, faults: &mut Faults) {
    for bag in ["data", "binaryData"] {
        for entry in field(node, bag).map(Node::entries).unwrap_or_default() {
            if let Some(problem) = key(&entry.key) {
                faults.key_of(bag, &entry.key, format!("`{}` is no key of a ConfigMap, {problem}", shown(&entry.key)));
            }
        }
    }
}

fn keys_twice(node: &Node, faults: &mut Faults) {
    let binary = field(node, "binaryData");
    for entry in field(node, "data").map(Node::entries).unwrap_or_default() {
        if binary.is_some_and(|binary| binary.get(&entry.key).is_some()) {
            faults.key_of("data", &entry.key, format!("`{}` is a key of `data` and of `binaryData`", shown(&entry.key)));
        }
    }
}

fn size(node: &Node, faults: &mut Faults) {
    let values = |bag: &str| -> usize {
        let entries = field(node, bag).map(Node::entries).unwrap_or_default();
        entries.iter().map(|entry| entry.value.text().map_or(0, str::len)).sum()
    };
    let size = values("data") + values("binaryData") * 3 / 4;
    if size > SIZE {
        faults.at(&["data"], format!("its values have {size} bytes, and {SIZE} at most are allowed"));
    }
}
