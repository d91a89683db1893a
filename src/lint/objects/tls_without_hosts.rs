//! Entries of TLS for no host.

use super::certificates::{managed_by};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::Object;
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "tls-without-hosts",
    severity: Severity::Info,
    text: r"# tls-without-hosts

An entry of `tls` names no hosts.

The controller then serves the certificate for those hosts of the Ingress that it covers, and the default certificate for the others. cert-manager passes such an entry over, and makes no certificate.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where cert-manager passes it over

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    cert-manager.io/issuer: 'letsencrypt'
spec:
  ingressClassName: nginx
  tls: [{secretName: shop}]
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
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where the certificate covers the hosts

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: shop, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxakNDQVZDZ0F3SUJBZ0lVYUFJZUJFNFE5MHNCcis5OFZQM29NNm1hZEk4d0NnWUlLb1pJemowRUF3SXcKR3pFWk1CY0dBMVVFQXd3UWMyaHZjQzVsZUdGdGNHeGxMbU52YlRBZ0Z3MHlOakV4TWpjeE5qUXlNelJhR0E4eQpNVEkyTVRFd016RTJOREl6TkZvd0d6RVpNQmNHQTFVRUF3d1FjMmh2Y0M1bGVHRnRjR3hsTG1OdmJUQlpNQk1HCkJ5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEEwSUFCQmg5Mkk0WnpYTkdDYjVmM3ovLzJXN0l6NTg2NFlUVlBFeXkKUDlIZG80WVEydFVYWGNIbEZKYW9VWmc2SjdQTDI1eWd4c3RNWTRucCtJekxQMW1vVUVpamNEQnVNQjBHQTFVZApEZ1FXQkJRa0RnM1ZybnpjaDlITE1MN3RmQjU3L3pDdG5EQWZCZ05WSFNNRUdEQVdnQlFrRGczVnJuemNoOUhMCk1MN3RmQjU3L3pDdG5EQVBCZ05WSFJNQkFmOEVCVEFEQVFIL01Cc0dBMVVkRVFRVU1CS0NFSE5vYjNBdVpYaGgKYlhCc1pTNWpiMjB3Q2dZSUtvWkl6ajBFQXdJRFNBQXdSUUloQUxUb2lBSXhOZDArMmVoU0xGSjBzNk55UVJOVwozcHpySWlMWS9Fd1BpbWFtQWlBQ2lhOFQ4cHYvbkNHQnRCMTVBVjRUMHRFdG5LMy84Nk9OQU5RTDBVNE8rUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUFlS2NFR2l5T0t5anIvbkhETTdxTjMwZjBreTVuelREZzRROWd1K3hlRmFvQW9HQ0NxR1NNNDkKQXdFSG9VUURRZ0FFR0gzWWpobk5jMFlKdmwvZlAvL1pic2pQbnpyaGhOVThUTEkvMGQyamhoRGExUmRkd2VVVQpscWhSbURvbnM4dmJuS0RHeTB4amllbjRqTXMvV2FoUVNBPT0KLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo=
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.ingresses().filter_map(|ingress| finding(look, ingress)).collect()
}

fn finding(look: &Look, ingress: &Object<Ingress>) -> Option<Diagnostic> {
    let (at, entry) = ingress.tls().iter().enumerate().find(|(_, entry)| entry.hosts.as_ref().is_none_or(Vec::is_empty))?;
    let place = ingress.span(&["spec", "tls", &at.to_string()]);
    if let Some(annotation) = managed_by(ingress) {
        let finding = RULE.finding(format!("the entry of `tls` names no hosts: cert-manager, which `{annotation}` asks, passes it over and makes no certificate"));
        let finding = Diagnostic { severity: Severity::Warning, ..finding }.at(place).subject("hosts").object(ingress.reference.clone());
        return Some(finding.help("list the hosts of the rules"));
    }
    let name = entry.secret_name.as_deref().unwrap_or_default();
    let own = format!("{}/{name}", ingress.reference.namespace);
    let covers = |host: &str| look.proxy.server(host).and_then(|server| server.certificate.as_deref()).is_some_and(|certificate| certificate.name == own);
    let mut hosts = ingress.backends().map(|backend| backend.host).filter(|host| !host.is_empty()).peekable();
    if name.is_empty() || hosts.peek().is_some() && hosts.all(covers) {
        return None;
    }
    let finding = RULE.finding(format!("the entry of `tls` names no hosts: only those that the certificate in Secret `{name}` covers are served with it"));
    Some(finding.at(place).subject("hosts").object(ingress.reference.clone()).help("list the hosts of the rules"))
}
