//! Backends that speak TLS and are asked without it.

use super::look::Look;
use super::speech::{Misfit, Speech};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Protocol;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "plain-to-tls-port",
    severity: Severity::Info,
    text: r"# plain-to-tls-port

A port that looks like HTTPS is asked in plain HTTP.

Without `backend-protocol: HTTPS` the controller asks every backend in plain HTTP. A server that expects TLS answers 400, or closes the connection. That a
port speaks TLS is a guess from its name, its number or its `appProtocol`.

## Fires: by the name of the port

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: https}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: https, port: 443, targetPort: 8443}]}
```

## Fires: by what the port says of itself

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80, appProtocol: https}]}
```

## Quiet: where it is asked with TLS

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/backend-protocol: HTTPS}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: https}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: https, port: 443, targetPort: 8443}]}
```

## Quiet: where port 443 leads to a port of plain HTTP

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: https, port: 443, targetPort: 8080}]}
```
",
};

const MISFIT: Misfit = Misfit {
    rule: &RULE,
    is_asked: |protocol| protocol == Protocol::Http,
    speech: Speech::Tls,
    words: "looks like HTTPS, and is asked in plain HTTP",
    help: "if it speaks TLS: `backend-protocol: HTTPS`",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    MISFIT.find(look)
}
