//! Ports that are asked in two protocols.

use hashbrown::{HashMap, HashSet};

use crate::catalog::features::forwarding;
use super::look::{Asked, Look};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Protocol;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "two-protocols",
    severity: Severity::Warning,
    text: r"# two-protocols

One port of a Service is asked in two protocols.

A port understands one of them: the paths of the other Ingress get 502 or broken answers. Even where a server takes both, the controller keeps connections to an address open and may send a request of the one over a connection of the other.

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
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/backend-protocol: 'HTTPS'
spec:
  ingressClassName: nginx
  rules:
  - host: api.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
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
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/backend-protocol: 'HTTPS'
spec:
  ingressClassName: nginx
  rules:
  - host: api.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}
```

## Quiet: where it is one

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/backend-protocol: 'HTTPS'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/backend-protocol: 'https'
spec:
  ingressClassName: nginx
  rules:
  - host: api.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut first: HashMap<(String, String), Asked> = HashMap::new();
    let (mut told, mut findings) = (HashSet::new(), Vec::new());
    for asked in look.backends().filter(|asked| !look.is_canary(asked.ingress)) {
        let Some(port) = port(&asked) else { continue };
        let key = (asked.name(), port);
        let Some(other) = first.get(&key) else {
            first.insert(key, asked);
            continue;
        };
        if other.protocol != asked.protocol && told.insert((key.clone(), &asked.ingress.reference)) {
            findings.push(finding(look, &asked, other));
        }
    }
    findings
}

/// The port that is meant, whether it is named by number or by name.
fn port(asked: &Asked) -> Option<String> {
    asked.port().map(|port| port.port.to_string()).or_else(|| asked.backend.port())
}

fn finding(look: &Look, asked: &Asked, other: &Asked) -> Diagnostic {
    let port = asked.backend.port().unwrap_or_default();
    let (own, its) = (name(asked.protocol), name(other.protocol));
    let message = format!("port {port} of Service `{}` is asked in {own} here, and in {its} by Ingress `{}`", asked.name(), other.ingress.reference.name);
    let has = |asked: &Asked| look.annotation(asked.ingress, &forwarding::PROTOCOL.spec).is_some();
    let place = |asked: &Asked| if has(asked) { look.annotation_span(asked.ingress, &forwarding::PROTOCOL.spec) } else { asked.port_span() };
    let finding = RULE.finding(message).at(place(asked)).subject(asked.name()).object(asked.ingress.reference.clone());
    finding.related("the other one", place(other)).help("name one protocol for the port, or a port for each")
}

fn name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Http => "HTTP",
        Protocol::Https => "HTTPS",
        Protocol::AsClient => "the protocol of the client",
        Protocol::Grpc => "gRPC",
        Protocol::Grpcs => "gRPC with TLS",
        Protocol::FastCgi => "FastCGI",
    }
}
