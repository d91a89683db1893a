//! Rewrites that give every request one and the same path.

use hashbrown::HashSet;

use super::listed;
use super::look::{Look, at_annotation, beside, path_of};
use super::lost_rest::Lost;
use super::matching::with_rest;
use crate::catalog::features::rewrite;
use crate::diagnostic::{Diagnostic, ObjectRef, Severity};
use crate::ir::{PathMatch, Route};
use crate::lint::rule::Rule;
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    name: "dropped-path",
    severity: Severity::Warning,
    text: r"# dropped-path

A rewrite gives every request of a path one and the same path.

`rewrite-target` replaces the whole path of a request. Where it names no group of the path, what stood behind is gone: `/app/style.css` and `/app/login` are both `/` for the
backend, which answers its first page to each. A group in the path and its number in the target carry the rest over.

A group carries nothing over where it holds only words that the path itself says, as `(/|$)` and `(v1|v2)` do: what stands behind them is gone just as well.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: '/'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /app, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where the path has a group that the target does not name

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: '/site/'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/app(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where another group holds the rest

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: '/$1'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/app(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where no group holds the rest

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: '/$1'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/api/(v1|v2)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: where the path ends with the group

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: '/$1'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/api/(v1|v2)$', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: '/$2'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/app(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: where nothing is rewritten

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: '/'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: for one request alone

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: '/api/version'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/version$', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let mut by_ingress: BTreeMap<ObjectRef, Vec<&Route>> = BTreeMap::new();
    for (_, route) in look.routes().filter(|(_, route)| drops(route) && seen.insert(route.origin)) {
        by_ingress.entry(super::look::ingress_of(route).unwrap_or_else(nobody)).or_default().push(route);
    }
    let beyond_groups = look.routes().map(|(_, route)| route).filter(|route| seen.insert(route.origin)).filter_map(beyond_groups);
    by_ingress.values().filter_map(|routes| finding(routes)).chain(beyond_groups).collect()
}

/// A route whose target names groups, and none of them holds what stands behind the words of the path.
fn beyond_groups(route: &Route) -> Option<Diagnostic> {
    let (target, path) = (route.rewritten()?, path_of(route));
    if route.is_default_backend || route.path_match == PathMatch::Exact {
        return None;
    }
    let lost = Lost::of(path, target)?;
    let message = format!("what stands behind path `{path}` is gone: `{}` reaches the backend as `{}`", lost.request, lost.becomes);
    let finding = at_annotation(RULE.finding(message), route, &rewrite::TARGET);
    let finding = finding.note("the groups that `rewrite-target` names hold words of the path alone").help(match lost.rest {
        Some(group) => format!("group {group} holds the rest: name `${group}` in the target"),
        None => String::from("put what shall reach the backend into a group of the path, as `(.*)`, and its number into the target"),
    });
    Some(beside(finding, "all below this one", route))
}

fn nobody() -> ObjectRef {
    ObjectRef { kind: String::new(), namespace: String::new(), name: String::new() }
}

/// Whether requests below the path of a route get the path of the target and nothing else.
pub(super) fn drops(route: &Route) -> bool {
    let Some(target) = route.rewritten() else { return false };
    // A path that ends there was meant for one request alone.
    let is_one = route.path_match == PathMatch::Exact || path_of(route).ends_with('$');
    target.starts_with('/') && !target.contains('$') && !is_one && !route.is_default_backend
}

fn finding(routes: &[&Route]) -> Option<Diagnostic> {
    let first = routes.first()?;
    let (target, path) = (first.rewritten()?, path_of(first));
    let paths = listed(routes.iter().map(|route| path_of(route)));
    let message = format!("every request below {paths} reaches the backend as `{target}`: `rewrite-target` has no group, as `$2`, that carries the rest of the path");
    let finding = at_annotation(RULE.finding(message), first, &rewrite::TARGET);
    let finding = finding.help(match with_rest(path, 2) {
        Some(path) => {
            format!("write the path as `{path}`, with `pathType: ImplementationSpecific`, and the target as `{}/$2`", target.trim_end_matches('/'))
        }
        None => String::from("put what shall reach the backend into a group of the path, and its number into the target"),
    });
    Some(routes.iter().take(5).fold(finding, |finding, route| beside(finding, "all below this one", route)))
}
