//! Hosts that no entry of TLS names.

use super::look::Look;
use super::{listed, meant};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::Object;
use k8s_openapi::api::networking::v1::Ingress;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    name: "host-outside-tls",
    severity: Severity::Warning,
    text: r"# host-outside-tls

An Ingress has TLS, and none of its entries names a host that it serves.

Such a host is served with the default certificate, which browsers refuse, unless the certificate of an entry happens to cover it. Write the host under
`tls[].hosts`. Where the Secret is in the input and its certificate covers the host, nothing is said.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  tls: [{hosts: [www.example.com], secretName: site}]
  rules:
  - host: api.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  tls: [{hosts: [www.example.com], secretName: site}]
  rules:
  - host: www.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
```

## Quiet: where an entry has a wildcard

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  tls: [{hosts: ['*.example.com'], secretName: site}]
  rules:
  - host: www.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut listed = BTreeSet::new();
    for ingress in look.ingresses() {
        listed.extend(ingress.tls_hosts().map(|(host, _)| host.to_ascii_lowercase()));
    }
    look.ingresses().flat_map(|ingress| outside(look, &listed, ingress)).collect()
}

fn outside(look: &Look, listed_anywhere: &BTreeSet<String>, ingress: &Object<Ingress>) -> Vec<Diagnostic> {
    let entries = ingress.tls();
    // An entry without hosts is for those that its certificate covers.
    if entries.is_empty() || entries.iter().any(|entry| entry.hosts.as_ref().is_none_or(Vec::is_empty)) {
        return Vec::new();
    }
    let hosts: Vec<&str> = ingress.tls_hosts().map(|(host, _)| host).collect();
    let rules = ingress.rules().iter().enumerate();
    let mut findings = Vec::new();
    for (at, host) in rules.filter_map(|(at, rule)| Some((at, rule.host.as_deref().filter(|host| !host.is_empty())?))) {
        let lower = host.to_ascii_lowercase();
        let wildcard = lower.split_once('.').map(|(_, parent)| format!("*.{parent}"));
        let is_below = wildcard.is_some_and(|wildcard| hosts.iter().any(|listed| listed.eq_ignore_ascii_case(&wildcard)));
        let certificate = look.proxy.server(host).and_then(|server| server.certificate.as_deref());
        let has_own = certificate.is_some_and(|certificate| certificate.name != look.proxy.default_certificate.name);
        if listed_anywhere.contains(&lower) || is_below || has_own {
            continue;
        }
        let finding = RULE.finding(format!("no entry of `tls` names the host `{host}`: it is served with the default certificate"));
        let finding = finding.at(ingress.span(&["spec", "rules", &at.to_string(), "host"])).subject(host).object(ingress.reference.clone());
        let finding = finding.related(format!("`tls` names {}", listed(hosts.iter().copied())), ingress.span(&["spec", "tls"]));
        let finding = finding.note("unless the certificate of an entry covers it: then that one is served");
        findings.push(match meant(host, hosts.iter().copied()).filter(|meant| strsim::osa_distance(meant, host) <= 2) {
            Some(meant) => finding.help(format!("did you mean `{meant}`?")),
            None => finding.help(format!("add `{host}` to `tls[].hosts`")),
        });
    }
    findings
}
