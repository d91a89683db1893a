//! Cookies that are allowed to all origins, which browsers refuse.

use super::look::{Look, at_annotation, written};
use crate::catalog::features::cors;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "credentials-for-any-origin",
    severity: Severity::Warning,
    text: r#"# credentials-for-any-origin

Scripts of all origins may send cookies, which no browser lets them do.

With `cors-allow-origin: "*"`, the default, the answer names no origin, and browsers refuse every such answer to a request with cookies. Who lists origins to make it work should list few: each of them acts with the
cookies of the user.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/enable-cors: 'true'
    nginx.ingress.kubernetes.io/cors-allow-origin: '*'
    nginx.ingress.kubernetes.io/cors-allow-credentials: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/enable-cors: 'true'
    nginx.ingress.kubernetes.io/cors-allow-origin: 'https://app.example.com'
    nginx.ingress.kubernetes.io/cors-allow-credentials: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where no cookies are sent

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/enable-cors: 'true'
    nginx.ingress.kubernetes.io/cors-allow-credentials: 'false'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
"#,
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.one_of_each_ingress().filter_map(|(_, route)| finding(route)).collect()
}

fn finding(route: &Route) -> Option<Diagnostic> {
    let cors = route.steps.cors.as_deref().filter(|cors| cors.credentials && cors.origins.iter().any(|origin| origin == "*"))?;
    // Both are the defaults, and whoever writes neither sends no cookies.
    written(route, &cors::CREDENTIALS)?;
    let message = format!("browsers refuse cookies here: credentials are allowed, and the origin is `{}` for all", cors.origins.join(","));
    let finding = at_annotation(RULE.finding(message), route, &cors::CREDENTIALS);
    let finding = finding.note("an answer with `Access-Control-Allow-Credentials: true` must name the origin");
    Some(finding.help("name the origins in `cors-allow-origin`, or set `cors-allow-credentials: \"false\"`"))
}
