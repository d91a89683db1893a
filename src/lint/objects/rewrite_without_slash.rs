//! Rewrites that leave a path without its first slash.

use hashbrown::HashSet;

use super::look::{Look, at_annotation, beside, path_of};
use super::lost_rest::without_slash;
use crate::catalog::features::rewrite;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "rewrite-without-slash",
    severity: Severity::Warning,
    text: r"# rewrite-without-slash

A rewrite leaves requests with a path that does not begin with a slash.

`rewrite-target` is the whole new path. Of `/app(/|$)(.*)` the second group holds no slash: with `$2` alone `/app/cart` reaches the backend as `cart`, which no server understands, and for `/app` nothing is left,
which nginx answers with 500.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: $2
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/app(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Fires: where only the bare path loses it

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: $1
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/app(/.*)?', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: /$2
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/app(/|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: where the group holds the slash

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/rewrite-target: $1
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: '/shop(/app/.*)', pathType: ImplementationSpecific, backend: {service: {name: app, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    let routes = look.routes().map(|(_, route)| route).filter(|route| !route.is_default_backend && route.rewritten().is_some());
    routes.filter(|route| seen.insert(route.origin)).filter_map(finding).collect()
}

fn finding(route: &Route) -> Option<Diagnostic> {
    let target = route.rewritten()?;
    let (request, becomes) = without_slash(path_of(route), target)?;
    let message = match becomes.as_str() {
        "" => format!("nothing is left of `{request}`, which is answered with 500: the rewrite to `{target}` names only what stands behind the slash"),
        becomes => format!("`{request}` reaches the backend as `{becomes}`, which does not begin with a slash"),
    };
    let finding = at_annotation(RULE.finding(message), route, &rewrite::TARGET);
    Some(beside(finding, "the path that is rewritten", route).help(format!("write `/{target}`")))
}
