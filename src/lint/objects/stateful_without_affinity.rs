//! Pods with a memory of their own that clients change between.

use crate::catalog::features::balancing;
use super::behind::{at_container, behind};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Object, Workload};
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "stateful-without-affinity",
    severity: Severity::Info,
    text: r"# stateful-without-affinity

Pods that keep something of their clients get each request from another client.

The controller sends every request to the next pod. A session that lies in the memory or the files of one pod is not there on the others: who signed in is asked again, and uploads in parts fail. With `affinity: cookie` a
client stays with its pod. What shares its state, as a database of its own, needs none.

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
kind: StatefulSet
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  serviceName: web
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
```

## Fires: where sessions lie in files

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
        env: [{name: SESSION_DRIVER, value: file}]
```

## Quiet: with a cookie

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/affinity: 'cookie'
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
kind: StatefulSet
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  serviceName: web
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
```

## Quiet: with one pod

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
kind: StatefulSet
metadata: {name: web, namespace: shop}
spec:
  replicas: 1
  serviceName: web
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
```

## Quiet: where sessions lie elsewhere

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
        env: [{name: SESSION_DRIVER, value: redis}]
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let several = behind(look).into_iter().filter(|behind| behind.workload.value.replicas.unwrap_or(1) > 1);
    several
        .filter_map(|behind| {
            let (why, place) = keeps(behind.workload)?;
            let (service, backend) = (&behind.service.reference, &behind.user.backend);
            let upstream = look.proxy.upstream(&backend.upstream(&service.namespace)?);
            let is_kept = upstream.is_some_and(|upstream| upstream.affinity.is_by_cookie() || !upstream.hashing.key.is_empty());
            let all = look.annotation(behind.user.ingress, &balancing::SERVICE_UPSTREAM.spec) == Some("true");
            if is_kept || all {
                return None;
            }
            let reference = &behind.workload.reference;
            let message = format!("{why} on {} pods of {} `{}`, and clients change between them", behind.workload.value.replicas.unwrap_or(1), reference.kind, reference.name);
            let place_of_service = behind.user.ingress.service_span(backend.place);
            let finding = RULE.finding(message).at(place_of_service).subject(service.name.as_str()).object(behind.user.ingress.reference.clone());
            Some(finding.related("what keeps something", place).help("set `affinity: cookie` on the Ingress, or keep sessions outside of the pods"))
        })
        .collect()
}

/// What a workload keeps of its clients, and what says so.
fn keeps(workload: &Object<Workload>) -> Option<(String, Span)> {
    for (at, container) in workload.value.pods.containers().iter().enumerate() {
        for variable in container.env.iter().flatten().filter(|variable| variable.name.to_ascii_uppercase().contains("SESSION")) {
            let value = variable.value.as_ref().and_then(|value| value.as_str()).unwrap_or_default().to_ascii_lowercase();
            if matches!(value.as_str(), "file" | "files" | "memory" | "in-memory" | "inmemory" | "local" | "filesystem" | "array") {
                return Some((format!("sessions lie in `{}: {value}`", variable.name), at_container(workload, at, "env")));
            }
        }
    }
    (workload.reference.kind == "StatefulSet").then(|| (String::from("each has a state of its own"), workload.span(&["spec", "replicas"])))
}
