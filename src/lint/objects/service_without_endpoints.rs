//! Services that nobody answers for.

use super::listed;
use super::look::{Asked, Look};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::lower::is_found_by_name;
use crate::manifest::{Object, is_external, port_of};
use k8s_openapi::api::core::v1::{Service, ServicePort};
use k8s_openapi::api::discovery::v1::{EndpointPort, EndpointSlice};

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
    look.backends().filter_map(|asked| of(look, &asked)).collect()
}

/// What is wrong with one backend.
pub(super) fn of<'a>(look: &Look<'a>, asked: &Asked<'a>) -> Option<Diagnostic> {
    let service = asked.service.filter(|service| !is_external(&service.value))?;
    let slices = look.links.slices(service);
    let port = port_of(&service.value, &asked.backend.port()?)?;
    look.proxy.upstream(&asked.upstream()?).filter(|upstream| upstream.endpoints.is_empty() && upstream.dns.is_none())?;
    let first = slices.first()?;
    let (why, place) = why(service, port, slices)?;
    Some(finding(asked, &why)?.related("its endpoints", first.span(place)))
}

/// The same where the input holds no slice of the Service, which need not be so in the cluster.
pub(super) fn without_slices<'a>(look: &Look<'a>, asked: &Asked<'a>) -> Option<Diagnostic> {
    let service = asked.service.filter(|service| !is_external(&service.value) && look.links.slices(service).is_empty())?;
    let finding = finding(asked, "the input holds no EndpointSlice of it, and some of others in its namespace")?;
    Some(finding.related("the Service", service.span(&["metadata", "name"])))
}

fn finding(asked: &Asked, why: &str) -> Option<Diagnostic> {
    let reference = &asked.service?.reference;
    let (name, path) = (format!("{}/{}", reference.namespace, reference.name), asked.backend.path());
    let finding = RULE.finding(format!("Service `{name}` has no endpoint, and the path `{path}` answers 503: {why}"));
    Some(finding.at(asked.service_span()).subject(reference.name.as_str()).object(asked.ingress.reference.clone()))
}

/// Why none of the slices of a Service counts, and where that stands in the first.
fn why(service: &Object<Service>, port: &ServicePort, slices: &[&Object<EndpointSlice>]) -> Option<(String, &'static [&'static str])> {
    let first = slices.first()?;
    if !slices.iter().any(|slice| is_found_by_name(&slice.reference.name, &service.reference.name)) {
        let name = &first.reference.name;
        let why = format!("the controller takes no slice whose name does not begin with that of its Service, as `{name}`");
        return Some((why, &["metadata", "name"]));
    }
    let endpoints = || slices.iter().flat_map(|slice| slice.value.endpoints.iter().flatten());
    if endpoints().next().is_none() {
        return Some((String::from("its slices hold no address"), &["endpoints"]));
    }
    if !endpoints().any(|endpoint| endpoint.conditions.as_ref().and_then(|conditions| conditions.ready).unwrap_or(true)) {
        return Some((String::from("none of its endpoints is ready"), &["endpoints"]));
    }
    let offered: Vec<String> = slices.iter().flat_map(|slice| slice.value.ports.iter().flatten()).map(shown).collect();
    let wanted = port.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| port.port.to_string());
    if offered.contains(&wanted) {
        return Some((format!("its slices have the port `{wanted}`, and yet no address of them counts for the controller"), &["endpoints"]));
    }
    let offered = if offered.is_empty() { String::from("none at all") } else { listed(offered.iter().map(String::as_str)) };
    Some((format!("its slices have no port `{wanted}`, but {offered}"), &["ports"]))
}

/// A port of a slice by its name, or by its number where it has none; with its protocol where that is not TCP.
fn shown(port: &EndpointPort) -> String {
    let name = port.name.clone().filter(|name| !name.is_empty());
    let name = name.or_else(|| port.port.map(|number| number.to_string())).unwrap_or_default();
    match port.protocol.as_deref().unwrap_or("TCP") {
        "TCP" => name,
        protocol => format!("{name} ({protocol})"),
    }
}
