//! Pods that get requests before they can answer.

use super::behind::{at_container, behind};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "no-readiness-probe",
    severity: Severity::Info,
    text: r"# no-readiness-probe

A pod behind an Ingress says nothing of when it is ready.

Without a `readinessProbe` a pod counts as ready as soon as its container runs. The controller sends it requests while the program still starts, and goes on where it hangs: clients get 502 at every rollout.

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
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
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
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
        readinessProbe: {httpGet: {path: /healthz, port: 8080}}
```

## Quiet: where no Ingress leads to it

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
      - {path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
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
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let silent = behind(look).into_iter().filter_map(|behind| {
        let (at, container) = behind.container().filter(|(_, container)| container.readiness_probe.is_none())?;
        let message = format!("container `{}` has no `readinessProbe`: it gets requests before it can answer them", container.name);
        let finding = RULE.finding(message).at(at_container(behind.workload, at, "name")).subject(container.name.as_str());
        let finding = finding.object(behind.workload.reference.clone());
        Some(behind.beside(finding, "this path leads to it").help("add a `readinessProbe` that asks for what requests need"))
    });
    silent.collect()
}
