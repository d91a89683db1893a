//! Certificates whose issuer is not there.

use hashbrown::HashMap;

use super::look::Look;
use super::{listed, meant};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::Object;

pub(super) static RULE: Rule = Rule {
    name: "missing-issuer",
    severity: Severity::Warning,
    text: r"# missing-issuer

An Ingress or a Certificate names an issuer that the input does not have, though it has others.

cert-manager waits for the issuer and makes no certificate until it is there: the hosts are served with the default certificate. An Issuer lies in the
namespace of the Ingress, a ClusterIssuer in none. Where the input holds no issuer of the kind, nothing is said.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: letsencript}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt}
spec: {acme: {}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: letsencrypt}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt}
spec: {acme: {}}
```

## Fires: where the issuer lies in another namespace

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {cert-manager.io/issuer: letsencrypt}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: Issuer
metadata: {name: letsencrypt, namespace: cert-manager}
spec: {acme: {}}
```

## Quiet: where the input holds no issuer

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: letsencript}
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
    let issuers = || look.cluster.issuances.iter().filter(|object| object.reference.kind != "Certificate");
    let elsewhere: HashMap<&str, &Object<_>> = issuers().map(|issuer| (issuer.reference.name.as_str(), issuer)).collect();
    let of_kind = |kind: &str, namespace: &str| -> Vec<&str> {
        let all = look.cluster.issuances.iter().map(|object| &object.reference);
        all.filter(|reference| reference.kind == kind && (namespace.is_empty() || reference.namespace == namespace)).map(|reference| reference.name.as_str()).collect()
    };
    let mut findings = Vec::new();
    let mut compare = |name: &str, kind: &str, namespace: &str, finding: &dyn Fn(String) -> Diagnostic| {
        let known = of_kind(kind, if kind == "Issuer" { namespace } else { "" });
        if known.contains(&name) {
            return;
        }
        if let Some(other) = elsewhere.get(name) {
            let (what, at) = (&other.reference.kind, &other.reference.namespace);
            let words = if at.is_empty() { format!("the {what} `{name}` is none") } else { format!("the {what} `{name}` of namespace `{at}` is not looked at") };
            let finding = finding(format!("there is no {kind} `{name}` in namespace `{namespace}`, and {words}: cert-manager issues nothing"));
            findings.push(finding.related("this one has the name", other.span(&["metadata", "name"])));
            return;
        }
        if known.is_empty() {
            return;
        }
        let finding = finding(format!("there is no {kind} `{name}`: cert-manager issues nothing"));
        findings.push(match meant(name, known.iter().copied()) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.note(format!("the input holds {}", listed(known.iter().copied()))),
        });
    };
    for ingress in look.ingresses() {
        for (annotation, kind) in [("cert-manager.io/issuer", "Issuer"), ("cert-manager.io/cluster-issuer", "ClusterIssuer")] {
            let Some(name) = ingress.value.metadata.annotations.as_ref().and_then(|annotations| annotations.get(annotation)) else { continue };
            let place = ingress.span(&["metadata", "annotations", annotation]);
            compare(name, kind, &ingress.reference.namespace, &|message| RULE.finding(message).at(place).subject(name).object(ingress.reference.clone()));
        }
    }
    for certificate in look.cluster.issuances.iter().filter(|object| object.reference.kind == "Certificate") {
        let Some(issuer) = &certificate.value.issuer_ref else { continue };
        let place = certificate.span(&["spec", "issuerRef", "name"]);
        let kind = issuer.kind.as_deref().unwrap_or("Issuer");
        compare(&issuer.name, kind, &certificate.reference.namespace, &|message| {
            RULE.finding(message).at(place).subject(issuer.name.as_str()).object(certificate.reference.clone())
        });
    }
    findings
}
