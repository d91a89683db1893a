//! Services that select no pod.

use super::listed;
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Object, Workload};
use k8s_openapi::api::core::v1::Service;
use std::collections::BTreeMap;

/// Workloads of a namespace that are compared with a selector: each Service without pods is compared with each of them.
const MOST: usize = 500;

pub(super) static RULE: Rule = Rule {
    name: "selector-without-pods",
    severity: Severity::Warning,
    text: r"# selector-without-pods

The selector of a Service fits no pod of the input.

A Service sends requests to the pods of its namespace that have all labels of its selector. One letter that differs leaves it without any, and every path
that leads to it answers 503. Where the input holds nothing that makes pods in the namespace, nothing is said.

The pods that were probably meant have labels like those of the selector, the same values under other names (`app: web` and `app.kubernetes.io/name: web`), or the
name of the Service. They are looked for among 500 workloads of the namespace. Where there are more, and none of those is like it, a remark says so.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
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
spec: {selector: {app: webb}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
```

## Fires: where the label has another name

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: shop-web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: shop-web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app.kubernetes.io/name: web}}
  template:
    metadata: {labels: {app.kubernetes.io/name: web}}
    spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
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
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{name: http, containerPort: 8080}]}]}
```

## Quiet: where the input holds no pods

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
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
```
## Quiet: where a kind of somebody else makes the pods

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
spec:
  selector: {app: web}
  ports: [{port: 80}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: worker, namespace: shop}
spec:
  selector: {matchLabels: {app: worker}}
  template:
    metadata: {labels: {app: worker}}
    spec: {containers: [{name: worker}]}
---
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.cluster.services.iter().filter(|service| !look.links.uses(service).is_empty()).filter_map(|service| unselected(look, service)).collect()
}

fn unselected<'a>(look: &Look<'a>, service: &'a Object<Service>) -> Option<Diagnostic> {
    let selector = service.value.spec.as_ref()?.selector.as_ref().filter(|selector| !selector.is_empty())?;
    let workloads = look.links.workloads(&service.reference.namespace);
    // Slices say who answers, whoever made the pods.
    if workloads.is_empty() || !look.links.slices(service).is_empty() || look.links.selected(service).next().is_some() {
        return None;
    }
    let nearest = workloads.iter().take(MOST).max_by_key(|workload| nearness(service, selector, workload)).copied()?;
    // Pods that have nothing in common with it are others', and its own may be made elsewhere.
    let (name, wanted) = selector.iter().find(|(name, value)| nearest.value.labels.get(*name) != Some(*value))?;
    let compared = (workloads.len() > MOST)
        .then(|| format!("its selector was compared with the labels of {MOST} of the {} workloads of the namespace", workloads.len()));
    let finding = RULE.finding(format!("Service `{}/{}` selects no pod of the input", service.reference.namespace, service.reference.name));
    let finding = finding.at(service.span(&["spec", "selector"])).subject(service.reference.name.as_str()).object(service.reference.clone());
    let steps = [nearest.value.template, &["metadata", "labels"]].concat();
    let pods = format!("the pods of {} `{}`", nearest.reference.kind, nearest.reference.name);
    let (likeness, is_kin) = nearness(service, selector, nearest);
    let note = match nearest.value.labels.get(name) {
        Some(has) => format!("`{name}` is `{wanted}` here, and `{has}` on {pods}"),
        None if is_kin && likeness == 0 => {
            let labels: Vec<String> = nearest.value.labels.iter().map(|(name, value)| format!("{name}: {value}")).collect();
            format!("{pods} have {}, and no label `{name}`", listed(labels.iter().map(String::as_str)))
        }
        None if likeness > 0 => format!("{pods} have no label `{name}`"),
        None => {
            let finding = finding.note(compared?).note("its pods may be those of another one, or be made elsewhere");
            return Some(Diagnostic { severity: Severity::Info, ..finding });
        }
    };
    Some(finding.note(note).related("the nearest labels", nearest.span(&steps)))
}

/// How near a workload is to what a Service selects: by labels, and else by what both are called.
fn nearness(service: &Object<Service>, selector: &BTreeMap<String, String>, workload: &Object<Workload>) -> (usize, bool) {
    let labels = &workload.value.labels;
    let has_values = selector.values().all(|value| labels.values().any(|has| has == value));
    let is_kin = !labels.is_empty() && (has_values || workload.reference.name == service.reference.name);
    (likeness(selector, labels), is_kin)
}

/// How many labels are as the selector asks.
fn likeness(selector: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> usize {
    let exact = selector.iter().filter(|(name, value)| labels.get(*name) == Some(*value)).count();
    let near = selector.iter().filter(|(name, value)| labels.get(*name).is_some_and(|has| strsim::osa_distance(has, value) <= 2)).count();
    exact + near
}
