//! Pods that end while requests still come.

use super::behind::{at_container, behind};
use crate::manifest::{Container, Object, Workload};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "missing-pre-stop",
    severity: Severity::Info,
    text: r"# missing-pre-stop

A pod ends at the first signal, while requests are still sent to it.

When a pod is removed, its program gets the signal at once. The controller, and a load balancer before the controller, learn of it some seconds later, and send requests until then: clients get 502 at every rollout. A
`preStop` that sleeps for ten seconds or so lets them learn first. The controller itself waits with `/wait-shutdown` or `--shutdown-grace-period`.

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

## Fires: where the controller ends at once

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
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
        lifecycle: {preStop: {sleep: {seconds: 10}}}
```

## Quiet: where the controller waits

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
        lifecycle: {preStop: {exec: {command: [/wait-shutdown]}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let ends_at_once = |container: &Container| container.lifecycle.as_ref().is_none_or(|lifecycle| lifecycle.pre_stop.is_none());
    let of_backends = behind(look).into_iter().filter_map(|behind| {
        let (at, container) = behind.container().filter(|(_, container)| ends_at_once(container))?;
        let finding = finding(behind.workload, at, container, "requests are still sent to it for some seconds");
        Some(behind.beside(finding, "this path leads to it").help("add `lifecycle: {preStop: {sleep: {seconds: 10}}}`, or wait within the program"))
    });
    let waits = |workload: &Object<Workload>| {
        let controller = look.cluster.controllers.iter().find(|controller| controller.reference == workload.reference);
        controller.is_some_and(|controller| controller.value.args.iter().any(|(argument, _)| argument.contains("shutdown-grace-period")))
    };
    let of_controllers = look.controllers().filter(|workload| !waits(workload)).filter_map(|workload| {
        let container = workload.value.pods.containers().iter().enumerate().find(|(_, container)| container.image.as_deref().is_some_and(|image| image.contains("controller")));
        let (at, container) = container.filter(|(_, container)| ends_at_once(container))?;
        let finding = finding(workload, at, container, "load balancers still send it requests for some seconds");
        Some(finding.help("add `lifecycle: {preStop: {exec: {command: [/wait-shutdown]}}}` and `--shutdown-grace-period`"))
    });
    of_backends.chain(of_controllers).collect()
}

fn finding(workload: &Object<Workload>, at: usize, container: &Container, why: &str) -> Diagnostic {
    let message = format!("container `{}` ends at the first signal, and {why}", container.name);
    RULE.finding(message).at(at_container(workload, at, "name")).subject(container.name.as_str()).object(workload.reference.clone())
}
