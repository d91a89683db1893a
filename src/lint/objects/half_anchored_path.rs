//! Alternatives of a path that are not tied to its beginning.

use hashbrown::HashSet;

use super::look::{Look, ingress_of, path_of};
use super::matching::bars;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "half-anchored-path",
    severity: Severity::Warning,
    text: r"# half-anchored-path

An alternative of a path fits anywhere in a request.

The controller puts a `^` in front of a path that is a regular expression. Of `/a|/b` it ties only `/a` to the beginning: `/b` is found in `/shop/b` as well,
and in every other request that holds it.

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
      - {path: '/cart|/checkout', pathType: ImplementationSpecific, backend: {service: {name: cart, port: {number: 80}}}}
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
      - {path: '/(cart|checkout)', pathType: ImplementationSpecific, backend: {service: {name: cart, port: {number: 80}}}}
```

## Quiet: where both are tied

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
      - {path: '/cart|^/checkout', pathType: ImplementationSpecific, backend: {service: {name: cart, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let patterns = look.patterns().map(|(_, route)| route);
    patterns.filter(|route| seen.insert(route.origin)).filter_map(|route| Some(finding(route, loose(path_of(route))?))).collect()
}

/// The first alternative of a path, outside of all groups, that is not tied to the beginning.
fn loose(path: &str) -> Option<&str> {
    let mut ends = bars(path).chain([path.len()]);
    let mut start = ends.next()? + 1;
    ends.find_map(|end| {
        let alternative = &path[std::mem::replace(&mut start, end + 1)..end];
        (!alternative.starts_with('^')).then_some(alternative)
    })
}

fn finding(route: &Route, loose: &str) -> Diagnostic {
    let path = path_of(route);
    let message = format!("path `{path}` fits `{loose}` anywhere in a request: only the first alternative is tied to the beginning");
    let finding = RULE.finding(message).at(route.origin.span()).subject(path);
    let inside = path.split('|').map(|part| part.trim_start_matches('/')).collect::<Vec<_>>().join("|");
    let finding = finding.note("the controller puts one `^` in front of the path").help(format!("put the alternatives into a group: `/(?:{inside})`"));
    finding.object(ingress_of(route))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_alternatives_outside_of_groups_are_loose() {
        for (path, expected) in [
            ("/a|/b", Some("/b")),
            ("/a|/b|/c", Some("/b")),
            ("/a|^/b", None),
            ("/(a|b)", None),
            ("/a(/|$)(.*)", None),
            ("/[a|b]", None),
            ("/a\\|b", None),
            ("/(a)|/b(/|$)", Some("/b(/|$)")),
        ] {
            assert_eq!(loose(path), expected, "{path}");
        }
    }
}
