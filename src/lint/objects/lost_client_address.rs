//! Lists and limits by addresses behind what replaces them.

use super::entrances::{Balancing, entrances};
use super::forgeable_address::by_address;
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::source::Span;
use k8s_openapi::api::core::v1::ServiceSpec;

/// Annotations that are pointed at.
const SHOWN: usize = 3;

pub(super) static RULE: Rule = Rule {
    name: "lost-client-address",
    severity: Severity::Warning,
    text: r"# lost-client-address

Lists of addresses and limits see nodes instead of clients.

A Service with `externalTrafficPolicy: Cluster`, which is the default, lets any node pass a request on, under the address of the node. An allowlist then refuses everybody or, where it names the network of
the nodes, nobody, and a limit is shared by all clients.

A load balancer that speaks HTTP itself, as a classic one of AWS with `backend-protocol: http` does, connects under its own address in any case. It names the client in a header, which `use-forwarded-headers` reads.

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

## Fires: where the load balancer speaks HTTP

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/limit-rps: '5'
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
  annotations:
    service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn:aws:acm:eu-west-1:123456789012:certificate/shop
    service.beta.kubernetes.io/aws-load-balancer-backend-protocol: http
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  ports: [{name: http, port: 80, targetPort: http}, {name: https, port: 443, targetPort: http}]
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

## Quiet: where the header of the load balancer is read

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/limit-rps: '5'
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
  annotations:
    service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn:aws:acm:eu-west-1:123456789012:certificate/shop
    service.beta.kubernetes.io/aws-load-balancer-backend-protocol: http
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  ports: [{name: http, port: 80, targetPort: http}, {name: https, port: 443, targetPort: http}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {use-forwarded-headers: 'true', proxy-real-ip-cidr: 10.0.0.0/8}
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
    let is_kept = |spec: &ServiceSpec| spec.external_traffic_policy.as_deref() == Some("Local");
    let replacing = entrances(look).filter(|(service, spec)| Balancing::of(&service.value) == Balancing::Http || !is_kept(spec));
    let finding = |(service, _): (&crate::manifest::Object<k8s_openapi::api::core::v1::Service>, _)| {
        let service_name = format!("{}/{}", service.reference.namespace, service.reference.name);
        let by_address = by_address.iter().take(SHOWN);
        let looked_at = |finding: Diagnostic| {
            by_address.fold(finding, |finding, (name, place)| finding.related(format!("`{name}` looks at the address"), *place))
        };
        if Balancing::of(&service.value) == Balancing::Http {
            let message = format!("`{name}` sees the address of the load balancer instead of clients: that of Service `{service_name}` speaks HTTP itself");
            let finding = RULE.finding(message).at(service.span(&["metadata", "annotations"])).subject(service_name).object(service.reference.clone());
            let finding = finding.note("it connects under its own address, whatever `externalTrafficPolicy` says, and names the client in `X-Forwarded-For`");
            return looked_at(finding.help("set `use-forwarded-headers: \"true\"`, and `proxy-real-ip-cidr` to the networks of the load balancer"));
        }
        let message = format!("`{name}` may see addresses of nodes instead of clients: Service `{service_name}` does not keep them");
        let finding = RULE.finding(message).at(service.span(&["spec", "externalTrafficPolicy"])).subject(service_name).object(service.reference.clone());
        let finding = finding.note("with `externalTrafficPolicy: Cluster`, the default, a node passes requests on under its own address");
        let finding = finding.help("set `externalTrafficPolicy: Local`, or let the load balancer speak the PROXY protocol and set `use-proxy-protocol`");
        looked_at(finding)
    };
    replacing.map(finding).collect()
}
