//! Ways of balancing that do not count.

use super::look::Look;
use crate::catalog::features::{affinity, balancing};
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::lint::rule::Rule;
use crate::manifest::Object;
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "overridden-balancing",
    severity: Severity::Warning,
    text: r"# overridden-balancing

An Ingress says twice how its pods are chosen, and one of the ways does not count.

With `affinity: cookie` the cookie chooses the pod, and `upstream-hash-by` and `load-balance` are not looked at. Without it `upstream-hash-by` goes before `load-balance`.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/affinity: cookie
    nginx.ingress.kubernetes.io/upstream-hash-by: $remote_addr
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where a hash stands beside an algorithm

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/load-balance: ewma
    nginx.ingress.kubernetes.io/upstream-hash-by: $remote_addr
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/upstream-hash-by: $remote_addr
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.ingresses().filter(|ingress| !look.is_canary(ingress)).filter_map(|ingress| finding(look, ingress)).collect()
}

fn finding<'a>(look: &Look<'a>, ingress: &'a Object<Ingress>) -> Option<Diagnostic> {
    let sticks = look.value_of(ingress, &affinity::KIND).is_some_and(|kind| kind == "cookie");
    let hashes = look.value_of(ingress, &balancing::HASH_BY).is_some_and(|key| !key.trim().is_empty());
    let chooses = look.value_of(ingress, &balancing::ALGORITHM).is_some_and(|algorithm| matches!(algorithm, "ewma" | "round_robin"));
    let (idle, counts, why) = match (sticks, hashes, chooses) {
        (true, true, _) => (&balancing::HASH_BY, &affinity::KIND.spec, "the cookie chooses the pod"),
        (true, false, true) => (&balancing::ALGORITHM, &affinity::KIND.spec, "the cookie chooses the pod"),
        (false, true, true) => (&balancing::ALGORITHM, &balancing::HASH_BY.spec, "the hash chooses the pod"),
        _ => return None,
    };
    let finding = RULE.finding(format!("`{}` has no effect beside `{}`: {why}", idle.spec.name, counts.name)).effect(Effect::AnnotationIgnored);
    let finding = finding.at(look.annotation_span(ingress, &idle.spec)).subject(idle.spec.name).object(ingress.reference.clone());
    Some(finding.related("this one counts", look.annotation_span(ingress, counts)).help("remove one of the two"))
}
