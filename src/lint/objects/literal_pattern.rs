//! Paths that are written as regular expressions and are taken as texts.

use hashbrown::HashSet;

use super::look::{Look, ingress_of, path_of};
use super::matching::is_literal;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;
use crate::lower::Strange;

pub(super) static RULE: Rule = Rule {
    name: "literal-pattern",
    severity: Severity::Warning,
    text: r#"# literal-pattern

A path is written as a regular expression, or with a `*` for anything, and is taken letter by letter.

Paths are regular expressions only on a host where an Ingress sets `use-regex: "true"`, or a `rewrite-target` that changes the path. Everywhere
else `/app(/|$)(.*)` is eleven letters that no client asks for, and a `*` is a star: the requests that were meant get 404, or the answer of a shorter path.

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
      - {path: '/app(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where a star is meant as anything

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
      - {path: '/static/*', pathType: ImplementationSpecific, backend: {service: {name: files, port: {number: 80}}}}
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where a letter is escaped

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/price%20list', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where a letter of a regular expression is escaped

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
      - {path: '/price%20list', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where the path holds a query

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/search?page=1', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where something shall be filled in

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/users/:id', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: where the Ingress asks for regular expressions

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
    nginx.ingress.kubernetes.io/rewrite-target: '/$2'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/app(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: where another Ingress of the host does

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
      - {path: '/app/[0-9]+', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/v[0-9]+', pathType: ImplementationSpecific, backend: {service: {name: api, port: {number: 80}}}}
```

## Quiet: where dots are dots

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
      - {path: /.well-known/x.json, pathType: Exact, backend: {service: {name: app, port: {number: 80}}}}
```
"#,
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    // Regular expressions are compared with decoded paths too.
    let escaped = look.patterns().filter(|(_, route)| Strange::of(path_of(route)) == Some(Strange::Escape));
    let written = look.texts().filter(|(_, route)| is_pattern(path_of(route))).chain(escaped);
    written.filter(|(_, route)| seen.insert(route.origin)).map(|(server, route)| finding(&server.hostname, route)).collect()
}

/// Whether a path is no text: `${…}` and `{{…}}` are for somebody else to fill in.
fn is_pattern(path: &str) -> bool {
    Strange::of(path).is_some() || !is_literal(path) && !path.contains("${") && !path.contains("{{")
}

fn finding(host: &str, route: &Route) -> Diagnostic {
    let path = path_of(route);
    let strange = Strange::of(path);
    let is_glob = is_literal(&path.replace('*', "")) && !path.contains(".*");
    let message = if strange == Some(Strange::Escape) {
        format!("requests for path `{path}` do not get to it: nginx compares decoded paths, and this one holds an escape")
    } else if let Some(Strange::Query(query)) = strange {
        format!("no request gets to path `{path}`: `{query}` is a query, and nginx compares paths without theirs")
    } else if is_glob {
        format!("the `*` in path `{path}` stands for itself: only requests for a path with a star in it get here")
    } else {
        format!("path `{path}` is taken literally, letter by letter: no Ingress of host `{host}` sets `use-regex` or a `rewrite-target`")
    };
    let finding = RULE.finding(message).at(route.origin.span()).subject(path).effect(Effect::Unreachable);
    let finding = finding.object(ingress_of(route));
    if let Some(strange) = strange {
        return finding.help(strange.help(path));
    }
    match is_glob {
        true => {
            let start = path.split('*').next().unwrap_or_default().trim_end_matches('/');
            let start = if start.is_empty() { "/" } else { start };
            finding.help(format!("write `{start}`: with `pathType: Prefix` it takes all below it too"))
        }
        false => finding.help("set `use-regex: \"true\"` and `pathType: ImplementationSpecific`"),
    }
}
