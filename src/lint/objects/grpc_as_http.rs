//! Backends that speak gRPC and are asked in HTTP/1.1.

use super::look::Look;
use super::speech::{Misfit, Speech};
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

const MISFIT: Misfit = Misfit {
    rule: &RULE,
    is_asked: |protocol| matches!(protocol, Protocol::Http | Protocol::Https),
    speech: Speech::Grpc,
    words: "looks like gRPC, and is asked in HTTP/1.1",
    help: "set `backend-protocol: GRPC`, or `GRPCS` where it speaks TLS",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    MISFIT.find(look)
}
