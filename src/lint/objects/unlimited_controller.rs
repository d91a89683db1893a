//! Controllers that may take all of a node.

use super::behind::at_container;
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "unlimited-controller",
    severity: Severity::Info,
    text: r"# unlimited-controller

The controller says nothing of what it may use.

Without `resources.limits` it may take all memory of its node, as with many large bodies or a long list of Ingresses, and the kernel then kills what it likes. Without `resources.requests` it is placed where no room is, and is the first to be
evicted: with it goes every host.

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

## Fires: where no limit is set

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
        resources: {requests: {cpu: 100m, memory: 90Mi}}
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
        resources: {requests: {cpu: 200m, memory: 256Mi}, limits: {cpu: 2, memory: 1Gi}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let found = look.controllers().filter_map(|workload| {
        let mut containers = workload.value.pods.containers().iter().enumerate();
        let (at, container) = containers.find(|(_, container)| container.image.as_deref().is_some_and(|image| image.contains("controller")))?;
        let resources = container.resources.as_ref();
        let has_memory = |map: Option<&std::collections::BTreeMap<String, serde_json::Value>>| map.is_some_and(|map| map.contains_key("memory"));
        let limits = has_memory(resources.and_then(|resources| resources.limits.as_ref()));
        let requests = resources.is_some_and(|resources| resources.requests.is_some()) || limits;
        let what = match (limits, requests) {
            (true, _) => return None,
            (false, true) => "no limit of memory: it may take all of its node",
            (false, false) => "no `resources`: it may take all memory of its node, and is the first to be evicted",
        };
        let finding = RULE.finding(format!("the controller has {what}")).at(at_container(workload, at, "resources"));
        Some(finding.subject("resources").object(workload.reference.clone()).help("set `resources.requests` and `resources.limits.memory` to what it uses at its busiest, and half as much again"))
    });
    found.collect()
}
