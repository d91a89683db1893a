//! Wildcard hosts among tenants.

use hashbrown::{HashMap, HashSet};

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "tenant-wildcard",
    severity: Severity::Info,
    text: r"# tenant-wildcard

One of several tenants has a wildcard host.

A host as `*.example.com` takes requests of every host below that nobody declares: of a team whose Ingress is not there yet, of one that was removed, of a misspelt one. Their clients send cookies and passwords to the tenant with the wildcard.
Where namespaces belong to different teams, a policy should give each its own names.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: '*.example.com'
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: blog, namespace: blog}
spec:
  ingressClassName: nginx
  rules:
  - host: blog.example.org
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where there is one namespace

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: '*.example.com'
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: blog, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: blog.example.org
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where nobody has a wildcard

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: blog, namespace: blog}
spec:
  ingressClassName: nginx
  rules:
  - host: blog.example.org
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let namespaces: HashSet<&str> = look.ingresses().map(|ingress| ingress.reference.namespace.as_str()).collect();
    if namespaces.len() < 2 {
        return Vec::new();
    }
    // Where another namespace has a host below, that is told there.
    let mut below: HashMap<String, HashSet<&str>> = HashMap::new();
    for ingress in look.ingresses() {
        for backend in ingress.backends() {
            if let Some((_, parent)) = backend.host.split_once('.') {
                below.entry(parent.to_ascii_lowercase()).or_default().insert(&ingress.reference.namespace);
            }
        }
    }
    let mut findings = Vec::new();
    for ingress in look.ingresses() {
        let rules = ingress.rules().iter().enumerate();
        let wildcards = rules.filter_map(|(at, rule)| Some((at, rule.host.as_deref()?, rule.host.as_deref()?.strip_prefix("*.")?.to_ascii_lowercase())));
        let namespace = ingress.reference.namespace.as_str();
        let alone = |parent: &String| below.get(parent).is_none_or(|others| others.iter().all(|other| *other == namespace));
        let Some((at, host, _)) = wildcards.into_iter().find(|(_, _, parent)| alone(parent)) else { continue };
        let message = format!("namespace `{namespace}` takes requests for every host below `{host}` that nobody declares, of other teams too");
        let finding = RULE.finding(message).at(ingress.span(&["spec", "rules", &at.to_string(), "host"])).subject(host);
        findings.push(finding.object(ingress.reference.clone()).help("declare the hosts by name"));
    }
    findings
}
