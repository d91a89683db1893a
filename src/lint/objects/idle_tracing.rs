//! Settings of traces that nobody makes.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "idle-tracing",
    severity: Severity::Warning,
    text: r"# idle-tracing

A setting of OpenTelemetry stands there, and no trace is made.

The collector and the share of requests are read where `enable-opentelemetry` is on, in the ConfigMap or on an Ingress. Without it no request is traced, and nothing says so.

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
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  otlp-collector-host: 'otel.tracing.svc'
  otel-sampler-ratio: '0.1'
```

## Quiet

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
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  enable-opentelemetry: 'true'
  otlp-collector-host: 'otel.tracing.svc'
```

## Quiet: where an Ingress asks for it

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/enable-opentelemetry: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  otlp-collector-host: 'otel.tracing.svc'
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    finding(look).into_iter().collect()
}

fn finding(look: &Look) -> Option<Diagnostic> {
    let is_on = look.proxy.settings.tracing.enabled || look.routes().any(|(_, route)| route.features.tracing.enabled == Some(true));
    let keys = look.proxy.settings_origin.as_ref().filter(|_| !is_on)?.keys.iter();
    let mut idle = keys.filter(|(key, _)| ["otel-", "otlp-", "opentelemetry-"].iter().any(|start| key.to_ascii_lowercase().starts_with(start)));
    let (key, place) = idle.next()?;
    let finding = RULE.finding(format!("`{key}` has no effect: nothing switches `enable-opentelemetry` on")).at(*place).subject(key.as_str());
    let finding = idle.fold(finding, |finding, (key, place)| finding.related(format!("nor has `{key}`"), *place));
    Some(finding.help("set `enable-opentelemetry: \"true\"` in the ConfigMap, or remove it"))
}
