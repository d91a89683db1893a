//! Backends that speak plain HTTP and are asked with TLS.

use super::look::Look;
use super::speech::{Misfit, Speech};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Protocol;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "tls-to-plain-port",
    severity: Severity::Info,
    text: r"# tls-to-plain-port

A port that looks like plain HTTP is asked with TLS.

`backend-protocol: HTTPS` and `GRPCS` hold for every path of the Ingress. A server without TLS does not understand the first bytes of the connection, and
clients get 502. That a port speaks plain HTTP is a guess from its name, its number or its `appProtocol`.

## Fires

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80, targetPort: 8080}]}
```

## Fires: where blanks stand around the word

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/backend-protocol: 'https '}
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
spec: {ports: [{name: http, port: 80, targetPort: 8080}]}
```

## Quiet: where the port is one of TLS

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

## Quiet: where nothing is known of it

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 9200}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 9200}]}
```
",
};

const MISFIT: Misfit = Misfit {
    rule: &RULE,
    is_asked: Protocol::is_tls,
    speech: Speech::Plain,
    words: "looks like plain HTTP, and is asked with TLS",
    help: "if it speaks plain HTTP: put it into an Ingress without `backend-protocol`",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    MISFIT.find(look)
}
