//! Affinity of a Service that the controller goes around.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "idle-session-affinity",
    severity: Severity::Warning,
    text: r"# idle-session-affinity

A Service behind an Ingress asks for affinity by the address of the client.

The controller sends requests to the endpoints themselves, not to the Service, so that `sessionAffinity: ClientIP` has no part in it. The annotations
`affinity: cookie` and `upstream-hash-by` keep clients at one endpoint.

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {sessionAffinity: ClientIP, ports: [{port: 80}]}
```

## Quiet

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
spec: {ports: [{port: 80}]}
```

## Quiet: where the controller goes through the Service

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/service-upstream: 'true'}
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
spec: {clusterIP: 10.96.0.9, sessionAffinity: ClientIP, ports: [{port: 80}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let services = look.cluster.services.iter().filter(|service| {
        service.value.spec.as_ref().and_then(|spec| spec.session_affinity.as_deref()) == Some("ClientIP")
    });
    services.filter_map(|service| {
        let through = |ingress| look.annotation(ingress, "service-upstream") == Some("true");
        let user = look.uses(service).find(|user| !through(user.ingress))?;
        let name = service.reference.name.as_str();
        let finding = RULE.finding(format!("`sessionAffinity` of Service `{}/{name}` has no effect behind an Ingress", service.reference.namespace));
        let finding = finding.at(service.span(&["spec", "sessionAffinity"])).subject("sessionAffinity").object(service.reference.clone());
        let place = user.ingress.backend_span(user.backend.place, &["backend", "service", "name"]);
        Some(finding.related("this path leads to its endpoints", place).help("set `affinity: cookie` on the Ingress"))
    })
    .collect()
}
