//! Nodes that drop requests, because no pod is on them.

use crate::manifest::{Object, Workload};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "unspread-local-traffic",
    severity: Severity::Info,
    text: r"# unspread-local-traffic

Nodes pass requests to their own pods alone, and nothing spreads the pods over the nodes.

With `externalTrafficPolicy: Local` a node without a pod of the Service drops what arrives at it. A load balancer learns which nodes have one and sends everything there, so that pods on one node share what others do not
get; of a `NodePort`, requests to the other nodes are lost. A DaemonSet, a `topologySpreadConstraints` or a `podAntiAffinity` by `kubernetes.io/hostname` spreads the pods.

## Fires

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
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

## Fires: where requests are lost

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: NodePort, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
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

## Quiet: where the pods are spread

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
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
      topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ScheduleAnyway, labelSelector: {matchLabels: {app: web}}}
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
```

## Quiet: where every node has one

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: NodePort, externalTrafficPolicy: Local, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
```

## Quiet: where any node passes requests on

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
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
    let services = look.cluster.services.iter().filter_map(|service| Some((service, service.value.spec.as_ref()?)));
    let local = services.filter(|(_, spec)| spec.external_traffic_policy.as_deref() == Some("Local"));
    local
        .filter_map(|(service, spec)| {
            let kind = spec.type_.as_deref().filter(|kind| matches!(*kind, "LoadBalancer" | "NodePort"))?;
            let workload = look.links.selected(service).find(|workload| !is_spread(workload))?;
            let pods = format!("{} `{}`", workload.reference.kind, workload.reference.name);
            let (severity, message) = match kind {
                "NodePort" => (Severity::Warning, format!("requests to nodes without a pod of {pods} are dropped: nothing spreads its pods over the nodes")),
                _ => (RULE.severity, format!("only nodes with a pod of {pods} get requests, and nothing spreads its pods over the nodes")),
            };
            let finding = Diagnostic { severity, ..RULE.finding(message) }.at(service.span(&["spec", "externalTrafficPolicy"]));
            let finding = finding.subject("externalTrafficPolicy").object(service.reference.clone());
            let finding = finding.related("the pods that it leads to", workload.span(&["spec"]));
            Some(finding.help("add `topologySpreadConstraints` by `kubernetes.io/hostname` to the pods, or make them a DaemonSet"))
        })
        .collect()
}

fn is_spread(workload: &Object<Workload>) -> bool {
    let pods = &workload.value.pods;
    let has_rule = pods.topology_spread_constraints.as_ref().is_some_and(|rules| !rules.is_empty());
    workload.reference.kind == "DaemonSet" || has_rule || pods.affinity.as_ref().is_some_and(|affinity| affinity.pod_anti_affinity.is_some())
}
