//! Services whose target no container has.

use super::look::Look;
use super::{listed, meant};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{ContainerPort, Object, ports, target};
use k8s_openapi::api::core::v1::Service;

pub(super) static RULE: Rule = Rule {
    name: "missing-target-port",
    severity: Severity::Warning,
    text: r"# missing-target-port

A Service names a port of its pods that no container has.

A `targetPort` that is a name is looked up among the names of the containers' ports. Where none has it, the Service has no endpoints under that port and paths that lead to
it answer 503. A number needs no declaration: it is told as a remark where the containers declare others.

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
spec: {selector: {app: web}, ports: [{port: 80, targetPort: web}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
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
spec: {selector: {app: web}, ports: [{port: 80, targetPort: http}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
```

## Quiet: where the containers declare no port

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
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: []}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let used = look.cluster.services.iter().filter(|service| !look.links.uses(service).is_empty());
    used.flat_map(|service| without_target(look, service)).collect()
}

fn without_target<'a>(look: &Look<'a>, service: &'a Object<Service>) -> Vec<Diagnostic> {
    let containers = || look.links.selected(service).flat_map(|workload| workload.value.pods.containers());
    let declared: Vec<&ContainerPort> = containers().flat_map(|container| container.ports()).collect();
    if containers().next().is_none() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (at, port) in ports(&service.value).iter().enumerate() {
        let wanted = target(port);
        let is_number = wanted.parse::<i64>().is_ok();
        let has = |port: &&ContainerPort| port.name.as_deref() == Some(&*wanted) || port.container_port.to_string() == wanted;
        if declared.iter().any(has) || is_number && declared.is_empty() {
            continue;
        }
        let name = format!("{}/{}", service.reference.namespace, service.reference.name);
        let finding = RULE.finding(format!("no container behind Service `{name}` has a port `{wanted}`"));
        let place = service.span(&["spec", "ports", &at.to_string(), "targetPort"]);
        let finding = finding.at(place).subject(wanted.as_str()).object(service.reference.clone());
        let numbers: Vec<String> = declared.iter().map(|port| port.container_port.to_string()).collect();
        let names = declared.iter().filter_map(|port| port.name.as_deref());
        let known: Vec<&str> = if is_number { numbers.iter().map(String::as_str).collect() } else { names.collect() };
        let finding = match meant(&wanted, known.iter().copied()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None if known.is_empty() => finding.note("they declare no port with a name"),
            None => finding.note(format!("they declare {}", listed(known.iter().copied()))),
        };
        let severity = if is_number { Severity::Info } else { RULE.severity };
        findings.push(Diagnostic { severity, ..finding });
    }
    findings
}
