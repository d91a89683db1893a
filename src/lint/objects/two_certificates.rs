//! Hosts for which two certificates are named.

use hashbrown::{HashMap, HashSet};
use hashbrown::hash_map::Entry;

use super::look::Look;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::lint::rule::Rule;
use crate::lower::creation_order;
use crate::manifest::{Object, named};
use crate::source::Span;
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "two-certificates",
    severity: Severity::Warning,
    text: r"# two-certificates

Two Secrets are named for the certificate of one host.

A host has one certificate: that of the oldest Ingress with TLS for it, and within an Ingress that of its first entry. The other one is never served: where it is the one that is renewed, clients see the old one run out.

## Fires

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
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: other}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
```

## Fires: within one Ingress

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}, {hosts: [shop.example.com], secretName: other}]
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
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
```

## Quiet: where one of them has no TLS

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
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
```
",
};

/// What an Ingress names for a host.
#[derive(Clone, Copy)]
struct Named<'a> {
    ingress: &'a Object<Ingress>,
    secret: &'a str,
    place: Span,
}

impl Named<'_> {
    fn key(&self) -> String {
        format!("{}/{}", self.ingress.reference.namespace, self.secret)
    }
}

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut order: Vec<&Object<Ingress>> = look.ingresses().filter(|ingress| !look.is_canary(ingress)).collect();
    order.sort_by_cached_key(|ingress| creation_order(ingress));
    let mut first: HashMap<String, Named> = HashMap::new();
    let mut findings = Vec::new();
    for ingress in order {
        let listed = ingress.tls().iter().enumerate().flat_map(|(at, entry)| entry.hosts.iter().flatten().map(move |host| (at, entry, host)));
        let rules: HashSet<String> = ingress.backends().map(|backend| backend.host.to_ascii_lowercase()).collect();
        // An entry counts for the hosts of the rules beside it alone.
        for (at, entry, host) in listed.filter(|(.., host)| rules.contains(&host.to_ascii_lowercase())) {
            let Some(secret) = entry.secret_name.as_deref().filter(|name| !name.is_empty()) else { continue };
            let own = Named { ingress, secret, place: ingress.span(&["spec", "tls", &at.to_string(), "secretName"]) };
            match first.entry(host.to_ascii_lowercase()) {
                Entry::Vacant(free) => drop(free.insert(own)),
                // Secrets of one name in two namespaces are mostly copies.
                Entry::Occupied(winner) if winner.get().secret != own.secret => findings.push(lost(look, host, own, *winner.get())),
                Entry::Occupied(_) => {}
            }
        }
    }
    findings
}

fn lost(look: &Look, host: &str, own: Named, winner: Named) -> Diagnostic {
    // Where the Secret that counts is known to be missing or unfit, its host has the default certificate.
    let served = look.proxy.server(&host.to_ascii_lowercase()).and_then(|server| server.certificate.as_ref());
    let is_known = named(&look.cluster.secrets, &winner.ingress.reference.namespace, winner.secret).is_some();
    let by = match served.filter(|_| is_known) {
        Some(certificate) if certificate.name != winner.key() => format!("the default certificate, as that in Secret `{}` cannot be used", winner.key()),
        _ => format!("the certificate in Secret `{}`", winner.key()),
    };
    let message = format!("host `{host}` is served with {by}, not in `{}`", own.key());
    let finding = RULE.finding(message).at(own.place).subject(host).object(own.ingress.reference.clone()).effect(Effect::Overridden);
    let finding = finding.related("this one counts", winner.place).help("name one Secret for the host everywhere");
    let is_unknown = |ingress: &Object<Ingress>| ingress.value.metadata.creation_timestamp.is_none();
    let is_guess = own.ingress.reference != winner.ingress.reference && (is_unknown(own.ingress) || is_unknown(winner.ingress));
    if is_guess { finding.note("the older Ingress decides: without `creationTimestamp` that is a guess, by the names") } else { finding }
}
