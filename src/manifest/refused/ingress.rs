//! What holds for Ingresses. The removed versions of the API are read as the one that is served.

use super::forms::{host, label, listed_host, port_name, segment, subdomain};
use super::{Advice, Faults, Look, Row, field, items, number, shown, text};
use crate::manifest::tree::Node;

const INGRESS: &[&str] = &["Ingress"];
const PATHS: &str = "spec.rules[].http.paths[]";
const CLASS: &str = "kubernetes.io/ingress.class";
const PATH_TYPES: &[&str] = &["Exact", "ImplementationSpecific", "Prefix"];

pub(super) const ROWS: &[Row] = &[
    Row::new(INGRESS, "", "refused-object", Look::Other(nothing)),
    Row::new(INGRESS, "spec.rules[].host", "malformed-host", Look::Form("host", host)),
    Row::new(INGRESS, "spec.rules[].http", "refused-object", Look::Other(no_paths)),
    Row::new(INGRESS, PATHS, "missing-path-type", Look::Other(no_path_type)),
    Row::new(INGRESS, "spec.rules[].http.paths[].pathType", "refused-object", Look::SetToOneOf(PATH_TYPES)),
    Row::new(INGRESS, PATHS, "malformed-path", Look::Other(path)),
    Row::new(INGRESS, "spec.defaultBackend", "refused-object", Look::Other(backend)),
    Row::new(INGRESS, "spec.rules[].http.paths[].backend", "refused-object", Look::Other(backend)),
    Row::new(INGRESS, PATHS, "refused-object", Look::Other(no_backend)),
    Row::new(INGRESS, "spec.defaultBackend.service.name", "malformed-name", Look::Other(service_name)),
    Row::new(INGRESS, "spec.rules[].http.paths[].backend.service.name", "malformed-name", Look::Other(service_name)),
    Row::new(INGRESS, "spec.defaultBackend.service.port", "refused-object", Look::Other(port)),
    Row::new(INGRESS, "spec.rules[].http.paths[].backend.service.port", "refused-object", Look::Other(port)),
    Row::new(INGRESS, "spec.defaultBackend.resource", "refused-object", Look::Other(resource)),
    Row::new(INGRESS, "spec.rules[].http.paths[].backend.resource", "refused-object", Look::Other(resource)),
    Row::new(INGRESS, "spec.tls[]", "malformed-host", Look::Other(tls_hosts)),
    Row::new(INGRESS, "spec.tls[].secretName", "malformed-name", Look::Other(secret_name)).of_new(),
    Row::new(INGRESS, "spec.ingressClassName", "malformed-name", Look::Form("name of an IngressClass", subdomain)),
    // An Ingress that is there may get a second class: only of a new one both are compared.
    Row::new(INGRESS, "", "refused-object", Look::Other(two_classes)).of_new().open(),
    Row::new(INGRESS, "spec", "refused-object", Look::Other(former_backend)),
];

fn nothing(node: &Node, faults: &mut Faults) {
    let spec = field(node, "spec");
    let has_former = spec.is_some_and(|spec| field(spec, "backend").is_some());
    if !has_former && spec.is_none_or(|spec| field(spec, "defaultBackend").is_none() && items(spec, "rules").is_empty()) {
        faults.at(&["spec"], "it has neither rules nor a default backend");
    }
}

fn no_paths(node: &Node, faults: &mut Faults) {
    if items(node, "paths").is_empty() {
        faults.here("a rule with `http` has no paths");
    }
}

fn no_path_type(node: &Node, faults: &mut Faults) {
    if field(node, "pathType").is_none() {
        faults.here("`pathType` is missing");
    }
}

fn path(node: &Node, faults: &mut Faults) {
    let kind = text(node, "pathType");
    let path = text(node, "path");
    let is_strict = matches!(kind, "Exact" | "Prefix");
    if !is_strict && (kind != "ImplementationSpecific" || path.is_empty()) {
        return;
    }
    let part = ["//", "/./", "/../", "%2f", "%2F"].into_iter().find(|part| path.contains(part));
    let end = ["/..", "/."].into_iter().find(|end| path.ends_with(end));
    if !path.starts_with('/') {
        faults.at(&["path"], format!("`{}` is no path, which starts with a slash", shown(path)));
    } else if let Some(part) = part.filter(|_| is_strict) {
        faults.at(&["path"], format!("`{}` is no path for `pathType: {kind}`, which holds no `{part}`", shown(path)));
    } else if let Some(end) = end.filter(|_| is_strict) {
        faults.at(&["path"], format!("`{}` is no path for `pathType: {kind}`, which does not end with `{end}`", shown(path)));
    }
}

fn no_backend(node: &Node, faults: &mut Faults) {
    if field(node, "backend").is_none() {
        faults.here("a path has no `backend`");
    }
}

fn backend(node: &Node, faults: &mut Faults) {
    match (field(node, "service"), field(node, "resource")) {
        (Some(_), Some(_)) => faults.here("a backend is a Service or a resource, and not both"),
        (Some(service), None) if is_former(service) => {
            faults.at(&["service"], "`serviceName` and `servicePort` are fields of v1beta1: `service` of v1 has `name` and `port`");
            faults.advise(former());
        }
        (None, None) if is_former(node) => {
            faults.here("`serviceName` and `servicePort` are fields of v1beta1: a backend of v1 has `service`");
            faults.advise(Advice { text: in_new_form(node), ..former() });
        }
        (None, None) => faults.here("a backend names neither a Service nor a resource"),
        (Some(service), None) if text(service, "name").is_empty() => faults.at(&["service", "name"], "a backend does not name its Service"),
        (Some(service), None) if field(service, "port").is_none() => faults.at(&["service"], "a backend names no port of its Service"),
        _ => {}
    }
}

/// The fields of a backend in v1beta1.
const FORMER: &[&str] = &["serviceName", "servicePort"];

fn is_former(backend: &Node) -> bool {
    FORMER.iter().any(|key| field(backend, key).is_some())
}

fn former() -> Advice {
    let help = "write `service: {name: NAME, port: {number: NUMBER}}`, or `name` for a port that has a name";
    Advice { help: Some(help.to_owned()), text: None, fields: FORMER }
}

/// The same backend as v1 has it; none where nobody can tell.
fn in_new_form(backend: &Node) -> Option<String> {
    let is_plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let (name, port) = (text(backend, "serviceName"), text(backend, "servicePort"));
    let port = match number(backend, "servicePort") {
        0 if is_plain(port) && port.bytes().any(|byte| byte.is_ascii_lowercase()) => format!("name: {port}"),
        0 => return None,
        number => format!("number: {number}"),
    };
    let is_whole = backend.entries().len() == FORMER.len() && is_plain(name);
    is_whole.then(|| format!("{{service: {{name: {name}, port: {{{port}}}}}}}"))
}

/// Its server drops a field that it does not know, and refuses what is then empty.
fn former_backend(node: &Node, faults: &mut Faults) {
    if field(node, "backend").is_some() && field(node, "defaultBackend").is_none() {
        faults.key("backend", "`backend` is a field of v1beta1: v1 has `defaultBackend`");
        faults.advise(Advice {
            help: Some(String::from("write `defaultBackend`, and in it `service: {name: NAME, port: {number: NUMBER}}`")),
            text: None,
            fields: &["backend"],
        });
    }
}

fn service_name(node: &Node, faults: &mut Faults) {
    let name = node.text().unwrap_or_default();
    // Older servers want a letter in front.
    if !name.is_empty() {
        faults.form(name, "name of a Service", label);
    }
}

fn port(node: &Node, faults: &mut Faults) {
    let (name, number) = (text(node, "name"), number(node, "number"));
    match (name.is_empty(), number) {
        (true, 0) => faults.here("a backend names no port of its Service"),
        (true, 1..=65535) => {}
        (true, number) => faults.at(&["number"], format!("`{number}` is no port, which is a number from 1 to 65535")),
        (false, 0) => {
            if let Some(problem) = port_name(name) {
                faults.at(&["name"], format!("`{}` is no name of a port, {problem}", shown(name)));
            }
        }
        (false, _) => faults.here("a backend names a port by its name or by its number, and not by both"),
    }
}

/// A reference to an object of any kind.
pub(super) fn resource(node: &Node, faults: &mut Faults) {
    let group = field(node, "apiGroup").and_then(Node::text);
    if let Some((group, problem)) = group.and_then(|group| Some((group, subdomain(group)?))) {
        faults.at(&["apiGroup"], format!("`{}` is no group of the API, {problem}", shown(group)));
    }
    for key in ["kind", "name"] {
        let value = text(node, key);
        match segment(value) {
            _ if value.is_empty() => faults.at(&[key], format!("a resource has no `{key}`")),
            Some(problem) => faults.at(&[key], format!("`{}` is no {key} of a resource, {problem}", shown(value))),
            None => {}
        }
    }
}

fn tls_hosts(node: &Node, faults: &mut Faults) {
    for (at, host) in items(node, "hosts").iter().enumerate() {
        let host = host.text().unwrap_or_default();
        if let Some(problem) = listed_host(host) {
            faults.at(&["hosts", &at.to_string()], format!("`{}` is no host, {problem}", shown(host)));
        }
    }
}

fn secret_name(node: &Node, faults: &mut Faults) {
    let name = node.text().unwrap_or_default();
    if !name.is_empty() {
        faults.form(name, "name of a Secret", subdomain);
    }
}

fn two_classes(node: &Node, faults: &mut Faults) {
    let field = field(node, "spec").and_then(|spec| field(spec, "ingressClassName"));
    let annotation = node.at(&["metadata", "annotations", CLASS]).and_then(Node::text);
    if let (Some(field), Some(annotation)) = (field.and_then(Node::text), annotation)
        && field != annotation
    {
        let message = format!("it names the class `{}` in an annotation, and another one in `ingressClassName`", shown(annotation));
        faults.at(&["metadata", "annotations", CLASS], message);
    }
}
