//! One Secret for the certificates of several Ingresses.

use hashbrown::HashMap;

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::Object;
use crate::source::Span;
use k8s_openapi::api::networking::v1::Ingress;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    name: "contested-certificate",
    severity: Severity::Warning,
    text: r"# contested-certificate

Ingresses that cert-manager looks after share a Secret for different hosts.

cert-manager makes one Certificate for the Secret of an Ingress, with the hosts of that Ingress. Two Ingresses that name one Secret with different hosts take it from each other, or
the second waits for ever: the hosts of one of them get a certificate that is not theirs. Give each a Secret of its own.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: a}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: a}
spec:
  ingressClassName: nginx
  tls: [{hosts: [api.example.com], secretName: cert}]
  rules:
  - host: api.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: a}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: a}
spec:
  ingressClassName: nginx
  tls: [{hosts: [api.example.com], secretName: api-cert}]
  rules:
  - host: api.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where the hosts are the same

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: a}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: a}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /api, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

/// The hosts that a Secret was first named for, by whom and where.
type First<'a> = (BTreeSet<&'a str>, &'a Object<Ingress>, Span);

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut first: HashMap<(&str, &str), First> = HashMap::new();
    let mut findings = Vec::new();
    for ingress in look.ingresses().filter(|ingress| is_managed(ingress)) {
        let entries = ingress.value.spec.iter().flat_map(|spec| spec.tls.iter().flatten()).enumerate();
        for (at, entry) in entries {
            let Some(secret) = entry.secret_name.as_deref() else { continue };
            let hosts: BTreeSet<&str> = entry.hosts.iter().flatten().map(String::as_str).collect();
            let place = ingress.span(&["spec", "tls", &at.to_string(), "secretName"]);
            let (others, other, where_) = first.entry((&ingress.reference.namespace, secret)).or_insert_with(|| (hosts.clone(), ingress, place));
            if *others == hosts {
                continue;
            }
            let message = format!("Ingress `{}` lets cert-manager write Secret `{secret}` too, for other hosts", other.reference.name);
            let finding = RULE.finding(message).at(place).subject(secret).related("the other Ingress", *where_);
            findings.push(finding.object(ingress.reference.clone()));
        }
    }
    findings
}

/// Whether cert-manager makes certificates for an Ingress.
fn is_managed(ingress: &Object<Ingress>) -> bool {
    let annotations = ingress.value.metadata.annotations.iter().flatten();
    annotations.into_iter().any(|(name, _)| matches!(name.as_str(), "cert-manager.io/issuer" | "cert-manager.io/cluster-issuer" | "kubernetes.io/tls-acme"))
}
