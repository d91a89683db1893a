//! Redirects that lead to what redirects.

use super::look::{Look, at_annotation, path_of};
use super::matching::Hosts;
use super::urls::Target;
use crate::catalog::features::{redirect, rewrite};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{CATCH_ALL, Route, Server};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "redirect-loop",
    severity: Severity::Error,
    text: r"# redirect-loop

A redirect leads to itself.

Browsers give up after some twenty redirects and show an error. A redirect to another path of the same host loops where that path has the redirect too: annotations hold for all paths
of an Ingress, and for all requests that no path of the host takes.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: 'https://shop.example.com/new'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where it is temporary

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/temporal-redirect: 'https://shop.example.com/sale'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where the start page is the root

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/app-root: '/'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where the target has an Ingress of its own

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: 'https://shop.example.com/new'
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
metadata: {name: new, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /new, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where the target is elsewhere

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: 'https://new.example.com/'
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
    let hosts = Hosts::default();
    let of_routes = look.one_of_each_ingress().filter_map(|(server, route)| redirects(look, &hosts, server, route).or_else(|| app_root(route)));
    of_routes.collect()
}

/// A redirect whose target is answered by the same redirect.
fn redirects<'a>(look: &Look<'a>, hosts: &Hosts<'a>, server: &Server, route: &Route) -> Option<Diagnostic> {
    let url = route.redirected()?;
    let target = Target::of(url, &server.hostname, path_of(route)).filter(|_| server.hostname != CATCH_ALL)?;
    let answering = look.server_for(&target.host)?;
    let again = hosts.of(answering).answer(&target.path)?;
    if again.redirected() != Some(url) {
        return None;
    }
    let message = format!("`{url}` is redirected to itself for ever: host `{}` and path `{}` have the same redirect", answering.hostname, target.path);
    let finding = RULE.finding(message).help("redirect to another host or path, or declare the target in an Ingress without the redirect");
    Some(match route.features.cause("temporal-redirect") {
        Some(_) => at_annotation(finding, route, &redirect::TEMPORARY),
        None => at_annotation(finding, route, &redirect::PERMANENT),
    })
}

/// A start page that is the page which is redirected.
fn app_root(route: &Route) -> Option<Diagnostic> {
    if route.steps.app_root.as_deref()? != "/" {
        return None;
    }
    let finding = RULE.finding("`app-root: /` redirects requests for `/` to `/`, for ever").help("name the path of the start page, or remove it");
    Some(at_annotation(finding, route, &rewrite::APP_ROOT))
}
