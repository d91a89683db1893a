//! The default certificate whose Secret holds authorities alone.

use super::finding;
use crate::diagnostic::Diagnostic;
use crate::lint::Subject;

/// Quirk: the controller takes a Secret with `ca.crt` alone for the default certificate, and writes an empty file for it.
pub(super) fn check(subject: &Subject) -> Option<Diagnostic> {
    let key = subject.controller.flags.default_ssl_certificate.as_str();
    let (namespace, name) = key.split_once('/')?;
    let has = |key: &str, secret: &crate::manifest::Object<k8s_openapi::api::core::v1::Secret>| {
        secret.value.data.as_ref().and_then(|data| data.get(key)).is_some_and(|value| !value.0.is_empty())
    };
    let is_it = |secret: &&crate::manifest::Object<_>| secret.reference.namespace == namespace && secret.reference.name == name;
    let secret = subject.cluster.secrets.iter().find(is_it)?;
    if !subject.proxy.default_certificate.name.is_empty() || !has("ca.crt", secret) || has("tls.crt", secret) && has("tls.key", secret) {
        return None;
    }
    let message = format!("the default certificate `{key}` holds authorities, but no certificate");
    let finding = if subject.judgement.names_default_certificate() {
        finding(&message, None)
    } else {
        Diagnostic::warning("default-certificate", message).note("hosts without a certificate are served with one that is made for them")
    };
    let finding = finding.at(secret.span(&["metadata", "name"])).subject("--default-ssl-certificate").object(secret.reference.clone());
    Some(finding.help("give it `tls.crt` and `tls.key`"))
}
