//! Authentication that stands behind itself.

use super::look::{Look, at_annotation, beside, path_of};
use super::matching::Hosts;
use super::urls::Target;
use crate::catalog::features::external_auth;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{CATCH_ALL, ExternalAuth, Route, Server};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "auth-loop",
    severity: Severity::Warning,
    text: r"# auth-loop

The page to sign in, or the check itself, is protected by the same authentication.

`auth-url` holds for all paths of an Ingress. Where the page of `auth-signin` is one of them, a client that is not signed in is sent there, is not signed in there either, and is sent there
again. Where the check itself is answered by such a path, every check asks for another one.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'https://$host/login/check'
    nginx.ingress.kubernetes.io/auth-signin: 'https://$host/login/start'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
      - {path: /login, pathType: Prefix, backend: {service: {name: login, port: {number: 80}}}}
```

## Fires: where the check asks itself

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'https://shop.example.com/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where the check of all hosts asks itself

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {global-auth-url: https://login.example.com/check}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: login, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: login.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: login, port: {number: 80}}}}
```

## Quiet: where the Ingress of the check of all hosts is free of it

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {global-auth-url: https://login.example.com/check}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: login
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/enable-global-auth: 'false'}
spec:
  ingressClassName: nginx
  rules:
  - host: login.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: login, port: {number: 80}}}}
```

## Quiet: where the page has an Ingress of its own

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'https://$host/login/check'
    nginx.ingress.kubernetes.io/auth-signin: 'https://$host/login/start'
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
metadata: {name: login, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /login, pathType: Prefix, backend: {service: {name: login, port: {number: 80}}}}
```

## Quiet: where the page has another host

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'https://login.example.com/check'
    nginx.ingress.kubernetes.io/auth-signin: 'https://login.example.com/start'
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
    let of_ingresses = look.one_of_each_ingress().filter_map(|(server, route)| finding(look, &hosts, server, route));
    of_ingresses.chain(of_all(look, &hosts)).collect()
}

/// The check of all hosts, whose page to sign in, or which itself, asks for the check.
fn of_all<'a>(look: &Look<'a>, hosts: &Hosts<'a>) -> Option<Diagnostic> {
    let auth = look.proxy.settings.global_auth.as_ref()?;
    let ways = [("global-auth-signin", auth.signin_url.as_str()), ("global-auth-url", auth.url.as_str())];
    let (key, page, behind) = ways.into_iter().find_map(|(key, url)| {
        let (page, behind) = asking(look, hosts, auth, url, "", "/")?;
        Some((key, page, behind))
    })?;
    let message = match key {
        "global-auth-url" => format!("`global-auth-url` leads to `{page}`, which is protected by it: each check asks for another one"),
        _ => format!("the page to sign in, `{page}`, is protected by `global-auth-url` too: who is not signed in is redirected to it for ever"),
    };
    let place = look.setting_span(key);
    let finding = RULE.finding(message).at(place).subject(key).object(look.config_map());
    let finding = beside(finding, "this path answers it, and asks for authentication again", behind);
    Some(finding.help("set `enable-global-auth: \"false\"` on the Ingress that answers it"))
}

fn finding<'a>(look: &Look<'a>, hosts: &Hosts<'a>, server: &Server, route: &Route) -> Option<Diagnostic> {
    let auth = route.steps.admission.own_service().filter(|_| server.hostname != CATCH_ALL)?;
    let path = path_of(route);
    if let Some((page, behind)) = protected(look, hosts, server, route, &auth.signin_url) {
        let message = format!("the page to sign in, `{page}`, is protected by the same `auth-url`: who is not signed in is redirected to it for ever");
        let finding = at_annotation(RULE.finding(message), route, &external_auth::SIGNIN);
        let finding = beside(finding, "this path answers it, and asks for authentication again", behind);
        let finding = unless(finding, behind, &page);
        return Some(finding.help("give the path of the page an Ingress of its own, without `auth-url`"));
    }
    let (page, behind) = protected(look, hosts, server, route, &auth.url)?;
    let message = format!("`auth-url` leads to `{page}`, which is protected by it: each check of path `{path}` asks for another one");
    let finding = at_annotation(RULE.finding(message), route, &external_auth::URL);
    let finding = beside(finding, "this path answers it, and asks for authentication again", behind);
    let finding = unless(finding, behind, &page);
    Some(finding.help("give the path of the check an Ingress of its own without `auth-url`, or name the Service within the cluster"))
}

/// Says what would make it good where the root alone answers: an Ingress for the page may be in the cluster.
fn unless(finding: Diagnostic, behind: &Route, page: &str) -> Diagnostic {
    match path_of(behind) {
        "/" => finding.note(format!("an Ingress without `auth-url` that declares `{page}`, or a path above it, ends this: the input holds none")),
        _ => finding,
    }
}

/// The path that a URL leads to on a host of the proxy, and the route that answers there, where it asks the same service.
fn protected<'a>(look: &Look<'a>, hosts: &Hosts<'a>, server: &Server, route: &Route, url: &str) -> Option<(String, &'a Route)> {
    asking(look, hosts, route.steps.admission.own_service()?, url, &server.hostname, path_of(route))
}

/// The same for a service, and a host and path whose requests it is asked about.
fn asking<'a>(look: &Look<'a>, hosts: &Hosts<'a>, own: &ExternalAuth, url: &str, host: &str, path: &str) -> Option<(String, &'a Route)> {
    let target = Target::of(url, host, path)?;
    let answering = look.server_for(&target.host)?;
    let behind = hosts.of(answering).answer(&target.path)?;
    let service = behind.steps.admission.service(&look.proxy.settings).filter(|_| !behind.is_refused())?;
    (service.url == own.url).then_some((target.path, behind))
}
