//! Paths that another Ingress of the host makes regular expressions of.

use hashbrown::HashSet;

use super::look::{Look, at_annotation, beside, by_whom, path_of};
use super::listed;
use crate::catalog::features::rewrite;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{PathMatch, PatternBy, Route, Server};
use crate::lint::rule::Rule;

/// Paths that are pointed at.
const SHOWN: usize = 10;

pub(super) static RULE: Rule = Rule {
    name: "borrowed-pattern",
    severity: Severity::Warning,
    text: r"# borrowed-pattern

An Ingress makes regular expressions of paths of other Ingresses.

`use-regex`, and `rewrite-target` where it changes a path, hold for a whole host: every path of it becomes a regular expression that is tied to the beginning of
the path alone, does not look at the case of letters, and is tried in the order of length. `Exact` is exact no longer, and `Prefix` no longer ends with a segment.

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
      - {path: /docs, pathType: Prefix, backend: {service: {name: docs, port: {number: 80}}}}
      - {path: /status, pathType: Exact, backend: {service: {name: status, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: images
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/img/[a-z]+', pathType: ImplementationSpecific, backend: {service: {name: images, port: {number: 80}}}}
```

## Fires: where a rewrite does it

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
      - {path: /docs, pathType: Prefix, backend: {service: {name: docs, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: images
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: '/$2'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/img(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: images, port: {number: 80}}}}
```

## Quiet: where the others serve everything

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
  name: images
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/img/[a-z]+', pathType: ImplementationSpecific, backend: {service: {name: images, port: {number: 80}}}}
```

## Quiet: where they have another host

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
      - {path: /docs, pathType: Prefix, backend: {service: {name: docs, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: images
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: img.example.com
    http:
      paths:
      - {path: '/img/[a-z]+', pathType: ImplementationSpecific, backend: {service: {name: images, port: {number: 80}}}}
```

## Quiet: where a rewrite changes nothing

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
      - {path: /docs, pathType: Prefix, backend: {service: {name: docs, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: '/'
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

fn makes(route: &Route) -> bool {
    route.owner.is_some() && route.pattern.is_some()
}

/// The routes, one for each path that was written, that ask for no regular expression and mean something else as one.
fn changed(server: &Server) -> Vec<&Route> {
    // Of a path that was written as a beginning, the route for what is below it comes first.
    let mut seen = HashSet::new();
    let asked = server.routes.iter().filter(|route| route.owner.is_some() && !route.is_default_backend && seen.insert(route.origin));
    asked.filter(|route| !makes(route) && (path_of(route) != "/" || route.path_match == PathMatch::Exact)).collect()
}

fn finding(server: &Server) -> Option<Diagnostic> {
    let maker = server.routes.iter().find(|route| makes(route))?;
    let changed = changed(server);
    let first = changed.first()?;
    let host = &server.hostname;
    let paths = listed(changed.iter().map(|route| path_of(route)));
    let told = |by: &str| RULE.finding(format!("`{by}` of {} makes regular expressions of other paths of host `{host}`: {paths}", by_whom(maker)));
    let finding = match maker.pattern? {
        PatternBy::Asked => at_annotation(told("use-regex"), maker, &rewrite::BY_PATTERN),
        PatternBy::Rewrite => at_annotation(told("rewrite-target"), maker, &rewrite::TARGET),
    };
    let finding = changed.iter().take(SHOWN).fold(finding, |finding, route| beside(finding, now(route), route));
    let finding = finding.note("one regular expression makes all paths of a host regular expressions: without regard to case, the longest first");
    Some(finding.help(format!("give the regular expressions a host of their own, or write the others as such: `{}(/|$)`", path_of(first).trim_end_matches('/'))))
}

/// What a path has become.
fn now(route: &Route) -> String {
    let path = path_of(route);
    match route.path_match {
        PathMatch::Exact if path == "/" => String::from("`/` was `Exact`, and is a regular expression that fits every request"),
        PathMatch::Exact => format!("`{path}` was `Exact`, and is a regular expression that fits `{path}x` and all below it too"),
        PathMatch::Prefix if path.ends_with('/') => format!("`{path}` is a regular expression now, which does not look at the case of letters"),
        PathMatch::Prefix => format!("`{path}` is a regular expression now, which fits `{path}x` too"),
    }
}
