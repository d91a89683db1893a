//! Aliases that the certificate of their host does not cover.

use super::look::Look;
use crate::lint::reference;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Server;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "uncovered-alias",
    severity: Severity::Warning,
    text: r"# uncovered-alias

The certificate of a host does not name an alias of the host.

A server has one certificate, that of its host. Clients that ask for an alias get the default certificate where the host's own does not name the alias, and
browsers refuse it. Where the certificate is not in the input, nothing is said.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/server-alias: m.example.com}
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
kind: Secret
metadata: {name: cert, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxakNDQVZDZ0F3SUJBZ0lVUENNQTZRN3IyMkxNTzBBL3ZPUE5hSGYzRytrd0NnWUlLb1pJemowRUF3SXcKR3pFWk1CY0dBMVVFQXd3UWMyaHZjQzVsZUdGdGNHeGxMbU52YlRBZ0Z3MHlOakV4TWpjeE16QXpOREphR0E4eQpNVEkyTVRFd016RXpNRE0wTWxvd0d6RVpNQmNHQTFVRUF3d1FjMmh2Y0M1bGVHRnRjR3hsTG1OdmJUQlpNQk1HCkJ5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEEwSUFCQ0oyU0laL0NZMytRTWRYaDhqeUxod0RBYmJGZktkdGJ4c0IKQ3gwbUJoZkxXTmZjVnhCYVN1RGgyYmNRMW9CcUJ4MDZ2cHhINmx6QUZ2UWVUbDBjM1F5amNEQnVNQjBHQTFVZApEZ1FXQkJSNmFqaEdiR2tub2RwNU1tM1dpNy9wbS8yb0lEQWZCZ05WSFNNRUdEQVdnQlI2YWpoR2JHa25vZHA1Ck1tM1dpNy9wbS8yb0lEQVBCZ05WSFJNQkFmOEVCVEFEQVFIL01Cc0dBMVVkRVFRVU1CS0NFSE5vYjNBdVpYaGgKYlhCc1pTNWpiMjB3Q2dZSUtvWkl6ajBFQXdJRFNBQXdSUUlnWnVYcXlsbUdPU0tQbU10clc1ejFVcStiTHRLdwpEMHhnd2NKc0dya0xmK3NDSVFDMXJlcGVGd1FQWkhndjZ4c1JNY3BtMVhERDlBa3pyZTJBV1B2U1ZoeGZQZz09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUNlSjg2UUgxei9oTjVlalh2bTlTOUtWRGhySko1QUxpQkdQL3FTSGphSHVvQW9HQ0NxR1NNNDkKQXdFSG9VUURRZ0FFSW5aSWhuOEpqZjVBeDFlSHlQSXVIQU1CdHNWOHAyMXZHd0VMSFNZR0Y4dFkxOXhYRUZwSwo0T0hadHhEV2dHb0hIVHErbkVmcVhNQVc5QjVPWFJ6ZERBPT0KLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo=
```

## Quiet: where nothing is known of the certificate

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/server-alias: m.example.com}
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
    look.proxy.servers.iter().flat_map(|server| uncovered(look, server)).collect()
}

fn uncovered(look: &Look, server: &Server) -> Vec<Diagnostic> {
    let Some(certificate) = server.certificate.as_deref().filter(|certificate| certificate.name != look.proxy.default_certificate.name) else {
        return Vec::new();
    };
    let names = server.aliases.iter().filter(|alias| !alias.starts_with(['~', '*', '.']) && !alias.ends_with('*'));
    let names = names.filter(|alias| server.certificate_for(alias).is_none());
    names.map(|alias| {
        let message = format!("the certificate `{}` of host `{}` does not cover its alias `{alias}`", certificate.name, server.hostname);
        let finding = RULE.finding(message).subject(alias).note("clients of the alias get the default certificate, which browsers refuse");
        let route = server.routes.iter().find(|route| route.features.cause("server-alias").is_some());
        let cause = route.and_then(|route| route.features.cause("server-alias")).map(|(_, span)| *span);
        match route.and_then(|route| route.owner.as_deref()) {
            Some(owner) => finding.at(cause).object(reference(owner)),
            None => finding.at(cause.or_else(|| server.origin.span())),
        }
    })
    .collect()
}
