//! Certificates that no Ingress serves.

use hashbrown::{HashMap, HashSet};

use super::look::Look;
use super::meant;
use crate::catalog::features::{backend_tls, client_auth};
use crate::catalog::key::Spec;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Issuance, Object};

pub(super) static RULE: Rule = Rule {
    name: "unused-certificate",
    severity: Severity::Warning,
    text: r"# unused-certificate

cert-manager makes a certificate for a host, and no Ingress serves it.

A certificate is served where `spec.tls` of an Ingress names its Secret, in the same namespace. Where the names differ by a letter, the host gets the default certificate although a good one is renewed beside it.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop-cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: shop, namespace: shop}
spec: {secretName: shop-tls, dnsNames: [shop.example.com], issuerRef: {name: letsencrypt, kind: ClusterIssuer}}
```

## Fires: where the host has no TLS

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: shop, namespace: shop}
spec: {secretName: shop-tls, dnsNames: [shop.example.com], issuerRef: {name: letsencrypt, kind: ClusterIssuer}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop-tls}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: shop, namespace: shop}
spec: {secretName: shop-tls, dnsNames: [shop.example.com], issuerRef: {name: letsencrypt, kind: ClusterIssuer}}
```

## Quiet: where it is for no host of an Ingress

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: shop, namespace: shop}
spec: {secretName: db-tls, dnsNames: [db.shop.svc], issuerRef: {name: letsencrypt, kind: ClusterIssuer}}
```
",
};

/// Annotations that name a Secret with a certificate.
static NAMING: [&Spec; 2] = [&client_auth::SECRET.spec, &backend_tls::SECRET.spec];

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let certificates: Vec<_> = look.cluster.issuances.iter().filter(|object| object.reference.kind == "Certificate").collect();
    if certificates.is_empty() {
        return Vec::new();
    }
    let mut named: HashSet<(&str, &str)> = HashSet::new();
    named.extend(look.controller.flags.default_ssl_certificate.split_once('/'));
    let mut hosts: HashMap<(&str, String), &str> = HashMap::new();
    for ingress in &look.cluster.ingresses {
        let namespace = ingress.reference.namespace.as_str();
        named.extend(ingress.tls().iter().filter_map(|entry| Some((namespace, entry.secret_name.as_deref()?))));
        let others = NAMING.iter().filter_map(|annotation| look.annotation(ingress, annotation));
        named.extend(others.map(|value| value.split_once('/').unwrap_or((namespace, value))));
        let own = ingress.tls().iter().filter_map(|entry| entry.secret_name.as_deref()).next().unwrap_or_default();
        hosts.extend(ingress.backends().map(|backend| ((namespace, backend.host.to_ascii_lowercase()), own)));
    }
    let unused = certificates.into_iter().filter(|certificate| !named.contains(&(certificate.reference.namespace.as_str(), certificate.value.secret_name.as_str())));
    unused.filter_map(|certificate| finding(certificate, &hosts)).collect()
}

fn finding(certificate: &Object<Issuance>, hosts: &HashMap<(&str, String), &str>) -> Option<Diagnostic> {
    let (namespace, secret) = (certificate.reference.namespace.as_str(), certificate.value.secret_name.as_str());
    let served = |name: &String| hosts.get(&(namespace, name.to_ascii_lowercase()));
    let (host, other) = certificate.value.dns_names.iter().flatten().find_map(|name| Some((name, *served(name)?)))?;
    let message = format!("no Ingress names Secret `{secret}`, which the Certificate for host `{host}` is put into: another certificate is served");
    let finding = RULE.finding(message).at(certificate.span(&["spec", "secretName"]));
    let finding = finding.subject(secret).object(certificate.reference.clone());
    Some(match meant(other, [secret]) {
        Some(_) => finding.help(format!("the Ingress names `{other}`: did you mean `{secret}`?")),
        None => finding.help(format!("name `{secret}` as `secretName` in `tls` of the Ingress")),
    })
}
