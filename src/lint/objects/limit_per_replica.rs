//! Limits that hold for each replica of the controller.

use super::look::{Look, written};
use crate::catalog::features::rate_limits;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;
use crate::manifest::is_of;
use crate::source::Span;

/// Limits that are pointed at.
const SHOWN: usize = 5;

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

## Fires: where an autoscaler adds replicas

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/limit-rpm: '60'
    nginx.ingress.kubernetes.io/limit-connections: '5'
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
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: ingress-nginx, namespace: ingress-nginx}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: ingress-nginx-controller}
  minReplicas: 1
  maxReplicas: 6
```

## Fires: where each node has a controller

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/limit-connections: '5'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    finding(look).into_iter().collect()
}

/// How many controllers count, and what says so; the greatest number where an autoscaler changes it.
fn replicas(look: &Look) -> Option<(Option<i64>, Span)> {
    let controller = look.cluster.controllers.iter().min_by(|one, other| one.reference.cmp(&other.reference))?;
    let reference = &controller.reference;
    let scaling = look.cluster.scalings.iter().find(|scaling| is_of(scaling, reference));
    if let Some(scaling) = scaling {
        let place = if scaling.reference.kind == "ScaledObject" { "maxReplicaCount" } else { "maxReplicas" };
        return Some((Some(scaling.value.max_replicas), scaling.span(&["spec", place])));
    }
    let workload = look.cluster.workloads.iter().find(|workload| workload.reference == *reference)?;
    match reference.kind.as_str() {
        "DaemonSet" => Some((None, workload.span(&["metadata", "name"]))),
        _ => Some((workload.value.replicas, workload.span(&["spec", "replicas"]))),
    }
}

fn finding(look: &Look) -> Option<Diagnostic> {
    let (count, place_of_count) = replicas(look).filter(|(count, _)| count.is_none_or(|count| count > 1))?;
    let limits: Vec<(&str, i64, Span)> = look.one_of_each_ingress().flat_map(|(_, route)| limits(route)).collect();
    let (name, limit, place) = *limits.first()?;
    let sum = |name: &str, limit: i64| match count {
        Some(count) => format!("`{name}: {limit}` lets up to {} through", limit.saturating_mul(count)),
        None => format!("`{name}: {limit}` lets as many times {limit} through as there are nodes"),
    };
    let each = count.map_or_else(|| String::from("the controller of each node"), |count| format!("each of the {count} replicas of the controller"));
    let finding = RULE.finding(format!("{each} counts for itself: {}", sum(name, limit))).at(place).subject(name);
    let finding = finding.related(if count.is_some() { "so many replicas" } else { "one on each node" }, place_of_count);
    Some(limits.iter().skip(1).take(SHOWN).fold(finding, |finding, (name, limit, place)| finding.related(sum(name, *limit), *place)))
}

/// The limits of a route, and where they stand.
fn limits(route: &Route) -> Vec<(&'static str, i64, Span)> {
    let Some(limits) = &route.steps.limits else { return Vec::new() };
    let all = [
        (&rate_limits::PER_SECOND, limits.per_second),
        (&rate_limits::PER_MINUTE, limits.per_minute),
        (&rate_limits::CONNECTIONS, limits.connections),
    ];
    let set = all.into_iter().filter(|(_, limit)| *limit > 0);
    set.filter_map(|(key, limit)| Some((key.spec.name, limit, written(route, key)?.1))).collect()
}
