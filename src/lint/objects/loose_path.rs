//! Plain paths of an Ingress with regular expressions, which fit more than they seem to.

use hashbrown::HashSet;

use super::dropped_path::drops;
use super::look::{Look, ingress_of, path_of, written};
use super::matching::is_literal;
use super::missing_group::lacks_group;
use crate::catalog::features::rewrite;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{PathMatch, Route};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "loose-path",
    severity: Severity::Info,
    text: r"# loose-path

A plain path of an Ingress with regular expressions fits more than it seems to.

With `use-regex` or a `rewrite-target` a path is only tied to the beginning: `/app` fits `/apple`, and `Exact` is not exact. The type of the path does
not count.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /app, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where a path should be exact

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /status, pathType: Exact, backend: {service: {name: app, port: {number: 80}}}}
      - {path: '/v[0-9]+', pathType: ImplementationSpecific, backend: {service: {name: api, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/app(/|$)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: where it is no regular expression

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
      - {path: /app, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let asked = look.routes().map(|(_, route)| route).filter(|route| route.pattern.is_some());
    let plain = asked.filter(|route| !route.is_default_backend && is_literal(path_of(route)) && !path_of(route).ends_with('/'));
    // A rewrite that drops the rest is told with the same advice.
    let plain = plain.filter(|route| !drops(route) && !lacks_group(route));
    plain.filter(|route| seen.insert(route.origin)).map(finding).collect()
}

fn finding(route: &Route) -> Diagnostic {
    let path = path_of(route);
    let (by, place) = written(route, &rewrite::BY_PATTERN).or_else(|| written(route, &rewrite::TARGET)).map_or(("", None), |(name, place)| (name, Some(place)));
    let by = by.rsplit('/').next().unwrap_or_default();
    let finding = match route.path_match {
        PathMatch::Exact => {
            let message = format!("path `{path}` is not exact: as a regular expression it fits `{path}x` and `{path}/x` too");
            Diagnostic { severity: Severity::Warning, ..RULE.finding(message) }.help(format!("write `{path}$` with `pathType: ImplementationSpecific`"))
        }
        PathMatch::Prefix => {
            let message = format!("path `{path}` does not end with a segment: as a regular expression it fits `{path}x` too");
            RULE.finding(message).help(format!("write `{path}(/|$)` with `pathType: ImplementationSpecific`"))
        }
    };
    let finding = finding.at(route.origin.span()).subject(path);
    let finding = finding.related(format!("`{by}` makes it one"), place);
    finding.object(ingress_of(route))
}
