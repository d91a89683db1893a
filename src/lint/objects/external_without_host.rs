//! Servers outside that are asked for a host that they do not know.

use crate::catalog::features::{backend_tls, forwarding};
use super::look::{Asked, Look};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::is_external;

pub(super) static RULE: Rule = Rule {
    name: "external-without-host",
    severity: Severity::Warning,
    text: r"# external-without-host

A server outside the cluster is asked with the visitor's host, or without a name in TLS.

The controller passes on the `Host` that the client asked for, and sends no SNI. A server that many share knows its own name alone: it answers 404 or 403, or
with another certificate. `upstream-vhost` sets `Host`; `proxy-ssl-server-name: on` sends SNI, and `proxy-ssl-name` says which.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/backend-protocol: HTTPS}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: ExternalName, externalName: api.example.net, ports: [{name: https, port: 443}]}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/backend-protocol: HTTPS, nginx.ingress.kubernetes.io/upstream-vhost: api.example.net, nginx.ingress.kubernetes.io/proxy-ssl-server-name: 'on', nginx.ingress.kubernetes.io/proxy-ssl-name: api.example.net, nginx.ingress.kubernetes.io/proxy-ssl-secret: shop/ca}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: ExternalName, externalName: api.example.net, ports: [{name: https, port: 443}]}
```

## Quiet: where the Service is in the cluster

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/backend-protocol: HTTPS}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: https}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: https, port: 443, targetPort: 8443}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.backends().filter_map(|asked| unnamed(look, &asked)).collect()
}

fn unnamed(look: &Look, asked: &Asked) -> Option<Diagnostic> {
    let service = asked.service.filter(|service| is_external(&service.value))?;
    let name = service.value.spec.as_ref()?.external_name.as_deref()?;
    // An address has no name, and a name of the cluster's own is answered whatever the host.
    if name.parse::<std::net::IpAddr>().is_ok() || name.trim_end_matches('.').ends_with(".cluster.local") || !name.contains('.') {
        return None;
    }
    // Without a Secret none of the settings for TLS to backends counts.
    let has_secret = look.annotation(asked.ingress, &backend_tls::SECRET.spec).is_some_and(|value| !value.trim().is_empty());
    let is_on = has_secret && look.annotation(asked.ingress, &backend_tls::SEND_NAME.spec).is_some_and(|value| value == "on");
    let host = look.annotation(asked.ingress, &forwarding::HOST.spec).is_none().then(|| format!("`Host` is that of the visitor (`upstream-vhost: {name}` sets it)"));
    let sni = (asked.protocol.is_tls() && !is_on).then(|| String::from("no SNI is sent (`proxy-ssl-server-name: \"on\"` and `proxy-ssl-name` send it, beside a `proxy-ssl-secret`)"));
    let missing: Vec<String> = host.into_iter().chain(sni).collect();
    if missing.is_empty() {
        return None;
    }
    let finding = RULE.finding(format!("`{name}` is outside the cluster: {}", missing.join("; ")));
    let finding = finding.at(asked.service_span()).subject(name).object(asked.ingress.reference.clone());
    Some(finding.related("the name outside", service.span(&["spec", "externalName"])))
}
