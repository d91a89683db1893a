//! The removed versions of Ingress, read as the API server converted them.

use std::borrow::Cow;

use super::tree::{Entry, Node, Value};

/// Turns an Ingress of `extensions/v1beta1` or `networking.k8s.io/v1beta1` into one of `networking.k8s.io/v1`.
pub(super) fn convert(ingress: &mut Node) {
    let Some(spec) = ingress.get_mut("spec") else { return };
    if let Some(backend) = spec.take("backend") {
        spec.put("defaultBackend", backend.key_span, convert_backend(backend.value));
    }
    let Some(rules) = spec.get_mut("rules") else { return };
    for rule in rules.items_mut() {
        let Some(paths) = rule.get_mut("http").and_then(|http| http.get_mut("paths")) else { continue };
        for path in paths.items_mut() {
            if let Some(backend) = path.take("backend") {
                path.put("backend", backend.key_span, convert_backend(backend.value));
            }
            if path.get("pathType").is_none() {
                let value = Node { span: path.span, value: Value::String(Cow::Borrowed("ImplementationSpecific")) };
                path.put("pathType", path.span, value);
            }
        }
    }
}

fn convert_backend(mut backend: Node<'_>) -> Node<'_> {
    let span = backend.span;
    let (name, port) = (backend.take("serviceName"), backend.take("servicePort"));
    if name.is_none() && port.is_none() {
        return backend;
    }
    let mut service = Node { span, value: Value::Mapping(Box::default()) };
    if let Some(Entry { key_span, value, .. }) = name {
        service.put("name", key_span, value);
    }
    if let Some(Entry { key_span, value, .. }) = port {
        let field = if value.text().is_some() { "name" } else { "number" };
        let mut port = Node { span: value.span, value: Value::Mapping(Box::default()) };
        port.put(field, key_span, value);
        service.put("port", key_span, port);
    }
    backend.put("service", span, service);
    backend
}
