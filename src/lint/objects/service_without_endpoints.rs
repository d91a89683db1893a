//! Services that nobody answers for.

use super::listed;
use super::look::{Asked, Look};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::lower::is_found_by_name;
use crate::manifest::{is_external, port_of};

pub(super) static RULE: Rule = Rule {
    name: "service-without-endpoints",
    severity: Severity::Warning,
    text: r"# service-without-endpoints

A Service has no endpoint that requests can go to.

The controller sends requests to the addresses of a Service's EndpointSlices that are ready, under the port that has the name of the Service's port. Where there is
none, the path answers 503. A slice counts only where its name begins with that of the Service, as Kubernetes names them. Where the input holds no slice of the
Service, nothing is said.

## Fires: where no pod is ready

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
spec: {ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: 8080}]
endpoints: [{addresses: [10.1.0.1], conditions: {ready: false}}]
```

## Fires: where the slices have another port

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
spec: {ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: metrics, port: 9090}]
endpoints: [{addresses: [10.1.0.1], conditions: {ready: true}}]
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
spec: {ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{port: 8080}]
endpoints: [{addresses: [10.1.0.1], conditions: {ready: true}}]
```

## Fires: where the slice has a name that the controller does not look for

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
spec: {ports: [{name: http, port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: pods-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: http, port: 8080}]
endpoints: [{addresses: [10.1.0.1], conditions: {ready: true}}]
```

## Quiet: where the number of the target saves a slice with another name

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
spec: {ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
ports: [{name: metrics, port: 9090}]
endpoints: [{addresses: [10.1.0.1], conditions: {ready: true}}]
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.backends().filter_map(|asked| unanswered(look, &asked)).collect()
}

fn unanswered(look: &Look, asked: &Asked) -> Option<Diagnostic> {
    let service = asked.service.filter(|service| !is_external(&service.value))?;
    let slices = look.links.slices(service);
    let wanted = asked.backend.port()?;
    let port = port_of(&service.value, &wanted)?;
    let name = format!("{}-{}-{wanted}", service.reference.namespace, service.reference.name);
    let upstream = look.proxy.upstream(&name).filter(|upstream| upstream.endpoints.is_empty() && upstream.dns.is_none())?;
    let first = slices.first()?;
    let mut endpoints = slices.iter().flat_map(|slice| slice.value.endpoints.iter().flatten());
    let is_ready = endpoints.any(|endpoint| endpoint.conditions.as_ref().and_then(|conditions| conditions.ready).unwrap_or(true));
    let (namespace, service_name) = (&service.reference.namespace, &service.reference.name);
    let is_lost = !slices.iter().any(|slice| is_found_by_name(&slice.reference.name, service_name));
    let why = if is_lost {
        format!("the controller takes no slice whose name does not begin with that of its Service, as `{}`", first.reference.name)
    } else if is_ready {
        let names: Vec<&str> = slices.iter().flat_map(|slice| slice.value.ports.iter().flatten()).filter_map(|port| port.name.as_deref()).collect();
        format!("its slices have no port `{}`, but {}", port.name.as_deref().unwrap_or(&upstream.port.to_string()), listed(names))
    } else {
        String::from("none of its endpoints is ready")
    };
    let finding = RULE.finding(format!("Service `{namespace}/{service_name}` has no endpoint, and the path `{}` answers 503: {why}", asked.backend.path()));
    let finding = finding.at(asked.service_span()).subject(service_name).object(asked.ingress.reference.clone());
    let place: &[&str] = match (is_lost, is_ready) {
        (true, _) => &["metadata", "name"],
        (false, true) => &["ports"],
        (false, false) => &["endpoints"],
    };
    Some(finding.related("its endpoints", first.span(place)))
}
