//! What of an Ingress caused something, in words and with its place: an annotation, a host, a path, a backend.

use k8s_openapi::api::networking::v1::Ingress;

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

/// An annotation by its name without a prefix: as it is written, and its value.
pub(super) fn annotation_named<'i>(ingress: &'i Object<Ingress>, wanted: &str) -> Option<(&'i str, &'i str)> {
    let all = ingress.value.metadata.annotations.iter().flatten();
    all.map(|(key, value)| (key.as_str(), value.as_str())).find(|(key, _)| short(key) == wanted)
}

/// Something of an Ingress for which nothing is there.
pub(super) fn lost(ingress: &Object<Ingress>, message: String, subject: &str, span: Span) -> Cause {
    Cause { reason: Reason::Nothing, ..object(ingress, message, subject, span) }
}

/// Whether it names a backend for what its paths do not take.
pub(super) fn has_default_backend(ingress: &Object<Ingress>) -> bool {
    ingress.value.spec.as_ref().is_some_and(|spec| spec.default_backend.is_some())
}

pub(super) fn object(ingress: &Object<Ingress>, message: String, subject: &str, span: Span) -> Cause {
    Cause { reason: Reason::Object, message, subject: subject.to_owned(), object: Some(ingress.reference.clone()), span: Some(span) }
}

pub(super) fn of_tls(ingress: &Object<Ingress>) -> Cause {
    object(ingress, format!("section `tls` of {}", name(ingress)), "tls", ingress.key_span(&["spec", "tls"]))
}
