//! What nobody serves, answered by the product itself.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::ir::CATCH_ALL;
use crate::manifest::{Object, Workload};

pub(super) static RULE: Rule = Rule {
    name: "no-default-backend",
    severity: Severity::Info,
    text: r"# no-default-backend

Requests that no Ingress takes get the page of nginx.

For hosts and paths that nobody declares, the controller answers 404 with the page of nginx, which names the product and belongs to no one. `--default-backend-service`, or an Ingress without rules, brings a page of one's own.

## Fires

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
        args: [/nginx-ingress-controller, --ingress-class=nginx, --default-backend-service=ingress-nginx/pages]
---
apiVersion: v1
kind: Service
metadata: {name: pages, namespace: ingress-nginx}
spec: {selector: {app: pages}, ports: [{port: 80}]}
```

## Quiet: where an Ingress takes the rest

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
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: rest, namespace: shop}
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: pages, port: {number: 80}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let takes_all = look.proxy.server(CATCH_ALL).is_some_and(|server| server.routes.iter().any(|route| route.path == "/" && route.owner.is_some()));
    if takes_all || !look.controller.flags.default_backend_service.is_empty() {
        return Vec::new();
    }
    // Where several are there, the arguments of none of them may count.
    let names_one = |workload: &Object<Workload>| {
        let mut own = look.cluster.controllers.iter().filter(|controller| controller.reference == workload.reference);
        own.any(|controller| controller.value.argument("default-backend-service").is_some())
    };
    let without = look.controllers().filter(|workload| !names_one(workload)).take(1).map(|workload| {
        let finding = RULE.finding("hosts and paths that nobody serves get the page of nginx, 404, which names the product");
        let finding = finding.at(workload.span(&["metadata", "name"])).subject("default-backend-service").object(workload.reference.clone());
        finding.help("set `--default-backend-service`, or declare an Ingress with a `defaultBackend`")
    });
    without.collect()
}
