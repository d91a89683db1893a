//! NetworkPolicies that let no question to DNS out.

use hashbrown::HashSet;

use super::behind::behind;
use super::look::Look;
use super::policies::fits;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Object, Workload, of_namespace};
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyPort};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

pub(super) static RULE: Rule = Rule {
    name: "shut-out-dns",
    severity: Severity::Warning,
    text: r"# shut-out-dns

A NetworkPolicy keeps pods from asking DNS.

As soon as one policy for egress selects a pod, it reaches only what one of them allows. Without port 53 no name is found: the pod reaches neither Services nor hosts outside, though their ports are allowed, and requests time out.

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
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
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
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress:
  - {to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432}]}
```

## Fires: where nothing is allowed

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
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
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
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
```

## Fires: where TCP alone is allowed

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
  ports: [{port: 80, targetPort: http}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, ports: [{name: http, containerPort: 8080}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress: [{ports: [{port: 53}, {port: 5432}]}]
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
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
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
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress:
  - {to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432}]}
  - {to: [{namespaceSelector: {}}], ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]}
```

## Quiet: where another policy allows it

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
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
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
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress:
  - {to: [{podSelector: {matchLabels: {app: db}}}], ports: [{port: 5432}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: dns, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress:
  - {ports: [{protocol: UDP, port: 53}]}
```
",
};

/// The port of DNS.
const PORT: i32 = 53;

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    if look.cluster.network_policies.is_empty() {
        return Vec::new();
    }
    let backends: Vec<_> = behind(look).into_iter().map(|behind| behind.workload).collect();
    let mut told = HashSet::new();
    let all = backends.into_iter().chain(look.controllers());
    all.filter_map(|workload| finding(look, workload).filter(|(policy, _)| told.insert(*policy))).map(|(_, finding)| finding).collect()
}

fn finding<'a>(look: &Look<'a>, workload: &'a Object<Workload>) -> Option<(&'a crate::diagnostic::ObjectRef, Diagnostic)> {
    let all = of_namespace(&look.cluster.network_policies, &workload.reference.namespace).iter();
    let policies: Vec<&Object<NetworkPolicy>> = all.filter(|policy| is_for(policy, &workload.value)).collect();
    let first = *policies.first()?;
    let rules = policies.iter().flat_map(|policy| policy.value.spec.iter().flat_map(|spec| spec.egress.iter().flatten()));
    if rules.into_iter().any(|rule| lets_out(rule, &workload.reference.namespace)) || is_selected_otherwise(look, workload) {
        return None;
    }
    let pods = format!("{} `{}/{}`", workload.reference.kind, workload.reference.namespace, workload.reference.name);
    let all = policies.iter().flat_map(|policy| policy.value.spec.iter().flat_map(|spec| spec.egress.iter().flatten()));
    let has_tcp = all.flat_map(|rule| rule.ports.iter().flatten()).any(is_number);
    let why = if has_tcp { "port 53 is open for TCP alone, and names are asked by UDP" } else { "they find no name" };
    let message = format!("NetworkPolicy `{}` keeps the pods of {pods} from DNS: {why}", first.reference.name);
    let finding = RULE.finding(message).at(first.span(&["spec", "egress"])).subject(pods).object(first.reference.clone());
    let finding = finding.related("these pods", workload.span(&["metadata", "name"]));
    Some((&first.reference, finding.help("allow `{to: [{namespaceSelector: {}}], ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]}`")))
}

/// Whether a policy says what pods may reach.
fn is_for(policy: &Object<NetworkPolicy>, workload: &Workload) -> bool {
    let Some(spec) = policy.value.spec.as_ref() else { return false };
    let of_egress = match &spec.policy_types {
        Some(types) => types.iter().any(|word| word == "Egress"),
        None => spec.egress.is_some(),
    };
    of_egress && spec.pod_selector.as_ref().is_none_or(|selector| fits(selector, workload))
}

/// Whether a policy that is selected by expressions, which are not read, may let the pods out.
fn is_selected_otherwise(look: &Look, workload: &Object<Workload>) -> bool {
    let by_expression = |policy: &Object<NetworkPolicy>| {
        let spec = policy.value.spec.as_ref();
        let selector = spec.and_then(|spec| spec.pod_selector.as_ref());
        let has = selector.and_then(|selector| selector.match_expressions.as_ref()).is_some_and(|expressions| !expressions.is_empty());
        has && spec.iter().flat_map(|spec| spec.egress.iter().flatten()).any(|rule| lets_out(rule, &workload.reference.namespace))
    };
    of_namespace(&look.cluster.network_policies, &workload.reference.namespace).iter().any(by_expression)
}

/// Whether a rule lets questions out to a server that may be that of the cluster.
fn lets_out(rule: &NetworkPolicyEgressRule, namespace: &str) -> bool {
    let to_dns = rule.to.as_deref().is_none_or(|peers| {
        // Pods of the same namespace are no name servers, but in that of the cluster's own.
        peers.is_empty() || peers.iter().any(|peer| peer.namespace_selector.is_some() || peer.ip_block.is_some() || namespace == "kube-system")
    });
    to_dns && rule.ports.as_deref().is_none_or(|ports| ports.is_empty() || ports.iter().any(is_dns))
}

/// Names are asked by UDP first: TCP, which a port without a protocol means, is for answers that are too long.
fn is_dns(port: &NetworkPolicyPort) -> bool {
    port.protocol.as_deref() == Some("UDP") && is_number(port)
}

/// Whether it is the port of DNS, whatever the protocol.
fn is_number(port: &NetworkPolicyPort) -> bool {
    match (&port.port, port.end_port) {
        (None, _) => true,
        (Some(IntOrString::Int(number)), Some(end)) => (*number..=end).contains(&PORT),
        (Some(IntOrString::Int(number)), None) => *number == PORT || *number == 5353,
        (Some(IntOrString::String(name)), _) => name.contains("dns"),
    }
}
