//! Secrets that lie in another namespace.

use std::collections::BTreeMap;

use super::look::Look;
use super::wanted_secrets::{Wanted, wanted};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Issuance, Object, named};
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "secret-elsewhere",
    severity: Severity::Warning,
    text: r"# secret-elsewhere

A Secret lies in another namespace than the Ingress that names it, or cert-manager makes it there.

The controller takes the Secret from the namespace of the Ingress. Where the certificate of a host is not there, the host is served with the default certificate, which browsers
refuse; where the users or the authority of a check are not there, its paths are closed. Copy the Secret, or let one Ingress of the other namespace serve the host; a certificate for all hosts is `--default-ssl-certificate`.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: wildcard}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Secret
metadata: {name: wildcard, namespace: certs}
type: kubernetes.io/tls
```

## Fires: where it holds users

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-type: basic
    nginx.ingress.kubernetes.io/auth-secret: users
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
metadata: {name: users, namespace: default}
stringData: {auth: 'alice:$apr1$QvKLTYRf$cWvWYyCYjMGZEwDSVnVnF/'}
```

## Fires: where cert-manager makes it

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: wildcard}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: wildcard, namespace: certs}
spec:
  secretName: wildcard
  dnsNames: ['*.example.com']
  issuerRef: {name: letsencrypt, kind: ClusterIssuer}
```

## Quiet: where cert-manager makes it in both

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: wildcard}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: wildcard, namespace: certs}
spec:
  secretName: wildcard
  dnsNames: ['*.example.com']
  issuerRef: {name: letsencrypt, kind: ClusterIssuer}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: wildcard, namespace: shop}
spec:
  secretName: wildcard
  dnsNames: ['*.example.com']
  issuerRef: {name: letsencrypt, kind: ClusterIssuer}
```

## Quiet: where another program copies it

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: wildcard}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: wildcard, namespace: certs}
spec:
  secretName: wildcard
  dnsNames: ['*.example.com']
  issuerRef: {name: letsencrypt, kind: ClusterIssuer}
  secretTemplate:
    annotations: {reflector.v1.k8s.emberstack.com/reflection-auto-enabled: 'true'}
```

## Quiet: where nothing is known of the Secret

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: wildcard}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

/// What annotations begin with by which other programs copy a Secret.
const COPYING: [&str; 4] =
    ["config-syncer.appscode.com/", "kubed.appscode.com/", "reflector.v1.k8s.emberstack.com/", "replicator.v1.mittwald.de/"];

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let all = look.ingresses().flat_map(|ingress| wanted(look, ingress).into_iter().map(move |wanted| (ingress, wanted)));
    all.filter_map(|(ingress, wanted)| elsewhere(look, ingress, &wanted)).collect()
}

fn elsewhere(look: &Look, ingress: &Object<Ingress>, wanted: &Wanted) -> Option<Diagnostic> {
    let (namespace, name) = (ingress.reference.namespace.as_str(), wanted.name);
    let is_made_here = || certificates(look, name).any(|certificate| certificate.reference.namespace == namespace);
    let is_here = look.cluster.has_unread_secret(namespace, name) || named(&look.cluster.secrets, namespace, name).is_some();
    if name.is_empty() || is_here || is_made_here() {
        return None;
    }
    let secret = look.links.secret_called(name).filter(|secret| !is_copied(secret.value.metadata.annotations.as_ref()));
    let (other, lies, place) = match secret {
        Some(secret) => (&secret.reference.namespace, "it lies", secret.span(&["metadata", "namespace"])),
        // What cert-manager makes is a certificate, and no list of users.
        None if wanted.key == "auth" => return None,
        None => {
            let certificate = certificates(look, name).find(|certificate| !is_copied(certificate.value.secret_annotations()))?;
            (&certificate.reference.namespace, "cert-manager makes it", certificate.span(&["metadata", "namespace"]))
        }
    };
    let finding = RULE.finding(format!("there is no Secret `{namespace}/{name}`, but `{other}/{name}`: {}", wanted.result));
    let finding = finding.at(wanted.place).subject(name).related(format!("{lies} in this namespace"), place);
    Some(finding.note("a Secret is taken from the namespace of the Ingress").object(ingress.reference.clone()))
}

/// The Certificates of cert-manager that are put into a Secret of a name, in any namespace.
fn certificates<'a>(look: &Look<'a>, name: &str) -> impl Iterator<Item = &'a Object<Issuance>> {
    look.cluster.issuances.iter().filter(move |object| object.reference.kind == "Certificate" && object.value.secret_name == name)
}

/// Whether an annotation asks for copies of a Secret in other namespaces.
fn is_copied(annotations: Option<&BTreeMap<String, String>>) -> bool {
    annotations.into_iter().flatten().any(|(name, _)| COPYING.iter().any(|prefix| name.starts_with(prefix)))
}
