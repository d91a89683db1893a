//! Services behind an Ingress that are reached without it.

use super::entrances::Door;
use super::look::Look;
use crate::catalog::features::{access, client_auth, external_auth, password_auth, rate_limits, waf};
use crate::catalog::key::Spec;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::Object;
use k8s_openapi::api::core::v1::Service;

pub(super) static RULE: Rule = Rule {
    name: "way-around-ingress",
    severity: Severity::Info,
    text: r"# way-around-ingress

A Service behind an Ingress is reached around it.

A Service of type `NodePort` or `LoadBalancer`, or one with `externalIPs`, is reached at the nodes, or at a load balancer of its own, without the Ingress: what the Ingress asks for (a password, an
authentication service, a client certificate, addresses, limits) is not asked there, which is a warning, and there is no TLS of the Ingress, none of its redirects and none of its logs. A load balancer of a
cloud costs some 15 to 25 US dollars a month besides. Behind an Ingress a `ClusterIP` does.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8}
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
spec: {type: NodePort, ports: [{port: 80}]}
```

## Fires: where nothing is protected

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
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
spec: {type: NodePort, ports: [{port: 80}]}
```

## Fires: where nodes take its addresses

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8}
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
spec: {externalIPs: [192.0.2.7], ports: [{port: 80}]}
```

## Quiet: where the cluster alone reaches it

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/whitelist-source-range: 10.0.0.0/8}
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
spec: {ports: [{port: 80}]}
```
",
};

/// Annotations that keep somebody out.
static PROTECTIONS: [&Spec; 9] = [
    &external_auth::URL.spec,
    &password_auth::SCHEME.spec,
    &client_auth::SECRET.spec,
    &access::ALLOW.spec,
    &access::DENY.spec,
    &rate_limits::PER_SECOND.spec,
    &rate_limits::PER_MINUTE.spec,
    &rate_limits::CONNECTIONS.spec,
    &waf::ENABLED.spec,
];

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let open = look.cluster.services.iter().filter_map(|service| Some((service, Door::of(service)?)));
    open.filter_map(|(service, door)| finding(look, service, &door)).collect()
}

fn finding<'a>(look: &Look<'a>, service: &'a Object<Service>, door: &Door) -> Option<Diagnostic> {
    let protected = |ingress| PROTECTIONS.iter().find_map(|spec| look.written(ingress, spec));
    let name = format!("{}/{}", service.reference.namespace, service.reference.name);
    let about = |finding: Diagnostic| finding.at(door.span(service)).subject(name.as_str()).object(service.reference.clone()).help(door.help());
    if let Some((user, protection)) = look.uses(service).find_map(|user| Some((user, protected(user.ingress)?))) {
        let finding = RULE.finding(format!("`{protection}` is not asked of who reaches Service `{name}` by its {}", door.words()));
        let finding = about(finding).related("the Ingress asks for it", user.ingress.span(&["metadata", "annotations", &look.full(protection)]));
        return Some(Diagnostic { severity: Severity::Warning, ..finding });
    }
    let user = look.uses(service).next()?;
    let finding = RULE.finding(format!("Service `{name}` is reached {} too, without its Ingress", door.place()));
    Some(about(finding).related("this path leads to it", user.ingress.service_span(user.backend.place)))
}
