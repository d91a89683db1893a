//! Clients whose session cookie keeps them from a canary.

use super::canaries::splits;
use super::look::Look;
use crate::catalog::features::{affinity, canary};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "kept-session",
    severity: Severity::Info,
    text: r"# kept-session

Clients with a session cookie do not reach a canary.

With `affinity: cookie` the controller first looks at the session cookie, and keeps clients where they were: the header, cookie or weight of the canary is not looked at. Only new clients, and those
who remove the cookie, reach the canary, so that its weight is a share of new clients and not of requests.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/affinity: 'cookie'
    nginx.ingress.kubernetes.io/session-cookie-name: 'route'
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
    nginx.ingress.kubernetes.io/canary-by-header: 'X-Beta'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Fires: where the canary has a weight

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/affinity: 'cookie'
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
    nginx.ingress.kubernetes.io/canary-weight: '10'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Quiet: where the affinity does not hold for canaries

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/affinity: 'cookie'
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
    nginx.ingress.kubernetes.io/canary-by-header: 'X-Beta'
    nginx.ingress.kubernetes.io/affinity-canary-behavior: 'legacy'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: next, port: {number: 80}}}}
```

## Quiet: without an affinity

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
    nginx.ingress.kubernetes.io/canary-by-header: 'X-Beta'
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
    let sticky = splits.iter().filter(|split| split.number == 0 && split.own.affinity.is_by_cookie());
    let is_legacy = |split: &&super::canaries::Split| look.value_of(split.ingress, &affinity::CANARY_BEHAVIOR) == Some("legacy");
    let chosen = sticky.filter(|split| !is_legacy(split)).filter_map(|split| {
        let share = &split.canary.share;
        let by = match (share.header.as_str(), share.cookie.as_str()) {
            ("", "") if share.weight > 0 => format!("its weight, {}, is a share of new clients alone", share.weight),
            ("", "") => return None,
            ("", cookie) => format!("the cookie `{cookie}` does not count for them"),
            (header, _) => format!("the header `{header}` does not count for them"),
        };
        let cookie = split.own.affinity.cookie.shown_name();
        let message = format!("the canary is not asked for clients with the session cookie `{cookie}`: {by}");
        let finding = split.finding(look, &RULE, message, &[&canary::HEADER, &canary::COOKIE]);
        let finding = finding.note("the cookie of an affinity keeps clients on the Service, main or canary, that served them first");
        Some(finding.help("set `affinity-canary-behavior: legacy` on the canary, or remove the cookie before testing"))
    });
    chosen.collect()
}
