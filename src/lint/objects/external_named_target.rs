//! Services outside of the cluster whose target is a name.

use super::look::{Asked, Look};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{is_external, target};

pub(super) static RULE: Rule = Rule {
    name: "external-named-target",
    severity: Severity::Error,
    text: r"# external-named-target

A Service of type `ExternalName` has a `targetPort` that is a name.

Names of ports are those of containers, and a name outside has none. The controller wants a number, finds no endpoint, and every request for the path is answered 503.

## Fires

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
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: ExternalName, externalName: api.example.net, ports: [{port: 80, targetPort: http}]}
```

## Quiet

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
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: ExternalName, externalName: api.example.net, ports: [{port: 80, targetPort: 8080}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.backends().filter_map(|asked| finding(&asked)).collect()
}

fn finding(asked: &Asked) -> Option<Diagnostic> {
    let service = asked.service.filter(|service| is_external(&service.value))?;
    let target = target(asked.port()?);
    if target.parse::<u16>().is_ok_and(|number| number > 0) {
        return None;
    }
    let message = format!("the target `{target}` of Service `{}` is a name, and `ExternalName` has no containers: path `{}` answers 503", asked.name(), asked.backend.path());
    let finding = RULE.finding(message).at(asked.port_span()).subject(asked.name()).object(asked.ingress.reference.clone());
    Some(finding.related("the target", service.span(&["spec", "ports"])).help("write the number of the port as `targetPort`"))
}
