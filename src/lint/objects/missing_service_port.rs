//! Backends with a port that their Service does not have.

use super::container_ports::{ContainerPorts, Declared};
use super::listed;
use super::look::{Asked, Look};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Object, is_external, ports};
use k8s_openapi::api::core::v1::{Service, ServicePort};

pub(super) static RULE: Rule = Rule {
    name: "missing-service-port",
    severity: Severity::Error,
    text: r"# missing-service-port

A path names a port that its Service does not have.

The controller looks for a port of the Service by its number, by its name and by its `targetPort`. Where none fits there are no endpoints, and every
request for the path is answered with 503. The port of a container counts only as the `targetPort` of the Service.

## Fires: by name

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: web, port: 80}]}
```

## Fires: by number

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: web, port: {number: 9090}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80, targetPort: 8080}]}
```

## Quiet: where the number is the target's

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 8080}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80, targetPort: 8080}]}
```

## Quiet: where the Service is a name elsewhere, which has any port

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
      - {path: /, pathType: Prefix, backend: {service: {name: partner, port: {number: 8080}}}}
---
apiVersion: v1
kind: Service
metadata: {name: partner, namespace: shop}
spec: {type: ExternalName, externalName: partner.example.com, ports: [{port: 80}]}
```
",
};

pub(super) fn check<'a>(look: &Look<'a>) -> Vec<Diagnostic> {
    let mut container_ports = ContainerPorts::default();
    let missing = |asked: Asked<'a>| {
        let service = asked.service.filter(|service| !is_external(&service.value))?;
        let port = asked.backend.port()?;
        asked.port().is_none().then(|| missing(&asked, service, &port, &container_ports.of(look, service)))
    };
    look.backends().filter_map(missing).collect()
}

fn missing(asked: &Asked, service: &Object<Service>, port: &str, declared: &Declared) -> Diagnostic {
    let (namespace, name) = (&service.reference.namespace, &service.reference.name);
    let ports = ports(&service.value);
    let finding = RULE.finding(format!("Service `{namespace}/{name}` has no port `{port}`: the path `{}` answers 503", asked.backend.path()));
    let finding = finding.at(asked.port_span()).subject(port);
    let finding = finding.object(asked.ingress.reference.clone());
    let places = service.span(&["spec", "ports"]);
    let finding = finding.related(if ports.is_empty() { "it has no port" } else { "its ports" }, places);
    let finding = match declared.number(port) {
        Some(number) => finding.note(format!("`{port}` is the port {number} of a container: a path names the port of the Service")),
        None => finding,
    };
    match ports {
        [] => finding,
        [one] => finding.help(format!("it has the port {}", shown(one))),
        more => finding.help(format!("it has {}", listed(more.iter().map(shown)))),
    }
}

/// The port of the Service as people write it.
fn shown(port: &ServicePort) -> String {
    match &port.name {
        Some(name) => format!("{name} ({})", port.port),
        None => port.port.to_string(),
    }
}
