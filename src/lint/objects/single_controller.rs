//! Controllers that nobody can stand in for.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Object, Workload, is_of};

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
## Quiet: where a HorizontalPodAutoscaler keeps more

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  template:
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ingress-nginx-controller}
  minReplicas: 2
  maxReplicas: 6
```

## Quiet: where a ScaledObject keeps more

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  template:
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  scaleTargetRef: {name: ingress-nginx-controller}
  minReplicaCount: 3
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let alone = look.controllers().filter(|workload| workload.reference.kind == "Deployment" && workload.value.replicas.unwrap_or(1) == 1);
    let is_scaled = |workload: &Object<Workload>| {
        let mut scalings = look.cluster.scalings.iter().filter(|scaling| is_of(scaling, &workload.reference));
        scalings.any(|scaling| scaling.value.min_replicas.unwrap_or(1) > 1)
    };
    alone.filter(|workload| !is_scaled(workload)).map(|workload| {
        let finding = RULE.finding("the controller has one replica: nothing is served while it moves to another node");
        finding.at(workload.span(&["spec", "replicas"])).subject("replicas").object(workload.reference.clone())
    })
    .collect()
}
