//! Who is bound to which role.

use hashbrown::HashMap;

use super::look::Look;
use crate::manifest::{Access, Object, Party, Permission};

/// A binding, and what its role allows; none where the role is not in the input.
pub(super) struct Grant<'a> {
    pub(super) binding: &'a Object<Access>,
    pub(super) rules: Option<&'a [Permission]>,
}

/// All bindings, in order.
pub(super) fn grants<'a>(look: &Look<'a>) -> Vec<Grant<'a>> {
    let key =
        |object: &'a Object<Access>| (object.reference.kind.as_str(), object.reference.namespace.as_str(), object.reference.name.as_str());
    let roles: HashMap<_, _> =
        look.cluster.accesses.iter().filter(|object| object.value.role_ref.is_none()).map(|object| (key(object), object)).collect();
    let bindings = look.cluster.accesses.iter().filter_map(|object| Some((object, object.value.role_ref.as_ref()?)));
    bindings
        .map(|(binding, role)| {
            let namespace = if role.kind == "ClusterRole" { "" } else { binding.reference.namespace.as_str() };
            let found = roles.get(&(role.kind.as_str(), namespace, role.name.as_str()));
            Grant { binding, rules: found.map(|role| role.value.rules.as_deref().unwrap_or_default()) }
        })
        .collect()
}

impl<'a> Grant<'a> {
    /// The name of the role.
    pub(super) fn role(&self) -> &'a str {
        self.binding.value.role_ref.as_ref().map_or("", |role| role.name.as_str())
    }

    /// Whether it holds for all namespaces.
    pub(super) fn is_for_all(&self) -> bool {
        self.binding.reference.kind == "ClusterRoleBinding"
    }

    /// Who gets the role.
    pub(super) fn subjects(&self) -> &'a [Party] {
        self.binding.value.subjects.as_deref().unwrap_or_default()
    }

    /// Whether the role allows one of these verbs with all objects of a kind.
    pub(super) fn allows(&self, group: &str, resource: &str, verbs: &[&str]) -> bool {
        self.rules.is_some_and(|rules| rules.iter().any(|rule| rule.allows(group, resource, verbs)))
    }
}
