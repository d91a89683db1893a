//! Copies of requests that are copied again.

use std::iter;

use hashbrown::HashSet;

use super::look::{Look, at_annotation, beside, path_of};
use super::matching::Hosts;
use super::urls::Target;
use crate::catalog::features::mirror;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{CATCH_ALL, Mirror, Origin, Route, Server};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "mirror-loop",
    severity: Severity::Error,
    text: r"# mirror-loop

Copies of requests come back to the path that copies them.

`mirror-target` sends a copy of each request to a URL, and `mirror-host` says under which host. Where the controller itself serves that host, the path that takes the copy may copy it again, and so on: one request
becomes requests without end, until connections run out. A path of another Ingress, without `mirror-target`, ends it.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/mirror-target: https://shop.example.com$request_uri
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where two hosts copy to each other

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/mirror-target: https://test.example.com/copy
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
metadata:
  name: test
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/mirror-target: https://shop.example.com/copy
spec:
  ingressClassName: nginx
  rules:
  - host: test.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: test, port: {number: 80}}}}
```

## Quiet: where another host takes the copies

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/mirror-target: https://test.example.com$request_uri
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
metadata: {name: test, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: test.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: test, port: {number: 80}}}}
```

## Quiet: where the path that takes them copies nothing

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/mirror-target: https://shop.example.com/copies
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
metadata: {name: copies, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /copies, pathType: Prefix, backend: {service: {name: copies, port: {number: 80}}}}
```
",
};

/// Copies that are followed before one that goes on is given up.
const MOST: usize = 12;

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let (hosts, mut told) = (Hosts::default(), HashSet::new());
    let copying = look.one_of_each_ingress().filter(|(server, route)| server.hostname != CATCH_ALL && copy_of(route).is_some());
    copying.filter_map(|(server, route)| finding(look, &hosts, &mut told, server, route)).collect()
}

/// The copy that requests of a route are sent as.
fn copy_of(route: &Route) -> Option<&Mirror> {
    route.steps.mirror.as_deref().filter(|mirror| mirror.is_sent() && !route.is_refused() && route.redirected().is_none())
}

/// A route, and a request that comes to it.
type At<'a> = (Target, &'a Route);

fn next<'a>(look: &Look<'a>, hosts: &Hosts<'a>, (at, route): &At<'a>) -> Option<At<'a>> {
    let mirror = copy_of(route)?;
    let sent = Target::of(&mirror.target, &at.host, &at.path)?;
    look.server_for(&sent.host)?;
    // The host that is sent decides who answers.
    let host = Target::of(&format!("http://{}/", mirror.host), &at.host, "/").map_or(sent.host, |target| target.host);
    let to = Target { host, path: sent.path };
    let answering = hosts.of(look.server_for(&to.host)?).answer(&to.path)?;
    copy_of(answering).map(|_| (to, answering))
}

fn finding<'a>(look: &Look<'a>, hosts: &Hosts<'a>, told: &mut HashSet<Origin>, server: &Server, route: &'a Route) -> Option<Diagnostic> {
    let first = (Target { host: server.hostname.clone(), path: path_of(route).to_owned() }, route);
    let ways: Vec<At> = iter::successors(Some(first), |at| next(look, hosts, at)).take(MOST).collect();
    // The request of a copy is another one each time where its path grows, so the routes are compared.
    let (begin, end) = ways.iter().enumerate().find_map(|(at, (_, route))| Some((ways[..at].iter().position(|(_, before)| std::ptr::eq(*before, *route))?, at)))?;
    let ring = &ways[begin..end];
    if !ring.iter().all(|(_, route)| told.insert(route.origin)) {
        return None;
    }
    let (_, copying) = ring.first()?;
    let to = &ways[begin + 1].0;
    let message = match ring {
        [_] => format!("copies are sent to `{to}`, whose path copies them again, without end"),
        _ => format!("copies are sent to `{to}`, and from there back to `{}`, without end", ways[end].0),
    };
    let finding = at_annotation(RULE.finding(message), copying, &mirror::TARGET);
    let finding = ring[1..].iter().fold(finding, |finding, (_, route)| beside(finding, "this path takes the copy, and copies it again", route));
    Some(finding.help("send the copies to a host or a path of an Ingress without `mirror-target`"))
}
