//! Objects that annotations name: where they are looked for, and what keeps an Ingress from using them.

use k8s_openapi::api::core::v1::Secret;

use super::reader::{Reader, Stop};
use crate::catalog::key::Key;
use crate::ir::TrustStore;
use crate::lower::world::key_of;
use crate::manifest::Object;

/// Namespace and name of a reference `name` or `namespace/name`; the namespace is empty where none is written. None for other forms.
pub(super) fn split(reference: &str) -> Option<(&str, &str)> {
    match reference.split_once('/') {
        None => Some(("", reference)),
        Some((_, name)) if name.contains('/') => None,
        found => found,
    }
}

/// The Secret that an annotation names as `name` or `namespace/name`; the paths are denied where there is none.
pub(super) fn secret<'a>(reader: &mut Reader<'a>, key: &'static Key<String>, reference: &str) -> Result<&'a Object<Secret>, Stop> {
    let Some((namespace, name)) = split(reference) else { return Err(malformed(reader, key)) };
    let namespace = if namespace.is_empty() { reader.namespace() } else { namespace };
    check_namespace(reader, key, namespace)?;
    let full_name = key_of(namespace, name);
    reader.world.secret(&full_name).ok_or_else(|| reader.deny_absent(key, "Secret", &full_name))
}

/// What the controller makes of the Secret that an annotation names as `namespace/name`; the paths are denied where it makes nothing.
pub(super) fn trust_store(reader: &mut Reader, key: &'static Key<String>, reference: &str) -> Result<TrustStore, Stop> {
    match split(reference) {
        Some((namespace, _)) if reference.contains('/') => check_namespace(reader, key, namespace)?,
        _ => return Err(malformed(reader, key)),
    }
    if reader.world.secret(reference).is_none() {
        return Err(reader.deny_absent(key, "Secret", reference));
    }
    reader.world.trust_store(reference).map_err(|reason| reader.deny(key, reason))
}

/// Denies the paths where an annotation names another namespace, unless the settings let it.
pub(super) fn check_namespace(reader: &mut Reader, key: &'static Key<String>, namespace: &str) -> Result<(), Stop> {
    if namespace == reader.namespace() || reader.world.settings.policy.allow_cross_namespace {
        return Ok(());
    }
    Err(reader.deny_foreign(key))
}

/// Denies the paths where a reference has too few or too many parts.
pub(super) fn malformed(reader: &mut Reader, key: &'static Key<String>) -> Stop {
    reader.deny(key, "it must be written as `namespace/name`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_have_one_or_two_parts() {
        for (reference, expected) in [
            ("users", Some(("", "users"))),
            ("shop/users", Some(("shop", "users"))),
            ("/users", Some(("", "users"))),
            ("shop/", Some(("shop", ""))),
            ("", Some(("", ""))),
            ("a/b/c", None),
            ("//", None),
        ] {
            assert_eq!(split(reference), expected, "{reference}");
        }
    }
}
