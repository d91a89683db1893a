//! Hosts that the Certificate of their Secret is not for.

use hashbrown::HashMap;

use super::certificates::managed_by;
use super::listed;
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::lower::name_covers;
use crate::manifest::{Issuance, Object, named};
use crate::source::Span;
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "uncovered-host",
    severity: Severity::Warning,
    text: r"# uncovered-host

cert-manager makes the certificate that an Ingress serves, and makes it for other hosts.

The controller serves a host with the certificate in the Secret only where that is for the host; else with the default certificate, which browsers refuse. A name with a star is for one label: `*.example.com` covers `shop.example.com`, and neither
`example.com` nor `a.shop.example.com`.

## Fires

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
spec: {secretName: shop-tls, dnsNames: [www.example.com], issuerRef: {name: letsencrypt, kind: ClusterIssuer}}
```

## Fires: where a star is for one label

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [example.com, shop.example.com], secretName: all}]
  rules:
  - host: example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: all, namespace: shop}
spec: {secretName: all, dnsNames: ['*.example.com'], issuerRef: {name: letsencrypt, kind: ClusterIssuer}}
```

## Fires: where cert-manager makes it for another Ingress

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: letsencrypt}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop-tls}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: pay, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [pay.example.com], secretName: shop-tls}]
  rules:
  - host: pay.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: pay, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com, example.com], secretName: all}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: all, namespace: shop}
spec: {secretName: all, commonName: example.com, dnsNames: ['*.Example.com'], issuerRef: {name: letsencrypt, kind: ClusterIssuer}}
```

## Quiet: where cert-manager makes it for the Ingress itself

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: letsencrypt}
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
spec: {secretName: shop-tls, dnsNames: [www.example.com], issuerRef: {name: letsencrypt, kind: ClusterIssuer}}
```
",
};

/// Certificates by namespace and Secret.
type Made<'a> = HashMap<(&'a str, &'a str), Certificate<'a>>;

/// What cert-manager makes.
struct Certificate<'a> {
    names: Vec<&'a str>,
    /// What says the names.
    place: Span,
    help: &'static str,
}

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let certificates = look.cluster.issuances.iter().filter(|object| object.reference.kind == "Certificate");
    let mut made: Made = look.ingresses().filter(|ingress| managed_by(ingress).is_some()).fold(Made::new(), of_managed);
    made.extend(certificates.filter_map(|object| {
        let (place, help) = (object.span(&["spec", "dnsNames"]), "add the hosts to `dnsNames` of the Certificate");
        let certificate = Certificate { names: names(&object.value)?, place, help };
        Some(((object.reference.namespace.as_str(), object.value.secret_name.as_str()), certificate))
    }));
    if made.is_empty() {
        return Vec::new();
    }
    look.ingresses().filter(|ingress| managed_by(ingress).is_none()).flat_map(|ingress| of_ingress(look, &made, ingress)).collect()
}

fn of_ingress(look: &Look, made: &Made, ingress: &Object<Ingress>) -> Vec<Diagnostic> {
    let namespace = ingress.reference.namespace.as_str();
    let entries = ingress.tls().iter().enumerate();
    let found = entries.filter_map(|(at, entry)| {
        let secret = entry.secret_name.as_deref()?;
        let certificate = made.get(&(namespace, secret))?;
        // What is in a Secret that is there, is judged by itself.
        if named(&look.cluster.secrets, namespace, secret).is_some() {
            return None;
        }
        let names = &certificate.names;
        let hosts = entry.hosts.iter().flatten().enumerate();
        let others: Vec<_> = hosts.filter(|(_, host)| !names.iter().any(|name| name_covers(name, host))).collect();
        let (place, _) = others.first()?;
        let told = listed(others.iter().map(|(_, host)| host.as_str()));
        let message = format!("the Certificate of Secret `{secret}` is not for {told}: the default certificate is served");
        let finding = RULE.finding(message).at(ingress.span(&["spec", "tls", &at.to_string(), "hosts", &place.to_string()]));
        let finding = finding.subject(secret).object(ingress.reference.clone());
        let is_for = format!("it is for {}", listed(names.iter().copied()));
        Some(finding.related(is_for, certificate.place).help(certificate.help))
    });
    found.collect()
}

/// Adds the certificates that cert-manager makes for an Ingress by its annotation: for the hosts of the entry. Of two Ingresses with one
/// Secret it is not known which of them is asked.
fn of_managed<'a>(mut made: Made<'a>, ingress: &'a Object<Ingress>) -> Made<'a> {
    for (at, entry) in ingress.tls().iter().enumerate() {
        let (Some(secret), hosts) = (entry.secret_name.as_deref(), entry.hosts.iter().flatten()) else { continue };
        let place = ingress.span(&["spec", "tls", &at.to_string(), "hosts"]);
        let help = "give the Ingress a Secret of its own and the annotation of the issuer, or add its hosts to the entry of the other one";
        let new = || Certificate { names: Vec::new(), place, help };
        made.entry((ingress.reference.namespace.as_str(), secret)).or_insert_with(new).names.extend(hosts.map(String::as_str));
    }
    made.retain(|_, certificate| !certificate.names.is_empty());
    made
}

/// The names that a certificate will have; none where they are not known, as where something fills them in later.
fn names(certificate: &Issuance) -> Option<Vec<&str>> {
    let common = certificate.common_name.as_deref().filter(|name| !name.is_empty());
    let names: Vec<_> = certificate.dns_names.iter().flatten().map(String::as_str).chain(common).collect();
    let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.*".contains(&byte));
    (!names.is_empty() && names.iter().all(is_name)).then_some(names)
}
