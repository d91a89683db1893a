//! What holds for the metadata of all kinds.

use super::forms::{Form, annotation, beginning_of_label, beginning_of_subdomain, label, label_value, qualified_name, subdomain};
use super::{Faults, Look, Row, field, shown, text};
use crate::manifest::tree::{Node, Value};

/// All kinds that are looked at.
const ALL: &[&str] = &["Ingress", "IngressClass", "Service", "EndpointSlice", "Endpoints", "Secret", "ConfigMap", "Namespace"];
/// Those whose names are several labels.
const SEVERAL: &[&str] = &["Ingress", "IngressClass", "EndpointSlice", "Endpoints", "Secret", "ConfigMap"];
/// Those whose names are one label. Older servers want that of a Service to start with a letter.
const SINGLE: &[&str] = &["Service", "Namespace"];
/// Those that are in a namespace.
const NAMESPACED: &[&str] = &["Ingress", "Service", "EndpointSlice", "Endpoints", "Secret", "ConfigMap"];

/// Bytes that all annotations of an object may have.
const ANNOTATIONS: usize = 256 << 10;

pub(super) const ROWS: &[Row] = &[
    Row::new(SEVERAL, "metadata.name", "malformed-name", Look::Form("name", subdomain)),
    Row::new(SINGLE, "metadata.name", "malformed-name", Look::Form("name", label)),
    Row::new(SEVERAL, "metadata.generateName", "malformed-name", Look::Other(|node, faults| start(node, beginning_of_subdomain, faults))),
    Row::new(SINGLE, "metadata.generateName", "malformed-name", Look::Other(|node, faults| start(node, beginning_of_label, faults))),
    Row::new(NAMESPACED, "metadata.namespace", "malformed-name", Look::Other(namespace)),
    Row::new(ALL, "metadata.labels", "malformed-name", Look::Other(labels)),
    Row::new(ALL, "metadata.annotations", "malformed-name", Look::Other(annotations)),
    Row::new(ALL, "metadata.annotations", "refused-object", Look::Other(size)),
    Row::new(ALL, "metadata.finalizers[]", "malformed-name", Look::Form("finalizer", qualified_name)),
    Row::new(ALL, "metadata.finalizers[]", "malformed-name", Look::Other(finalizer)),
    Row::new(ALL, "metadata.finalizers", "refused-object", Look::Other(contrary_finalizers)),
    Row::new(ALL, "metadata.ownerReferences[]", "refused-object", Look::Other(owner)),
    Row::new(ALL, "metadata.ownerReferences", "refused-object", Look::Other(several_controllers)),
];

fn start(node: &Node, form: Form, faults: &mut Faults) {
    if let Some(text) = node.text().filter(|text| !text.is_empty()) {
        faults.form(text, "beginning of a name", form);
    }
}

fn namespace(node: &Node, faults: &mut Faults) {
    // An empty one is that of the command line.
    if let Some(text) = node.text().filter(|text| !text.is_empty()) {
        faults.form(text, "namespace", label);
    }
}

/// Names and values of labels, of an object or of a selector.
pub(super) fn labels(node: &Node, faults: &mut Faults) {
    for entry in node.entries() {
        if let Some(problem) = qualified_name(&entry.key) {
            faults.key(&entry.key, format!("`{}` is no name of a label, {problem}", shown(&entry.key)));
        }
        let value = entry.value.text().unwrap_or_default();
        if let Some(problem) = label_value(value) {
            faults.at(&[&entry.key], format!("`{}` is no value of a label, {problem}", shown(value)));
        }
    }
}

fn annotations(node: &Node, faults: &mut Faults) {
    for entry in node.entries() {
        if let Some(problem) = annotation(&entry.key) {
            faults.key(&entry.key, format!("`{}` is no name of an annotation, {problem}", shown(&entry.key)));
        }
    }
}

fn size(node: &Node, faults: &mut Faults) {
    let sizes = node.entries().iter().map(|entry| entry.key.len() + entry.value.text().map_or(0, str::len));
    let size: usize = sizes.sum();
    if size > ANNOTATIONS {
        faults.here(format!("its annotations have {size} bytes, and {ANNOTATIONS} at most are allowed"));
    }
}

fn finalizer(node: &Node, faults: &mut Faults) {
    let Some(text) = node.text() else { return };
    let is_standard = matches!(text, "kubernetes" | "orphan" | "foregroundDeletion");
    if !text.contains('/') && qualified_name(text).is_none() && !is_standard {
        faults.here(format!("`{}` is no finalizer, which has a domain and a slash in front", shown(text)));
    }
}

fn contrary_finalizers(node: &Node, faults: &mut Faults) {
    let has = |name: &str| node.items().iter().any(|item| item.text() == Some(name));
    if has("orphan") && has("foregroundDeletion") {
        faults.here("`orphan` and `foregroundDeletion` exclude each other");
    }
}

fn owner(node: &Node, faults: &mut Faults) {
    for key in ["apiVersion", "kind", "name", "uid"] {
        if text(node, key).is_empty() {
            faults.at(&[key], format!("an owner has no `{key}`"));
        }
    }
    let version = text(node, "apiVersion");
    if !version.is_empty() && version.split_once('/').is_some_and(|(_, version)| version.is_empty() || version.contains('/')) {
        faults.at(&["apiVersion"], format!("`{}` is no version of the API", shown(version)));
    }
    if text(node, "apiVersion") == "v1" && text(node, "kind") == "Event" {
        faults.here("an Event cannot be an owner");
    }
}

fn several_controllers(node: &Node, faults: &mut Faults) {
    let is_controller = |item: &&Node| matches!(field(item, "controller"), Some(Node { value: Value::Bool(true), .. }));
    if node.items().iter().filter(is_controller).count() > 1 {
        faults.here("several owners are its controller");
    }
}
