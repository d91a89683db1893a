//! Canaries that no request reaches.

use super::canaries::splits;
use super::look::Look;
use crate::catalog::features::canary;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::questions;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "aimless-canary",
    severity: Severity::Warning,
    text: r#"# aimless-canary

A canary gets no request, because nothing leads to it.

`canary: "true"` only says that the Ingress is one. Which requests it takes is said by `canary-weight`, `canary-by-header` or `canary-by-cookie`; without any of them it takes none.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: next
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: next
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
    nginx.ingress.kubernetes.io/canary-weight: '20'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Quiet: where it is held back by a weight of zero

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: next
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
    nginx.ingress.kubernetes.io/canary-weight: '0'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```
"#,
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let first = splits(look).into_iter().filter(|split| split.number == 0 && questions(split.own, split.canary).is_empty());
    // Who writes a weight of zero holds the canary back on purpose.
    let aimless = first.filter(|split| look.value_of(split.ingress, &canary::WEIGHT).is_none_or(|weight| weight.trim() != "0"));
    // A weight or a rule that does not count has a finding of its own, which says why.
    let asks = [&canary::WEIGHT.spec, &canary::HEADER.spec, &canary::HEADER_VALUE.spec, &canary::HEADER_PATTERN.spec, &canary::COOKIE.spec];
    let aimless = aimless.filter(|split| !asks.iter().any(|spec| look.annotation(split.ingress, spec).is_some_and(|value| !value.trim().is_empty())));
    let finding = |split: super::canaries::Split| {
        let service = &split.backend.service.name;
        let message = format!("the canary for Service `{service}` gets no request: it has no weight, no header and no cookie");
        let finding = split.finding(look, &RULE, message, &[&canary::ENABLED]);
        finding.help("add `canary-weight`, `canary-by-header` or `canary-by-cookie`")
    };
    aimless.map(finding).collect()
}
