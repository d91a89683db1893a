//! gRPC on a host that clients reach without TLS.

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
    let mut findings: Vec<Diagnostic> = Vec::new();
    for asked in look.backends().filter(|asked| asked.protocol.is_grpc() && !asked.backend.host.is_empty()) {
        let server = look.proxy.server(asked.backend.host);
        if server.is_none_or(|server| server.certificate.is_some()) {
            continue;
        }
        let host = asked.backend.host;
        let place = look.annotation_span(asked.ingress, "backend-protocol");
        let is_said = |finding: &Diagnostic| finding.span == Some(place) && finding.subject.as_deref() == Some(host);
        if !findings.iter().rev().take_while(|finding| finding.span == Some(place)).any(is_said) {
            let finding = RULE.finding(format!("gRPC needs HTTP/2, which is spoken over TLS alone, and host `{host}` has no TLS"));
            let finding = finding.at(place).subject(host).object(asked.ingress.reference.clone());
            findings.push(finding.help(format!("add `tls` with the host `{host}`")));
        }
    }
    findings
}
