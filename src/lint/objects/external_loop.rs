//! Services outside of the cluster that are hosts of the controller itself.

use hashbrown::HashSet;

use crate::catalog::features::forwarding;
use super::entrances::entrances;
use super::look::{Asked, Look};
use super::matching::Host;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::is_external;

pub(super) static RULE: Rule = Rule {
    name: "external-loop",
    severity: Severity::Error,
    text: r"# external-loop

A Service of type `ExternalName` leads back to the controller, which asks it again.

The controller connects to the name and sends the host of the request, as long as `upstream-vhost` says nothing else. Where the name is a host that it serves itself, or its own Service, the
request comes back to the same path and is passed on again, until connections run out or a header is too large.

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
spec: {type: ExternalName, externalName: shop.example.com, ports: [{port: 80}]}
```

## Fires: where it is the Service of the controller

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
spec: {type: ExternalName, externalName: ingress-nginx-controller.ingress-nginx.svc.cluster.local, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx, labels: {app.kubernetes.io/name: ingress-nginx}}
spec: {type: LoadBalancer, selector: {app: ingress-nginx}, ports: [{port: 80}]}
```

## Quiet: where it leads outside

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
spec: {type: ExternalName, externalName: shop.example.net, ports: [{port: 80}]}
```

## Quiet: where another path answers for the host that is sent

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/upstream-vhost: 'api.example.com'
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
metadata: {name: api, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: api.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: ExternalName, externalName: api.example.com, ports: [{port: 80}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let own: HashSet<String> = entrances(look).map(|(service, _)| format!("{}.{}.svc", service.reference.name, service.reference.namespace)).collect();
    look.backends().filter_map(|asked| finding(look, &own, &asked)).collect()
}

fn finding(look: &Look, own: &HashSet<String>, asked: &Asked) -> Option<Diagnostic> {
    let service = asked.service.filter(|service| is_external(&service.value))?;
    let name = service.value.spec.as_ref()?.external_name.as_deref()?.trim_end_matches('.').to_ascii_lowercase();
    let is_own = own.contains(name.trim_end_matches(".cluster.local"));
    if asked.backend.host.is_empty() || !is_own && look.server_for(&name).is_none() {
        return None;
    }
    // The host that is sent decides who answers.
    let host = look.annotation(asked.ingress, &forwarding::HOST.spec).unwrap_or(asked.backend.host);
    let answering = Host::of(look.server_for(host)?).answer(asked.backend.path())?;
    let owner = answering.owner.as_deref().filter(|owner| owner.namespace == asked.ingress.reference.namespace && owner.service == asked.backend.service.name)?;
    let message = format!("`{name}` is the controller itself: requests for path `{}` of host `{}` are passed to it for ever", asked.backend.path(), asked.backend.host);
    let finding = RULE.finding(message).at(asked.service_span()).subject(owner.service.as_str()).object(asked.ingress.reference.clone());
    let finding = finding.related("the name that leads back", service.span(&["spec", "externalName"]));
    Some(finding.help("name the Service that answers, in the namespace where it is, or the host of another proxy"))
}
