//! What the manifests do not say, and what would be otherwise if they did.

use super::Causes;
use super::arguments::in_manifests;
use super::governs::is_governed;
use super::ingress::{annotations, name};
use super::query::Query;
use crate::catalog::flags;
use crate::diagnostic::{Cause, Reason};
use crate::manifest::Object;
use crate::source::Span;
use k8s_openapi::api::networking::v1::Ingress;

/// Names, each of which would make a directive what it is elsewhere. Annotations are without their prefix.
#[derive(Debug, Clone, Default)]
pub struct Absent {
    /// Annotations.
    pub annotations: Vec<&'static str>,
    /// Keys of the ConfigMap.
    pub keys: Vec<&'static str>,
    /// Arguments, without dashes.
    pub arguments: Vec<&'static str>,
}

impl Absent {
    /// Whether there is no such name.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.annotations.is_empty() && self.keys.is_empty() && self.arguments.is_empty()
    }

    /// Whether all of the names are keys of the ConfigMap.
    #[must_use]
    pub fn is_of_keys(&self) -> bool {
        self.annotations.is_empty() && self.arguments.is_empty()
    }

    /// The names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.annotations.iter().chain(&self.keys).chain(&self.arguments).copied()
    }
}

impl Causes<'_> {
    /// Why a directive is not there, or is the default, where nobody says one of some names.
    #[must_use]
    pub fn of_absent(&self, query: &Query, absent: &Absent) -> Cause {
        // What is there with the value that it would have anyway is not missing.
        let is_given = |name: &&&'static str| in_manifests(self.cluster, name).is_some();
        if let (Some(given), []) =
            (absent.arguments.iter().find(is_given), [absent.annotations.as_slice(), &absent.keys].concat().as_slice())
            && let Some(flag) = flags::find(given)
        {
            return self.argument(flag);
        }
        let ingress = query.ingress.and_then(|owner| self.ingress(owner));
        let mut said = Vec::new();
        if !absent.annotations.is_empty() {
            let names = listed(&absent.annotations);
            said.push(match (ingress, query.host) {
                (Some(ingress), _) => format!("{} has no annotation {names}", name(ingress)),
                (None, Some(_)) => format!("no Ingress of the host has an annotation {names}"),
                (None, None) => format!("no Ingress has an annotation {names}"),
            });
        }
        if !absent.keys.is_empty() {
            let names = listed(&absent.keys);
            said.push(match self.config_map.map(|map| &map.reference) {
                Some(map) => format!("ConfigMap `{}/{}` has no key {names}", map.namespace, map.name),
                None => format!("there is no ConfigMap with a key {names}"),
            });
        }
        if !absent.arguments.is_empty() {
            let told = |is_there: bool| {
                let names = absent.arguments.iter().filter(|name| is_given(name) == is_there).map(|name| format!("--{name}"));
                let names: Vec<String> = names.collect();
                listed(&names.iter().map(String::as_str).collect::<Vec<_>>())
            };
            let (missing, usual) = (told(false), told(true));
            said.extend((!missing.is_empty()).then(|| format!("the controller has no argument {missing}")));
            said.extend((!usual.is_empty()).then(|| format!("its argument {usual} says the default")));
        }
        let is_default = !query.text.is_empty();
        // What is so is sure, and that it is the reason is not: nobody but raw configuration has such words.
        let is_raw = absent.names().all(|name| name.ends_with("-snippet")) && !is_governed(query.name);
        let start = match (is_default, is_raw) {
            (true, _) => "the controller's default: ",
            (false, true) => "no raw configuration of the manifests holds it: ",
            (false, false) => "",
        };
        let message = format!("{start}{}", said.join(", and "));
        let reason = if is_default { Reason::Default } else { Reason::Nothing };
        let subject = absent.names().next().unwrap_or_default().to_owned();
        let object = ingress.filter(|_| !absent.annotations.is_empty()).map(|ingress| ingress.reference.clone());
        Cause { reason, message, subject, object, span: self.place_of_absent(query, absent, ingress) }
    }

    /// Where one of the names would stand.
    fn place_of_absent(&self, query: &Query, absent: &Absent, ingress: Option<&Object<Ingress>>) -> Option<Span> {
        if absent.annotations.is_empty() && absent.keys.is_empty() {
            // Of several controllers nobody knows which one is meant.
            let [controller] = self.cluster.controllers.as_slice() else { return None };
            return Some(controller.span(&["metadata", "name"]));
        }
        if absent.annotations.is_empty() {
            return self.config_map.filter(|_| !absent.keys.is_empty()).map(|map| map.key_span(&["data"]));
        }
        ingress.map(annotations).or_else(|| query.host.and_then(|host| self.server(host)?.origin.span()))
    }
}

/// Names in a sentence: `a`, `b` or `c`.
pub(super) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::Absent;

    #[test]
    fn a_name_of_any_kind_is_one() {
        let one = || vec!["one"];
        for (absent, is_empty) in [
            (Absent::default(), true),
            (Absent { annotations: one(), ..Absent::default() }, false),
            (Absent { keys: one(), ..Absent::default() }, false),
            (Absent { arguments: one(), ..Absent::default() }, false),
        ] {
            assert_eq!((absent.is_empty(), absent.names().count()), (is_empty, usize::from(!is_empty)));
        }
    }
}
