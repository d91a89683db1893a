//! Checks of which one is enough.

use super::guards::GUARDS;
use super::look::{Look, at_annotation};
use crate::catalog::features::access;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "satisfied-by-one",
    severity: Severity::Info,
    text: r"# satisfied-by-one

One of several checks is enough to get in.

`satisfy: any` lets a request pass that fulfils one of the checks: who comes from a listed address is asked for no password. That may be meant, and reads like more than it is.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/satisfy: 'any'
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
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
  annotations:
    nginx.ingress.kubernetes.io/satisfy: 'all'
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: with one check

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/satisfy: 'any'
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.one_of_each_ingress().filter_map(|(_, route)| finding(look, route)).collect()
}

fn finding(look: &Look, route: &Route) -> Option<Diagnostic> {
    if !route.steps.admission.is_any() {
        return None;
    }
    let checks: Vec<String> = GUARDS.iter().filter(|guard| guard.holds(look.proxy, route)).map(|guard| format!("`{}`", guard.spec.name)).collect();
    let (last, rest) = checks.split_last().filter(|(_, rest)| !rest.is_empty())?;
    let message = format!("with `satisfy: any` one check is enough: {} or {last}", rest.join(", "));
    Some(at_annotation(RULE.finding(message), route, &access::SATISFY).help("write `satisfy: all`, or remove it, to demand them all"))
}
