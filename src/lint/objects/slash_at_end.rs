//! Paths that are not reached without the slash at their end.

use hashbrown::{HashMap, HashSet};

use super::look::{Look, ingress_of, path_of};
use super::matching::is_literal;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{PathMatch, Route, Server};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "slash-at-end",
    severity: Severity::Info,
    text: r"# slash-at-end

A path that ends with a slash is not reached without it.

Of a plain `Prefix` nginx redirects `/app` to `/app/` by itself. With `Exact` and with regular expressions it does not: the request without the slash goes to a shorter path, or gets 404. A
redirect to HTTPS takes the slash off, so that there even a request with the slash is lost: that is a warning.

## Fires: with a regular expression

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
      - {path: /app/, pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where the path is exact

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
      - {path: /app/, pathType: Exact, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where the redirect to HTTPS leads out of a regular expression

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
  tls: [{hosts: [shop.example.com], secretName: shop}]
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
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /app/, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: where both are there

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
      - {path: /app/, pathType: Exact, backend: {service: {name: app, port: {number: 80}}}}
      - {path: /app, pathType: Exact, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where the redirect to HTTPS takes it off

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /app/, pathType: Exact, backend: {service: {name: app, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let patterns = look.patterns().map(|(server, route)| (server, route, true));
    let all = patterns.chain(look.texts().map(|(server, route)| (server, route, false)));
    let slashed: Vec<_> = all.filter(|(_, route, by_pattern)| written(route, *by_pattern).is_some()).collect();
    let mut paths: HashMap<&str, Paths> = HashMap::new();
    for (server, ..) in &slashed {
        paths.entry(&server.hostname).or_insert_with(|| Paths::of(server));
    }
    let mut strict: Vec<(&Server, &Route)> = Vec::new();
    for (server, route, by_pattern) in slashed {
        let (path, paths) = (written(route, by_pattern).unwrap_or_default(), &paths[server.hostname.as_str()]);
        // nginx adds the slash by itself for plain beginnings alone. One has a route for the path itself too.
        let is_exact = route.path_match == PathMatch::Exact && path == route.path && !paths.beginnings.contains(path);
        if (by_pattern || is_exact) && seen.insert(route.origin) && !paths.has(path.trim_end_matches('/')) {
            strict.push((server, route));
        }
    }
    strict.into_iter().map(|(_, route)| finding(route)).collect()
}

/// The paths of a host.
#[derive(Default)]
struct Paths<'a> {
    /// Those that Ingresses declare.
    declared: HashSet<&'a str>,
    /// Those that were written as beginnings.
    beginnings: HashSet<&'a str>,
}

impl<'a> Paths<'a> {
    /// Whether some path is for a path without its slash.
    fn has(&self, short: &str) -> bool {
        let behind = |path: &&&str| path.strip_prefix(short).is_some_and(|rest| matches!(rest, "$" | "/?$" | "(/|$)" | "(/|$)(.*)" | "/?(.*)"));
        self.declared.contains(short) || self.declared.iter().find(behind).is_some()
    }

    fn of(server: &'a Server) -> Self {
        let mut paths = Self::default();
        for route in &server.routes {
            if !route.is_default_backend {
                paths.declared.insert(path_of(route));
            }
            if route.path_match == PathMatch::Prefix {
                paths.beginnings.insert(path_of(route));
            }
        }
        paths
    }
}

/// The path of a route up to its last slash, where that stands at its end. What may follow does not count where the slash is lost.
fn written(route: &Route, by_pattern: bool) -> Option<&str> {
    let path = path_of(route);
    let ends = ["(.*)", ".*", "(.*)$", ".*$"];
    let start = ends.into_iter().filter(|_| by_pattern && is_lost(route)).find_map(|end| path.strip_suffix(end)).unwrap_or(path);
    (start.len() > 1 && start.ends_with('/') && is_literal(start)).then_some(start)
}

/// Whether the redirect to HTTPS takes the slash off.
fn is_lost(route: &Route) -> bool {
    route.steps.https.happens && !route.steps.https.keeps_slash
}

fn finding(route: &Route) -> Diagnostic {
    let path = path_of(route);
    let slashed = written(route, true).unwrap_or(path);
    let short = slashed.trim_end_matches('/');
    let finding = match is_lost(route) {
        // Quirk: the redirect takes the last slash off, even that of a query.
        true => {
            let message = format!("the redirect to HTTPS leads from `{slashed}` to `{short}`, which does not get to path `{path}`");
            let finding = Diagnostic { severity: Severity::Warning, ..RULE.finding(message) };
            let finding = finding.note("the controller takes the last slash off when it redirects to HTTPS");
            match slashed == path {
                true => finding.help(format!("set `preserve-trailing-slash: \"true\"`, or declare `{short}` too")),
                false => finding.help(format!("set `preserve-trailing-slash: \"true\"`, or write `{short}(/|$)(.*)`, with the group of the rest as `$2` in a `rewrite-target`")),
            }
        }
        false => RULE.finding(format!("requests for `{short}`, without the slash, do not get to path `{path}`")).help(format!("write `{short}`, or declare both")),
    };
    let finding = finding.at(route.origin.span()).subject(path);
    finding.object(ingress_of(route))
}
