//! Backends that end no TLS, and get it unopened.

use super::look::Look;
use super::speech::{Speech, of_backend};
use crate::catalog::features::server;
use crate::catalog::value::parse_bool;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "plain-behind-passthrough",
    severity: Severity::Warning,
    text: r"# plain-behind-passthrough

TLS is passed unopened to a port that looks like plain HTTP.

With `ssl-passthrough` the backend itself must end TLS, with a certificate of its own. A server of plain HTTP takes the first bytes for a broken request: no HTTPS connection to the host succeeds.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/ssl-passthrough: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx, --enable-ssl-passthrough]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80, targetPort: 8080}]}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/ssl-passthrough: 'true'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 443}}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx, --enable-ssl-passthrough]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: https, port: 443, targetPort: 8443}]}
```

## Quiet: where TLS is ended

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
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx, --enable-ssl-passthrough]
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: http, port: 80, targetPort: 8080}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    if !look.controller.flags.enable_ssl_passthrough {
        return Vec::new();
    }
    // All connections go to the backend of `/`.
    let passed = look.backends().filter(|asked| asked.backend.path() == "/" && look.value_of(asked.ingress, &server::TLS_PASSTHROUGH).and_then(parse_bool) == Some(true));
    passed
        .filter_map(|asked| {
            let (_, port) = of_backend(&asked).filter(|(speech, _)| *speech == Speech::Plain)?;
            let finding = RULE.finding(format!("{port} looks like plain HTTP, and gets TLS unopened")).at(asked.port_span()).subject(asked.name());
            let finding = finding.related("the port", asked.ports_span()?).object(asked.ingress.reference.clone());
            Some(finding.help("name a port that ends TLS, or remove `ssl-passthrough`"))
        })
        .collect()
}
