//! Passwords that cross the network as they are.

use crate::catalog::features::{password_auth, rewrite};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "password-without-tls",
    severity: Severity::Warning,
    text: r"# password-without-tls

A host asks for passwords, and clients reach it without TLS.

With `auth-type: basic` the browser sends the password with every request, and without TLS whoever sees the request has it. Give the host a certificate: the
controller then redirects to HTTPS. Where something ends TLS in front of the controller, it has to redirect itself, or `force-ssl-redirect` does.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: people}
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

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: people}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
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

## Quiet: where TLS is asked for anyway

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: people, nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'}
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
    let mut findings: Vec<Diagnostic> = Vec::new();
    for ingress in look.ingresses().filter(|ingress| look.annotation(ingress, &password_auth::SCHEME.spec).is_some()) {
        let forces = look.annotation(ingress, &rewrite::FORCE_HTTPS.spec) == Some("true");
        let hosts = ingress.backends().map(|backend| backend.host).filter(|host| !host.is_empty());
        let plain = |host: &&str| look.proxy.server(host).is_some_and(|server| server.certificate.is_none());
        let Some(host) = hosts.into_iter().find(plain).filter(|_| !forces) else { continue };
        let finding = RULE.finding(format!("host `{host}` asks for passwords and has no TLS: they cross the network as they are"));
        let finding = finding.at(look.annotation_span(ingress, &password_auth::SCHEME.spec)).subject(host).object(ingress.reference.clone());
        findings.push(finding.help(format!("add `tls` with the host `{host}`")));
    }
    findings
}
