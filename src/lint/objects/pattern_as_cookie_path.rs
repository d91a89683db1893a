//! Session cookies whose path is a regular expression.

use hashbrown::HashSet;

use super::look::{Look, at_annotation, beside, path_of};
use super::matching::is_literal;
use crate::catalog::features::affinity;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Route, Server};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "pattern-as-cookie-path",
    severity: Severity::Warning,
    text: r"# pattern-as-cookie-path

The path of a session cookie is a regular expression.

Without `session-cookie-path` the cookie of an affinity has the path of the route, as it is written. A browser compares it letter by letter, so that the cookie of
`/app(/|$)(.*)` is never sent, and the affinity holds nobody.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/affinity: 'cookie'
    nginx.ingress.kubernetes.io/rewrite-target: '/$2'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/app(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/affinity: 'cookie'
    nginx.ingress.kubernetes.io/session-cookie-path: '/app'
    nginx.ingress.kubernetes.io/rewrite-target: '/$2'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/app(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: where the path is a text

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/affinity: 'cookie'
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
    let by_pattern = look.patterns().filter(|(_, route)| !is_literal(path_of(route)));
    let sticky = by_pattern.filter(|(server, route)| gets_pattern(look, server, route));
    sticky.filter(|(_, route)| seen.insert(super::look::ingress_of(route))).map(|(_, route)| finding(route)).collect()
}

/// Whether the cookie of a route has the path of the route.
fn gets_pattern(look: &Look, server: &Server, route: &Route) -> bool {
    let Some(upstream) = look.proxy.upstream(&route.upstream).filter(|upstream| upstream.affinity.is_by_cookie()) else { return false };
    upstream.affinity.cookie.path.is_empty() && upstream.affinity.cookie.path_on(server, route).is_some()
}

fn finding(route: &Route) -> Diagnostic {
    let path = path_of(route);
    let message = format!("the session cookie gets the path `{path}`, which is no path: browsers never send it back, and every request may go to another pod");
    let finding = beside(at_annotation(RULE.finding(message), route, &affinity::KIND), "the cookie has the path of the route", route);
    let start = common(path);
    finding.help(format!("set `session-cookie-path: {}`", if start.is_empty() { "/" } else { start }))
}

/// The segments with which all that a regular expression takes begins: browsers compare the path of a cookie segment by segment.
fn common(pattern: &str) -> &str {
    let at = pattern.find(['(', '[', '{', '.', '*', '?', '+', '^', '$', '|', '\\']).unwrap_or(pattern.len());
    let (start, rest) = pattern.split_at(at);
    // What is repeated need not be there as it stands.
    let start = if rest.starts_with(['?', '*', '+', '{']) { &start[..start.len().saturating_sub(1)] } else { start };
    let is_whole = rest.is_empty() || ["$", "(/", "(?:/"].iter().any(|next| rest.starts_with(next));
    let end = if is_whole { start.len() } else { start.rfind('/').unwrap_or_default() };
    if pattern.contains('|') && !pattern.contains('(') { "" } else { start[..end].trim_end_matches('/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_get_whole_segments() {
        for (pattern, expected) in [
            ("/api(/|$)(.*)", "/api"),
            ("/api/(.*)", "/api"),
            ("/api/.*", "/api"),
            ("/api.*", ""),
            ("/v[12]/x", ""),
            ("/shop/v[12]/x", "/shop"),
            ("/app/?(.*)", ""),
            ("/a|/b", ""),
            ("/x+", ""),
            ("/app$", "/app"),
        ] {
            assert_eq!(common(pattern), expected, "{pattern}");
        }
    }
}
