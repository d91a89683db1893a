//! Redirects that hold for all that no path of the host takes.

use super::look::{Look, at_annotation, by_whom};
use crate::catalog::features::redirect;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Server;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "inherited-redirect",
    severity: Severity::Warning,
    text: r"# inherited-redirect

A redirect that was meant for one path takes all requests that no path of the host takes.

The controller gives each host a path `/`. Where no Ingress declares one, it gets the annotations of the first Ingress that declares the host: the oldest one. A redirect for `/old` then
answers every request that nobody serves, where 404 was expected.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: 'https://new.example.com/'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /old, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: shop, creationTimestamp: '2024-01-01T00:00:00Z'}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
```

## Fires: where the redirect is temporary

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/temporal-redirect: 'https://sale.example.com/'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /sale, pathType: Exact, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where somebody serves the rest

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: 'https://new.example.com/'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /old, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where everything is to be redirected

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: 'https://new.example.com/'
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
    look.proxy.servers.iter().filter_map(finding).collect()
}

fn finding(server: &Server) -> Option<Diagnostic> {
    let root = server.routes.iter().find(|route| route.is_default_backend && route.owner.is_some() && route.path == "/")?;
    let target = root.redirected()?;
    let host = &server.hostname;
    let message = format!("every other request for host `{host}`, which no path takes, is redirected to `{target}` as well, instead of getting 404");
    let finding = RULE.finding(message);
    let finding = match root.features.cause("temporal-redirect") {
        Some(_) => at_annotation(finding, root, &redirect::TEMPORARY),
        None => at_annotation(finding, root, &redirect::PERMANENT),
    };
    let finding = finding.related("this host declares no path `/`", server.origin.span());
    let finding = finding.note(format!("the root of a host without a path `/` takes all annotations of {}, the first to declare the host", by_whom(root)));
    Some(finding.help("declare `/` in an Ingress without the redirect"))
}
