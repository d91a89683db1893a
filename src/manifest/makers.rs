//! Kinds that others define, and that make what counts here: pods by a template, and Secrets out of what is kept elsewhere or encrypted.
//! Such Secrets are in no input, and are in the cluster all the same.

use super::tree::Node;

/// Kinds, the group of each, and the steps to the name of the Secret; where nothing is there, it is called as the object.
const MAKERS: [(&str, &str, &[&str]); 7] = [
    ("ExternalSecret", "external-secrets.io", &["spec", "target", "name"]),
    ("InfisicalSecret", "secrets.infisical.com", &["spec", "managedSecretReference", "secretName"]),
    ("OnePasswordItem", "onepassword.com", &[]),
    ("SealedSecret", "bitnami.com", &[]),
    ("VaultDynamicSecret", "secrets.hashicorp.com", &["spec", "destination", "name"]),
    ("VaultPKISecret", "secrets.hashicorp.com", &["spec", "destination", "name"]),
    ("VaultStaticSecret", "secrets.hashicorp.com", &["spec", "destination", "name"]),
];

/// Whether a document of a kind that is not known may make Secrets, or pods by a template, as far as its text tells: others are not read.
pub(super) fn may_count(kind: &str, document: &str) -> bool {
    let has = |word: &str| memchr::memmem::find(document.as_bytes(), word.as_bytes()).is_some();
    let has_template = || has("\n  template:") || has("\n    template:");
    MAKERS.iter().any(|(known, ..)| *known == kind) || has_template() && has("selector:") && has("containers:")
}

/// The name of the Secret that an object makes.
pub(super) fn made<'t>(kind: &str, version: &str, tree: &'t Node) -> Option<&'t str> {
    let group = version.split('/').next().unwrap_or_default();
    let (.., steps) = MAKERS.iter().find(|(known, of, _)| *known == kind && *of == group)?;
    // One that is filled in alone, and not made, may be missing.
    let policy = tree.at(&["spec", "target", "creationPolicy"]).and_then(Node::text);
    if policy.is_some_and(|policy| matches!(policy, "None" | "Merge")) {
        return None;
    }
    let named = Some(*steps).filter(|steps| !steps.is_empty()).and_then(|steps| tree.at(steps)).and_then(Node::text);
    named.or_else(|| tree.at(&["metadata", "name"]).and_then(Node::text))
}
