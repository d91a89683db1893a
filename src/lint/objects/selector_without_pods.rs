//! Services that select no pod.

use super::look::Look;
use super::names::Names;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Object, Workload, selection};
use k8s_openapi::api::core::v1::Service;
use std::collections::{BTreeMap, HashMap};

/// Workloads with a label of a selector that are compared with it.
const MOST: usize = 64;

pub(super) static RULE: Rule = Rule {
    name: "selector-without-pods",
    severity: Severity::Warning,
    text: r"# selector-without-pods

The selector of a Service fits no pod of the input.

A Service sends requests to the pods of its namespace that have all labels of its selector. One letter that differs leaves it without any, and every path
that leads to it answers 503. Where the input holds nothing that makes pods in the namespace, nothing is said.

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
",
};

pub(super) fn check<'a>(look: &Look<'a>) -> Vec<Diagnostic> {
    let (values, mut nearest) = (Values::of(look), HashMap::new());
    let used = look.cluster.services.iter().filter(|service| !look.links.uses(service).is_empty() && look.links.slices(service).is_empty());
    used.filter_map(|service| {
        let selection = selection(service)?;
        let workload = (*nearest.entry(selection).or_insert_with(|| {
            // Slices say who answers, whoever made the pods.
            let selects_any = look.links.selected(service).next().is_some();
            if selects_any { None } else { values.nearest(look, selection) }
        }))?;
        finding(service, selection.1, workload)
    })
    .collect()
}

fn finding(service: &Object<Service>, selector: &Labels, nearest: &Object<Workload>) -> Option<Diagnostic> {
    // Pods that have nothing in common with it are others', and its own may be made elsewhere.
    let (name, wanted) = selector.iter().find(|(name, value)| nearest.value.labels.get(*name) != Some(*value))?;
    let is_near = likeness(selector, &nearest.value.labels) > 0;
    let finding = RULE.finding(format!("Service `{}/{}` selects no pod of the input", service.reference.namespace, service.reference.name));
    let finding = finding.at(service.span(&["spec", "selector"])).subject(service.reference.name.as_str()).object(service.reference.clone());
    let steps = [nearest.value.template, &["metadata", "labels"]].concat();
    let reference = &nearest.reference;
    Some(match nearest.value.labels.get(name) {
        Some(has) => finding
            .note(format!("`{name}` is `{wanted}` here, and `{has}` on the pods of {} `{}`", reference.kind, reference.name))
            .related("the nearest labels", nearest.span(&steps)),
        None if is_near => finding
            .note(format!("the pods of {} `{}` have no label `{name}`", reference.kind, reference.name))
            .related("the nearest labels", nearest.span(&steps)),
        None => return None,
    })
}

type Labels = BTreeMap<String, String>;

/// The values of the labels of pods, by namespace and name, and the first workload with each.
struct Values<'a>(HashMap<(&'a str, &'a str), (Names<'a>, ByValue<'a>)>);

type ByValue<'a> = BTreeMap<&'a str, &'a Object<Workload>>;

impl<'a> Values<'a> {
    fn of(look: &Look<'a>) -> Self {
        let mut values: HashMap<(&str, &str), ByValue> = HashMap::new();
        for workload in &look.cluster.workloads {
            for (name, value) in &workload.value.labels {
                values.entry((&workload.reference.namespace, name)).or_default().entry(value).or_insert(workload);
            }
        }
        Self(values.into_iter().map(|(key, values)| (key, (Names::of(values.keys().copied()), values))).collect())
    }

    /// The workload whose labels are most like those of a selector. Of those that share a label, some are compared.
    fn nearest(&self, look: &Look<'a>, (namespace, selector): (&'a str, &'a Labels)) -> Option<&'a Object<Workload>> {
        let mut found: Vec<&Object<Workload>> = look.links.workloads(namespace).last().copied().into_iter().collect();
        for (name, value) in selector {
            found.extend(look.links.labelled(namespace, name, value).iter().take(MOST));
            let Some((known, first)) = self.0.get(&(namespace, name.as_str())) else { continue };
            found.extend(known.near(value).filter(|has| is_like(has, value)).filter_map(|has| first.get(has)));
        }
        found.sort_by_key(|workload| &workload.reference);
        found.into_iter().max_by_key(|workload| likeness(selector, &workload.value.labels))
    }
}

/// How many labels are as the selector asks.
fn likeness(selector: &Labels, labels: &Labels) -> usize {
    let exact = selector.iter().filter(|(name, value)| labels.get(*name) == Some(*value)).count();
    let near = selector.iter().filter(|(name, value)| labels.get(*name).is_some_and(|has| is_like(has, value))).count();
    exact + near
}

fn is_like(one: &str, other: &str) -> bool {
    one.len().abs_diff(other.len()) <= 2 && strsim::osa_distance(one, other) <= 2
}
