//! Hosts under TLS that nobody serves.

use hashbrown::HashSet;

use super::certificates::{managed_by};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::twin;
use crate::lint::rule::Rule;
use crate::manifest::Object;
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "unserved-tls-host",
    severity: Severity::Info,
    text: r"# unserved-tls-host

An entry of `tls` names a host that no rule has.

Nothing is served under it: the certificate is made and renewed for nobody. With cert-manager it is worse, because one host that does not lead to the controller keeps the whole certificate from being issued.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com, old.example.com], secretName: shop}]
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

## Quiet: where another Ingress has the rule

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com, api.example.com], secretName: shop}]
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
  - host: api.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
```

## Quiet: where the host is redirected

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/from-to-www-redirect: 'true'
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com, www.shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let rules = look.cluster.ingresses.iter().flat_map(Object::rules);
    let hosts = rules.filter_map(|rule| rule.host.as_deref()).map(str::to_ascii_lowercase);
    let aliases = look.proxy.servers.iter().flat_map(|server| &server.aliases).cloned();
    let mut served: HashSet<String> = hosts.chain(aliases).collect();
    served.extend(look.proxy.host_redirects.iter().map(|redirect| redirect.from.clone()));
    let parents: HashSet<&str> = served.iter().filter_map(|host| host.split_once('.')).map(|(_, parent)| parent).collect();
    look.ingresses().filter_map(|ingress| finding(&served, &parents, ingress)).collect()
}

fn finding(served: &HashSet<String>, parents: &HashSet<&str>, ingress: &Object<Ingress>) -> Option<Diagnostic> {
    let own: Vec<String> = ingress.rules().iter().filter_map(|rule| rule.host.as_deref()).map(str::to_ascii_lowercase).collect();
    let listed: HashSet<String> = ingress.tls_hosts().map(|(host, _)| host.to_ascii_lowercase()).collect();
    let is_listed = |host: &String| listed.contains(host) || host.split_once('.').is_some_and(|(_, parent)| listed.contains(&format!("*.{parent}")));
    // Of a host that is misspelt in one of the two places it is told where the rule is.
    if own.is_empty() || !own.iter().all(is_listed) {
        return None;
    }
    let is_idle = |host: &str| {
        let host = host.to_ascii_lowercase();
        // `www.` beside the name itself is often kept for a redirect elsewhere.
        let parent = host.split_once('.').map_or("", |(_, parent)| parent);
        let is_below = served.contains(&format!("*.{parent}"));
        let covers = host.starts_with("*.") && parents.contains(parent);
        !served.contains(&host) && !served.contains(&twin(&host)) && !covers && !is_below
    };
    let (host, place) = ingress.tls_hosts().find(|(host, _)| is_idle(host))?;
    let finding = RULE.finding(format!("`tls` names host `{host}`, and no rule of the input does: nothing is served under it")).at(ingress.tls_span(place)).subject(host);
    let finding = finding.object(ingress.reference.clone());
    Some(match managed_by(ingress) {
        Some(_) => Diagnostic { severity: Severity::Warning, ..finding.note("cert-manager issues a certificate for all of its hosts or none") },
        None => finding.help(format!("add a rule for `{host}`, or remove it")),
    })
}
