//! NetworkPolicies that let the controller not in.

use super::look::Look;
use super::policies::{Caller, Port, has_unread, lets_in, policies, rules};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Object, Workload};
use crate::source::Span;
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::networking::v1::NetworkPolicy;

const HELP: &str = "allow the namespace of the controller: `from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}]`";

pub(super) static RULE: Rule = Rule {
    name: "shut-out-controller",
    severity: Severity::Warning,
    text: r"# shut-out-controller

A NetworkPolicy keeps the controller from the pods behind an Ingress.

As soon as one NetworkPolicy selects a pod, only what one of them allows gets in. A policy that allows the pods of its own namespace alone shuts out the controller, which lives in another one: requests wait until the
timeout and get 504. Nothing is said where addresses, expressions or labels of namespaces decide that are not in the input.

The ports of a policy are those at which the pods listen, not those of their Service. And a policy for all pods of the controller's own namespace that lets nobody in shuts out everybody.

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

## Fires: where the policy opens the port of the Service

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
  policyTypes: [Ingress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}}], ports: [{port: 80}]}]
```

## Fires: where the controller has other labels

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
  policyTypes: [Ingress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}, podSelector: {matchLabels: {app: nginx-ingress}}}]}]
---
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
        args: [/nginx-ingress-controller]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
```

## Fires: where its namespace has other labels

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
  policyTypes: [Ingress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {name: ingress-nginx}}}]}]
---
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
        args: [/nginx-ingress-controller]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: v1
kind: Namespace
metadata: {name: ingress-nginx, labels: {team: platform}}
```

## Fires: where nobody gets to the controller

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
        args: [/nginx-ingress-controller]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: ingress-nginx}
spec: {podSelector: {}, policyTypes: [Ingress]}
```

## Quiet: where the policy opens the port of the pods by its name

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
  policyTypes: [Ingress]
  ingress: [{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ingress-nginx}}, podSelector: {matchLabels: {app: ingress-nginx}}}], ports: [{port: http}]}]
---
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
        args: [/nginx-ingress-controller]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
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
    let callers: Vec<Caller> = look.controllers().map(|workload| Caller::of(look, workload)).collect();
    let used = look.cluster.services.iter().filter(|service| look.uses(service).next().is_some());
    let backends = used.filter_map(|service| finding(look, service, &callers));
    backends.chain(look.controllers().filter_map(|workload| shut(look, workload))).collect()
}

fn finding<'a>(look: &Look<'a>, service: &'a Object<Service>, callers: &[Caller]) -> Option<Diagnostic> {
    let workload = look.links.selected(service).next()?;
    let policies = policies(look, workload);
    let first = *policies.first().filter(|_| !has_unread(look, workload))?;
    let name = format!("{}/{}", service.reference.namespace, service.reference.name);
    let let_in: Vec<_> = rules(&policies).filter(|rule| lets_in(rule, &service.reference.namespace, callers)).collect();
    let about = |message: String, place: Span| {
        let finding = RULE.finding(message).at(place).subject(name.clone()).object(first.reference.clone());
        match look.uses(service).next() {
            Some(user) => finding.related("this path leads there, and answers 504", user.ingress.service_span(user.backend.place)),
            None => finding,
        }
    };
    if let_in.is_empty() {
        let message = format!("NetworkPolicy `{}` keeps the controller from Service `{name}`: {}", first.reference.name, who(&policies));
        return Some(about(message, first.span(&["spec", "ingress"])).help(HELP));
    }
    let shut = look.uses(service).filter_map(|user| Port::of(service, workload, &user.backend.port()?)).find(|port| !let_in.iter().any(|rule| port.is_open(rule)))?;
    let shown = shut.shown();
    let message = format!("NetworkPolicy `{}` keeps the controller from Service `{name}`: it opens other ports than {shown}, at which the pods listen", first.reference.name);
    let finding = about(message, first.span(&["spec", "ingress"])).related("the port of the Service leads there", service.span(&["spec", "ports"]));
    let finding = finding.note("the ports of a NetworkPolicy are those of the pods, not those of the Service");
    Some(finding.help(format!("allow port {shown}")))
}

/// Whom policies let in that let the controller not in.
fn who(policies: &[&Object<NetworkPolicy>]) -> &'static str {
    let mut peers = rules(policies).flat_map(|rule| rule.from.iter().flatten());
    match peers.any(|peer| peer.namespace_selector.is_some()) {
        true => "whom it lets in are other pods and namespaces than that of the controller",
        false => "no other namespace may connect to its pods",
    }
}

/// A policy that lets nobody in to the controller itself.
fn shut<'a>(look: &Look<'a>, workload: &'a Object<Workload>) -> Option<Diagnostic> {
    let policies = policies(look, workload);
    let first = *policies.first()?;
    // Policies do not hold for pods in the network of their node.
    if rules(&policies).next().is_some() || workload.value.pods.host_network == Some(true) || has_unread(look, workload) {
        return None;
    }
    let message = format!("NetworkPolicy `{}` lets nobody connect to the controller: no request gets to it", first.reference.name);
    let finding = RULE.finding(message).at(first.span(&["metadata", "name"])).subject(workload.reference.name.as_str()).object(first.reference.clone());
    let finding = finding.related("these pods", workload.span(&["metadata", "name"]));
    Some(finding.help("allow its ports from everywhere: `ingress: [{ports: [{port: 80}, {port: 443}, {port: 8443}]}]`"))
}

