//! Checks that come back to the controller without the header that it demands.

use super::look::{Look, at_annotation, path_of};
use super::urls::Target;
use crate::catalog::features::external_auth;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Route, Server};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "auth-without-proxy-header",
    severity: Severity::Warning,
    text: r"# auth-without-proxy-header

`auth-url` leads back to the controller, which expects the PROXY protocol there.

With `use-proxy-protocol` every connection must begin with a PROXY header, which the load balancer writes. A check that the controller sends to a host of its own does not pass the load balancer, as most clusters take such addresses
themselves, and has none: the controller hangs up, and each request that needs the check gets 500.

## Fires

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
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: login, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: login.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: login, port: {number: 80}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  use-proxy-protocol: 'true'
```

## Quiet: where the Service is asked

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
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  use-proxy-protocol: 'true'
```

## Quiet: without the PROXY protocol

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
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: login, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: login.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: login, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    if !look.proxy.settings.listening.proxy_protocol {
        return Vec::new();
    }
    look.one_of_each_ingress().filter_map(|(server, route)| finding(look, server, route)).collect()
}

fn finding(look: &Look, server: &Server, route: &Route) -> Option<Diagnostic> {
    let auth = route.steps.admission.own_service()?;
    let target = Target::of(&auth.url, &server.hostname, path_of(route))?;
    look.server_for(&target.host)?;
    let message = format!("`auth-url` leads back to the controller by host `{}`, without the PROXY header that it demands: requests get 500", target.host);
    let finding = at_annotation(RULE.finding(message), route, &external_auth::URL);
    let finding = finding.related("it is demanded of every connection", look.setting_span("use-proxy-protocol"));
    let finding = finding.note("unless connections to the load balancer leave the cluster and come back, as where it has a name in place of an address");
    Some(finding.help("name the Service within the cluster: `http://NAME.NAMESPACE.svc.cluster.local/…`"))
}
