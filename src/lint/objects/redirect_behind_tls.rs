//! Redirects to HTTPS behind a load balancer that ends TLS.

use super::entrances::entrances;
use super::look::{Look, beside};
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Route, Server};
use crate::lint::rule::Rule;
use crate::manifest::target;

pub(super) static RULE: Rule = Rule {
    name: "redirect-behind-tls",
    severity: Severity::Error,
    text: r"# redirect-behind-tls

The controller redirects to HTTPS what came by HTTPS, because a load balancer has ended TLS.

Where port 443 of the load balancer leads to port 80 of the controller, every request is plain HTTP for it. A redirect to HTTPS leads to the same load balancer and back again. With
`use-forwarded-headers` the controller believes the load balancer about how the request came.

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
    if settings.client_address.from_headers {
        return Vec::new();
    }
    let redirects = |(_, route): &(&Server, &Route)| route.steps.https.happens;
    let Some((_, route)) = look.routes().find(redirects) else { return Vec::new() };
    let ends_tls = entrances(look).filter_map(|(service, spec)| {
        let ports = spec.ports.iter().flatten().enumerate();
        let (at, _) = ports.into_iter().find(|(_, port)| port.port == 443 && matches!(target(port).as_str(), "http" | "80"))?;
        Some((service, at))
    });
    let finding = |(service, at): (&crate::manifest::Object<k8s_openapi::api::core::v1::Service>, usize)| {
        let message = "requests that came by HTTPS are redirected to HTTPS for ever: the load balancer ends TLS, and `use-forwarded-headers` is off";
        let finding = RULE.finding(message).at(service.span(&["spec", "ports", &at.to_string(), "targetPort"])).subject("443");
        let finding = finding.object(service.reference.clone()).note("the controller sees plain HTTP, and reads no `X-Forwarded-Proto`");
        let finding = beside(finding, "this path redirects to HTTPS, as do all with a certificate or `force-ssl-redirect`", route);
        finding.help("set `use-forwarded-headers: \"true\"` and `proxy-real-ip-cidr` in the ConfigMap")
    };
    ends_tls.map(finding).collect()
}
