//! Rewrites that name a group which the path does not have.

use hashbrown::{HashMap, HashSet};

use super::look::{Look, at_annotation, beside, path_of};
use super::matching::with_rest;
use crate::catalog::features::rewrite;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;
use regex::bytes::RegexBuilder;

pub(super) static RULE: Rule = Rule {
    name: "missing-group",
    severity: Severity::Warning,
    text: r"# missing-group

A rewrite names a group that the path does not have.

`$1`, `$2` and so on in a `rewrite-target` are the groups of the path, counted by their opening brackets. One that is not there is empty. All paths of an Ingress
share the target, so that a plain path beside one with groups is rewritten too, and loses all that stands behind it.

## Fires

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
      - {path: /app, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: for a plain path beside the one with groups

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where one group is counted as two

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
      - {path: '/app/(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
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

## Quiet: where the plain path has an Ingress of its own

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
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let (mut seen, mut known) = (HashSet::new(), HashMap::new());
    let rewritten = look.routes().map(|(_, route)| route).filter(|route| !route.is_default_backend && seen.insert(route.origin));
    // Many Ingresses have one and the same pattern.
    rewritten.filter_map(|route| finding(route, missing(route, |path| *known.entry(path).or_insert_with(|| groups(path)))?)).collect()
}

/// Whether the target of a route names a group that its path lacks.
pub(super) fn lacks_group(route: &Route) -> bool {
    missing(route, groups).is_some()
}

/// The first group that the target of a route names and its path lacks, and how many groups the path has.
fn missing<'r>(route: &'r Route, groups: impl FnOnce(&'r str) -> Option<usize>) -> Option<(usize, usize)> {
    let named = named(route.rewritten()?);
    let highest = named.iter().max()?;
    let groups = groups(path_of(route)).filter(|groups| highest > groups)?;
    named.into_iter().find(|group| *group > groups).map(|missing| (missing, groups))
}

/// How many groups a path has; none: it is no pattern.
fn groups(path: &str) -> Option<usize> {
    Some(RegexBuilder::new(path).unicode(false).build().ok()?.captures_len() - 1)
}

fn finding(route: &Route, (missing, groups): (usize, usize)) -> Option<Diagnostic> {
    let (target, path) = (route.rewritten()?, path_of(route));
    let has = match groups {
        0 => String::from("no group"),
        1 => String::from("one group"),
        _ => format!("{groups} groups"),
    };
    let message = format!("`${missing}` of `rewrite-target: {target}` is empty for path `{path}`, which has {has}");
    let finding = beside(at_annotation(RULE.finding(message), route, &rewrite::TARGET), "this path", route);
    let rest = named(target).iter().all(|group| *group > groups);
    let finding = if rest { finding.note("every request below it reaches the backend with the same path") } else { finding };
    Some(finding.help(match with_rest(path, missing) {
        Some(path) => format!("write the path as `{path}`, with `pathType: ImplementationSpecific`, or give it an Ingress of its own"),
        None => format!("write the path with {missing} groups, or give it an Ingress of its own"),
    }))
}

/// The numbers of the groups that a target names: one digit each.
fn named(target: &str) -> Vec<usize> {
    let digit = |rest: &str| rest.trim_start_matches('{').chars().next().and_then(|digit| digit.to_digit(10)).map(|digit| digit as usize);
    target.split('$').skip(1).filter_map(digit).filter(|group| *group > 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_have_one_digit() {
        for (target, expected) in [("/$2", &[2][..]), ("/$1/$2", &[1, 2]), ("/${3}x", &[3]), ("/$uri", &[]), ("/$12", &[1]), ("/", &[])] {
            assert_eq!(named(target), expected, "{target}");
        }
    }
}
