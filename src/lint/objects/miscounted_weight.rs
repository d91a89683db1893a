//! Weights of canaries that are no share.

use super::canaries::splits;
use super::look::Look;
use crate::catalog::features::canary;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "miscounted-weight",
    severity: Severity::Warning,
    text: r"# miscounted-weight

The weight of a canary is not the share that it seems to be.

A weight counts out of `canary-weight-total`, or out of 100 where that is not set or smaller. A weight above it takes every request, one below zero none.

## Fires: where it is more than all

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
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: next
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
    nginx.ingress.kubernetes.io/canary-weight: '150'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Fires: where the total is too small to count

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
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: next
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
    nginx.ingress.kubernetes.io/canary-weight: '1'
    nginx.ingress.kubernetes.io/canary-weight-total: '10'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
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
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: next
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
    nginx.ingress.kubernetes.io/canary-weight: '150'
    nginx.ingress.kubernetes.io/canary-weight-total: '1000'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Quiet: where all requests are meant

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
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: next
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/canary: 'true'
    nginx.ingress.kubernetes.io/canary-weight: '100'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let splits = splits(look);
    let found = splits.iter().filter(|split| split.number == 0).filter_map(|split| {
        let share = &split.canary.share;
        let total = share.total.max(100);
        if share.weight > total {
            let message = format!("the canary takes every request: its weight of {} is more than the whole, {total}", share.weight);
            return Some(split.finding(look, &RULE, message, &[&canary::WEIGHT]));
        }
        if share.weight < 0 {
            let message = format!("the canary takes no request by chance: its weight is {}", share.weight);
            return Some(split.finding(look, &RULE, message, &[&canary::WEIGHT]));
        }
        // Every total is read as a number where the annotation is there.
        let is_small = share.total < 100 && look.value_of(split.ingress, &canary::WEIGHT_TOTAL).is_some() && share.weight > 0;
        is_small.then(|| {
            let message = format!("the canary takes {} of 100 requests, not of {}: a total below 100 does not count", share.weight, share.total);
            split.finding(look, &RULE, message, &[&canary::WEIGHT_TOTAL])
        })
    });
    found.collect()
}
