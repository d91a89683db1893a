//! Names of annotations: unknown, removed, misplaced or meant for another controller.
//!
//! What a name is for (`place`), who serves an Ingress (`class`), what somebody may have meant (`catalog::analogies`) and how that is
//! said (`words`) are kept apart. Names that are known, but too new for the controller, are found where annotations are read; so are
//! unknown keys of the ConfigMap and unknown arguments.

mod place;
mod words;

use std::collections::BTreeMap;

use hashbrown::HashMap;
use k8s_openapi::Metadata;
use k8s_openapi::api::networking::v1::Ingress;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::Subject;
use crate::catalog::analogies::{self, Unknown};
use crate::catalog::families::Family;
use crate::catalog::features;
use crate::catalog::key::Spec;
use crate::catalog::settings;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::lower::{Class, Classes};
use crate::manifest::Object;
use place::Place;
use words::Speaker;

type Annotations = BTreeMap<String, String>;

/// Looks at the name of each annotation.
#[must_use]
pub(super) fn check(subject: &Subject) -> Vec<Diagnostic> {
    let flags = &subject.controller.flags;
    let speaker = Speaker { prefix: &flags.annotations_prefix, version: subject.controller.version };
    let mut checker = Checker { speaker, explained: HashMap::new(), findings: Vec::new(), knows_classes: false, has_old_issuers: false };
    let cluster = subject.cluster;
    let classes = Classes::new(cluster, flags);
    checker.knows_classes = !cluster.ingress_classes.is_empty();
    checker.has_old_issuers = cluster.unread.keys().any(|kind| kind.ends_with(OF_OLD_ISSUERS));
    for object in &cluster.ingresses {
        checker.ingress(object, classes.of(object));
        checker.labels(object);
    }
    checker.misplaced("a Service", &cluster.services);
    checker.misplaced("a ConfigMap", &cluster.config_maps);
    checker.misplaced("a Namespace", &cluster.namespaces);
    checker.misplaced("an IngressClass", &cluster.ingress_classes);
    checker.misplaced("a Secret", &cluster.secrets);
    checker.findings
}

struct Checker<'a> {
    speaker: Speaker<'a>,
    /// The same unknown name often stands on many Ingresses.
    explained: HashMap<&'a str, Unknown>,
    findings: Vec<Diagnostic>,
    /// The input says whose the classes are.
    knows_classes: bool,
    /// The input has objects for a cert-manager that still reads its old prefix.
    has_old_issuers: bool,
}

/// How kinds of the first releases of cert-manager end among those that nobody looks at.
const OF_OLD_ISSUERS: &str = " of certmanager.k8s.io";

/// An annotation of an object, with those beside it.
struct Written<'a> {
    object: &'a Object<Ingress>,
    annotations: &'a Annotations,
    key: &'a str,
    value: &'a str,
}

impl<'a> Checker<'a> {
    fn ingress(&mut self, object: &'a Object<Ingress>, class: Class) {
        let (is_ours, is_sure) = (class != Class::Foreign, class == Class::Served && self.knows_classes);
        let Some(annotations) = &object.value.metadata.annotations else { return };
        for (key, value) in annotations {
            let written = Written { object, annotations, key, value };
            let finding = match place::of(key, self.speaker.prefix) {
                Place::Elsewhere => None,
                // What the controller of a class has is for that one.
                Place::Own(name) => self.own(&written, name).filter(|_| is_ours || !self.is_of_others(name)),
                Place::Family(family, name) => is_ours.then(|| self.foreign(&written, family, name, is_sure)),
                Place::OldIssuer(name) => (!self.has_old_issuers).then(|| old_issuer(&written, name)),
                Place::WrongPrefix { name, reason } => is_ours.then(|| self.wrong_prefix(&written, name, reason)),
                Place::NoPrefix(name) => is_ours.then(|| self.no_prefix(&written, name)),
                Place::Malformed { reason, name } => Some(self.malformed(&written, name, reason)),
            };
            self.findings.extend(finding.map(|finding| place(finding, object, key)));
        }
    }

    /// An annotation under the controller's own prefix.
    fn own(&mut self, written: &Written, name: &'a str) -> Option<Diagnostic> {
        if let Some(spec) = features::find_in(name, self.speaker.version) {
            return self.shadowed(written, spec, name);
        }
        let meaning = self.explained.entry(name).or_insert_with(|| analogies::explain(name)).clone();
        let finding = match &meaning {
            Unknown::Removed(removed) => match removed.gone_in {
                Some(gone_in) if gone_in > self.speaker.version => return Some(self.speaker.unsupported(written.key, gone_in)),
                Some(gone_in) if name == removed.name => {
                    self.lost(written, &meaning, "removed-annotation", &format!("the controller has not read it since {gone_in}"))
                }
                _ => self.lost(written, &meaning, "unknown-annotation", "the controller has no such annotation"),
            },
            _ => self.lost(written, &meaning, "unknown-annotation", "the controller has no such annotation"),
        };
        Some(self.advise(finding, written, &meaning))
    }

    /// Whether another controller has an annotation of this name, which is unknown here.
    fn is_of_others(&self, name: &str) -> bool {
        let meaning = self.explained.get(name);
        matches!(meaning, Some(Unknown::Analogy(analogies::Analogy { family: Some(_), .. })))
    }

    /// Quirk: an older name counts only where the newer one is absent or empty.
    fn shadowed(&self, written: &Written, spec: &'static Spec, name: &str) -> Option<Diagnostic> {
        let newer = self.speaker.full(spec.name);
        let shadows = name != spec.name && written.annotations.get(&newer).is_some_and(|value| !value.is_empty());
        let finding = shadows.then(|| {
            let message = format!("`{}` is ignored: it is an older name of `{}`, which is there as well", written.key, spec.name);
            Diagnostic::warning("shadowed-annotation", message).effect(Effect::Overridden).help("remove one of the two")
        })?;
        Some(finding.related("this one counts", written.object.span(&["metadata", "annotations", &newer])))
    }

    fn foreign(&self, written: &Written, family: &'static Family, name: &str, is_sure: bool) -> Diagnostic {
        let message = format!("`{}` is ignored: it belongs to {}", written.key, family.name);
        let finding = Diagnostic::info("foreign-annotation", message).effect(Effect::AnnotationIgnored);
        let own = format!("{}/", self.speaker.prefix);
        let is_mixed = written.annotations.keys().any(|key| key.starts_with(&own));
        // A guess about a name that another controller knows would be noise.
        let Some(meaning) = analogies::recognise(name) else {
            return if is_mixed { finding } else { finding.on_demand() };
        };
        // An Ingress that has nothing for this controller is most likely for the other one: then only a protection is worth a word.
        let protects = meaning.instead().iter().filter_map(|name| features::find(name)).any(Spec::is_protection);
        // Its own class may have the same name as well, as long as the input does not say whose that is.
        let finding = if is_mixed || protects || is_sure { finding } else { finding.on_demand() };
        self.advise(finding, written, &meaning)
    }

    fn wrong_prefix(&mut self, written: &Written, name: &'a str, reason: &str) -> Diagnostic {
        let meaning = self.explained.entry(name).or_insert_with(|| analogies::explain(name)).clone();
        let prefix = self.speaker.prefix;
        let cause = format!("the controller reads annotations that start with `{prefix}/`");
        let finding = self.lost(written, &meaning, "wrong-annotation-prefix", &cause).note(reason);
        self.advise(finding, written, &meaning)
    }

    fn no_prefix(&self, written: &Written, name: &'static str) -> Diagnostic {
        let meaning = Unknown::Misspelt(name);
        let finding = self.lost(written, &meaning, "unprefixed-annotation", "it has no prefix");
        self.advise(finding, written, &meaning)
    }

    fn malformed(&self, written: &Written, name: &str, reason: &str) -> Diagnostic {
        let message = format!("the API server refuses the object: `{}` is no name of an annotation", words::shown(written.key));
        let finding = Diagnostic::error("malformed-annotation", message).effect(Effect::AdmissionDenied).note(reason);
        match analogies::recognise(name) {
            Some(meaning @ Unknown::Misspelt(_)) => self.advise(finding, written, &meaning),
            _ => finding,
        }
    }

    /// An annotation without effect; where a protection was meant, and no other annotation provides it, that is an error.
    fn lost(&self, written: &Written, meaning: &Unknown, rule: &'static str, cause: &str) -> Diagnostic {
        let key = words::shown(written.key);
        let has = |name: &str| written.annotations.contains_key(&self.speaker.full(name));
        let protects = |spec: &Spec| spec.is_protection() && (spec.needs.is_empty() || spec.needs.names.iter().any(|name| has(name)));
        let meant = meaning.instead();
        let is_protection = match meaning {
            Unknown::Removed(removed) => removed.protects,
            _ => meant.iter().filter_map(|name| features::find(name)).any(protects),
        };
        if is_protection && !words::says_no(written.value) && !meant.iter().any(|name| has(name)) {
            return Diagnostic::error(rule, format!("`{key}` protects nothing: {cause}")).effect(Effect::FailsOpen);
        }
        Diagnostic::warning(rule, format!("`{key}` is ignored: {cause}")).effect(Effect::AnnotationIgnored)
    }

    /// Adds what to do.
    fn advise(&self, finding: Diagnostic, written: &Written, meaning: &Unknown) -> Diagnostic {
        let finding = match meaning {
            Unknown::Analogy(analogies::Analogy { family: Some(family), .. }) if finding.rule == "unknown-annotation" => {
                finding.note(format!("{} has an annotation of this name", family.name))
            }
            _ => finding,
        };
        let finding = match self.speaker.help(meaning, written.value) {
            Some(help) => finding.help(help),
            None => finding,
        };
        let &[only] = meaning.instead() else { return finding };
        let right = self.speaker.full(only);
        if let Some(value) = written.annotations.get(&right) {
            // Both prefixes with one value are written on purpose, for controllers old and new.
            let is_harmless = matches!(meaning, Unknown::Misspelt(_)) && value == written.value;
            let finding = if is_harmless { Diagnostic { severity: Severity::Info, ..finding }.on_demand() } else { finding };
            return finding.help(format!("remove it: `{right}` is there as well"));
        }
        let is_same_name = matches!(meaning, Unknown::Misspelt(_) | Unknown::Like(_)) && finding.rule != "foreign-annotation";
        let span = written.object.key_span(&["metadata", "annotations", written.key]);
        match words::replacement(span, written.key, &right) {
            Some(text) if is_same_name => finding.fix(span, text),
            _ => finding,
        }
    }

    /// Where an annotation belongs that stands on an object of another kind.
    fn right_place(&self, kind: &str, key: &str) -> String {
        let name = key.rsplit('/').next().unwrap_or(key);
        let settings = || settings::find_in(name, self.speaker.version).map(|setting| setting.name);
        match kind {
            "a ConfigMap" => match settings() {
                Some(setting) => format!("for all Ingresses, write the key `{setting}` under `data`"),
                None => String::from("annotations of Ingresses have no effect here, and there is no key of this name for `data`"),
            },
            _ => String::from("move it to the Ingress"),
        }
    }

    /// The controller's annotations among the labels of an Ingress.
    fn labels(&mut self, object: &Object<Ingress>) {
        for key in object.value.metadata.labels.iter().flat_map(BTreeMap::keys) {
            if let Place::Own(_) = place::of(key, self.speaker.prefix) {
                let message = format!("`{}` has no effect as a label: the controller reads annotations", words::shown(key));
                let finding = Diagnostic::warning("misplaced-annotation", message).effect(Effect::AnnotationIgnored);
                let finding = finding.at(object.key_span(&["metadata", "labels", key])).subject(key).object(object.reference.clone());
                self.findings.push(finding.help("move it to `metadata.annotations`"));
            }
        }
    }

    /// The controller's annotations on objects whose annotations it does not read.
    fn misplaced<T: Metadata<Ty = ObjectMeta>>(&mut self, kind: &str, objects: &[Object<T>]) {
        for object in objects {
            for key in object.value.metadata().annotations.iter().flat_map(BTreeMap::keys) {
                if let Place::Own(_) = place::of(key, self.speaker.prefix) {
                    let message =
                        format!("`{}` has no effect on {kind}: the controller reads the annotations of Ingresses", words::shown(key));
                    let finding = Diagnostic::warning("misplaced-annotation", message).effect(Effect::AnnotationIgnored);
                    let finding = finding.help(self.right_place(kind, key));
                    self.findings.push(place(finding, object, key));
                }
            }
        }
    }
}

/// An annotation under the prefix that cert-manager had before 0.11.
fn old_issuer(written: &Written, name: &str) -> Diagnostic {
    let right = format!("{}/{name}", place::ISSUER);
    let finding = Diagnostic::warning(
        "removed-annotation",
        format!("`{}` is ignored: cert-manager has not read this prefix since 0.11", words::shown(written.key)),
    );
    let finding = finding.effect(Effect::AnnotationIgnored);
    if written.annotations.contains_key(&right) {
        return Diagnostic { severity: Severity::Info, ..finding }.on_demand().help(format!("remove it: `{right}` is there as well"));
    }
    let span = written.object.key_span(&["metadata", "annotations", written.key]);
    let finding = finding.help(format!("write `{right}`"));
    match words::replacement(span, written.key, &right) {
        Some(text) => finding.fix(span, text),
        None => finding,
    }
}

fn place<T>(finding: Diagnostic, object: &Object<T>, key: &str) -> Diagnostic {
    finding.at(object.key_span(&["metadata", "annotations", key])).subject(key).object(object.reference.clone())
}

#[cfg(test)]
mod tests;
