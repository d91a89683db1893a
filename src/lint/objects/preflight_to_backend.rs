//! Preflights that the controller does not answer.

use super::look::{Look, at_annotation};
use crate::catalog::features::{cors, snippets};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "preflight-to-backend",
    severity: Severity::Info,
    text: r"# preflight-to-backend

A preflight of a browser is passed on instead of answered.

With `enable-cors` the controller answers preflights, requests with `OPTIONS`, from origins in `cors-allow-origin`. Those from other origins go on to the backend: to its authentication, which they cannot pass, and then to a program that
may answer them as it likes. The same holds where a snippet sets the headers of CORS and there is no `enable-cors`.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/enable-cors: 'true'
    nginx.ingress.kubernetes.io/cors-allow-origin: 'https://app.example.com'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where a snippet sets the headers

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {allow-snippet-annotations: 'true', annotations-risk-level: Critical}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/configuration-snippet: |
      add_header 'Access-Control-Allow-Origin' 'https://www.example.com' always;
      add_header Access-Control-Allow-Methods 'GET, OPTIONS';
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where the snippet answers them

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {allow-snippet-annotations: 'true', annotations-risk-level: Critical}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/configuration-snippet: |
      add_header Access-Control-Allow-Origin 'https://www.example.com' always;
      if ($request_method = OPTIONS) { return 204; }
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where every origin is answered

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

## Quiet: without CORS

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
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.one_of_each_ingress().filter_map(|(_, route)| finding(look, route)).collect()
}

fn finding(look: &Look, route: &Route) -> Option<Diagnostic> {
    let admission = &route.steps.admission;
    let asks = admission.service(&look.proxy.settings).is_some() || admission.password().is_some();
    let Some(cors) = route.steps.cors.as_deref() else {
        let snippet = &route.features.snippet;
        let answers = snippet.contains("OPTIONS") && snippet.contains("$request_method");
        if answers || !snippet.to_ascii_lowercase().contains("access-control-allow-origin") {
            return None;
        }
        let finding = match asks {
            true => {
                let message = "preflights are asked for authentication, which browsers never send with them: requests of other origins fail";
                Diagnostic { severity: Severity::Warning, ..RULE.finding(message) }
            }
            false => RULE.finding("preflights are passed on to the backend: the snippet sets headers, and answers nothing"),
        };
        return Some(at_annotation(finding, route, &snippets::LOCATION).help("set `enable-cors: \"true\"`: the controller then answers preflights before it asks"));
    };
    if cors.origins.is_empty() || cors.origins.iter().any(|origin| origin == "*") {
        return None;
    }
    let end = if asks { ", after its authentication, which they cannot pass" } else { "" };
    let message = format!("preflights of other origins than {} are not answered here, but by the backend{end}", super::listed(cors.origins.iter().map(String::as_str)));
    Some(at_annotation(RULE.finding(message), route, &cors::ORIGINS).help("let the backend refuse `OPTIONS` of origins that it does not know"))
}
