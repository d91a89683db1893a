//! Error pages that take the place of a refusal.

use super::look::{Look, at_annotation, beside};
use crate::catalog::features::error_pages;
use crate::catalog::releases::AUTH_ERRORS;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::ir::{DEFAULT_UPSTREAM, Route};
use crate::lint::rule::Rule;
use crate::lower;

pub(super) static RULE: Rule = Rule {
    name: "masked-refusal",
    severity: Severity::Warning,
    text: r"# masked-refusal

Error pages take the place of 401 or 403, with which authentication refuses a request.

With `custom-http-errors` the answer to such a request, its status too, is that of the backend for error pages, which learns the status from the header `X-Code`. A backend that answers 200 makes a refusal look like success to programs and caches, and no browser asks for
a password then. The built-in backend answers 404. Before 1.13.7 and 1.14.3 the codes of the ConfigMap held for the question to `auth-url` as well (CVE-2026-24513): a backend that answers 200 lets everybody in. Leave 401 and 403 out, or see that the
backend answers with the status in `X-Code`.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: http://auth.shop.svc.cluster.local/check
    nginx.ingress.kubernetes.io/custom-http-errors: '401,403,503'
    nginx.ingress.kubernetes.io/default-backend: pages
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: pages, namespace: shop}
spec: {ports: [{port: 80}]}
```

## Fires: for all Ingresses, and lets everybody in

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  custom-http-errors: '401,503'
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: http://auth.shop.svc.cluster.local/check
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

```console
$ ingressc check . --controller ingress-nginx:1.12.8 --controller-arg=--default-backend-service=ingress-nginx/pages
```

## Quiet: where other codes have pages

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: http://auth.shop.svc.cluster.local/check
    nginx.ingress.kubernetes.io/custom-http-errors: '404,503'
    nginx.ingress.kubernetes.io/default-backend: pages
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: pages, namespace: shop}
spec: {ports: [{port: 80}]}
```

## Quiet: where who is refused is sent to sign in

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: http://auth.shop.svc.cluster.local/check
    nginx.ingress.kubernetes.io/auth-signin: https://login.example.com/start
    nginx.ingress.kubernetes.io/custom-http-errors: '401,503'
    nginx.ingress.kubernetes.io/default-backend: pages
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: pages, namespace: shop}
spec: {ports: [{port: 80}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let for_one = look.one_of_each_ingress().filter_map(|(_, route)| of_annotation(look, route));
    for_one.chain(of_setting(look)).collect()
}

/// The codes with which a route refuses: who is sent to sign in gets no 401.
fn refusals(look: &Look, route: &Route) -> &'static [i64] {
    match route.steps.admission.service(&look.proxy.settings) {
        Some(service) if service.signin_url.is_empty() => &[401, 403],
        Some(_) => &[403],
        None if route.steps.admission.password().is_some() => &[401],
        None => &[],
    }
}

fn masked(refusals: &[i64], codes: &[i64]) -> Vec<String> {
    refusals.iter().filter(|code| codes.contains(code)).map(ToString::to_string).collect()
}

/// Who answers in place of the refusal, and what that comes to.
fn answer(look: &Look, route: &Route) -> &'static str {
    match route.steps.error_pages.upstream == DEFAULT_UPSTREAM && look.controller.flags.default_backend_service.is_empty() {
        true => "the built-in backend, which answers 404",
        false => "the backend for error pages: unless that repeats the status in `X-Code`, a refusal looks like success",
    }
}

fn replaced(codes: &[String], look: &Look, route: &Route) -> String {
    let are = if codes.len() == 1 { "is" } else { "are" };
    format!("{} of the authentication {are} replaced by what comes from {}", codes.join(" and "), answer(look, route))
}

fn of_annotation(look: &Look, route: &Route) -> Option<Diagnostic> {
    let codes = masked(refusals(look, route), &route.steps.error_pages.codes);
    if codes.is_empty() {
        return None;
    }
    let message = replaced(&codes, look, route);
    let finding = at_annotation(RULE.finding(message), route, &error_pages::CODES);
    Some(finding.help(format!("leave {} out of `custom-http-errors`", codes.join(" and "))))
}

/// The codes of the ConfigMap hold for routes without codes of their own, and in older releases for the question to the service.
fn of_setting(look: &Look) -> Option<Diagnostic> {
    let all = &look.proxy.settings.route_defaults.error_codes;
    let lets_in = |route: &Route| {
        let is_intercepted = !look.proxy.settings.route_defaults.keep_backend_errors && !AUTH_ERRORS.holds(look.controller.version);
        is_intercepted && route.steps.admission.service(&look.proxy.settings).is_some() && !masked(&[401, 403], all).is_empty()
    };
    let is_masked = |route: &Route| route.steps.error_pages.codes.is_empty() && !masked(refusals(look, route), all).is_empty();
    let (_, route) =
        look.routes().find(|(_, route)| lets_in(route)).or_else(|| look.routes().find(|(_, route)| is_masked(route)))?;
    let has_backend = !look.controller.flags.default_backend_service.is_empty();
    let finding = match (lets_in(route), has_backend) {
        (true, true) => {
            let message = "whoever `auth-url` refuses is let in where the backend for error pages answers 200: its answer takes the place of 401 and 403";
            let finding = RULE.finding(message).effect(Effect::FailsOpen).note("CVE-2026-24513: free of it are 1.13.7, 1.14.3 and later releases");
            Diagnostic { severity: Severity::Error, ..finding }
        }
        (true, false) => RULE.finding("whoever `auth-url` refuses gets 500: the built-in backend for error pages answers the question with 404"),
        (false, _) => {
            let codes = masked(refusals(look, route), all);
            RULE.finding(replaced(&codes, look, route))
        }
    };
    let config_map = lower::config_map(look.cluster, look.controller);
    let finding = finding.at(config_map.map(|map| map.span(&["data", "custom-http-errors"]))).subject("custom-http-errors");
    let finding = finding.object(config_map.map(|map| map.reference.clone()));
    Some(beside(finding.help("leave 401 and 403 out of `custom-http-errors`"), "this path asks for authentication", route))
}
