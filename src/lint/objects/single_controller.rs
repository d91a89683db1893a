//! Controllers that nobody can stand in for.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "single-controller",
    severity: Severity::Info,
    text: r"# single-controller

The controller has one replica.

While its node is drained or its image is pulled, nothing is served. Two replicas and a PodDisruptionBudget keep one of them there. Where something else
scales the Deployment, this says nothing against it.

## Fires

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller]
```

## Quiet

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  template:
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller]
```

## Quiet: on every node

```yaml
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  template:
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller]
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let alone = look.controllers().filter(|workload| workload.reference.kind == "Deployment" && workload.value.replicas.unwrap_or(1) == 1);
    alone.map(|workload| {
        let finding = RULE.finding("the controller has one replica: nothing is served while it moves to another node");
        finding.at(workload.span(&["spec", "replicas"])).subject("replicas").object(workload.reference.clone())
    })
    .collect()
}
