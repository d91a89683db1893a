//! Client certificates that are demanded of other paths too.

use hashbrown::HashSet;

use super::look::{Look, at_annotation, beside, by_whom, path_of, written};
use super::listed;
use crate::catalog::features::client_auth;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Route, Server, Verify};
use crate::lint::rule::Rule;

/// Other paths that are pointed at.
const SHOWN: usize = 5;

pub(super) static RULE: Rule = Rule {
    name: "shared-client-certificates",
    severity: Severity::Warning,
    text: r"# shared-client-certificates

Client certificates of one Ingress are demanded for the paths of another.

A certificate is shown when the connection begins, before any path is asked for: `auth-tls-secret` of one Ingress holds for every path of its hosts. Clients without a certificate lose paths
that were meant for everybody.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com]}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: secure
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
      - {path: /secure, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: ca, namespace: shop}
data: {ca.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJiekNDQVJXZ0F3SUJBZ0lVUVcyREQ5aDJxYUoySExFWGpZRmhBVXo3dTFJd0NnWUlLb1pJemowRUF3SXcKRFRFTE1Ba0dBMVVFQXd3Q1kyRXdIaGNOTWpZeE1USTJNakl3TmpBd1doY05Nell4TVRJek1qSXdOakF3V2pBTgpNUXN3Q1FZRFZRUUREQUpqWVRCWk1CTUdCeXFHU000OUFnRUdDQ3FHU000OUF3RUhBMElBQk5DckZtSDViQnUyCjhBZ1Nmajk2b0UwTDJySkRGM3NCZCsrb1E3aTJBZVA2U0o5UHFYWWhYbDkzb0dDcWRiVkFwZ1dLdWRYbkY3Vk4KN0dHTkRFMFoxdENqVXpCUk1CMEdBMVVkRGdRV0JCUTRXMFU0SVpGdjYzbU1WTHlVMHhXV1J1Y1V4akFmQmdOVgpIU01FR0RBV2dCUTRXMFU0SVpGdjYzbU1WTHlVMHhXV1J1Y1V4akFQQmdOVkhSTUJBZjhFQlRBREFRSC9NQW9HCkNDcUdTTTQ5QkFNQ0EwZ0FNRVVDSVFEd3Nra2VzZzhROEJOWlk4M013NXFtY1UzMlVRNFo2UHo0RlN0UjM3UlAKWlFJZ0VXdFEveklhWTdpSE0wN3lGWmdWbERjczdqSzhLMjFPQTc2TVVFN3FwZVE9Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K}
```

## Quiet: where the paths have a host of their own

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com]}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: secure
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-tls-secret: 'shop/ca'
spec:
  ingressClassName: nginx
  tls: [{hosts: [secure.example.com]}]
  rules:
  - host: secure.example.com
    http:
      paths:
      - {path: /secure, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.proxy.servers.iter().filter_map(finding).collect()
}

fn finding(server: &Server) -> Option<Diagnostic> {
    let auth = server.client_auth.as_deref().filter(|auth| auth.verify != Verify::Off)?;
    let asks = |route: &&Route| written(route, &client_auth::SECRET).is_some();
    let maker = server.routes.iter().find(asks)?;
    let namespace = |route: &Route| route.owner.as_deref().map(|owner| owner.namespace.clone());
    // What other namespaces have to bear is told as a setting of theirs.
    let mut seen = HashSet::new();
    let others: Vec<&Route> = server
        .routes
        .iter()
        .filter(|route| route.owner.is_some() && !route.is_default_backend && !asks(route) && namespace(route) == namespace(maker))
        .filter(|route| seen.insert(route.origin))
        .collect();
    let first = others.first()?;
    let paths = listed(others.iter().map(|route| path_of(route)));
    let host = &server.hostname;
    let demanded = if auth.verify == Verify::On { "demanded" } else { "asked for" };
    let message = format!("client certificates are {demanded} on all of host `{host}`, also for {paths} of {}", by_whom(first));
    let finding = at_annotation(RULE.finding(message), maker, &client_auth::SECRET);
    let finding = finding.note("TLS is spoken before the path is known, so that `auth-tls-*` holds for a whole host");
    let finding = finding.help("give the paths that need certificates a host of their own");
    Some(others.iter().take(SHOWN).fold(finding, |finding, route| beside(finding, "this path is not served without one either", route)))
}
