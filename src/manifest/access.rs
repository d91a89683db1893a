//! Who may do what with the objects of the cluster, as far as rules look at it.

use serde::Deserialize;

use super::tree::Node;
use super::typed::{self, Unknown};

/// A Role or ClusterRole, or what binds one to somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Access {
    /// What is allowed, of roles.
    pub rules: Option<Vec<Permission>>,
    /// The role, of bindings.
    pub role_ref: Option<RoleRef>,
    /// Who gets it, of bindings.
    pub subjects: Option<Vec<Party>>,
}

/// What is allowed with which objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Permission {
    /// Groups of the API; `*`: all.
    pub api_groups: Option<Vec<String>>,
    /// Kinds, in small letters and many; `*`: all.
    pub resources: Option<Vec<String>>,
    /// The objects of these names alone; none: all.
    pub resource_names: Option<Vec<String>>,
    /// What may be done; `*`: everything.
    pub verbs: Option<Vec<String>>,
}

/// The role that a binding names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct RoleRef {
    /// `Role` or `ClusterRole`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// Somebody who gets a role.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Party {
    /// `User`, `Group` or `ServiceAccount`.
    pub kind: String,
    /// The name.
    pub name: String,
    /// The namespace, of accounts.
    pub namespace: Option<String>,
}

impl Permission {
    /// Whether it allows one of these verbs with all objects of a kind.
    #[must_use]
    pub fn allows(&self, group: &str, resource: &str, verbs: &[&str]) -> bool {
        let has =
            |list: &Option<Vec<String>>, wanted: &[&str]| list.iter().flatten().any(|word| word == "*" || wanted.contains(&word.as_str()));
        let is_for_all = self.resource_names.as_ref().is_none_or(Vec::is_empty);
        is_for_all && has(&self.api_groups, &[group]) && has(&self.resources, &[resource]) && has(&self.verbs, verbs)
    }
}

/// What the object says; nothing where it cannot be read: that is for others to tell.
pub(super) fn read(tree: &Node) -> Option<Access> {
    typed::read(tree, &Unknown::default()).ok()
}
