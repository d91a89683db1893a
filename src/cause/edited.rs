//! An edit of the manifests as the cause of a difference, in words: on both sides of it.

use super::edits::{Edit, Set, What};
use super::ingress::{annotation_of, annotations, name, of_ingress, of_tls};
use super::query::Query;
use super::{Causes, Found, short};
use crate::catalog::flags;
use crate::diagnostic::{Cause, ObjectRef, Reason};
use crate::source::Span;

impl Causes<'_> {
    /// Why a side is as it is, where an edit made the difference; these are the causes of the side of `set`. None: what the edit is
    /// about is not there, and the other side says why.
    #[must_use]
    pub fn of_edit(&self, edit: &Edit, set: Set, query: &Query) -> Option<Cause> {
        let place = if set == Set::Before { edit.before } else { edit.after };
        match place {
            Some(place) => Some(self.of_present(edit, place, query)),
            None if set == Set::After => Some(self.of_gone(edit)),
            None => None,
        }
    }

    /// What an edit is about, on a side that has it.
    fn of_present(&self, edit: &Edit, place: Span, query: &Query) -> Cause {
        let ingress = edit.object.as_ref().and_then(|object| self.ingress((&object.namespace, &object.name)));
        match (edit.what, ingress) {
            (What::Annotation, Some(ingress)) => self.or_refusal(of_ingress(ingress, &annotation_of(ingress, &edit.name()))),
            (What::Key, _) => self.setting_cause(&Found { span: place, subject: edit.name() }),
            (What::Argument(name), _) => match flags::find(name) {
                Some(flag) => self.argument(flag),
                None => of_field(edit, place),
            },
            (What::Field, Some(ingress)) if edit.name().starts_with("spec.tls") => Cause { span: Some(place), ..of_tls(ingress) },
            (What::Rules, Some(ingress))
                if query.host.is_some_and(|host| query.name.is_empty() && !self.serves(&ingress.reference, host)) =>
            {
                Cause { span: Some(place), ..self.host(ingress, query) }
            }
            (What::Rules | What::Object, Some(_)) => self.of_rules(edit, query).unwrap_or_else(|| of_field(edit, place)),
            _ => of_field(edit, place),
        }
    }

    /// What an annotation does to the whole Ingress, where it keeps it from being served.
    fn or_refusal(&self, cause: Cause) -> Cause {
        let refused = cause.object.as_ref().and_then(|ingress| self.of_refused((&ingress.namespace, &ingress.name)));
        match refused.filter(|refused| refused.span == cause.span) {
            Some(refused) => Cause { message: refused.message, ..cause },
            None => cause,
        }
    }

    /// The host, path or backend that a difference is about, where the Ingress that was edited has it.
    fn of_rules(&self, edit: &Edit, query: &Query) -> Option<Cause> {
        let cause = Some(self.of_declared(query)).filter(|cause| cause.reason == Reason::Object)?;
        let of_host = || query.host.is_some_and(|host| edit.object.as_ref().is_some_and(|object| self.serves(object, host)));
        (cause.object == edit.object || (cause.object.is_none() && of_host())).then_some(cause)
    }

    /// Whether an Ingress has a part in a host.
    pub(super) fn serves(&self, object: &ObjectRef, host: &str) -> bool {
        self.hosts(&object.namespace, &object.name).binary_search(&host).is_ok()
    }

    /// What an edit is about is no longer there.
    fn of_gone(&self, edit: &Edit) -> Cause {
        let subject = edit.name();
        let ingress = edit.object.as_ref().and_then(|object| self.ingress((&object.namespace, &object.name)));
        let map = self.config_map.filter(|map| Some(&map.reference) == edit.object.as_ref());
        let of = edit.object.as_ref().map(shown).unwrap_or_default();
        let (message, span) = match (edit.what, ingress) {
            (What::Annotation, Some(ingress)) => {
                (format!("{} no longer has the annotation `{}`", name(ingress), short(&subject)), Some(annotations(ingress)))
            }
            (What::Key, _) => (format!("{of} no longer has the key `{subject}`"), map.map(|map| map.key_span(&["data"]))),
            (What::Argument(name), _) => (format!("{of} no longer has the argument `--{name}`"), self.controller_place(edit)),
            (What::Object, _) => (format!("{of} is no longer there"), None),
            (_, Some(ingress)) => (format!("{of} no longer has the field `{subject}`"), Some(ingress.span(&["metadata", "name"]))),
            _ => (format!("{of} no longer has the field `{subject}`"), None),
        };
        let subject = if let What::Argument(name) = edit.what { format!("--{name}") } else { subject };
        Cause { reason: Reason::Nothing, message, subject, object: edit.object.clone(), span }
    }

    fn controller_place(&self, edit: &Edit) -> Option<Span> {
        let object = edit.object.as_ref()?;
        let controller = self.cluster.controllers.iter().find(|controller| controller.reference == *object)?;
        Some(controller.span(&["metadata", "name"]))
    }

    /// Whether an edit can act on a place: on the host of its Ingress, or anywhere where it is of no Ingress.
    #[must_use]
    pub fn reaches(&self, edit: &Edit, host: Option<&str>) -> bool {
        let Some(object) = edit.object.as_ref().filter(|object| object.kind == "Ingress") else { return true };
        host.is_none_or(|host| self.serves(object, host))
    }

    /// Whether an Ingress is the one that an edit is about.
    #[must_use]
    pub fn is_of(edit: &Edit, ingress: Option<(&str, &str)>) -> bool {
        let own = edit.object.as_ref().filter(|object| object.kind == "Ingress");
        own.is_some_and(|object| ingress == Some((&object.namespace, &object.name)))
    }
}

/// An object in a sentence.
fn shown(object: &ObjectRef) -> String {
    match object.namespace.as_str() {
        "" => format!("{} `{}`", object.kind, object.name),
        namespace => format!("{} `{namespace}/{}`", object.kind, object.name),
    }
}

fn of_field(edit: &Edit, place: Span) -> Cause {
    let of = edit.object.as_ref().map(shown).unwrap_or_default();
    let subject = edit.name();
    let message = match subject.strip_prefix("data.") {
        _ if subject.is_empty() => of,
        Some(key) => format!("key `{key}` of {of}"),
        None => format!("field `{subject}` of {of}"),
    };
    Cause { reason: Reason::Object, message, subject, object: edit.object.clone(), span: Some(place) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::flags::Flags;
    use crate::catalog::releases::LATEST;
    use crate::cause::edits::{Given, between};
    use crate::lower::{Controller, Environment};
    use crate::manifest::{self, Cluster};
    use crate::source::{FileId, SourceMap};

    fn cluster(text: &str) -> Cluster {
        let mut sources = SourceMap::default();
        sources.add("in.yaml", text);
        manifest::load(&mut sources).value
    }

    #[test]
    fn a_key_a_field_and_a_whole_object_have_their_words() {
        let text = |port: &str, header: &str| {
            format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: headers, namespace: shop}}\ndata: {{X-Shop: {header}}}\n---\n\
                 apiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: shop}}\nspec: {{type: {port}, ports: [{{port: 80}}]}}\n"
            )
        };
        let new = "---\napiVersion: v1\nkind: Service\nmetadata: {name: other, namespace: shop}\nspec: {ports: [{port: 80}]}\n";
        let (before, after) = (cluster(&text("ClusterIP", "open")), cluster(&format!("{}{new}", text("NodePort", "closed"))));
        let flags = Flags::parse(LATEST, [] as [(&str, Option<Span>); 0]).value;
        let controller = Controller { version: LATEST, flags, environment: Environment::default() };
        let [before, after] = [&before, &after].map(|cluster| Given { cluster, controller: &controller });
        let place = Span::new(FileId(0), 0..1);
        let mut words: Vec<String> = between(before, after).iter().map(|edit| of_field(edit, place).message).collect();
        words.sort();
        assert_eq!(words, ["Service `shop/other`", "field `spec.type` of Service `shop/web`", "key `X-Shop` of ConfigMap `shop/headers`"]);
    }
}
