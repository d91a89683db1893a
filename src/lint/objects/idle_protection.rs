//! Protections of paths that only redirect.

use super::look::{Look, at_annotation, written};
use crate::catalog::features::{access, external_auth, password_auth, redirect};
use crate::catalog::key::Key;
use crate::diagnostic::Diagnostic;
use crate::ir::Route;
use crate::lint::rule::Rule;
use crate::diagnostic::Severity;

pub(super) static RULE: Rule = Rule {
    name: "idle-protection",
    severity: Severity::Warning,
    text: r"# idle-protection

A protection stands on a path that redirects everybody before anybody is asked.

With `permanent-redirect` or `temporal-redirect` nginx answers every request of the Ingress at once: redirects come before lists of addresses, passwords and `auth-url`. Whoever asks learns where it leads, and nobody is kept out. Protect the place that it
leads to.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: https://login.example.com/check
    nginx.ingress.kubernetes.io/permanent-redirect: https://internal.example.com/app
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: for a list of addresses

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8
    nginx.ingress.kubernetes.io/temporal-redirect: https://internal.example.com/app
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where only HTTP is redirected

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: https://login.example.com/check
    nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where nothing protects

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: https://www.example.com/app
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

/// What comes behind a redirect.
static BEHIND: [&Key<String>; 4] = [&external_auth::URL, &password_auth::SCHEME, &access::ALLOW, &access::DENY];

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let redirecting = look.one_of_each_ingress().filter_map(|(_, route)| Some((route, route.steps.redirect.as_ref()?)));
    redirecting.filter_map(|(route, redirect)| finding(route, &redirect.value.url)).collect()
}

fn finding(route: &Route, to: &str) -> Option<Diagnostic> {
    let mut idle = BEHIND.iter().copied().filter(|key| is_set(route, key));
    let first = idle.next()?;
    let name = |key: &'static Key<String>| written(route, key).map_or(key.spec.name, |(name, _)| name).rsplit('/').next().unwrap_or_default();
    let message = format!("`{}` protects nothing: the path redirects everybody to `{to}` before", name(first));
    let finding = at_annotation(RULE.finding(message), route, first);
    let finding = idle.filter_map(|key| written(route, key)).fold(finding, |finding, (name, place)| {
        finding.related(format!("nor does `{}`", name.rsplit('/').next().unwrap_or(name)), place)
    });
    let by = [&redirect::PERMANENT, &redirect::TEMPORARY].into_iter().find_map(|key| written(route, key));
    Some(finding.related("this redirects", by.map(|(_, place)| place)).help("protect the place that it leads to"))
}

fn is_set(route: &Route, key: &'static Key<String>) -> bool {
    written(route, key).is_some()
}
