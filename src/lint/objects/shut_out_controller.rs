//! NetworkPolicies that let the controller not in.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Object, Workload, of_namespace, selects};
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicyPeer};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    name: "shut-out-controller",
    severity: Severity::Warning,
    text: r"# shut-out-controller

A NetworkPolicy keeps the controller from the pods behind an Ingress.

As soon as one NetworkPolicy selects a pod, only what one of them allows gets in. A policy that allows the pods of its own namespace alone shuts out the controller, which lives in another one: requests wait until the
timeout and get 504. Nothing is said where addresses, expressions or labels of namespaces decide that are not in the input.

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
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {}}]}]
```

## Fires: where nobody may connect

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
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: []
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
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]}]
```

## Quiet: where a second policy lets it in

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
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {}}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: all, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress]
  ingress: [{}]
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    if look.cluster.network_policies.is_empty() {
        return Vec::new();
    }
    let namespaces: BTreeSet<&str> = look.cluster.controllers.iter().map(|controller| controller.reference.namespace.as_str()).collect();
    let used = look.cluster.services.iter().filter(|service| look.uses(service).next().is_some());
    used.filter_map(|service| finding(look, service, &namespaces)).collect()
}

/// The policies that say who may connect to the pods of a workload.
fn policies<'a>(look: &Look<'a>, workload: &'a Object<Workload>) -> Vec<&'a Object<NetworkPolicy>> {
    let all = of_namespace(&look.cluster.network_policies, &workload.reference.namespace).iter();
    let holds = |policy: &&Object<NetworkPolicy>| {
        let Some(spec) = policy.value.spec.as_ref() else { return false };
        let of_ingress = spec.policy_types.as_ref().is_none_or(|types| types.iter().any(|word| word == "Ingress"));
        of_ingress && spec.pod_selector.as_ref().is_none_or(|selector| fits(selector, &workload.value))
    };
    all.filter(holds).collect()
}

/// Whether a selector certainly fits pods: expressions are not read.
pub(super) fn fits(selector: &LabelSelector, workload: &Workload) -> bool {
    let labels = selector.match_labels.as_ref();
    selector.match_expressions.as_ref().is_none_or(Vec::is_empty) && labels.is_none_or(|labels| selects(labels, &workload.labels))
}

fn finding<'a>(look: &Look<'a>, service: &'a Object<Service>, controllers: &BTreeSet<&str>) -> Option<Diagnostic> {
    let workload = look.links.selected(service).next()?;
    let policies = policies(look, workload);
    let first = policies.first()?;
    if controllers.contains(service.reference.namespace.as_str()) || policies.iter().any(|policy| lets_in(&policy.value, controllers)) {
        return None;
    }
    let name = format!("{}/{}", service.reference.namespace, service.reference.name);
    let message = format!("NetworkPolicy `{}` keeps the controller from Service `{name}`: no other namespace may connect to its pods", first.reference.name);
    let finding = RULE.finding(message).at(first.span(&["spec", "ingress"])).subject(name).object(first.reference.clone());
    let finding = match look.uses(service).next() {
        Some(user) => finding.related("this path leads there, and answers 504", user.ingress.service_span(user.backend.place)),
        None => finding,
    };
    Some(finding.help("allow the namespace of the controller: `from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]`"))
}

/// Whether a policy lets a controller in, as far as nothing is sure to keep it out.
fn lets_in(policy: &NetworkPolicy, controllers: &BTreeSet<&str>) -> bool {
    let rules = policy.spec.iter().flat_map(|spec| spec.ingress.iter().flatten());
    rules.into_iter().any(|rule| match rule.from.as_deref() {
        None | Some([]) => true,
        Some(peers) => peers.iter().any(|peer| may_be(peer, controllers)),
    })
}

fn may_be(peer: &NetworkPolicyPeer, controllers: &BTreeSet<&str>) -> bool {
    let Some(selector) = &peer.namespace_selector else { return peer.ip_block.is_some() };
    // Other labels of namespaces are not known here.
    let name = selector.match_labels.as_ref().and_then(|labels| labels.get("kubernetes.io/metadata.name"));
    name.is_none_or(|name| controllers.is_empty() || controllers.contains(name.as_str()))
}
