//! Whose an Ingress is, judged by its class.

use std::collections::BTreeSet;

use hashbrown::{HashMap, HashSet};
use k8s_openapi::api::networking::v1::{Ingress, IngressClass};

use crate::catalog::families::{self, Family};
use crate::catalog::flags::Flags;
use crate::manifest::{Cluster, Object};

/// The annotation that names the class of an Ingress without the field for it.
pub const ANNOTATION: &str = "kubernetes.io/ingress.class";
/// The annotation of the IngressClass that the API server writes into new Ingresses without one.
const DEFAULT: &str = "ingressclass.kubernetes.io/is-default-class";

/// Whose an Ingress is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The controller serves it.
    Served,
    /// It is known to be for another controller.
    Foreign,
    /// It names a class, and nothing in the input says whose that is.
    Unknown,
    /// It names no class.
    None,
}

/// The classes that the controller serves, and what is known of others.
#[derive(Debug, Clone)]
pub struct Classes<'a> {
    flags: &'a Flags,
    by_name: HashMap<&'a str, &'a Object<IngressClass>>,
    served: HashSet<&'a str>,
    supposed: Option<&'a str>,
}

impl<'a> Classes<'a> {
    /// The classes of a cluster. An input without any is that of an application alone: the class is then the one that the controller's
    /// chart installs.
    #[must_use]
    pub fn new(cluster: &'a Cluster, flags: &'a Flags) -> Self {
        let by_name: HashMap<_, _> = cluster.ingress_classes.iter().map(|class| (class.reference.name.as_str(), class)).collect();
        let serves = |class: &&Object<IngressClass>| {
            controller_of(class) == Some(&flags.controller_class) || flags.class_by_name && class.reference.name == flags.ingress_class
        };
        let served = match cluster.ingress_classes.is_empty() {
            true => HashSet::from([flags.ingress_class.as_str()]),
            false => cluster.ingress_classes.iter().filter(serves).map(|class| class.reference.name.as_str()).collect(),
        };
        Self { flags, by_name, served, supposed: None }
    }

    /// The same for a controller that serves the Ingresses of one class and no others; those without one are of the class of no name.
    #[must_use]
    pub fn supposing(self, class: &'a str) -> Self {
        Self { supposed: Some(class), ..self }
    }

    /// The only class that is served, where that is supposed.
    #[must_use]
    pub fn supposed(&self) -> Option<&'a str> {
        self.supposed
    }

    /// The class that an Ingress names; none where it names none.
    #[must_use]
    pub fn named(object: &Object<Ingress>) -> Option<&str> {
        let field = object.value.spec.as_ref().and_then(|spec| spec.ingress_class_name.as_deref());
        field.or_else(|| object.value.metadata.annotations.as_ref()?.get(ANNOTATION).map(String::as_str))
    }

    /// Whose an Ingress is.
    #[must_use]
    pub fn of(&self, object: &Object<Ingress>) -> Class {
        if self.serve(object) {
            return Class::Served;
        }
        let Some(name) = Self::named(object) else {
            return match self.default() {
                Some(class) if self.is_of_others(class) => Class::Foreign,
                _ => Class::None,
            };
        };
        let is_field = object.value.spec.as_ref().is_some_and(|spec| spec.ingress_class_name.is_some());
        match self.by_name.get(name).filter(|_| is_field) {
            Some(class) if self.is_of_others(class) => Class::Foreign,
            None if families::of_class(name).is_some() => Class::Foreign,
            _ => Class::Unknown,
        }
    }

    /// Whether the controller serves an Ingress.
    #[must_use]
    pub fn serve(&self, object: &Object<Ingress>) -> bool {
        let flags = self.flags;
        let field = object.value.spec.as_ref().and_then(|spec| spec.ingress_class_name.as_deref());
        let annotation = || object.value.metadata.annotations.as_ref()?.get(ANNOTATION);
        match (self.supposed, field) {
            (Some(supposed), _) => Self::named(object).unwrap_or_default() == supposed,
            (None, Some(name)) => self.served.contains(name),
            (None, None) => annotation().map_or(flags.watch_without_class, |class| *class == flags.ingress_class),
        }
    }

    /// The names of the classes that the controller serves, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<&'a str> {
        let mut names: Vec<&str> = self.served.iter().copied().collect();
        names.sort_unstable();
        names
    }

    /// The class of the annotation that the controller serves.
    #[must_use]
    pub fn annotated(&self) -> &'a str {
        &self.flags.ingress_class
    }

    /// The classes whose Ingresses the controller does not serve as far as the input tells, and which may be its own all the same, each
    /// once and sorted; the one of no name is that of Ingresses without a class. Annotations tell whose an Ingress is, too.
    #[must_use]
    pub fn supposable(&self, ingresses: &'a [Object<Ingress>]) -> Vec<&'a str> {
        let prefix = format!("{}/", self.flags.annotations_prefix);
        let has = |object: &Object<Ingress>, fits: &dyn Fn(&str) -> bool| {
            object.value.metadata.annotations.iter().flatten().any(|(name, _)| fits(name))
        };
        let is_own = |object: &Object<Ingress>| has(object, &|name| name.starts_with(&prefix));
        let is_of_others = |object: &Object<Ingress>| has(object, &|name| families::of_annotation(name).is_some());
        let may_be_served = |object: &&Object<Ingress>| match self.of(object) {
            Class::Served => false,
            Class::Foreign => is_own(object),
            Class::Unknown | Class::None => is_own(object) || !is_of_others(object),
        };
        let names: BTreeSet<_> = ingresses.iter().filter(may_be_served).map(|object| Self::named(object).unwrap_or_default()).collect();
        names.into_iter().collect()
    }

    /// The first annotation of this controller that an Ingress has.
    #[must_use]
    pub fn own_annotation<'o>(&self, object: &'o Object<Ingress>) -> Option<&'o str> {
        let is_own = |name: &&String| name.strip_prefix(&self.flags.annotations_prefix).is_some_and(|rest| rest.starts_with('/'));
        object.value.metadata.annotations.as_ref()?.keys().find(is_own).map(String::as_str)
    }

    /// The IngressClass of a name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&'a Object<IngressClass>> {
        self.by_name.get(name).copied()
    }

    /// The IngressClass that the API server writes into new Ingresses without a class; the first by name where there are several.
    #[must_use]
    pub fn default(&self) -> Option<&'a Object<IngressClass>> {
        let is_default = |class: &&&Object<IngressClass>| {
            class.value.metadata.annotations.as_ref().and_then(|annotations| annotations.get(DEFAULT)).is_some_and(|value| value == "true")
        };
        self.by_name.values().filter(is_default).copied().min_by(|a, b| a.reference.name.cmp(&b.reference.name))
    }

    /// The kind of controller that a class which is not in the input is known to be for.
    #[must_use]
    pub fn family(name: &str) -> Option<&'static Family> {
        families::of_class(name)
    }

    fn is_of_others(&self, class: &Object<IngressClass>) -> bool {
        let name = class.reference.name.as_str();
        !self.served.contains(name) && controller_of(class).is_some()
    }
}

/// The controller that a class is for.
fn controller_of(class: &Object<IngressClass>) -> Option<&String> {
    class.value.spec.as_ref()?.controller.as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest;
    use crate::source::SourceMap;

    const CLASSES: &str = "\
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: inner}
spec: {controller: k8s.io/inner}
---
";

    fn class(classes: &str, annotation: &str, field: &str, change: impl Fn(&mut Flags)) -> Class {
        let written = |text: &str, line: &str| if text.is_empty() { String::new() } else { format!("{line}: {text}, ") };
        let ingress = format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: web, annotations: {{{}}}}}\nspec: {{{}rules: []}}\n",
            written(annotation, ANNOTATION),
            written(field, "ingressClassName")
        );
        let mut sources = SourceMap::default();
        sources.add("a.yaml", format!("{classes}{ingress}"));
        let cluster = manifest::load(&mut sources).value;
        let mut flags = Flags::default();
        change(&mut flags);
        Classes::new(&cluster, &flags).of(&cluster.ingresses[0])
    }

    #[test]
    fn a_class_tells_whose_an_ingress_is() {
        for (classes, annotation, field, expected) in [
            ("", "", "", Class::None),
            ("", "nginx", "", Class::Served),
            ("", "", "nginx", Class::Served),
            ("", "", "ngnix", Class::Unknown),
            ("", "inner", "", Class::Unknown),
            ("", "", "traefik", Class::Foreign),
            ("", "alb", "", Class::Foreign),
            (CLASSES, "", "nginx", Class::Served),
            (CLASSES, "", "inner", Class::Foreign),
            (CLASSES, "inner", "", Class::Unknown),
            (CLASSES, "", "other", Class::Unknown),
            (CLASSES, "", "", Class::None),
            (CLASSES, "nginx", "inner", Class::Foreign),
            (CLASSES, "inner", "nginx", Class::Served),
        ] {
            assert_eq!(class(classes, annotation, field, |_| {}), expected, "{annotation:?} {field:?}");
        }
        assert_eq!(class("", "", "", |flags| flags.watch_without_class = true), Class::Served);
        assert_eq!(class("", "edge", "", |flags| flags.ingress_class = String::from("edge")), Class::Served);
    }

    #[test]
    fn a_default_class_of_others_is_theirs() {
        let with_default = |name: &str| {
            let line = format!("metadata: {{name: {name}, annotations: {{{DEFAULT}: \"true\"}}}}");
            CLASSES.replace(&format!("metadata: {{name: {name}}}"), &line)
        };
        assert_eq!(class(&with_default("inner"), "", "", |_| {}), Class::Foreign);
        assert_eq!(class(&with_default("nginx"), "", "", |_| {}), Class::None);
    }
}
