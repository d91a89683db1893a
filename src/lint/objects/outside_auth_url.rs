//! Authentication by somebody outside of the cluster.

use super::look::{Look, at_annotation};
use super::urls::is_inside;
use crate::catalog::features::external_auth;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Route, Server};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "outside-auth-url",
    severity: Severity::Info,
    text: r"# outside-auth-url

Each request waits for a service outside of the cluster.

The controller asks `auth-url` before it answers, and passes the headers of the client on, cookies and tokens among them. A host of another owner sees them all, adds its time to every request, and where it is not reached, nobody gets
in. Hosts of the same domain, and those that the input serves, count as one's own.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'https://login.example.net/check'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where it is of the same domain

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
    nginx.ingress.kubernetes.io/auth-url: 'http://auth.shop.svc.cluster.local/check'
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
    look.one_of_each_ingress().filter_map(|(server, route)| finding(look, server, route)).collect()
}

fn finding(look: &Look, server: &Server, route: &Route) -> Option<Diagnostic> {
    let auth = route.steps.admission.own_service()?;
    let host = auth.host.to_ascii_lowercase();
    // Over plain HTTP something worse is told.
    let is_safe = auth.url.get(..8).is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://"));
    if !is_safe || is_inside(&host) || look.server_for(&host).is_some() || domain(&host) == domain(&server.hostname) {
        return None;
    }
    let message = format!("every request waits for `{host}`, which is outside of the cluster and gets the cookies and tokens of all clients");
    let finding = at_annotation(RULE.finding(message), route, &external_auth::URL);
    Some(finding.help("run the check within the cluster, as `http://NAME.NAMESPACE.svc.cluster.local`, or keep its answers with `auth-cache-key`"))
}

/// The last two labels of a host.
fn domain(host: &str) -> &str {
    let start = host.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at + 1);
    &host[start..]
}
