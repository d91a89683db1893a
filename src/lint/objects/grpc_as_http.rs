//! Backends that speak gRPC and are asked in HTTP/1.1.

use super::look::Look;
use super::speech::{Speech, of_backend};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Protocol;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "grpc-as-http",
    severity: Severity::Warning,
    text: r"# grpc-as-http

A port that looks like gRPC is asked in HTTP/1.1.

gRPC needs HTTP/2 up to the backend. Without `backend-protocol: GRPC` the controller asks in HTTP/1.1, and every call fails. That a port speaks gRPC is a
guess from its name or its `appProtocol`.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: grpc}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: grpc, port: 9000}]}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/backend-protocol: GRPC}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: grpc}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: grpc, port: 9000}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let asked = look.backends().filter(|asked| matches!(asked.protocol, Protocol::Http | Protocol::Https));
    asked.filter_map(|asked| {
        let (speech, why) = of_backend(&asked)?;
        let finding = RULE.finding(format!("{why} looks like gRPC, and is asked in HTTP/1.1")).at(asked.port_span()).subject(asked.name());
        let finding = finding.related("the port", asked.ports_span()?).object(asked.ingress.reference.clone());
        (speech == Speech::Grpc).then(|| finding.help("set `backend-protocol: GRPC`, or `GRPCS` where it speaks TLS"))
    })
    .collect()
}
