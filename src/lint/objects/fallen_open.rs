//! Paths that are answered without their protection, because their Ingress is not served.

use hashbrown::HashSet;

use super::guards::{GUARDS, Guard};
use super::look::{Look, beside, by_whom, path_of};
use super::matching::Hosts;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::ir::{CATCH_ALL, Route};
use crate::lint::rule::Rule;
use crate::lower::{Class, Classes};
use crate::manifest::{Backend, Object};
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "fallen-open",
    severity: Severity::Error,
    text: r"# fallen-open

A path is answered without its protection, because its Ingress is not served.

An Ingress that the controller refuses, for the value or the risk of an annotation, is not there for it. Its paths are answered by shorter ones of the host, which other Ingresses declare: the application behind
is often the same, and the protection is gone. With `--upgrade-to` this is told of a release that refuses what the present one allows.

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
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
    nginx.ingress.kubernetes.io/server-snippet: 'return 200;'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where the class is misspelt

```yaml
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
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
metadata:
  name: admin
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
spec:
  ingressClassName: ngnix
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where the shorter path is protected too

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
    nginx.ingress.kubernetes.io/server-snippet: 'return 200;'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where nobody else answers

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
    nginx.ingress.kubernetes.io/server-snippet: 'return 200;'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where the Ingress is served

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
metadata:
  name: admin
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /admin, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let classes = Classes::new(look.cluster, &look.controller.flags);
    let owners = look.proxy.servers.iter().flat_map(|server| &server.routes).filter_map(|route| route.owner.as_deref());
    let served: HashSet<(&str, &str)> = owners.map(|owner| (owner.namespace.as_str(), owner.name.as_str())).collect();
    let is_served = |ingress: &Object<Ingress>| served.contains(&(ingress.reference.namespace.as_str(), ingress.reference.name.as_str()));
    let dropped = look.ingresses().filter(|ingress| !is_served(ingress) && !look.is_canary(ingress));
    let hosts = Hosts::default();
    let told = dropped.filter_map(|ingress| {
        if classes.serve(ingress) {
            return finding(look, &hosts, ingress);
        }
        // A class that nobody has, and that differs by a letter or two from one that is served, is a mistake.
        let class = Classes::named(ingress).filter(|_| classes.of(ingress) == Class::Unknown)?;
        let meant = classes.names().into_iter().find(|served| strsim::osa_distance(served, class) <= 2)?;
        let finding = finding(look, &hosts, ingress)?.note(format!("it names the class `{class}`, of which the input holds none"));
        Some(Diagnostic { severity: Severity::Warning, ..finding }.help(format!("did you mean the class `{meant}`?")))
    });
    told.collect()
}

/// The first path of an Ingress that is answered without a check which the Ingress asks for.
fn finding<'a>(look: &Look<'a>, hosts: &Hosts<'a>, ingress: &'a Object<Ingress>) -> Option<Diagnostic> {
    let asked: Vec<(&Guard, &str)> = look
        .annotations(ingress)
        .filter(|(_, _, value)| !value.is_empty())
        .filter_map(|(spec, name, _)| Some((GUARDS.iter().find(|guard| std::ptr::eq(guard.spec, spec))?, name)))
        .collect();
    if asked.is_empty() {
        return None;
    }
    ingress.backends().find_map(|backend| {
        let route = answer(look, hosts, &backend)?;
        let (guard, name) = asked.iter().find(|(guard, _)| !guard.holds(look.proxy, route))?;
        let path = backend.path();
        let host = if backend.host.is_empty() { "every host" } else { backend.host };
        let name = name.rsplit('/').next().unwrap_or(guard.spec.name);
        let message = format!("path `{path}` of `{host}` is open: its Ingress is not served, and `{}` of {} answers it without `{name}`", path_of(route), by_whom(route));
        let finding = RULE.finding(message).at(ingress.backend_span(backend.place, &["path"])).subject(path).effect(Effect::FailsOpen);
        let finding = finding.object(ingress.reference.clone());
        Some(beside(finding, "this path answers, unprotected", route).help("see why the Ingress is not served, and put that right first"))
    })
}

/// The route of another Ingress that answers for a path; none where that is the very same path, which is told by itself.
fn answer<'a>(look: &Look<'a>, hosts: &Hosts<'a>, backend: &Backend) -> Option<&'a Route> {
    let server = if backend.host.is_empty() { look.proxy.server(CATCH_ALL)? } else { look.server_for(backend.host)? };
    let route = hosts.of(server).answer(backend.path())?;
    (route.owner.is_some() && !route.is_default_backend && path_of(route) != backend.path()).then_some(route)
}
