//! Rewrites that leave a path with two slashes at the start.

use hashbrown::HashSet;

use super::look::{Look, at_annotation, beside, path_of};
use super::lost_rest::doubled_slash;
use super::matching::with_rest;
use crate::catalog::features::rewrite;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "doubled-slash",
    severity: Severity::Warning,
    text: r"# doubled-slash

A rewrite leaves requests with a path that begins with two slashes.

The group of `/api(.*)` holds the slash behind `/api`, and `rewrite-target: /$1` puts another one in front: `/api/cart` reaches the backend as `//cart`. nginx joins slashes
of what clients ask for, and not of what a rewrite makes. Many servers know no such path and answer 404, some redirect, and what looks for the first part of a path finds an
empty one. With `/api(/|$)(.*)` and `/$2` the slash is in a group of its own.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: /$1
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/api(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where both groups are named

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: /$1$2
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/api(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: where the slash is in a group of its own

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: /$2
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/api(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: where something stands between both

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: /v1$1
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/api(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let routes = look.routes().map(|(_, route)| route).filter(|route| !route.is_default_backend && route.rewritten().is_some());
    routes.filter(|route| seen.insert(route.origin)).filter_map(finding).collect()
}

fn finding(route: &Route) -> Option<Diagnostic> {
    let (path, target) = (path_of(route), route.rewritten()?);
    let (request, becomes) = doubled_slash(path, target)?;
    let finding = RULE.finding(format!("`{request}` reaches the backend as `{becomes}`, with two slashes at the start"));
    let finding = beside(at_annotation(finding, route, &rewrite::TARGET), "the path that is rewritten", route);
    Some(match with_rest(path, 2) {
        Some(better) => finding.help(format!("write `/$2`, and the path as `{better}`")),
        None => finding.help("leave out the first slash, or keep it out of the group"),
    })
}
