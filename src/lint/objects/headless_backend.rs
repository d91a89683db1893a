//! Services without an address behind an Ingress.

use hashbrown::HashSet;

use crate::catalog::features::balancing;

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "headless-backend",
    severity: Severity::Info,
    text: r"# headless-backend

A headless Service stands behind an Ingress.

The controller looks up the pods by itself and spreads requests over them. Everybody else who asks for the Service gets the address of a pod, keeps it, and connects to the number in `targetPort`, because nothing
translates ports. Where requests are to be spread for all of them, give the Ingress a Service with an address.

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
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
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
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
```

## Quiet: where nobody is led to it

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
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: web-pods, namespace: shop}
spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut told = HashSet::new();
    // What `service-upstream` makes of it is told by itself.
    let asked = look.backends().filter(|asked| look.annotation(asked.ingress, &balancing::SERVICE_UPSTREAM.spec) != Some("true"));
    asked
        .filter_map(|asked| {
            let service = asked.service?;
            let address = service.value.spec.as_ref().and_then(|spec| spec.cluster_ip.as_deref());
            if address != Some("None") || !told.insert(&service.reference) {
                return None;
            }
            let message = format!("Service `{}` is headless: the controller alone spreads requests over its pods, who else asks for it gets one of them", asked.name());
            let finding = RULE.finding(message).at(service.span(&["spec", "clusterIP"])).subject(asked.name()).object(service.reference.clone());
            Some(finding.related("this path leads there", asked.service_span()).help("give the Ingress a Service with an address, which has the same selector"))
        })
        .collect()
}
