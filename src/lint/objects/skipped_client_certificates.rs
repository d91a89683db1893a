//! Client certificates that nobody is asked for over HTTP.

use super::look::{Look, at_annotation, beside, path_of, written};
use crate::catalog::features::client_auth;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::ir::{Proxy, Server, Verify};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "skipped-client-certificates",
    severity: Severity::Error,
    text: r"# skipped-client-certificates

A host with client certificates serves the same paths over HTTP to everybody.

Client certificates belong to TLS. On port 80 nobody is asked for one: where a path is not redirected to HTTPS, because the host has no TLS or `ssl-redirect` is off, it is open.

## Fires: where the host has no TLS

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-tls-secret: 'shop/ca'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: ca, namespace: shop}
data: {ca.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJiekNDQVJXZ0F3SUJBZ0lVUVcyREQ5aDJxYUoySExFWGpZRmhBVXo3dTFJd0NnWUlLb1pJemowRUF3SXcKRFRFTE1Ba0dBMVVFQXd3Q1kyRXdIaGNOTWpZeE1USTJNakl3TmpBd1doY05Nell4TVRJek1qSXdOakF3V2pBTgpNUXN3Q1FZRFZRUUREQUpqWVRCWk1CTUdCeXFHU000OUFnRUdDQ3FHU000OUF3RUhBMElBQk5DckZtSDViQnUyCjhBZ1Nmajk2b0UwTDJySkRGM3NCZCsrb1E3aTJBZVA2U0o5UHFYWWhYbDkzb0dDcWRiVkFwZ1dLdWRYbkY3Vk4KN0dHTkRFMFoxdENqVXpCUk1CMEdBMVVkRGdRV0JCUTRXMFU0SVpGdjYzbU1WTHlVMHhXV1J1Y1V4akFmQmdOVgpIU01FR0RBV2dCUTRXMFU0SVpGdjYzbU1WTHlVMHhXV1J1Y1V4akFQQmdOVkhSTUJBZjhFQlRBREFRSC9NQW9HCkNDcUdTTTQ5QkFNQ0EwZ0FNRVVDSVFEd3Nra2VzZzhROEJOWlk4M013NXFtY1UzMlVRNFo2UHo0RlN0UjM3UlAKWlFJZ0VXdFEveklhWTdpSE0wN3lGWmdWbERjczdqSzhLMjFPQTc2TVVFN3FwZVE9Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K}
```

## Fires: where HTTP is not redirected

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-tls-secret: 'shop/ca'
    nginx.ingress.kubernetes.io/ssl-redirect: 'false'
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com]}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: ca, namespace: shop}
data: {ca.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJiekNDQVJXZ0F3SUJBZ0lVUVcyREQ5aDJxYUoySExFWGpZRmhBVXo3dTFJd0NnWUlLb1pJemowRUF3SXcKRFRFTE1Ba0dBMVVFQXd3Q1kyRXdIaGNOTWpZeE1USTJNakl3TmpBd1doY05Nell4TVRJek1qSXdOakF3V2pBTgpNUXN3Q1FZRFZRUUREQUpqWVRCWk1CTUdCeXFHU000OUFnRUdDQ3FHU000OUF3RUhBMElBQk5DckZtSDViQnUyCjhBZ1Nmajk2b0UwTDJySkRGM3NCZCsrb1E3aTJBZVA2U0o5UHFYWWhYbDkzb0dDcWRiVkFwZ1dLdWRYbkY3Vk4KN0dHTkRFMFoxdENqVXpCUk1CMEdBMVVkRGdRV0JCUTRXMFU0SVpGdjYzbU1WTHlVMHhXV1J1Y1V4akFmQmdOVgpIU01FR0RBV2dCUTRXMFU0SVpGdjYzbU1WTHlVMHhXV1J1Y1V4akFQQmdOVkhSTUJBZjhFQlRBREFRSC9NQW9HCkNDcUdTTTQ5QkFNQ0EwZ0FNRVVDSVFEd3Nra2VzZzhROEJOWlk4M013NXFtY1UzMlVRNFo2UHo0RlN0UjM3UlAKWlFJZ0VXdFEveklhWTdpSE0wN3lGWmdWbERjczdqSzhLMjFPQTc2TVVFN3FwZVE9Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-tls-secret: 'shop/ca'
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com]}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: ca, namespace: shop}
data: {ca.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJiekNDQVJXZ0F3SUJBZ0lVUVcyREQ5aDJxYUoySExFWGpZRmhBVXo3dTFJd0NnWUlLb1pJemowRUF3SXcKRFRFTE1Ba0dBMVVFQXd3Q1kyRXdIaGNOTWpZeE1USTJNakl3TmpBd1doY05Nell4TVRJek1qSXdOakF3V2pBTgpNUXN3Q1FZRFZRUUREQUpqWVRCWk1CTUdCeXFHU000OUFnRUdDQ3FHU000OUF3RUhBMElBQk5DckZtSDViQnUyCjhBZ1Nmajk2b0UwTDJySkRGM3NCZCsrb1E3aTJBZVA2U0o5UHFYWWhYbDkzb0dDcWRiVkFwZ1dLdWRYbkY3Vk4KN0dHTkRFMFoxdENqVXpCUk1CMEdBMVVkRGdRV0JCUTRXMFU0SVpGdjYzbU1WTHlVMHhXV1J1Y1V4akFmQmdOVgpIU01FR0RBV2dCUTRXMFU0SVpGdjYzbU1WTHlVMHhXV1J1Y1V4akFQQmdOVkhSTUJBZjhFQlRBREFRSC9NQW9HCkNDcUdTTTQ5QkFNQ0EwZ0FNRVVDSVFEd3Nra2VzZzhROEJOWlk4M013NXFtY1UzMlVRNFo2UHo0RlN0UjM3UlAKWlFJZ0VXdFEveklhWTdpSE0wN3lGWmdWbERjczdqSzhLMjFPQTc2TVVFN3FwZVE9Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.proxy.servers.iter().filter_map(|server| finding(look.proxy, server)).collect()
}

fn finding(proxy: &Proxy, server: &Server) -> Option<Diagnostic> {
    server.client_auth.as_deref().filter(|auth| auth.verify == Verify::On)?;
    let asking = server.routes.iter().filter(|route| written(route, &client_auth::SECRET).is_some() && !route.is_refused());
    let open = asking.filter(|route| !route.is_default_backend).find(|route| !route.steps.https.happens)?;
    let (host, path) = (&server.hostname, path_of(open));
    let message = format!("path `{path}` of host `{host}` is served over HTTP without a client certificate: `auth-tls-secret` protects HTTPS alone");
    let finding = at_annotation(RULE.finding(message), open, &client_auth::SECRET).effect(Effect::FailsOpen);
    let finding = beside(finding, "nothing redirects this path to HTTPS", open);
    Some(match proxy.certificate_of(server) {
        Some(_) => finding.help("leave `ssl-redirect` on"),
        None => finding.help("list the host under `spec.tls`, or set `force-ssl-redirect: \"true\"`"),
    })
}
