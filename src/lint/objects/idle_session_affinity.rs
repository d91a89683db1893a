//! Affinity of a Service that the controller goes around.

use crate::catalog::features::{affinity, balancing};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::Object;
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "idle-session-affinity",
    severity: Severity::Warning,
    text: r"# idle-session-affinity

A Service behind an Ingress asks for affinity by the address of the client.

The controller sends requests to the endpoints themselves, not to the Service, so that `sessionAffinity: ClientIP` has no part in it. The annotations
`affinity: cookie` and `upstream-hash-by` keep clients at one endpoint.

## Fires

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
spec: {sessionAffinity: ClientIP, ports: [{port: 80}]}
```

## Quiet

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
spec: {ports: [{port: 80}]}
```

## Quiet: where the controller goes through the Service

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/service-upstream: 'true'}
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
spec: {clusterIP: 10.96.0.9, sessionAffinity: ClientIP, ports: [{port: 80}]}
```

## Fires: where a cookie does it already

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
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {sessionAffinity: ClientIP, ports: [{port: 80}]}
```

## Fires: where a cookie keeps clients on the Service alone

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/affinity: 'cookie'
    nginx.ingress.kubernetes.io/service-upstream: 'true'
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
spec: {clusterIP: 10.96.0.9, ports: [{port: 80}]}
```

## Quiet: with a cookie alone

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
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let services = look.cluster.services.iter().filter(|service| {
        service.value.spec.as_ref().and_then(|spec| spec.session_affinity.as_deref()) == Some("ClientIP")
    });
    let of_services = services.filter_map(|service| {
        let user = look.uses(service).find(|user| !goes_through(look, user.ingress))?;
        let name = format!("{}/{}", service.reference.namespace, service.reference.name);
        let has_cookie = look.annotation(user.ingress, &affinity::KIND.spec) == Some("cookie");
        let message = match has_cookie {
            true => format!("affinity is asked for twice: the cookie of the Ingress counts, and `sessionAffinity` of Service `{name}` does not"),
            false => format!("`sessionAffinity` of Service `{name}` has no effect behind an Ingress"),
        };
        let finding = RULE.finding(message).at(service.span(&["spec", "sessionAffinity"])).subject("sessionAffinity").object(service.reference.clone());
        let place = user.ingress.service_span(user.backend.place);
        let finding = finding.related("this path leads to its endpoints", place);
        Some(finding.help(if has_cookie { "remove `sessionAffinity`" } else { "set `affinity: cookie` on the Ingress" }))
    });
    let sticky = look.ingresses().filter(|ingress| look.annotation(ingress, &affinity::KIND.spec) == Some("cookie") && goes_through(look, ingress));
    let of_ingresses = sticky.map(|ingress| {
        let finding = RULE.finding("`affinity` has no effect with `service-upstream`: the address of the Service is the only endpoint, and the cluster chooses the pod");
        let finding = finding.at(look.annotation_span(ingress, &affinity::KIND.spec)).subject("affinity").object(ingress.reference.clone());
        finding.related("the Service is asked by its address", look.annotation_span(ingress, &balancing::SERVICE_UPSTREAM.spec)).help("remove one of the two")
    });
    of_services.chain(of_ingresses).collect()
}

/// Whether an Ingress asks the Service instead of its endpoints.
fn goes_through<'a>(look: &Look<'a>, ingress: &'a Object<Ingress>) -> bool {
    look.annotation(ingress, &balancing::SERVICE_UPSTREAM.spec) == Some("true")
}
