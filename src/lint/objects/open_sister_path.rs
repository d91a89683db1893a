//! Open paths beside a protected one that lead to the same.

use hashbrown::{HashMap, HashSet};

use super::guards::{is_public, missing};
use super::look::{Look, are_of_one, beside, by_whom, ingress_of, path_of};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Proxy, Route, Server};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "open-sister-path",
    severity: Severity::Info,
    text: r"# open-sister-path

A path is protected, and another path that leads to the same Service, or lies beside it, is open.

Annotations belong to an Ingress: a path that another Ingress declares has none of them. Where both lead to one Service, whoever is refused at the first may ask the second, and the backend cannot tell the difference.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://auth.shop.svc.cluster.local/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /export, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where they lie side by side

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://auth.shop.svc.cluster.local/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /api/v1, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /api/v2, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Quiet: where both are protected

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://auth.shop.svc.cluster.local/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://auth.shop.svc.cluster.local/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /export, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where they lead elsewhere

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://auth.shop.svc.cluster.local/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /export, pathType: Prefix, backend: {service: {name: export, port: {number: 80}}}}
```

## Quiet: where the path is meant for everybody

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://auth.shop.svc.cluster.local/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /healthz, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.proxy.servers.iter().flat_map(|server| of_server(look.proxy, server)).collect()
}

fn of_server(proxy: &Proxy, server: &Server) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let asked = server.routes.iter().filter(|route| route.owner.is_some() && !route.is_default_backend && path_of(route) != "/" && seen.insert(route.origin));
    let asked: Vec<&Route> = asked.collect();
    let is_guarded = |route: &&&Route| {
        let admission = &route.steps.admission;
        admission.service(&proxy.settings).is_some() || admission.password().is_some() || !admission.allow.is_empty()
    };
    let (mut by_upstream, mut by_parent) = (HashMap::new(), HashMap::new());
    for route in asked.iter().filter(is_guarded) {
        by_upstream.entry(route.upstream.as_str()).or_insert(*route);
        if let Some(parent) = parent(path_of(route)) {
            by_parent.entry(parent).or_insert(*route);
        }
    }
    if by_upstream.is_empty() {
        return Vec::new();
    }
    let open = asked.iter().copied().filter(|route| !is_public(path_of(route)));
    open.filter_map(|route| {
        let same = by_upstream.get(route.upstream.as_str()).map(|guarded| (*guarded, true));
        let beside = || Some((*by_parent.get(parent(path_of(route))?)?, false));
        let (guarded, is_same) = same.filter(|(guarded, _)| is_apart(guarded, route)).or_else(|| beside().filter(|(guarded, _)| is_apart(guarded, route)))?;
        finding(proxy, server, guarded, route, is_same)
    })
    .collect()
}

/// The path above one; none below the root.
fn parent(path: &str) -> Option<&str> {
    path.trim_end_matches('/').rsplit_once('/').map(|(parent, _)| parent).filter(|parent| !parent.is_empty())
}

/// Whether neither of two paths lies below the other, and they are of two Ingresses.
fn is_apart(one: &Route, other: &Route) -> bool {
    let (a, b) = (path_of(one).trim_end_matches('/'), path_of(other).trim_end_matches('/'));
    let is_below = |path: &str, above: &str| path.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    !are_of_one(one, other) && !is_below(a, b) && !is_below(b, a)
}

fn finding(proxy: &Proxy, server: &Server, guarded: &Route, route: &Route, is_same: bool) -> Option<Diagnostic> {
    let lost: Vec<String> = missing(proxy, guarded, route).filter(|name| *name != "denylist-source-range").map(|name| format!("`{name}`")).collect();
    if lost.is_empty() {
        return None;
    }
    let (path, over) = (path_of(route), path_of(guarded));
    let which = if is_same { "which leads to the same Service, is" } else { "beside it, is" };
    let message = format!("path `{path}` of host `{}` is open, though `{over}`, {which} protected by {} of {}", server.hostname, lost.join(" and "), by_whom(guarded));
    let finding = RULE.finding(message).at(route.origin.span()).subject(path);
    let finding = beside(finding, "this one is protected", guarded).help("protect it too, or give what is open a Service of its own");
    let severity = if is_same { Severity::Warning } else { RULE.severity };
    let finding = Diagnostic { severity, ..finding };
    Some(finding.object(ingress_of(route)))
}
