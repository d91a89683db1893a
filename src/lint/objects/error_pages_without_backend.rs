//! Error pages that nobody serves.

use crate::catalog::features::error_pages;
use super::look::Look;
use crate::diagnostic::{Diagnostic, ObjectRef, Severity};
use crate::lint::rule::Rule;
use crate::lower;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "error-pages-without-backend",
    severity: Severity::Info,
    text: r"# error-pages-without-backend

Errors of backends are replaced, and there is no backend that serves pages for them.

With `custom-http-errors` the controller replaces an answer with one of the codes by that of the default backend. Without a default backend of its own
(`--default-backend-service`, or the annotation `default-backend`) the built-in one answers, and it answers everything with 404: a 503 becomes a 404.

## Fires: for all hosts

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {custom-http-errors: '404,503'}
```

## Fires: for one Ingress

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/custom-http-errors: '503'}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
```

## Quiet: where a Service answers

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/custom-http-errors: '503', nginx.ingress.kubernetes.io/default-backend: pages}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: pages, namespace: shop}
spec: {ports: [{port: 80}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    if !look.controller.flags.default_backend_service.is_empty() {
        return Vec::new();
    }
    let finding = |place: Span, object: &ObjectRef| {
        let finding = RULE.finding("`custom-http-errors` replaces answers by those of the default backend: the built-in one answers all with 404");
        let finding = finding.at(place).subject("custom-http-errors").object(object.clone());
        let finding =
            finding.note("`--default-backend-service` names a Service for all hosts, the annotation `default-backend` one for an Ingress");
        match look.cluster.controllers.is_empty() {
            true => finding.help("if the controller has that argument, say `--controller-arg=--default-backend-service=NAMESPACE/NAME`"),
            false => finding,
        }
    };
    let config_map = lower::config_map(look.cluster, look.controller).filter(|_| !look.proxy.settings.route_defaults.error_codes.is_empty());
    let for_all = config_map.map(|config_map| finding(config_map.span(&["data", "custom-http-errors"]), &config_map.reference));
    let asks = |ingress| look.annotation(ingress, &error_pages::CODES.spec).is_some_and(|codes| !codes.trim().is_empty());
    let asking = look.ingresses().filter(|ingress| asks(ingress) && look.annotation(ingress, &error_pages::SERVICE.spec).is_none());
    let for_one = asking.map(|ingress| finding(look.annotation_span(ingress, &error_pages::CODES.spec), &ingress.reference));
    for_all.into_iter().chain(for_one).collect()
}
