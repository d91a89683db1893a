//! What of an Ingress caused something, in words and with its place: an annotation, a host, a path, a backend.

use k8s_openapi::api::networking::v1::{Ingress, IngressBackend};

use super::query::Query;
use super::{Found, short};
use crate::diagnostic::{Cause, Reason};
use crate::manifest::Object;
use crate::source::Span;

/// The name of an Ingress in a sentence.
pub(super) fn name(ingress: &Object<Ingress>) -> String {
    format!("Ingress `{}/{}`", ingress.reference.namespace, ingress.reference.name)
}

pub(super) fn annotation_of(ingress: &Object<Ingress>, key: &str) -> Found {
    Found { span: ingress.span(&["metadata", "annotations", key]), subject: key.to_owned() }
}

pub(super) fn of_ingress(ingress: &Object<Ingress>, found: &Found) -> Cause {
    let message = format!("annotation `{}` of {}", short(&found.subject), name(ingress));
    let object = Some(ingress.reference.clone());
    Cause { reason: Reason::Annotation, message, subject: found.subject.clone(), object, span: Some(found.span) }
}

/// Where annotations of an Ingress stand, or would.
pub(super) fn annotations(ingress: &Object<Ingress>) -> Span {
    let has_some = ingress.value.metadata.annotations.is_some();
    if has_some { ingress.key_span(&["metadata", "annotations"]) } else { ingress.span(&["metadata", "name"]) }
}

/// Where the paths of a host stand, or would.
pub(super) fn rules(ingress: &Object<Ingress>, query: &Query) -> Span {
    match rule_of(ingress, query) {
        Some(at) => ingress.span(&["spec", "rules", &at.to_string(), "host"]),
        None => ingress.key_span(&["spec", "rules"]),
    }
}

fn rule_of(ingress: &Object<Ingress>, query: &Query) -> Option<usize> {
    let rules = ingress.value.spec.as_ref()?.rules.as_ref()?;
    let host = query.host.filter(|host| *host != crate::ir::CATCH_ALL);
    rules.iter().position(|rule| rule.host.as_deref().filter(|host| !host.is_empty()) == host)
}

/// The path of the rules that the query is about, and what it leads to.
fn find_path<'i>(ingress: &'i Object<Ingress>, query: &Query) -> Option<(usize, usize, &'i IngressBackend)> {
    let rules = ingress.value.spec.as_ref()?.rules.as_ref()?;
    let wanted = query.path.unwrap_or_default();
    let is_wanted = |path: Option<&str>| path.filter(|path| !path.is_empty()).unwrap_or("/") == wanted;
    // An alias serves the paths of another host: where no rule is for the host, each is looked at.
    let first = rule_of(ingress, query);
    let order = first.into_iter().chain(0..rules.len());
    order
        .filter_map(|at| {
            let paths = &rules[at].http.as_ref()?.paths;
            let under = paths.iter().position(|path| is_wanted(path.path.as_deref()))?;
            Some((at, under, &paths[under].backend))
        })
        .next()
}

/// The type of a path under the host's own rule, and where it stands.
pub(super) fn type_of_path<'i>(ingress: &'i Object<Ingress>, query: &Query) -> Option<(&'i str, Span)> {
    let at = rule_of(ingress, query)?;
    let (found, under, _) = find_path(ingress, query).filter(|(found, ..)| *found == at)?;
    let path = &ingress.value.spec.as_ref()?.rules.as_ref()?.get(found)?.http.as_ref()?.paths[under];
    let place = ingress.span(&["spec", "rules", &found.to_string(), "http", "paths", &under.to_string(), "pathType"]);
    Some((path.path_type.as_str(), place))
}

/// Whether it names a backend for what its paths do not take.
pub(super) fn has_default_backend(ingress: &Object<Ingress>) -> bool {
    ingress.value.spec.as_ref().is_some_and(|spec| spec.default_backend.is_some())
}

fn object(ingress: &Object<Ingress>, message: String, subject: &str, span: Span) -> Cause {
    Cause { reason: Reason::Object, message, subject: subject.to_owned(), object: Some(ingress.reference.clone()), span: Some(span) }
}

pub(super) fn of_tls(ingress: &Object<Ingress>) -> Cause {
    object(ingress, format!("section `tls` of {}", name(ingress)), "tls", ingress.key_span(&["spec", "tls"]))
}

pub(super) fn host(ingress: &Object<Ingress>, query: &Query) -> Cause {
    let host = query.host.unwrap_or_default();
    object(ingress, format!("host `{host}` of {}", name(ingress)), host, rules(ingress, query))
}

pub(super) fn path(ingress: &Object<Ingress>, query: &Query) -> Cause {
    let path = query.path.unwrap_or_default();
    match find_path(ingress, query) {
        Some((at, under, _)) => {
            let place = ingress.span(&["spec", "rules", &at.to_string(), "http", "paths", &under.to_string(), "path"]);
            object(ingress, format!("path `{path}` of {}", name(ingress)), path, place)
        }
        None => default_backend(ingress),
    }
}

pub(super) fn backend(ingress: &Object<Ingress>, query: &Query) -> Cause {
    let path = query.path.unwrap_or_default();
    let Some((at, under, backend)) = find_path(ingress, query) else { return default_backend(ingress) };
    let (at, under) = (at.to_string(), under.to_string());
    let base = ["spec", "rules", &at, "http", "paths", &under, "backend"];
    let service = backend.service.as_ref();
    let is_port = query.name == "set $service_port";
    let has_number = service.and_then(|service| service.port.as_ref()).is_some_and(|port| port.number.is_some());
    let rest: &[&str] = match (is_port, has_number) {
        (true, true) => &["service", "port", "number"],
        (true, false) => &["service", "port", "name"],
        (false, _) => &["service", "name"],
    };
    let place = ingress.span(&[&base, rest].concat());
    object(ingress, format!("backend of path `{path}` of {}", name(ingress)), path, place)
}

fn default_backend(ingress: &Object<Ingress>) -> Cause {
    let place = ingress.key_span(&["spec", "defaultBackend"]);
    object(ingress, format!("default backend of {}", name(ingress)), "defaultBackend", place)
}
