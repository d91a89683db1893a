//! What differs between two sets of manifests, value by value: of two compiled sides, only this can be the cause of a difference.

use k8s_openapi::Metadata;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::catalog::flags::{FLAGS, Flag};
use crate::diagnostic::ObjectRef;
use crate::lower::{self, Controller};
use crate::manifest::{Cluster, Object};
use crate::source::Span;

/// One value that stands in only one of two sets of manifests, or that is another one there.
#[derive(Debug, Clone)]
pub struct Edit {
    /// What it is.
    pub what: What,
    /// The object that holds it; none for an argument that no manifest gives.
    pub object: Option<ObjectRef>,
    /// Where it stands in the first set; none where it does not.
    pub before: Option<Span>,
    /// Where it stands in the second set.
    pub after: Option<Span>,
    /// The keys that lead to it.
    path: Vec<String>,
    /// What it was and what it is; of rules, which may be thousands of lines, the objects are asked.
    old: Option<Value>,
    new: Option<Value>,
}

/// What of the manifests an edit changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// An annotation of an Ingress.
    Annotation,
    /// A key of the controller's ConfigMap.
    Key,
    /// An argument of the controller.
    Argument(&'static str),
    /// The hosts, paths and backends of an Ingress.
    Rules,
    /// Another value of an object.
    Field,
    /// A whole object.
    Object,
}

/// Which of two sets of manifests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// The first.
    Before,
    /// The second.
    After,
}

/// One set of manifests, and the controller that they are compiled for.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// The objects.
    pub cluster: &'a Cluster,
    /// The controller.
    pub controller: &'a Controller,
}

impl Edit {
    /// The name of what is changed: of an annotation with its prefix, of a key, of an argument without its dashes, of a field with
    /// those around it.
    #[must_use]
    pub fn name(&self) -> String {
        match self.what {
            What::Annotation | What::Key => self.path.last().cloned().unwrap_or_default(),
            What::Argument(name) => name.to_owned(),
            What::Rules | What::Field | What::Object => self.path.join("."),
        }
    }

    /// An annotation that an Ingress gets.
    #[must_use]
    pub fn annotation(ingress: &ObjectRef, name: &str, value: &str) -> Self {
        Self::value(What::Annotation, ingress, &["metadata", "annotations", name], value)
    }

    /// A key that the controller's ConfigMap gets.
    #[must_use]
    pub fn key(map: &ObjectRef, name: &str, value: &str) -> Self {
        Self::value(What::Key, map, &["data", name], value)
    }

    /// An argument that the controller gets.
    #[must_use]
    pub fn argument(name: &'static str) -> Self {
        Self { what: What::Argument(name), object: None, before: None, after: None, path: Vec::new(), old: None, new: None }
    }

    /// The annotations of the Ingress that comes or goes, each as an edit of its own; `given` is the set that has it.
    #[must_use]
    pub fn annotations(&self, given: Given) -> Vec<Self> {
        let find = |reference: &ObjectRef| given.cluster.ingresses.binary_search_by(|ingress| ingress.reference.cmp(reference)).ok();
        let Some(ingress) = self.object.as_ref().and_then(find).map(|at| &given.cluster.ingresses[at]) else { return Vec::new() };
        let all = ingress.value.metadata.annotations.iter().flatten();
        let of = |(name, value): (&String, &String)| {
            let span = Some(ingress.span(&["metadata", "annotations", name]));
            let (before, after) = (self.before.and(span), self.after.and(span));
            Self { before, after, ..Self::annotation(&ingress.reference, name, value) }
        };
        all.map(of).collect()
    }

    fn value(what: What, object: &ObjectRef, path: &[&str], value: &str) -> Self {
        let path = path.iter().map(|key| (*key).to_owned()).collect();
        Self { what, object: Some(object.clone()), before: None, after: None, path, old: None, new: Some(Value::String(value.to_owned())) }
    }

    /// The same with another text in the first set.
    #[must_use]
    pub fn with(&self, text: String) -> Self {
        Self { old: Some(Value::String(text)), ..self.clone() }
    }

    /// The text that it has in the second set.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        self.new.as_ref()?.as_str()
    }

    /// The name, without its prefix.
    #[must_use]
    pub fn short_name(&self) -> String {
        let name = self.name();
        if self.what == What::Annotation { super::short(&name).to_owned() } else { name }
    }

    /// What edits have in common that do the same to different objects.
    #[must_use]
    pub fn signature(&self) -> String {
        let kind = self.object.as_ref().map(|object| object.kind.as_str()).filter(|_| !matches!(self.what, What::Argument(_)));
        format!("{:?} {} {}", self.what, kind.unwrap_or_default(), self.name())
    }

    /// Gives objects and controller the value that this has in one of the sets, which they are not of.
    pub fn put(&self, set: Set, from: Given, cluster: &mut Cluster, controller: &mut Controller) {
        if let What::Argument(name) = self.what {
            if let Some(flag) = crate::catalog::flags::find(name) {
                flag.copy(&from.controller.flags, &mut controller.flags);
            }
            return;
        }
        if self.what == What::Key && set == Set::After {
            // A ConfigMap that is new counts only from here on.
            controller.flags.configmap.clone_from(&from.controller.flags.configmap);
        }
        let Some(object) = &self.object else { return };
        let kind = object.kind.as_str();
        let of = from.cluster;
        match kind {
            "Ingress" => self.put_into(set, &of.ingresses, &mut cluster.ingresses),
            "IngressClass" => self.put_into(set, &of.ingress_classes, &mut cluster.ingress_classes),
            "Service" => self.put_into(set, &of.services, &mut cluster.services),
            "Secret" => self.put_into(set, &of.secrets, &mut cluster.secrets),
            "ConfigMap" => self.put_into(set, &of.config_maps, &mut cluster.config_maps),
            "Namespace" => self.put_into(set, &of.namespaces, &mut cluster.namespaces),
            _ => self.put_into(set, &of.endpoint_slices, &mut cluster.endpoint_slices),
        }
    }

    fn put_into<T: Clone + Serialize + DeserializeOwned>(&self, set: Set, from: &[Object<T>], list: &mut Vec<Object<T>>) {
        let Some(reference) = &self.object else { return };
        let find = |list: &[Object<T>]| list.binary_search_by(|object| object.reference.cmp(reference));
        let (theirs, ours) = (find(from), find(list));
        let value = |theirs: &Object<T>| match self.what {
            What::Rules => serde_json::to_value(&theirs.value).ok().and_then(|whole| value_at(&whole, &self.path).cloned()),
            _ if set == Set::Before => self.old.clone(),
            _ => self.new.clone(),
        };
        match (theirs, ours) {
            (Ok(theirs), Err(at)) => list.insert(at, from[theirs].clone()),
            (Err(_), Ok(at)) => drop(list.remove(at)),
            (Ok(theirs), Ok(at)) => {
                let Ok(mut whole) = serde_json::to_value(&list[at].value) else { return };
                set_at(&mut whole, &self.path, value(&from[theirs]));
                if let Ok(read) = serde_json::from_value(whole) {
                    // What an API server refuses of the object goes with its values.
                    list[at] = from[theirs].clone();
                    list[at].value = read;
                }
            }
            (Err(_), Err(_)) => {}
        }
    }
}

/// Everything that differs between two sets.
#[must_use]
pub fn between(before: Given, after: Given) -> Vec<Edit> {
    let mut edits = Vec::new();
    let maps = [before, after].map(|given| lower::config_map(given.cluster, given.controller).map(|map| map.reference.clone()));
    let (old, new) = (before.cluster, after.cluster);
    of_lists(&old.ingresses, &new.ingresses, &|_| false, &mut edits);
    of_lists(&old.ingress_classes, &new.ingress_classes, &|_| false, &mut edits);
    of_lists(&old.services, &new.services, &|_| false, &mut edits);
    of_lists(&old.endpoint_slices, &new.endpoint_slices, &|_| false, &mut edits);
    of_lists(&old.secrets, &new.secrets, &|_| false, &mut edits);
    of_lists(&old.namespaces, &new.namespaces, &|_| false, &mut edits);
    let is_controllers = |reference: &ObjectRef| maps.iter().flatten().any(|map| map == reference);
    of_lists(&old.config_maps, &new.config_maps, &is_controllers, &mut edits);
    edits.extend(FLAGS.iter().filter_map(|flag| of_argument(flag, before, after)));
    edits
}

/// The edits of the objects of one kind. Of those that are the controller's ConfigMap, each key counts for itself even where one side
/// does not have the object.
fn of_lists<T: PartialEq + Serialize + Metadata>(
    before: &[Object<T>],
    after: &[Object<T>],
    is_settings: &dyn Fn(&ObjectRef) -> bool,
    edits: &mut Vec<Edit>,
) {
    let (mut before, mut after) = (before.iter().peekable(), after.iter().peekable());
    loop {
        let (old, new) = match (before.peek(), after.peek()) {
            (None, None) => return,
            (Some(old), Some(new)) => match old.reference.cmp(&new.reference) {
                std::cmp::Ordering::Less => (before.next(), None),
                std::cmp::Ordering::Greater => (None, after.next()),
                std::cmp::Ordering::Equal => (before.next(), after.next()),
            },
            (Some(_), None) => (before.next(), None),
            (None, Some(_)) => (None, after.next()),
        };
        if old.map(|object| &object.value) == new.map(|object| &object.value) {
            continue;
        }
        let Some(reference) = new.or(old).map(|object| object.reference.clone()) else { continue };
        let is_settings = is_settings(&reference);
        let mut found = Found { old, new, reference, is_settings, path: Vec::new(), edits: &mut *edits };
        let value = |object: Option<&Object<T>>| object.map(|object| serde_json::to_value(&object.value).unwrap_or_default());
        match (value(old), value(new)) {
            (Some(old), Some(new)) => found.compare(Some(&old), Some(&new)),
            (old, new) if is_settings => found.compare(old.as_ref(), new.as_ref()),
            (old, new) => found.add(What::Object, old.as_ref(), new.as_ref()),
        }
    }
}

/// The comparison of two states of an object.
struct Found<'a, 'e, T> {
    old: Option<&'a Object<T>>,
    new: Option<&'a Object<T>>,
    reference: ObjectRef,
    /// It is the controller's ConfigMap.
    is_settings: bool,
    path: Vec<String>,
    edits: &'e mut Vec<Edit>,
}

impl<T> Found<'_, '_, T> {
    /// Goes into mappings only: what a list holds is one value. The depth is that of the types.
    fn compare(&mut self, old: Option<&Value>, new: Option<&Value>) {
        if old == new {
            return;
        }
        let is_mapping = |value: Option<&Value>| value.is_none_or(|value| value.is_object() || value.is_null());
        // What one side does not have at all is one value, but for the mappings that every object has room for.
        let has_room = match self.path.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [first] => *first != "spec",
            path => path.is_empty() || path == ["metadata", "annotations"],
        };
        if !is_mapping(old) || !is_mapping(new) || !(has_room || (old.is_some() && new.is_some())) {
            let what = self.what();
            self.add(what, old, new);
            return;
        }
        let (old, new) = (old.and_then(Value::as_object), new.and_then(Value::as_object));
        let more = new.into_iter().flat_map(Map::keys).filter(|key| field(old, key).is_none());
        for key in old.into_iter().flat_map(Map::keys).chain(more) {
            // The head of a ConfigMap that is new says nothing.
            if self.is_settings && self.path.is_empty() && key != "data" {
                continue;
            }
            self.path.push(key.clone());
            self.compare(field(old, key), field(new, key));
            self.path.pop();
        }
    }

    fn what(&self) -> What {
        match (self.reference.kind.as_str(), self.path.iter().map(String::as_str).collect::<Vec<_>>().as_slice()) {
            ("Ingress", ["metadata", "annotations", _]) => What::Annotation,
            ("Ingress", ["spec", "rules"]) => What::Rules,
            (_, ["data", _]) if self.is_settings => What::Key,
            _ => What::Field,
        }
    }

    fn add(&mut self, what: What, old: Option<&Value>, new: Option<&Value>) {
        // The first item of a list that differs, and what of it does.
        let inner = first_difference(old, new);
        let inside: Vec<&str> = self.path.iter().map(String::as_str).chain(inner.iter().map(String::as_str)).collect();
        let place = |object: Option<&Object<T>>, value: Option<&Value>| value.and(object).map(|object| object.span(&inside));
        let (before, after) = (place(self.old, old), place(self.new, new));
        let object = Some(self.reference.clone());
        let [old, new] = [old, new].map(|value| value.filter(|_| what != What::Rules).cloned());
        self.edits.push(Edit { what, object, before, after, path: self.path.clone(), old, new });
    }
}

fn field<'v>(fields: Option<&'v Map<String, Value>>, key: &str) -> Option<&'v Value> {
    fields?.get(key)
}

/// The way from two values to the first place inside where they differ.
fn first_difference(mut old: Option<&Value>, mut new: Option<&Value>) -> Vec<String> {
    let mut path = Vec::new();
    while let (Some(before), Some(after)) = (old, new) {
        let is_other = |step: &String| inside(before, step) != inside(after, step);
        let Some(step) = steps(before).chain(steps(after)).find(is_other) else { break };
        (old, new) = (inside(before, &step), inside(after, &step));
        path.push(step);
    }
    path
}

/// The keys of a mapping, or the numbers of the items of a list.
fn steps(value: &Value) -> impl Iterator<Item = String> {
    let items = value.as_array().map(Vec::len).unwrap_or_default();
    (0..items).map(|at| at.to_string()).chain(value.as_object().into_iter().flat_map(Map::keys).cloned())
}

fn inside<'v>(value: &'v Value, step: &str) -> Option<&'v Value> {
    match value {
        Value::Array(items) => items.get(step.parse::<usize>().ok()?),
        value => value.get(step),
    }
}

/// The value at the end of some keys.
fn value_at<'v>(whole: &'v Value, path: &[String]) -> Option<&'v Value> {
    path.iter().try_fold(whole, |place, key| place.get(key))
}

/// Sets or removes the value at the end of some keys.
fn set_at(whole: &mut Value, path: &[String], value: Option<Value>) {
    let Some((last, around)) = path.split_last() else { return };
    let mut place = whole;
    for key in around {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Some(fields) = place.as_object_mut() else { return };
        place = fields.entry(key.clone()).or_insert_with(|| Value::Object(Map::new()));
    }
    if place.is_null() {
        *place = Value::Object(Map::new());
    }
    let Some(fields) = place.as_object_mut() else { return };
    match value {
        Some(value) => drop(fields.insert(last.clone(), value)),
        None => drop(fields.remove(last)),
    }
}

fn of_argument(flag: &'static Flag, before: Given, after: Given) -> Option<Edit> {
    if !flag.differs(&before.controller.flags, &after.controller.flags) {
        return None;
    }
    let [old, new] = [before, after].map(|given| super::arguments::in_manifests(given.cluster, flag.name));
    let object = new.as_ref().or(old.as_ref()).map(|(object, _)| (*object).clone())?;
    let place = |found: &Option<(&ObjectRef, Option<Span>)>| found.as_ref().and_then(|(_, span)| *span);
    let what = What::Argument(flag.name);
    Some(Edit { what, object: Some(object), before: place(&old), after: place(&new), path: Vec::new(), old: None, new: None })
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;
    use crate::catalog::flags::Flags;
    use crate::catalog::releases::LATEST;
    use crate::lower::Environment;
    use crate::manifest;
    use crate::source::SourceMap;

    const INGRESS: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, annotations: {a/one: x, a/two: w}}
spec:
  ingressClassName: nginx
  rules:
  - host: web.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {known: x}
---
apiVersion: v1
kind: Secret
metadata: {name: people, namespace: shop}
data: {auth: eA==}
";

    fn cluster(text: &str) -> Cluster {
        let mut sources = SourceMap::default();
        sources.add("in.yaml", text);
        let loaded = manifest::load(&mut sources);
        assert_eq!(loaded.diagnostics, vec![]);
        loaded.value
    }

    fn controller(argument: &str) -> Controller {
        let flags = Flags::parse(LATEST, ["--configmap=shop/settings", argument].map(|argument| (argument, None))).value;
        Controller { version: LATEST, flags, environment: Environment::default() }
    }

    #[test]
    fn each_value_that_differs_is_an_edit_and_can_be_made_and_taken_back() {
        for (from, to, expected) in [
            ("a/one: x", "a/one: z", &["Annotation Ingress a/one"][..]),
            ("a/one: x, ", "", &["Annotation Ingress a/one"]),
            (", annotations: {a/one: x, a/two: w}", "", &["Annotation Ingress a/one", "Annotation Ingress a/two"]),
            ("path: /,", "path: /v2,", &["Rules Ingress spec.rules"]),
            ("ingressClassName: nginx", "ingressClassName: other", &["Field Ingress spec.ingressClassName"]),
            ("known: x", "known: x, more: w", &["Key ConfigMap more"]),
            (
                "kind: ConfigMap\nmetadata: {name: settings",
                "kind: ConfigMap\nmetadata: {name: others",
                &["Object ConfigMap ", "Key ConfigMap known"],
            ),
            ("auth: eA==", "auth: eQ==", &["Field Secret data.auth"]),
            ("name: people", "name: users", &["Object Secret ", "Object Secret "]),
            ("", "", &[]),
        ] {
            let (old, new, plain) = (cluster(INGRESS), cluster(&INGRESS.replace(from, to)), controller("--http-port=80"));
            let (before, after) = (Given { cluster: &old, controller: &plain }, Given { cluster: &new, controller: &plain });
            let edits = between(before, after);
            assert_eq!(edits.iter().map(Edit::signature).collect::<Vec<_>>(), expected, "{from} {to}");
            for (set, given, other) in [(Set::Before, before, after), (Set::After, after, before)] {
                let (mut cluster, mut controller) = (other.cluster.clone(), plain.clone());
                edits.iter().for_each(|edit| edit.put(set, given, &mut cluster, &mut controller));
                let left = between(Given { cluster: &cluster, controller: &controller }, given);
                assert_eq!(left.iter().map(Edit::signature).collect::<Vec<_>>(), Vec::<String>::new(), "{from} {to} {set:?}");
            }
        }
    }

    #[test]
    fn places_are_those_of_what_differs() {
        let line = |text: &str, span: Span| text[..span.start as usize].lines().count();
        let changed = INGRESS.replace("path: /,", "path: /v2,");
        let (old, new, plain) = (cluster(INGRESS), cluster(&changed), controller("--http-port=80"));
        let edits = between(Given { cluster: &old, controller: &plain }, Given { cluster: &new, controller: &plain });
        let place = edits.first().and_then(|edit| edit.after).expect("it is there");
        assert_eq!((line(&changed, place), &changed[place.range()]), (8, "/v2"));
    }
}
