//! Protections that hold for all that no path of the host takes.

use super::guards::missing;
use super::look::{Look, are_of_one, beside, by_whom, ingress_of};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{CATCH_ALL, Proxy, Server};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "inherited-protection",
    severity: Severity::Info,
    text: r"# inherited-protection

The protection of one Ingress holds for all requests of its host that nobody serves.

The controller gives each host a path `/`. Where no Ingress declares one, it gets the annotations of the first Ingress that declares the host: the oldest one. Its password, its authentication or its list of addresses then
meets every mistyped path, where 404 was expected. When an older Ingress comes or goes, that changes.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: admin, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, creationTimestamp: '2024-01-01T00:00:00Z'}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /web, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where somebody serves the rest

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: admin, port: {number: 80}}}}
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

## Quiet: where all of the host is protected

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: admin, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let hosts = look.proxy.servers.iter().filter(|server| server.hostname != CATCH_ALL);
    hosts.filter_map(|server| finding(look.proxy, server)).collect()
}

fn finding(proxy: &Proxy, server: &Server) -> Option<Diagnostic> {
    let root = server.routes.iter().find(|route| route.is_default_backend && route.owner.is_some() && route.path == "/")?;
    let declared = server.routes.iter().filter(|route| route.owner.is_some() && !route.is_default_backend);
    let (open, lost) = declared.filter(|route| !are_of_one(root, route)).find_map(|route| Some((route, missing(proxy, root, route).next()?)))?;
    let (whole, place) = root.features.cause(lost).or_else(|| root.features.cause("whitelist-source-range"))?;
    let message = format!("`{lost}` of {} meets all requests for host `{}` that no path takes", by_whom(root), server.hostname);
    let finding = RULE.finding(message).at(*place).subject(whole.as_str());
    let finding = beside(finding, "other paths of the host are open", open);
    let finding = finding.note("the root of a host without a path `/` takes the annotations of the first Ingress that declares the host");
    let finding = finding.help("declare `/` in an Ingress of its own");
    Some(finding.object(ingress_of(root)))
}
