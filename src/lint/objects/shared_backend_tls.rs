//! Connections to backends that are made with the certificate of another Ingress.

use hashbrown::HashMap;

use super::look::{Asked, Look};
use crate::catalog::features::backend_tls;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "shared-backend-tls",
    severity: Severity::Warning,
    text: r"# shared-backend-tls

Two Ingresses ask one port of a Service in TLS with different Secrets.

The controller keeps connections to endpoints open and uses them again, whoever made them. A request may go out on one that was made with the client certificate, the authority and the name in TLS of another Ingress: the backend takes it for somebody else. Name one
`proxy-ssl-secret` for the port, or give each Ingress a Service of its own, with other pods.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/backend-protocol: HTTPS
    nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/customer
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/backend-protocol: HTTPS
    nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/admin
spec:
  ingressClassName: nginx
  rules:
  - host: admin.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}
```

## Quiet: where both name one Secret

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/backend-protocol: HTTPS
    nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/customer
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: admin
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/backend-protocol: HTTPS
    nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/customer
spec:
  ingressClassName: nginx
  rules:
  - host: admin.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut first: HashMap<(String, String), Asked> = HashMap::new();
    let mut findings = Vec::new();
    for asked in look.backends().filter(|asked| asked.protocol.is_tls() && !look.is_canary(asked.ingress)) {
        let Some(port) = asked.port().map(|port| port.port.to_string()).or_else(|| asked.backend.port()) else { continue };
        let other = *first.entry((asked.name(), port)).or_insert(asked);
        let (own, its) = (secret(look, &asked), secret(look, &other));
        if own != its {
            findings.push(finding(look, &asked, &other));
        }
    }
    findings
}

/// The Secret that an Ingress names for TLS to its backends, with its namespace.
fn secret(look: &Look, asked: &Asked) -> Option<String> {
    let name = look.annotation(asked.ingress, &backend_tls::SECRET.spec)?.trim();
    Some(if name.contains('/') { name.to_owned() } else { format!("{}/{name}", asked.ingress.reference.namespace) })
}

fn finding(look: &Look, asked: &Asked, other: &Asked) -> Diagnostic {
    let shown = |asked: &Asked| secret(look, asked).map_or_else(|| String::from("no Secret"), |name| format!("the Secret `{name}`"));
    let message = format!(
        "requests may reach Service `{}` on a connection made with {}, not with {}: connections are shared",
        asked.name(),
        shown(other),
        shown(asked)
    );
    let place = |asked: &Asked| match secret(look, asked) {
        Some(_) => look.annotation_span(asked.ingress, &backend_tls::SECRET.spec),
        None => asked.service_span(),
    };
    let finding = RULE.finding(message).at(place(asked)).subject(asked.name()).object(asked.ingress.reference.clone());
    let finding = finding.related(format!("Ingress `{}` asks it otherwise", other.ingress.reference.name), place(other));
    finding.help("name one `proxy-ssl-secret` for the port everywhere, or give each a Service with pods of its own")
}
