//! Paths below a protected one that are open.

use hashbrown::{HashMap, HashSet};

use super::guards::{inner_word, is_public, missing};
use super::look::{Look, are_of_one, beside, by_whom, ingress_of, path_of};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Proxy, Route, Server};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "unguarded-path",
    severity: Severity::Warning,
    text: r"# unguarded-path

A path below a protected one is open, because another Ingress declares it.

Annotations belong to an Ingress, not to a path: what `/admin` is protected by does not hold for `/admin/api` of another Ingress. Below `/`, where everything is, only paths are told that are
probably not meant to be open: those with a word such as `admin` or `internal`, and, as an info, those that lead to the same Service as `/`. Pages to sign in, probes, files and webhooks are mostly open on purpose.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
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
metadata: {name: api, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin/api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
```

## Fires: where the root is protected, and a path for few is not

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: admin, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: admin, port: {number: 80}}}}
```

## Fires: where the root is protected, and a path to the same Service is not

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: orders, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /orders, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}
```

## Quiet: where the root is protected, and the page to sign in is not

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: login, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /oauth2, pathType: Prefix, backend: {service: {name: login, port: {number: 80}}}}
```

## Quiet: where the root is protected, and another program is not

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: news, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /news, pathType: Prefix, backend: {service: {name: news, port: {number: 80}}}}
```

## Quiet: where both are protected

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
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
metadata:
  name: api
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin/api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
```

## Quiet: where only the beginning of the word is the same

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
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
metadata: {name: api, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /administration, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
```
",
};

/// Paths that take whatever no other path takes.
const ROOTS: [&str; 4] = ["/", "/.*", "/(.*)", "/?(.*)"];

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.proxy.servers.iter().flat_map(|server| of_server(look.proxy, server)).collect()
}

fn of_server(proxy: &Proxy, server: &Server) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let asked = server.routes.iter().filter(|route| route.owner.is_some() && !route.is_default_backend && seen.insert(route.origin));
    let asked: Vec<&Route> = asked.collect();
    let by_path: HashMap<&str, &Route> = asked.iter().map(|route| (path_of(route), *route)).collect();
    // A path of many segments is compared with paths that can be above it alone.
    let root = ROOTS.iter().find_map(|path| by_path.get(path).copied());
    let lengths: HashSet<usize> = by_path.keys().map(|path| path.len()).collect();
    let open = asked.iter().filter_map(|route| {
        let above = above(path_of(route)).filter(|path| lengths.contains(&path.len())).find_map(|path| by_path.get(path).copied());
        let above = above.or_else(|| root.filter(|root| path_of(root) != path_of(route)))?;
        (!are_of_one(above, route)).then(|| finding(proxy, server, above, route)).flatten()
    });
    open.collect()
}

/// How likely it is that a path below the root is open by mistake; none: it is not.
fn below_root(root: &Route, route: &Route) -> Option<Severity> {
    let is_same = root.upstream == route.upstream;
    match inner_word(path_of(route)) {
        Some(_) => Some(Severity::Warning),
        None => (is_same && !is_public(path_of(route))).then_some(Severity::Info),
    }
}

/// The paths above one, by segments, the nearest first, but for the root.
fn above(path: &str) -> impl Iterator<Item = &str> {
    let path = path.trim_end_matches('/');
    path.rmatch_indices('/').map(|(at, _)| &path[..at]).filter(|above| !above.is_empty())
}

fn finding(proxy: &Proxy, server: &Server, above: &Route, route: &Route) -> Option<Diagnostic> {
    let lost: Vec<String> = missing(proxy, above, route).map(|name| format!("`{name}`")).collect();
    // A list of addresses that may not connect is no login.
    if lost.iter().all(|name| name == "`denylist-source-range`") {
        return None;
    }
    let (path, over) = (path_of(route), path_of(above));
    let severity = if ROOTS.contains(&over) { below_root(above, route)? } else { RULE.severity };
    let message = format!("path `{path}` of host `{}` is open, though `{over}` above it is protected by {} of {}", server.hostname, lost.join(" and "), by_whom(above));
    let finding = Diagnostic { severity, ..RULE.finding(message) }.at(route.origin.span()).subject(path);
    let finding = beside(finding, "this one is protected", above).note("the longer path takes its requests, with the annotations of its own Ingress alone");
    Some(finding.object(ingress_of(route)))
}
