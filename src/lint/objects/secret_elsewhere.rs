//! Certificates that lie in another namespace.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Object, named};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "secret-elsewhere",
    severity: Severity::Warning,
    text: r"# secret-elsewhere

The Secret of a certificate lies in another namespace than the Ingress that names it.

The controller takes the Secret from the namespace of the Ingress, and serves the host with its default certificate where there is none: browsers
refuse it. Copy the Secret, or let one Ingress of the other namespace serve the host; a certificate for all hosts is `--default-ssl-certificate`.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: wildcard}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: wildcard, namespace: certs}
type: kubernetes.io/tls
```

## Quiet: where nothing is known of the Secret

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: wildcard}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for ingress in look.ingresses() {
        let entries = ingress.value.spec.iter().flat_map(|spec| spec.tls.iter().flatten()).enumerate();
        for (at, entry) in entries {
            let Some(name) = entry.secret_name.as_deref().filter(|name| !name.is_empty()) else { continue };
            let namespace = &ingress.reference.namespace;
            if look.cluster.has_unread_secret(namespace, name) || named(&look.cluster.secrets, namespace, name).is_some() {
                continue;
            }
            if let Some(other) = look.links.secret_called(name) {
                findings.push(elsewhere(ingress, at, other));
            }
        }
    }
    findings
}

fn elsewhere(ingress: &Object<Ingress>, at: usize, other: &Object<Secret>) -> Diagnostic {
    let (namespace, name) = (&ingress.reference.namespace, &other.reference.name);
    let message = format!("there is no Secret `{namespace}/{name}`, but `{}/{name}`: the default certificate is served", other.reference.namespace);
    let finding = RULE.finding(message).at(ingress.span(&["spec", "tls", &at.to_string(), "secretName"])).subject(name);
    let finding = finding.related("it lies in this namespace", other.span(&["metadata", "namespace"]));
    finding.note("a Secret is taken from the namespace of the Ingress").object(ingress.reference.clone())
}
