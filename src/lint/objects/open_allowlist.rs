//! Lists of addresses that let everybody in.

use super::guards::everybody;
use super::look::{Look, at_annotation};
use crate::catalog::features::{access, rate_limits};
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::ir::Route;
use crate::catalog::key::Spec;
use crate::lint::rule::Rule;
use crate::manifest::Object;
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "open-allowlist",
    severity: Severity::Warning,
    text: r"# open-allowlist

A list of addresses lets everybody in.

An `allowlist-source-range` with `0.0.0.0/0` reads as a protection and is none, nor is one without an entry. In `limit-allowlist` it frees everybody from the limits.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8,0.0.0.0/0'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where nobody is limited

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/limit-rps: '10'
    nginx.ingress.kubernetes.io/limit-allowlist: '0.0.0.0/0'
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
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where it is empty

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/allowlist-source-range: ''
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
    let mut findings: Vec<Diagnostic> = look.one_of_each_ingress().flat_map(|(_, route)| [allowed(route), exempt(route)]).flatten().collect();
    findings.extend(look.ingresses().filter_map(|ingress| empty(look, ingress)));
    findings
}

/// An empty text, which is no list for the controller. Blanks and commas alone are a list that it refuses.
fn empty<'a>(look: &Look<'a>, ingress: &'a Object<Ingress>) -> Option<Diagnostic> {
    let is_list = |spec: &Spec| std::ptr::eq(spec, &raw const access::ALLOW.spec);
    // The names are looked for first: to look up all annotations of all Ingresses takes long.
    look.written(ingress, &access::ALLOW.spec)?;
    let (_, name, _) = look.annotations(ingress).find(|(spec, _, value)| is_list(spec) && value.is_empty())?;
    // The older name of it may hold a list.
    let others = look.annotations(ingress).any(|(spec, _, value)| is_list(spec) && !value.trim().is_empty());
    let from_settings = !look.proxy.settings.route_defaults.allow.is_empty();
    if others || from_settings {
        return None;
    }
    let finding = RULE.finding("the list of addresses is empty, and lets everybody in: it protects nothing").effect(Effect::FailsOpen);
    let finding = finding.at(ingress.span(&["metadata", "annotations", name])).subject(name).object(ingress.reference.clone());
    Some(finding.help("name the networks that may connect, or remove it"))
}

fn allowed(route: &Route) -> Option<Diagnostic> {
    let admission = &route.steps.admission;
    let whom = everybody(&admission.allow)?;
    let finding = RULE.finding(format!("the list of addresses lets {whom} in: it protects nothing"));
    let finding = at_annotation(finding, route, &access::ALLOW).effect(Effect::FailsOpen);
    Some(match admission.is_any() && (admission.password().is_some() || admission.own_service().is_some()) {
        true => Diagnostic { severity: Severity::Error, ..finding.note("with `satisfy: any` nobody is asked for authentication either") },
        false => finding.help("name the networks that may connect, or remove it"),
    })
}

fn exempt(route: &Route) -> Option<Diagnostic> {
    let limits = route.steps.limits.as_ref()?;
    let whom = everybody(&limits.exempt).filter(|_| limits.counts())?;
    let finding = RULE.finding(format!("the list of addresses without limits holds {whom}: nobody is limited")).effect(Effect::FailsOpen);
    Some(at_annotation(finding, route, &rate_limits::EXEMPT).help("name the networks that are not limited, or remove it"))
}
