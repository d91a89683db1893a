//! Responses that name the version of nginx.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "told-version",
    severity: Severity::Warning,
    text: r"# told-version

Every response names nginx and its version.

`server-tokens` is off unless the ConfigMap switches it on. The version tells whoever looks for servers with a known fault which ones to try.

## Fires

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  server-tokens: 'true'
---
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
```

## Quiet

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  server-tokens: 'false'
---
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
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    finding(look).into_iter().collect()
}

fn finding(look: &Look) -> Option<Diagnostic> {
    const KEY: &str = "server-tokens";
    let origin = look.proxy.settings_origin.as_ref().filter(|_| look.proxy.settings.headers.server_tokens)?;
    let place = origin.place(KEY)?.span()?;
    let finding = RULE.finding("every response and error page names nginx and its version").at(place).subject(KEY);
    Some(finding.help("remove `server-tokens`"))
}
