//! Client certificates that nobody has to show.

use super::look::{Look, at_annotation};
use crate::catalog::features::client_auth;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Route, Server, Verify};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "optional-client-certificates",
    severity: Severity::Info,
    text: r"# optional-client-certificates

A host asks for client certificates and serves those who show none.

With `auth-tls-verify-client: optional` whoever shows no certificate gets in, and with `optional_no_ca` so does whoever made one. Only what the backend makes of the header `ssl-client-verify` protects then. `on`, the
default, lets nobody in without.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-tls-secret: shop/clients
    nginx.ingress.kubernetes.io/auth-tls-verify-client: optional
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where everybody must

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-tls-secret: shop/clients
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where a password is asked for besides

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-tls-secret: shop/clients
    nginx.ingress.kubernetes.io/auth-tls-verify-client: optional
    nginx.ingress.kubernetes.io/auth-type: basic
    nginx.ingress.kubernetes.io/auth-secret: people
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
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
    let asked = server.client_auth.as_ref().filter(|_| route.features.cause(client_auth::VERIFY.spec.name).is_some())?;
    let admission = &route.steps.admission;
    if admission.password().is_some() || admission.service(&look.proxy.settings).is_some() || !admission.allow.is_empty() {
        return None;
    }
    let host = &server.hostname;
    let message = match asked.verify {
        Verify::Optional => format!("host `{host}` asks for client certificates and lets in who shows none"),
        Verify::OptionalNoCa => format!("host `{host}` asks for client certificates and lets in who shows none, or one of their own making"),
        Verify::On | Verify::Off => return None,
    };
    let finding = at_annotation(RULE.finding(message), route, &client_auth::VERIFY);
    Some(finding.help("leave it out, or see that the backend reads `ssl-client-verify`"))
}
