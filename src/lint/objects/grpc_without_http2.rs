//! gRPC behind a proxy that does not speak HTTP/2.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "grpc-without-http2",
    severity: Severity::Warning,
    text: r"# grpc-without-http2

The controller serves gRPC, and its ConfigMap switches HTTP/2 off.

gRPC is spoken over HTTP/2 alone. With `use-http2: false` the controller offers clients HTTP/1.1 for all hosts, which no client of gRPC understands: every call fails, whatever `backend-protocol` says.

## Fires

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {use-http2: 'false'}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: calls
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/backend-protocol: GRPC}
spec:
  ingressClassName: nginx
  tls: [{hosts: [calls.example.com], secretName: cert}]
  rules:
  - host: calls.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: calls, port: {number: 9000}}}}
```

## Quiet: where HTTP/2 is on, as it is by default

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {use-gzip: 'true'}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: calls
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/backend-protocol: GRPC}
spec:
  ingressClassName: nginx
  tls: [{hosts: [calls.example.com], secretName: cert}]
  rules:
  - host: calls.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: calls, port: {number: 9000}}}}
```

## Quiet: where nothing is gRPC

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {use-http2: 'false'}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    finding(look).into_iter().collect()
}

fn finding(look: &Look) -> Option<Diagnostic> {
    look.proxy.settings_origin.as_ref().filter(|_| !look.proxy.settings.listening.http2)?;
    let mut asked = look.backends().filter(|asked| asked.protocol.is_grpc());
    let first = asked.next()?;
    let message = format!("gRPC needs HTTP/2, which `use-http2` switches off for all hosts: calls of `{}` fail", first.name());
    let finding = RULE.finding(message).at(look.setting_span("use-http2")).subject("use-http2");
    let finding = finding.object(look.config_map());
    let finding = finding.related("this path leads to a port that speaks gRPC", first.service_span());
    Some(finding.help("remove `use-http2: \"false\"`"))
}
