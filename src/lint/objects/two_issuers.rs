//! Certificates that two shall issue.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "two-issuers",
    severity: Severity::Error,
    text: r"# two-issuers

An Ingress names an Issuer and a ClusterIssuer of cert-manager.

cert-manager makes a certificate for an Ingress that names one of them. Of an Ingress with both annotations it makes none, and the hosts are served with
the default certificate.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {cert-manager.io/issuer: a, cert-manager.io/cluster-issuer: b}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: b}
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

const ISSUER: &str = "cert-manager.io/issuer";
const CLUSTER_ISSUER: &str = "cert-manager.io/cluster-issuer";

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let both = look.ingresses().filter(|ingress| {
        let annotations = ingress.value.metadata.annotations.as_ref();
        annotations.is_some_and(|annotations| annotations.contains_key(ISSUER) && annotations.contains_key(CLUSTER_ISSUER))
    });
    both.map(|ingress| {
        let place = |name: &str| ingress.span(&["metadata", "annotations", name]);
        let finding = RULE.finding(format!("`{CLUSTER_ISSUER}` stands beside `{ISSUER}`: cert-manager issues nothing for this Ingress"));
        finding.at(place(CLUSTER_ISSUER)).subject(CLUSTER_ISSUER).related("the other one", place(ISSUER)).object(ingress.reference.clone())
    })
    .collect()
}
