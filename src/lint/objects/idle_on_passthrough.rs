//! Annotations about HTTP of hosts whose TLS is passed on unopened.

use super::guards::GUARDS;
use super::look::Look;
use crate::catalog::features::{forwarding, rewrite, server};
use crate::catalog::key::Scope;
use crate::catalog::value::parse_bool;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::lint::rule::Rule;
use crate::manifest::Object;
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "idle-on-passthrough",
    severity: Severity::Warning,
    text: r"# idle-on-passthrough

An annotation about requests stands on an Ingress that passes TLS to the backend unopened.

With `ssl-passthrough` the controller sees the name of the host and nothing else of an HTTPS connection: no path, no header, no body. Checks, limits, redirects and sizes hold for plain HTTP on port 80 alone. A protection that
holds for one of the two protects nothing.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/ssl-passthrough: 'true'
    nginx.ingress.kubernetes.io/auth-url: 'http://auth.shop.svc.cluster.local/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx, --enable-ssl-passthrough]
```

## Fires: where a size was meant

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/ssl-passthrough: 'true'
    nginx.ingress.kubernetes.io/proxy-body-size: '8m'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx, --enable-ssl-passthrough]
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/ssl-passthrough: 'true'
    nginx.ingress.kubernetes.io/backend-protocol: 'HTTPS'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx, --enable-ssl-passthrough]
```

## Quiet: where TLS is ended

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/proxy-body-size: '8m'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx, --enable-ssl-passthrough]
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    if !look.controller.flags.enable_ssl_passthrough {
        return Vec::new();
    }
    let passing = look.ingresses().filter(|ingress| look.value_of(ingress, &server::TLS_PASSTHROUGH).and_then(parse_bool) == Some(true));
    passing.filter_map(|ingress| finding(look, ingress)).collect()
}

fn finding<'a>(look: &Look<'a>, ingress: &'a Object<Ingress>) -> Option<Diagnostic> {
    // A redirect to HTTPS is for those who ask without it, and nothing else is expected of it.
    let redirects = [&raw const rewrite::TO_HTTPS.spec, &raw const rewrite::FORCE_HTTPS.spec];
    let idle = |spec: &crate::catalog::key::Spec| !redirects.iter().any(|redirect| std::ptr::eq(*redirect, spec)) && matches!(spec.scope, Scope::Location) && !spec.directives.is_empty() && !std::ptr::eq(spec, &raw const forwarding::PROTOCOL.spec);
    let mut found: Vec<_> = look.annotations(ingress).filter(|(spec, _, value)| idle(spec) && !value.is_empty()).collect();
    let guards = |spec: &crate::catalog::key::Spec| spec.guards || GUARDS.iter().any(|guard| std::ptr::eq(guard.spec, spec));
    found.sort_by_key(|(spec, ..)| !guards(spec));
    let ((spec, name, _), rest) = found.split_first()?;
    let short = |name: &'a str| name.rsplit('/').next().unwrap_or(name);
    let place = |name: &str| ingress.span(&["metadata", "annotations", name]);
    let finding = match guards(spec) {
        true => {
            let message = format!("`{}` does not hold for HTTPS, which `ssl-passthrough` passes to the backend unopened: it protects nothing", short(name));
            Diagnostic { severity: Severity::Error, ..RULE.finding(message).effect(Effect::FailsOpen) }
        }
        false => RULE.finding(format!("`{}` has no effect on HTTPS, which `ssl-passthrough` passes to the backend unopened", short(name))).effect(Effect::AnnotationIgnored),
    };
    let finding = finding.at(place(name)).subject(*name).object(ingress.reference.clone()).help("let the controller end TLS, or leave it to the backend");
    Some(rest.iter().fold(finding, |finding, (_, name, _)| finding.related(format!("nor does `{}` hold there", short(name)), place(name))))
}
