//! Beginnings of words that are taken as whole segments.

use hashbrown::HashSet;

use super::look::{Look, ingress_of, path_of};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{PathMatch, Route};
use crate::lint::rule::Rule;

/// Letters that end no word.
const LINKS: &[char] = &['-', '_', '.', '=', '~', ':'];

pub(super) static RULE: Rule = Rule {
    name: "cut-segment",
    severity: Severity::Warning,
    text: r"# cut-segment

A path is the beginning of a word, and takes only the whole word.

`Prefix`, and `ImplementationSpecific` without regular expressions, compare whole segments between slashes: `/img-` takes `/img-` and `/img-/x`, and never `/img-1`.

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
      - {path: /img-, pathType: Prefix, backend: {service: {name: images, port: {number: 80}}}}
```

## Quiet

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
      - {path: /img, pathType: Prefix, backend: {service: {name: images, port: {number: 80}}}}
```

## Quiet: with regular expressions

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
      - {path: '/img-.*', pathType: ImplementationSpecific, backend: {service: {name: images, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let texts = look.texts().map(|(_, route)| route);
    let beginnings = texts.filter(|route| seen.insert(route.origin) && route.path_match == PathMatch::Prefix && path_of(route).ends_with(LINKS));
    beginnings.map(finding).collect()
}

fn finding(route: &Route) -> Diagnostic {
    let path = path_of(route);
    let message = format!("path `{path}` does not take `{path}1`: without regular expressions a path ends with a whole segment");
    let finding = RULE.finding(message).at(route.origin.span()).subject(path);
    let finding = finding.help(format!("set `use-regex: \"true\"` and `pathType: ImplementationSpecific`, and write `{path}.*`"));
    finding.object(ingress_of(route))
}
