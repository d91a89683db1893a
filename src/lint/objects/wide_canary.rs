//! Canaries that take requests of other paths.

use hashbrown::{HashMap, HashSet};

use super::canaries::splits;
use super::look::{Look, path_of};
use crate::catalog::key::Key;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::ir::questions;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "wide-canary",
    severity: Severity::Warning,
    text: r"# wide-canary

A canary for one path takes requests of other paths as well.

The controller joins a canary with the Service and port that its host and path lead to. Every other path that leads to the same Service and port, on any host, is split in the same way.

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
      - {path: /api, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: next
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
    nginx.ingress.kubernetes.io/canary-weight: '20'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /api, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Fires: on another host

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
metadata: {name: admin, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: admin.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: next
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
    nginx.ingress.kubernetes.io/canary-by-header: 'X-Beta'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Quiet: where the other path has another Service

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
      - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: next
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
    nginx.ingress.kubernetes.io/canary-weight: '20'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /api, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Quiet: where the canary names all paths

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
      - {path: /api, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: next
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
    nginx.ingress.kubernetes.io/canary-weight: '20'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
      - {path: /api, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```
",
};

/// Other paths that are pointed at.
const SHOWN: usize = 5;
/// It stands at the path.
const NO_KEYS: &[&Key<bool>] = &[];

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let splits = splits(look);
    if splits.is_empty() {
        return Vec::new();
    }
    let mut by_upstream: HashMap<&str, Vec<(&str, &str, crate::source::Span)>> = HashMap::new();
    let mut seen = HashSet::new();
    for server in &look.proxy.servers {
        for route in server.routes.iter().filter(|route| route.owner.is_some() && seen.insert((&server.hostname, route.origin))) {
            if let Some(place) = route.origin.span() {
                by_upstream.entry(&route.upstream).or_default().push((&server.hostname, path_of(route), place));
            }
        }
    }
    let mut findings = Vec::new();
    for split in splits.iter().filter(|split| split.number == 0 && !questions(split.own, split.canary).is_empty()) {
        let named: HashSet<(&str, &str)> = split.ingress.backends().map(|backend| (backend.host, backend.path())).collect();
        let routes = by_upstream.get(split.own.name.as_str()).map_or(&[][..], Vec::as_slice);
        let others: Vec<_> = routes.iter().filter(|(host, path, _)| !named.contains(&(if *host == "_" { "" } else { *host }, *path))).collect();
        let Some((host, path, _)) = others.first() else { continue };
        let more = if others.len() > 1 { format!(" and {}", diagnostic::more(others.len() - 1, "path")) } else { String::new() };
        let own = split.backend.path();
        let message = format!("the canary for path `{own}` takes requests for `{host}{path}`{more} as well, which lead to the same Service");
        let finding = split.finding(look, &RULE, message, NO_KEYS);
        let finding = finding.note("a canary belongs to the Service and port of its path, not to the path");
        let finding = finding.help("give the path a Service of its own, with the same selector");
        findings.push(others.iter().take(SHOWN).fold(finding, |finding, (_, _, place)| finding.related("this path has the same Service", *place)));
    }
    findings
}
