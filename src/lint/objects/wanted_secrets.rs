//! Which Secrets an Ingress names, and what it comes to where one is not there.

use super::certificates::managed_by;
use super::look::Look;
use crate::catalog::features::{backend_tls, client_auth, password_auth};
use crate::manifest::Object;
use crate::source::Span;
use k8s_openapi::api::networking::v1::Ingress;

/// A Secret that is named, and what comes of it where it is not there.
pub(super) struct Wanted<'a> {
    pub(super) name: &'a str,
    pub(super) place: Span,
    /// A key that Secrets of its kind have.
    pub(super) key: &'static str,
    pub(super) result: &'static str,
}

/// Those of its own namespace, but certificates that cert-manager makes for it.
pub(super) fn wanted<'a>(look: &Look<'a>, ingress: &'a Object<Ingress>) -> Vec<Wanted<'a>> {
    let mut all = Vec::new();
    if managed_by(ingress).is_none() {
        all.extend(ingress.tls().iter().enumerate().filter_map(|(at, entry)| {
            let place = ingress.span(&["spec", "tls", &at.to_string(), "secretName"]);
            Some(Wanted {
                name: entry.secret_name.as_deref()?,
                place,
                key: "tls.crt",
                result: "its hosts are served with the default certificate",
            })
        }));
    }
    for (annotation, key, result) in [
        (&password_auth::SECRET.spec, "auth", "its paths answer 503"),
        (&client_auth::SECRET.spec, "ca.crt", "its hosts answer 403"),
        (&backend_tls::SECRET.spec, "ca.crt", "the certificate of the backend is not checked"),
    ] {
        let Some(value) = look.annotation(ingress, annotation) else { continue };
        let name = match value.trim().split_once('/') {
            Some((namespace, name)) if namespace == ingress.reference.namespace => name,
            Some(_) => continue,
            // The other annotations take no name without a namespace.
            None if key == "auth" => value.trim(),
            None => continue,
        };
        all.push(Wanted { name, place: look.annotation_span(ingress, annotation), key, result });
    }
    all
}
