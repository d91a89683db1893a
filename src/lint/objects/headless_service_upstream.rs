//! Services without an address that shall be asked by it.

use crate::catalog::features::balancing;
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "headless-service-upstream",
    severity: Severity::Warning,
    text: r"# headless-service-upstream

`service-upstream` stands on an Ingress whose Service has no address of its own.

With `service-upstream` the controller asks the one address of a Service instead of its endpoints. A headless Service (`clusterIP: None`) has none, so that the
controller goes to the endpoints as it does without the annotation.

## Fires

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
spec: {clusterIP: None, ports: [{port: 80}]}
```

## Quiet

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
spec: {clusterIP: 10.96.0.9, ports: [{port: 80}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let asked = look.backends().filter(|asked| look.annotation(asked.ingress, &balancing::SERVICE_UPSTREAM.spec) == Some("true"));
    asked.filter_map(|asked| {
        let service = asked.service?;
        let address = service.value.spec.as_ref().and_then(|spec| spec.cluster_ip.as_deref());
        let finding = RULE.finding(format!("`service-upstream` has no effect: Service `{}` is headless", asked.name()));
        let finding = finding.at(look.annotation_span(asked.ingress, &balancing::SERVICE_UPSTREAM.spec)).subject("service-upstream");
        let finding = finding.related("it has no address", service.span(&["spec", "clusterIP"])).object(asked.ingress.reference.clone());
        (address == Some("None")).then_some(finding)
    })
    .collect()
}
