//! Controllers of which all may be taken away at once.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use super::policies::fits;
use crate::manifest::{Object, Workload, of_namespace};

pub(super) static RULE: Rule = Rule {
    name: "no-disruption-budget",
    severity: Severity::Info,
    text: r"# no-disruption-budget

Nothing says how many replicas of the controller must stay.

When nodes are drained, as for an update of the cluster, their pods are evicted together. Without a PodDisruptionBudget all replicas may go at once, and every host is down until new ones run. The input holds no budget that selects them.

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
        args: [/nginx-ingress-controller, --ingress-class=nginx]
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: ingress-nginx, namespace: ingress-nginx}
spec: {minAvailable: 1, selector: {matchLabels: {app: ingress-nginx}}}
```

## Quiet: where there is one replica, which is told by itself

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 1
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let several = look.controllers().filter(|workload| workload.reference.kind == "Deployment" && workload.value.replicas.is_some_and(|replicas| replicas > 1));
    let bare = several.filter(|workload| !is_kept(look, workload));
    bare.map(|workload| {
        let finding = RULE.finding("all replicas of the controller may be evicted at once: no PodDisruptionBudget of the input selects them");
        let finding = finding.at(workload.span(&["metadata", "name"])).subject(workload.reference.name.as_str()).object(workload.reference.clone());
        finding.help("add a PodDisruptionBudget with `maxUnavailable: 1`")
    })
    .collect()
}

fn is_kept(look: &Look, workload: &Object<Workload>) -> bool {
    let all = of_namespace(&look.cluster.disruption_budgets, &workload.reference.namespace).iter();
    let selectors = all.filter_map(|budget| budget.value.spec.as_ref()?.selector.as_ref());
    // What expressions select is not read, and may be these pods.
    selectors.into_iter().any(|selector| fits(selector, &workload.value) || selector.match_expressions.as_ref().is_some_and(|expressions| !expressions.is_empty()))
}
