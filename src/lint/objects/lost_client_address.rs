//! Lists and limits by addresses behind what replaces them.

use super::entrances::entrances;
use super::forgeable_address::by_address;
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::source::Span;

/// Annotations that are pointed at.
const SHOWN: usize = 3;

pub(super) static RULE: Rule = Rule {
    name: "lost-client-address",
    severity: Severity::Warning,
    text: r"# lost-client-address

Lists of addresses and limits see nodes instead of clients.

A Service with `externalTrafficPolicy: Cluster`, which is the default, lets any node pass a request on, under the address of the node. An allowlist then refuses everybody or, where it names the network of
the nodes, nobody, and a limit is shared by all clients.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/allowlist-source-range: '203.0.113.0/24'
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
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
spec:
  type: LoadBalancer
  ports:
  - {name: http, port: 80, targetPort: http}
  - {name: https, port: 443, targetPort: https}
```

## Quiet: where the address is kept

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/allowlist-source-range: '203.0.113.0/24'
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
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  ports:
  - {name: http, port: 80, targetPort: http}
  - {name: https, port: 443, targetPort: https}
```

## Quiet: with the PROXY protocol

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  use-proxy-protocol: 'true'
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/allowlist-source-range: '203.0.113.0/24'
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
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
spec:
  type: LoadBalancer
  ports:
  - {name: http, port: 80, targetPort: http}
  - {name: https, port: 443, targetPort: https}
```

## Quiet: where nobody looks at addresses

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
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
spec:
  type: LoadBalancer
  ports:
  - {name: http, port: 80, targetPort: http}
  - {name: https, port: 443, targetPort: https}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let settings = &look.proxy.settings;
    if settings.listening.proxy_protocol || settings.client_address.from_headers || settings.client_address.enabled {
        return Vec::new();
    }
    let by_address: Vec<(&str, Span)> = look.one_of_each_ingress().filter_map(|(_, route)| by_address(route)).collect();
    let Some((name, _)) = by_address.first() else { return Vec::new() };
    let replacing = entrances(look).filter(|(_, spec)| spec.external_traffic_policy.as_deref() != Some("Local"));
    let finding = |(service, _): (&crate::manifest::Object<k8s_openapi::api::core::v1::Service>, _)| {
        let service_name = format!("{}/{}", service.reference.namespace, service.reference.name);
        let message = format!("`{name}` may see addresses of nodes instead of clients: Service `{service_name}` does not keep them");
        let finding = RULE.finding(message).at(service.span(&["spec", "externalTrafficPolicy"])).subject(service_name).object(service.reference.clone());
        let finding = finding.note("with `externalTrafficPolicy: Cluster`, the default, a node passes requests on under its own address");
        let finding = finding.help("set `externalTrafficPolicy: Local`, or let the load balancer speak the PROXY protocol and set `use-proxy-protocol`");
        by_address.iter().take(SHOWN).fold(finding, |finding, (name, place)| finding.related(format!("`{name}` looks at the address"), *place))
    };
    replacing.map(finding).collect()
}
