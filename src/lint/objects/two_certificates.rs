//! Hosts for which two certificates are named.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::lint::rule::Rule;
use crate::lower::creation_order;
use crate::manifest::Object;
use crate::source::Span;
use k8s_openapi::api::networking::v1::Ingress;
use std::collections::{HashMap, HashSet};
use std::collections::hash_map::Entry;

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

/// The Secret that counts for a host, with its namespace, whose it is, and where it is named.
type First<'a> = (&'a str, &'a str, &'a Object<Ingress>, Span);

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut order: Vec<&Object<Ingress>> = look.ingresses().filter(|ingress| !look.is_canary(ingress)).collect();
    order.sort_by_cached_key(|ingress| creation_order(ingress));
    let mut first: HashMap<String, First> = HashMap::new();
    let mut findings = Vec::new();
    for ingress in order {
        let listed = ingress.tls().iter().enumerate().flat_map(|(at, entry)| entry.hosts.iter().flatten().map(move |host| (at, entry, host)));
        let rules: HashSet<String> = ingress.backends().map(|backend| backend.host.to_ascii_lowercase()).collect();
        // An entry counts for the hosts of the rules beside it alone.
        for (at, entry, host) in listed.filter(|(.., host)| rules.contains(&host.to_ascii_lowercase())) {
            let Some(secret) = entry.secret_name.as_deref().filter(|name| !name.is_empty()) else { continue };
            let place = ingress.span(&["spec", "tls", &at.to_string(), "secretName"]);
            let own = (ingress.reference.namespace.as_str(), secret, ingress, place);
            match first.entry(host.to_ascii_lowercase()) {
                Entry::Vacant(free) => drop(free.insert(own)),
                Entry::Occupied(winner) if winner.get().1 != own.1 => {
                    findings.push(lost(host, &own, winner.get(), ingress.value.metadata.creation_timestamp.is_none()));
                }
                // Secrets of one name in two namespaces are mostly copies.
                Entry::Occupied(_) => {}
            }
        }
    }
    findings
}

fn lost(host: &str, own: &First, winner: &First, is_guess: bool) -> Diagnostic {
    let (namespace, secret, ingress, place) = own;
    let message = format!("host `{host}` is served with the certificate in Secret `{}/{}`, not in `{namespace}/{secret}`", winner.0, winner.1);
    let finding = RULE.finding(message).at(*place).subject(host).object(ingress.reference.clone()).effect(Effect::Overridden);
    let finding = finding.related("this one counts", winner.3).help("name one Secret for the host everywhere");
    let is_other = ingress.reference != winner.2.reference;
    if is_guess && is_other { finding.note("the older Ingress decides: without `creationTimestamp` that is a guess, by the names") } else { finding }
}
