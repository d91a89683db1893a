//! Redirects to HTTPS behind a load balancer that ends TLS.

use super::entrances::{Balancing, entrances};
use super::look::{Look, beside};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Route, Server};
use crate::lint::rule::Rule;
use crate::manifest::{Object, target};
use k8s_openapi::api::core::v1::Service;

pub(super) static RULE: Rule = Rule {
    name: "redirect-behind-tls",
    severity: Severity::Error,
    text: r"# redirect-behind-tls

The controller redirects to HTTPS what came by HTTPS, because a load balancer has ended TLS.

Where port 443 of the load balancer leads to port 80 of the controller, every request is plain HTTP for it. A redirect to HTTPS leads to the same load balancer and back again. With
`use-forwarded-headers` the controller believes the load balancer about how the request came. One that only passes bytes on, as a Network Load Balancer of AWS does, says nothing that could be believed.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'
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
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
  annotations: {service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn}
spec:
  type: LoadBalancer
  ports:
  - {name: http, port: 80, targetPort: http}
  - {name: https, port: 443, targetPort: http}
```

## Fires: where the load balancer passes bytes on

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'
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
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
  annotations:
    service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn:aws:acm:eu-west-1:123456789012:certificate/shop
    service.beta.kubernetes.io/aws-load-balancer-type: nlb
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  ports: [{name: http, port: 80, targetPort: http}, {name: https, port: 443, targetPort: http}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {use-forwarded-headers: 'true', proxy-real-ip-cidr: 10.0.0.0/8}
```

## Quiet: where the load balancer is believed

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  use-forwarded-headers: 'true'
  proxy-real-ip-cidr: '10.0.0.0/8'
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'
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
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
  annotations: {service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn}
spec:
  type: LoadBalancer
  ports:
  - {name: http, port: 80, targetPort: http}
  - {name: https, port: 443, targetPort: http}
```

## Quiet: where the load balancer speaks the PROXY protocol

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'
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
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
  annotations:
    service.beta.kubernetes.io/aws-load-balancer-ssl-cert: arn:aws:acm:eu-west-1:123456789012:certificate/shop
    service.beta.kubernetes.io/aws-load-balancer-type: nlb
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  ports: [{name: http, port: 80, targetPort: http}, {name: https, port: 443, targetPort: http}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data: {use-proxy-protocol: 'true'}
```

## Quiet: where the controller ends TLS

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'
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
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
spec:
  type: LoadBalancer
  ports:
  - {name: http, port: 80, targetPort: http}
  - {name: https, port: 443, targetPort: https}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let settings = &look.proxy.settings;
    // The PROXY protocol says at which port the request came.
    if settings.listening.proxy_protocol {
        return Vec::new();
    }
    let is_believed = settings.client_address.from_headers;
    let redirects = |(_, route): &(&Server, &Route)| route.steps.https.happens;
    let Some((_, route)) = look.routes().find(redirects) else { return Vec::new() };
    let ends_tls = entrances(look).filter_map(|(service, spec)| {
        let ports = spec.ports.iter().flatten().enumerate();
        let (at, _) = ports.into_iter().find(|(_, port)| port.port == 443 && matches!(target(port).as_str(), "http" | "80"))?;
        let says_nothing = Balancing::of(&service.value) == Balancing::Bytes;
        (says_nothing || !is_believed).then_some((service, at, says_nothing))
    });
    let finding = |(service, at, says_nothing): (&Object<Service>, usize, bool)| {
        let why = if says_nothing { "and adds no `X-Forwarded-Proto`" } else { "and `use-forwarded-headers` is off" };
        let message = format!("requests that came by HTTPS are redirected to HTTPS for ever: the load balancer ends TLS, {why}");
        let finding = RULE.finding(message).at(service.span(&["spec", "ports", &at.to_string(), "targetPort"])).subject("443");
        let finding = finding.object(service.reference.clone()).note(match says_nothing {
            true => "a load balancer that passes bytes on, as a Network Load Balancer of AWS, cannot say how a request came",
            false => "the controller sees plain HTTP, and reads no `X-Forwarded-Proto`",
        });
        let finding = beside(finding, "this path redirects to HTTPS, as do all with a certificate or `force-ssl-redirect`", route);
        match says_nothing {
            true => finding.help("let it pass TLS on to the port `https` of the controller, or set `ssl-redirect: \"false\"` in the ConfigMap"),
            false => finding.help("set `use-forwarded-headers: \"true\"` and `proxy-real-ip-cidr` in the ConfigMap"),
        }
    };
    ends_tls.map(finding).collect()
}
