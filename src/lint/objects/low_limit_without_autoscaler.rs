//! Controllers with little to use, and nothing that adds replicas.

use super::behind::at_container;
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Object, Workload, is_of};

pub(super) static RULE: Rule = Rule {
    name: "low-limit-without-autoscaler",
    severity: Severity::Info,
    text: r"# low-limit-without-autoscaler

The controller may use little, and nothing starts more of it when that is not enough.

At its limit of processor time the controller is slowed down, and at that of memory it is killed, each time for all hosts. Every worker alone takes some tens of megabytes. Either the limits leave room for the busiest hour, or an autoscaler adds
replicas before they are reached. The input holds none for it.

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
        resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {cpu: 100m, memory: 128Mi}}
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
        resources: {requests: {cpu: 50m, memory: 64Mi}, limits: {cpu: 100m, memory: 128Mi}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: ingress-nginx, namespace: ingress-nginx}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ingress-nginx-controller}
  minReplicas: 2
  maxReplicas: 6
```

## Quiet: where there is room

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

/// Thousandths of a processor below which a limit is low.
const PROCESSOR: f64 = 500.0;
/// Bytes of memory below which a limit is low.
const MEMORY: f64 = 256.0 * 1024.0 * 1024.0;

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.controllers().filter(|workload| workload.reference.kind == "Deployment" && !is_scaled(look, workload)).filter_map(finding).collect()
}

fn is_scaled(look: &Look, workload: &Object<Workload>) -> bool {
    look.cluster.scalings.iter().any(|scaling| is_of(scaling, &workload.reference))
}

fn finding(workload: &Object<Workload>) -> Option<Diagnostic> {
    let mut containers = workload.value.pods.containers().iter().enumerate();
    let (at, container) = containers.find(|(_, container)| container.image.as_deref().is_some_and(|image| image.contains("controller")))?;
    let limits = container.resources.as_ref()?.limits.as_ref()?;
    let text = |name: &str| limits.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let low = [("cpu", PROCESSOR / 1000.0), ("memory", MEMORY)].into_iter().find_map(|(name, least)| {
        let text = text(name)?;
        (quantity(&text)? < least).then_some((name, text))
    });
    let (name, text) = low?;
    let finding = RULE.finding(format!("the limit `{name}: {text}` of the controller is low, and no autoscaler of the input adds replicas before it is reached"));
    let finding = finding.at(at_container(workload, at, "resources")).subject(name).object(workload.reference.clone());
    Some(finding.help("raise it, or add a HorizontalPodAutoscaler"))
}

/// A quantity as Kubernetes writes it: `100m`, `1Gi`, `2`.
fn quantity(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 9] = [
        ("Ki", 1024.0),
        ("Mi", 1_048_576.0),
        ("Gi", 1_073_741_824.0),
        ("Ti", 1_099_511_627_776.0),
        ("m", 0.001),
        ("k", 1e3),
        ("M", 1e6),
        ("G", 1e9),
        ("T", 1e12),
    ];
    let (number, factor) = UNITS.iter().find_map(|(unit, factor)| Some((text.strip_suffix(unit)?, *factor))).unwrap_or((text, 1.0));
    Some(number.trim().parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_units() {
        for (text, expected) in [("100m", Some(0.1)), ("2", Some(2.0)), ("128Mi", Some(134_217_728.0)), ("1G", Some(1e9)), ("", None), ("x", None)] {
            assert_eq!(quantity(text), expected, "{text}");
        }
    }
}
