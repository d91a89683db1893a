//! What is said of an Ingress that the controller does not serve for its class.

use k8s_openapi::api::networking::v1::Ingress;

use super::class::{self, Class, Classes};
use crate::catalog::spelling;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::manifest::Object;

/// The rule about classes that nobody knows.
const UNKNOWN: &str = "unknown-class";

/// Why the controller does not serve an Ingress, judged by its class; none where it does.
pub(super) fn by_class(classes: &Classes, object: &Object<Ingress>) -> Option<Diagnostic> {
    let name = Classes::named(object).unwrap_or_default();
    let finding = match classes.of(object) {
        Class::Served => return None,
        Class::None => without_class(classes, object),
        Class::Foreign if name.is_empty() => {
            let message = "it names no class, and the default IngressClass belongs to another controller";
            foreign(classes, object, message)
        }
        Class::Foreign => {
            let message = match (classes.find(name), Classes::family(name)) {
                (None, Some(family)) => format!("its class `{name}` is that of {}", family.name),
                _ => format!("IngressClass `{name}` belongs to another controller"),
            };
            foreign(classes, object, &message)
        }
        Class::Unknown => unknown(classes, object, name),
    };
    Some(finding)
}

/// That it is for another controller has to be known only where it has annotations that the other one does not read.
fn foreign(classes: &Classes, object: &Object<Ingress>, why: &str) -> Diagnostic {
    let finding = about(object, Severity::Info, "foreign-class", why);
    let reads_ours = Classes::named(object).and_then(Classes::family).is_some_and(|family| family.reads_ours);
    match classes.own_annotation(object).filter(|_| !reads_ours) {
        None => finding.on_demand(),
        Some(name) => finding
            .note(format!("it has annotations of this controller, as `{name}`, which do nothing there"))
            .related("an annotation of this controller", object.key_span(&["metadata", "annotations", name])),
    }
}

fn without_class(classes: &Classes, object: &Object<Ingress>) -> Diagnostic {
    match classes.default() {
        Some(class) => {
            let message = format!(
                "it names no class, and is served once the API server has written the default one, `{}`, into it",
                class.reference.name
            );
            left_out(object, Severity::Info, "missing-class", &message)
        }
        None => left_out(object, Severity::Warning, "missing-class", "it names no class")
            .help(format!(
                "set `spec.ingressClassName`{}, or say `--controller-arg=--watch-ingress-without-class` if the controller serves such Ingresses",
                known(classes)
            ))
            .note("where the cluster has a default IngressClass, the API server writes it into new Ingresses"),
    }
}

/// The class that may be meant where none is named.
fn known(classes: &Classes) -> String {
    match classes.names().as_slice() {
        [only] => format!(", as `ingressClassName: {only}`"),
        _ => String::new(),
    }
}

fn unknown(classes: &Classes, object: &Object<Ingress>, name: &str) -> Diagnostic {
    let is_field = place(object)[0] == "spec";
    let finding = match is_field {
        true if classes.find(name).is_some() => {
            about(object, Severity::Warning, UNKNOWN, &format!("IngressClass `{name}` names no controller"))
        }
        true => left_out(object, Severity::Warning, UNKNOWN, &format!("there is no IngressClass `{name}` in the input"))
            .note("whether the cluster has one that the controller serves is not known"),
        false => {
            let served = classes.annotated();
            let why = format!("as far as the input says, the controller serves the class `{served}` of this annotation, not `{name}`");
            left_out(object, Severity::Warning, UNKNOWN, &why)
        }
    };
    let served = match is_field {
        true => classes.names(),
        false => vec![classes.annotated()],
    };
    let meant = spelling::nearest(&name.to_ascii_lowercase(), served.into_iter()).map(str::to_owned);
    finding.help(match (meant, is_field) {
        (Some(meant), _) => format!("did you mean `{meant}`?"),
        (None, true) => format!(
            "if the controller serves it, add the IngressClass to the input, or say `--controller-arg=--ingress-class={name}` where the input has none"
        ),
        (None, false) => format!("if the controller serves it, say `--controller-arg=--ingress-class={name}`"),
    })
}

/// The steps to what names the class.
fn place(object: &Object<Ingress>) -> &'static [&'static str] {
    match Classes::named(object) {
        None => &["metadata", "name"],
        Some(_) if object.value.spec.as_ref().is_some_and(|spec| spec.ingress_class_name.is_some()) => &["spec", "ingressClassName"],
        Some(_) => &["metadata", "annotations", class::ANNOTATION],
    }
}

/// The controller does not serve it.
fn about(object: &Object<Ingress>, severity: Severity, rule: &'static str, why: &str) -> Diagnostic {
    finding(object, severity, rule, "is not served", why)
}

/// Nothing says that the controller serves it, which may be so all the same.
fn left_out(object: &Object<Ingress>, severity: Severity, rule: &'static str, why: &str) -> Diagnostic {
    finding(object, severity, rule, "is left out", why)
}

fn finding(object: &Object<Ingress>, severity: Severity, rule: &'static str, fate: &str, why: &str) -> Diagnostic {
    let message = format!("Ingress `{}` {fate}: {why}", object.reference.name);
    let finding = Diagnostic::new(severity, rule, message).at(object.span(place(object))).object(object.reference.clone());
    finding.subject(Classes::named(object).unwrap_or_default()).effect(Effect::IngressDropped)
}
