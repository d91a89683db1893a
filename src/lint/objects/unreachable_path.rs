//! Paths whose requests another path takes, because it comes first.

use hashbrown::{HashMap, HashSet};

use super::guards::missing;
use super::inclusion::Language;
use super::listed;
use super::look::{Look, are_of_one, beside, ingress_of, path_of};
use super::matching::{self, Host, is_literal, pattern};
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::ir::{PathMatch, Proxy, Route, Server};
use crate::lint::rule::Rule;
use std::sync::Arc;

/// Routes before another one that are compared with it.
const MOST: usize = 4;
/// Compiled expressions that are kept: one can take a megabyte.
const KEPT: usize = 64;

pub(super) static RULE: Rule = Rule {
    name: "unreachable-path",
    severity: Severity::Warning,
    text: r"# unreachable-path

A path gets none of its requests, or not the one for itself, because a longer regular expression takes them.

On a host with regular expressions the controller puts paths in the order of their length, and nginx takes the first that fits. Type and meaning do not
count: `/plants/[a-z0-9-]+` goes before `/plants/rose`, because it is longer. What the path was protected by is not asked either.

A path is tried with 128 of the expressions before it that begin alike, and compared with four of those that take it. Where a host has more, a remark
says for how many of its paths nothing is known.

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
      - {path: '/plants/[a-z0-9-]+/?', pathType: ImplementationSpecific, backend: {service: {name: plants, port: {number: 80}}}}
      - {path: /plants/rose, pathType: Exact, backend: {service: {name: rose, port: {number: 80}}}}
```

## Fires: where everything goes before the root

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
      - {path: '/(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
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

## Fires: where only requests for the path itself are taken

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
  name: pages
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/use-regex: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/[a-z0-9-]{2,24}/?$', pathType: ImplementationSpecific, backend: {service: {name: pages, port: {number: 80}}}}
```

## Fires: where the expression ends with the path

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
      - {path: '/plants/[^/]+/?$', pathType: ImplementationSpecific, backend: {service: {name: plants, port: {number: 80}}}}
      - {path: /plants/new, pathType: ImplementationSpecific, backend: {service: {name: editor, port: {number: 80}}}}
```

## Fires: where everything goes before the root of the same Ingress

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
      - {path: '/.*', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where the other path is for the path itself and nothing else

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
      - {path: '/plants/?$', pathType: ImplementationSpecific, backend: {service: {name: overview, port: {number: 80}}}}
      - {path: /plants, pathType: ImplementationSpecific, backend: {service: {name: plants, port: {number: 80}}}}
```

## Quiet: where the special path is the longer one

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
      - {path: '/plants/[a-z]+', pathType: ImplementationSpecific, backend: {service: {name: plants, port: {number: 80}}}}
      - {path: /plants/rosa-rugosa, pathType: ImplementationSpecific, backend: {service: {name: rose, port: {number: 80}}}}
```

## Quiet: where both lead to the same

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
      - {path: '/plants/[a-z0-9-]+/?', pathType: ImplementationSpecific, backend: {service: {name: plants, port: {number: 80}}}}
      - {path: /plants/rose, pathType: ImplementationSpecific, backend: {service: {name: plants, port: {number: 80}}}}
```

## Quiet: without regular expressions

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
      - {path: /plants, pathType: Prefix, backend: {service: {name: plants, port: {number: 80}}}}
      - {path: /plants/rose, pathType: Exact, backend: {service: {name: rose, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let by_pattern = look.proxy.servers.iter().filter(|server| server.routes.len() > 1 && server.by_pattern);
    by_pattern.flat_map(|server| of_server(look.proxy, server)).collect()
}

fn of_server(proxy: &Proxy, server: &Server) -> Vec<Diagnostic> {
    let (host, mut seen, mut findings, mut unknown) = (Host::of(server), HashSet::new(), Vec::new(), Vec::new());
    let mut languages: HashMap<usize, Option<Language>> = HashMap::new();
    for (at, route) in server.routes.iter().enumerate() {
        if route.owner.is_none() || route.is_default_backend || !seen.insert(route.origin) {
            continue;
        }
        let Some((meant, example)) = Meant::of(route) else { continue };
        let is_other = |other: &&usize| server.routes[**other].origin != route.origin && !is_same(&server.routes[**other], route);
        let mut before = host.takers(&example, at);
        before.retain(|other| is_other(&other));
        let is_known = before.len() <= MOST && !host.overlooks(&example, at);
        before.truncate(MOST);
        let mut covers = |other: &&usize| {
            if languages.len() >= KEPT {
                languages.clear();
            }
            let language = languages.entry(**other).or_insert_with(|| Language::of(&pattern(&server.routes[**other].path)));
            language.as_ref().is_some_and(|language| language.covers(&meant.language) == Some(true))
        };
        match (before.iter().find(&mut covers), before.first()) {
            (Some(first), _) => findings.push(never(proxy, server, route, &server.routes[*first])),
            _ if !is_known => unknown.push(route),
            (None, Some(first)) if meant.is_beginning => {
                let is_own = languages.get(first).and_then(Option::as_ref).is_some_and(|language| meant.is_itself(route, language));
                if !is_own || !are_of_one(&server.routes[*first], route) {
                    findings.push(partly(proxy, server, route, &server.routes[*first]));
                }
            }
            _ => {}
        }
    }
    findings.extend(not_compared(server, &unknown));
    findings
}

/// Of some routes nobody knows whether others take all of their requests.
fn not_compared(server: &Server, routes: &[&Route]) -> Option<Diagnostic> {
    let first = routes.first()?;
    let paths = listed(routes.iter().map(|route| path_of(route)));
    let message = format!("whether {paths} of host `{}` can be reached is not known: too many regular expressions come first", server.hostname);
    let finding = Diagnostic { severity: Severity::Info, ..RULE.finding(message) };
    let finding = finding.at(first.origin.span()).subject(path_of(first)).object(ingress_of(first));
    let alike = matching::MOST;
    Some(finding.note(format!("a path is tried with {alike} expressions that begin as it does, and compared with {MOST} of those that take it")))
}

/// Whether it makes no difference which of two routes takes a request.
fn is_same(one: &Route, other: &Route) -> bool {
    one.upstream == other.upstream && Arc::ptr_eq(&one.features, &other.features) && one.rewritten().or(other.rewritten()).is_none()
}

/// What a route was meant to take.
struct Meant {
    language: Language,
    /// A path and all below it.
    is_beginning: bool,
}

impl Meant {
    /// What the route was meant to take, and the plainest request for it; none where that is not known.
    fn of(route: &Route) -> Option<(Self, String)> {
        let path = path_of(route);
        if !is_literal(path) {
            let language = Language::of(&pattern(path))?;
            let example = language.example()?;
            return Some((Self { language, is_beginning: false }, example));
        }
        let start = regex::escape(path.trim_end_matches('/'));
        // The route for what is below a path stands before that for the path itself.
        let is_beginning = route.path_match == PathMatch::Prefix;
        let language = Language::of(&match (is_beginning, start.as_str()) {
            (true, "") => String::from("^/"),
            (true, start) => format!("^{start}(?:/|$)"),
            (false, _) => format!("^{}$", regex::escape(path)),
        })?;
        Some((Self { language, is_beginning }, path.to_owned()))
    }

    /// Whether an expression is for the path of the route itself and for nothing else, as `/docs$` beside `/docs`.
    fn is_itself(&self, route: &Route, other: &Language) -> bool {
        let start = regex::escape(path_of(route).trim_end_matches('/'));
        self.is_beginning && Language::of(&format!("^{start}/?$")).is_some_and(|itself| itself.covers(other) == Some(true))
    }
}

fn never(proxy: &Proxy, server: &Server, route: &Route, first: &Route) -> Diagnostic {
    let (path, before) = (path_of(route), path_of(first));
    let which = match (first.is_default_backend, path == before) {
        (true, _) => String::from("the root that the controller gives each host"),
        (_, true) => format!("another path `{path}`"),
        _ if before.len() > path.len() => format!("the longer path `{before}`"),
        _ => format!("the path `{before}`"),
    };
    let message = format!("path `{path}` of host `{}` is never reached: {which} comes first and takes all its requests", server.hostname);
    about(proxy, RULE.finding(message).effect(Effect::Unreachable), route, first)
}

fn partly(proxy: &Proxy, server: &Server, route: &Route, first: &Route) -> Diagnostic {
    let (path, before) = (path_of(route), path_of(first));
    let message = format!("requests for `{path}` of host `{}` go to the longer path `{before}`, which comes first: only some of those below it arrive", server.hostname);
    about(proxy, RULE.finding(message), route, first)
}

fn about(proxy: &Proxy, finding: Diagnostic, route: &Route, first: &Route) -> Diagnostic {
    let finding = finding.at(route.origin.span()).subject(path_of(route));
    let service = first.owner.as_deref().map(|owner| owner.service.clone()).unwrap_or_default();
    let finding = beside(finding, format!("this one takes them, for Service `{service}`"), first);
    let finding = finding.note("paths of a host with regular expressions are tried in the order of their length, the longest first");
    let finding = finding.object(ingress_of(route));
    let lost: Vec<String> = missing(proxy, route, first).map(|name| format!("`{name}`")).collect();
    match lost.as_slice() {
        [] => finding,
        lost => Diagnostic { severity: Severity::Error, ..finding.note(format!("they are answered without {}", lost.join(" and "))) },
    }
}
