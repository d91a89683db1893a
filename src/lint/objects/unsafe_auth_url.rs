//! Authentication that is asked for over the open network in plain text.

use super::look::{Look, at_annotation};
use super::urls::is_inside;
use crate::catalog::features::external_auth;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "unsafe-auth-url",
    severity: Severity::Warning,
    text: r"# unsafe-auth-url

Authentication is asked for outside of the cluster without TLS.

The controller sends the headers of each request to `auth-url`, cookies and tokens among them, and believes the answer. Over plain HTTP to a host outside of the cluster both can be read
and changed on the way. Names of Services and private addresses count as within the cluster.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.example.com/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: with TLS

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'https://login.example.com/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: within the cluster

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.shop.svc.cluster.local/check'
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
    look.one_of_each_ingress().filter_map(|(_, route)| finding(route)).collect()
}

fn finding(route: &Route) -> Option<Diagnostic> {
    let auth = route.steps.admission.own_service()?;
    let scheme = auth.url.split("://").next().unwrap_or_default();
    if !scheme.eq_ignore_ascii_case("http") || is_inside(&auth.host.to_ascii_lowercase()) {
        return None;
    }
    let message = format!("`auth-url` asks `{}` over plain HTTP: whoever sits on the way reads the cookies and lets anybody in", auth.host);
    let finding = at_annotation(RULE.finding(message), route, &external_auth::URL);
    Some(finding.help("write `https://`, or name the Service within the cluster"))
}
