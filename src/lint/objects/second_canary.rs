//! Canaries beside another one of the same Service.

use super::canaries::splits;
use super::look::Look;
use crate::catalog::features::canary;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "second-canary",
    severity: Severity::Warning,
    text: r"# second-canary

A canary gets no request, because the path has another canary.

The controller keeps a list of canaries for each Service, and asks the first of them alone: that of the oldest Ingress. A second one, for another header say, is never asked.

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
    nginx.ingress.kubernetes.io/canary-weight: '20'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: beta
  namespace: shop
  creationTimestamp: '2024-01-01T00:00:00Z'
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
    nginx.ingress.kubernetes.io/canary-by-header: 'X-Beta'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: beta, port: {number: 80}}}}
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
    nginx.ingress.kubernetes.io/canary-by-header: 'X-Beta'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let splits = splits(look);
    let mut findings = Vec::new();
    for split in splits.iter().filter(|split| split.number > 0) {
        let service = &split.backend.service.name;
        let first = splits.iter().find(|first| first.number == 0 && first.own.name == split.own.name);
        let message = format!("the canary for Service `{service}` gets no request: the path has a canary already, and only the first one counts");
        let finding = split.finding(look, &RULE, message, &[&canary::ENABLED]);
        let finding = finding.help("remove one of the two, or split the requests of the canary's Service itself");
        findings.push(match first {
            Some(first) => finding.related(format!("Ingress `{}/{}` is the first canary", first.ingress.reference.namespace, first.ingress.reference.name), first.place),
            None => finding,
        });
    }
    findings
}
