//! Classes of which two are the default.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::Object;
use k8s_openapi::api::networking::v1::IngressClass;

pub(super) static RULE: Rule = Rule {
    name: "two-default-classes",
    severity: Severity::Warning,
    text: r"# two-default-classes

Two IngressClasses are the default.

The API server writes the default class into an Ingress that names none. Of two it takes the newer one, and before Kubernetes 1.26 it refused the Ingress: which controller serves it depends on when the classes were made.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx, annotations: {ingressclass.kubernetes.io/is-default-class: 'true'}}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: traefik, annotations: {ingressclass.kubernetes.io/is-default-class: 'true'}}
spec: {controller: traefik.io/ingress-controller}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx, annotations: {ingressclass.kubernetes.io/is-default-class: 'true'}}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: traefik}
spec: {controller: traefik.io/ingress-controller}
```
",
};

const DEFAULT: &str = "ingressclass.kubernetes.io/is-default-class";

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let is_default = |class: &&Object<IngressClass>| {
        class.value.metadata.annotations.as_ref().and_then(|annotations| annotations.get(DEFAULT)).is_some_and(|value| value == "true")
    };
    let defaults: Vec<_> = look.cluster.ingress_classes.iter().filter(is_default).collect();
    let Some((first, others)) = defaults.split_first() else { return Vec::new() };
    let place = |class: &Object<IngressClass>| class.span(&["metadata", "annotations", DEFAULT]);
    others
        .iter()
        .map(|class| {
            let (name, other) = (&class.reference.name, &first.reference.name);
            let finding = RULE.finding(format!("IngressClass `{name}` is the default beside `{other}`: Ingresses without a class get the newer one"));
            let finding = finding.at(place(class)).subject(name.as_str()).object(class.reference.clone());
            finding.related("the other default", place(first)).help("keep one default, and name the class in each Ingress")
        })
        .collect()
}
