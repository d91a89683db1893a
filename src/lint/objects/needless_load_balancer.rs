//! Load balancers of Services that an Ingress could lead to.

use hashbrown::HashSet;

use super::entrances::{Door, entrances};
use super::look::Look;
use crate::diagnostic::{Diagnostic, ObjectRef, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Object, ports};
use k8s_openapi::api::core::v1::{Service, ServicePort};

pub(super) static RULE: Rule = Rule {
    name: "needless-load-balancer",
    severity: Severity::Info,
    text: r"# needless-load-balancer

Services that speak HTTP have a load balancer each, where one Ingress would do.

A cloud starts a load balancer for every Service of type `LoadBalancer`, each with an address of its own, for some 15 to 25 US dollars a month and what is transferred. Hosts and paths of Ingresses share the one of the
controller, with its certificates.

## Fires

```yaml
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {type: LoadBalancer, selector: {app: api}, ports: [{name: http, port: 80, targetPort: 8080}]}
```

## Fires: beside an Ingress

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
      - {path: /, pathType: Prefix, backend: {service: {name: shop, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {type: LoadBalancer, selector: {app: api}, ports: [{name: http, port: 80, targetPort: 8080}]}
```

## Quiet: where it is that of the controller

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
apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx, labels: {app.kubernetes.io/name: ingress-nginx}}
spec: {type: LoadBalancer, selector: {app: ingress-nginx}, ports: [{port: 80}]}
```

## Quiet: where no HTTP is spoken

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
apiVersion: v1
kind: Service
metadata: {name: mail, namespace: shop}
spec: {type: LoadBalancer, selector: {app: mail}, ports: [{name: smtp, port: 25}]}
```
",
};

/// Others that are pointed at.
const SHOWN: usize = 5;
/// What a load balancer of a cloud costs a month, about, in US dollars.
const PRICE: (usize, usize) = (15, 25);

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let own: HashSet<&ObjectRef> = entrances(look).map(|(service, _)| &service.reference).collect();
    let is_one = |service: &&Object<Service>| {
        let is_balanced = matches!(Door::of(service), Some(Door::Balancer));
        // Of those behind an Ingress it is told that they are reached around it.
        is_balanced && !own.contains(&service.reference) && look.uses(service).next().is_none() && is_web(ports(&service.value))
    };
    let all: Vec<&Object<Service>> = look.cluster.services.iter().filter(is_one).collect();
    let Some((first, others)) = all.split_first() else { return Vec::new() };
    if others.is_empty() && look.ingresses().next().is_none() {
        return Vec::new();
    }
    let (count, name) = (all.len(), format!("{}/{}", first.reference.namespace, first.reference.name));
    let who = if others.is_empty() { format!("Service `{name}` has") } else { format!("{count} Services, `{name}` first, have each") };
    let cost = format!("about {} to {} US dollars a month", PRICE.0 * count, PRICE.1 * count);
    let message = format!("{who} a load balancer of its own for HTTP, {cost}: an Ingress shares that of the controller");
    let finding = RULE.finding(message).at(first.span(&["spec", "type"])).subject(name).object(first.reference.clone());
    let finding = finding.help("make it a `ClusterIP`, and name its host and path in an Ingress");
    vec![others.iter().take(SHOWN).fold(finding, |finding, service| finding.related("so has this one", service.span(&["spec", "type"])))]
}

/// Whether ports are for HTTP alone, as far as they say so.
fn is_web(ports: &[ServicePort]) -> bool {
    let is_http = |port: &ServicePort| {
        let says = |text: &Option<String>| text.as_deref().is_some_and(|text| text.split('-').any(|word| matches!(word, "http" | "https" | "web")));
        matches!(port.port, 80 | 443 | 8080 | 8443 | 3000 | 8000) || says(&port.name) || says(&port.app_protocol)
    };
    !ports.is_empty() && ports.iter().all(|port| port.protocol.as_deref() != Some("UDP") && is_http(port))
}
