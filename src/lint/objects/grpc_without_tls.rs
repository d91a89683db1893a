//! gRPC on a host that clients reach without TLS.

use hashbrown::HashSet;

use crate::catalog::features::forwarding;

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "grpc-without-tls",
    severity: Severity::Warning,
    text: r"# grpc-without-tls

A host serves gRPC and has no TLS.

The controller speaks HTTP/2 with clients over TLS alone: on port 80 it answers in HTTP/1.1, which no client of gRPC understands. Give the host a
certificate. Where a load balancer ends TLS in front of the controller, it has to speak HTTP/2 to port 443 of the controller.

## Fires

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
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
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut told = HashSet::new();
    let asked = look.backends().filter(|asked| asked.protocol.is_grpc() && !asked.backend.host.is_empty());
    let plain = asked.filter(|asked| look.proxy.server(asked.backend.host).is_some_and(|server| server.certificate.is_none()));
    let plain = plain.filter_map(|asked| {
        let (host, ingress) = (asked.backend.host, asked.ingress);
        let place = look.annotation_span(ingress, &forwarding::PROTOCOL.spec);
        told.insert((place, host)).then_some((host, ingress, place))
    });
    plain
        .map(|(host, ingress, place)| {
            let finding = RULE.finding(format!("gRPC needs HTTP/2, which is spoken over TLS alone, and host `{host}` has no TLS"));
            let finding = finding.at(place).subject(host).object(ingress.reference.clone());
            finding.help(format!("add `tls` with the host `{host}`"))
        })
        .collect()
}
