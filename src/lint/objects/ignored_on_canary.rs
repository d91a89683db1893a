//! Annotations of canaries that do not count.

use super::guards::GUARDS;
use super::look::Look;
use crate::catalog::key::Spec;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::lint::rule::Rule;
use crate::manifest::Object;
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "ignored-on-canary",
    severity: Severity::Warning,
    text: r"# ignored-on-canary

An annotation of a canary does not count.

A canary only adds a backend to a path that another Ingress serves. The controller reads its `canary-*` annotations, how its endpoints are balanced, and what holds for a whole host
of TLS; everything else, sizes and protections above all, is taken from the main Ingress.

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
    nginx.ingress.kubernetes.io/proxy-body-size: '50m'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Fires: where a protection was meant

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
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
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
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/proxy-body-size: '50m'
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
    nginx.ingress.kubernetes.io/load-balance: 'ewma'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Quiet: where the Ingress is no canary

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'false'
    nginx.ingress.kubernetes.io/proxy-body-size: '50m'
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
    look.canaries().filter_map(|ingress| finding(look, ingress)).collect()
}

fn finding<'a>(look: &Look<'a>, ingress: &'a Object<Ingress>) -> Option<Diagnostic> {
    let mut ignored: Vec<_> = look.annotations(ingress).filter(|(spec, ..)| !spec.on_canary).collect();
    ignored.sort_by_key(|(spec, ..)| !is_open(look, ingress, spec));
    let ((spec, name, _), rest) = ignored.split_first()?;
    let place = |name: &str| ingress.span(&["metadata", "annotations", name]);
    let short = |name: &'a str| name.rsplit('/').next().unwrap_or(name);
    let finding = if is_open(look, ingress, spec) {
        let message = format!("`{}` does not count on a canary, and the main Ingress of its path has none: it protects nothing", short(name));
        let finding = RULE.finding(message).effect(Effect::FailsOpen).help("set it on the main Ingress, whose requests the canary takes");
        Diagnostic { severity: Severity::Error, ..finding }
    } else {
        let message = format!("`{}` does not count on a canary: what the main Ingress of its path says holds for both", short(name));
        RULE.finding(message).effect(Effect::AnnotationIgnored).help("set it on the main Ingress, or remove it")
    };
    let finding = finding.at(place(name)).subject(*name).object(ingress.reference.clone());
    Some(rest.iter().fold(finding, |finding, (_, name, _)| finding.related(format!("nor does `{}` of the canary", short(name)), place(name))))
}

/// Whether an annotation is a check of requests that the route of the main Ingress does not make.
fn is_open<'a>(look: &Look<'a>, ingress: &'a Object<Ingress>, spec: &Spec) -> bool {
    let Some(guard) = GUARDS.iter().find(|guard| std::ptr::eq(guard.spec, spec)) else { return false };
    ingress.backends().any(|backend| {
        let server = look.proxy.server(if backend.host.is_empty() { crate::ir::CATCH_ALL } else { backend.host });
        let main = server.and_then(|server| server.routes.iter().find(|route| super::look::path_of(route) == backend.path()));
        main.is_some_and(|main| !guard.holds(look.proxy, main))
    })
}
