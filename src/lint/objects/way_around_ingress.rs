//! Services behind an Ingress that are reached without it.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "way-around-ingress",
    severity: Severity::Info,
    text: r"# way-around-ingress

A Service that an Ingress protects is reached around it.

A Service of type `NodePort` or `LoadBalancer` is reached at the nodes, or at a load balancer of its own, without the Ingress: what the Ingress asks for (a password, an
authentication service, a client certificate, addresses, limits) is not asked there. Behind an Ingress a `ClusterIP` does.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8}
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
spec: {type: NodePort, ports: [{port: 80}]}
```

## Quiet: where nothing is protected

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
spec: {type: NodePort, ports: [{port: 80}]}
```

## Quiet: where the cluster alone reaches it

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8}
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
",
};

/// Annotations that keep somebody out.
const PROTECTIONS: [&str; 10] = [
    "auth-url",
    "auth-type",
    "auth-tls-secret",
    "whitelist-source-range",
    "allowlist-source-range",
    "denylist-source-range",
    "limit-rps",
    "limit-rpm",
    "limit-connections",
    "enable-modsecurity",
];

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let kind = |spec: &k8s_openapi::api::core::v1::ServiceSpec| spec.type_.clone().filter(|kind| matches!(kind.as_str(), "NodePort" | "LoadBalancer"));
    let open = look.cluster.services.iter().filter_map(|service| Some((service, kind(service.value.spec.as_ref()?)?)));
    open.filter_map(|(service, kind)| {
        let protected = |ingress| PROTECTIONS.iter().find(|name| look.annotation(ingress, name).is_some());
        let (user, protection) = look.uses(service).find_map(|user| Some((user, protected(user.ingress)?)))?;
        let name = format!("{}/{}", service.reference.namespace, service.reference.name);
        let finding = RULE.finding(format!("`{protection}` is not asked of who reaches Service `{name}` by its type `{kind}`"));
        let finding = finding.at(service.span(&["spec", "type"])).subject(name).object(service.reference.clone());
        Some(finding.related("the Ingress asks for it", look.annotation_span(user.ingress, protection)))
    })
    .collect()
}
