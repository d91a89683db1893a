//! Limits that hold for each replica of the controller.

use super::look::{Look, written};
use crate::catalog::features::rate_limits;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;
use crate::source::Span;

/// Limits that are pointed at.
const SHOWN: usize = 3;

pub(super) static RULE: Rule = Rule {
    name: "limit-per-replica",
    severity: Severity::Info,
    text: r"# limit-per-replica

A limit holds for each replica of the controller by itself.

Requests and connections are counted in the memory of one nginx. With three replicas a client gets up to three times the limit, and with an autoscaler nobody knows how much.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/limit-rps: '10'
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
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 3
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.13.0
        args: [/nginx-ingress-controller, --ingress-class=nginx]
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/limit-rps: '10'
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
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 1
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.13.0
        args: [/nginx-ingress-controller, --ingress-class=nginx]
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    finding(look).into_iter().collect()
}

fn finding(look: &Look) -> Option<Diagnostic> {
    let controller = look.cluster.controllers.iter().min_by(|one, other| one.reference.cmp(&other.reference))?;
    let workload = look.cluster.workloads.iter().find(|workload| workload.reference == controller.reference)?;
    let replicas = workload.value.replicas.filter(|replicas| *replicas > 1)?;
    let limits: Vec<(&str, i64, Span)> = look.one_of_each_ingress().filter_map(|(_, route)| limit(route)).collect();
    let (name, limit, place) = *limits.first()?;
    let message = format!("each of the {replicas} replicas of the controller counts for itself: `{name}: {limit}` lets up to {} through", limit * replicas);
    let finding = RULE.finding(message).at(place).subject(name);
    let finding = finding.related("so many replicas", workload.span(&["spec", "replicas"]));
    Some(limits.iter().skip(1).take(SHOWN).fold(finding, |finding, (name, limit, place)| finding.related(format!("so does `{name}: {limit}`"), *place)))
}

/// A limit of a route, and where it stands.
fn limit(route: &Route) -> Option<(&'static str, i64, Span)> {
    let limits = &route.features.limits;
    let all = [(&rate_limits::PER_SECOND, limits.per_second), (&rate_limits::PER_MINUTE, limits.per_minute), (&rate_limits::CONNECTIONS, limits.connections)];
    let (key, limit) = all.into_iter().find(|(_, limit)| *limit > 0)?;
    Some((key.spec.name, limit, written(route, key)?.1))
}
