//! Load balancers that speak the PROXY protocol to a controller that does not.

use super::entrances::entrances;
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "one-sided-proxy-protocol",
    severity: Severity::Error,
    text: r"# one-sided-proxy-protocol

The load balancer speaks the PROXY protocol, and the controller does not expect it.

With it, each connection begins with a line that says who the client is. A controller that does not expect the line answers 400 to every request, and one that expects it hangs up where it is missing: all hosts are down.

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
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  use-gzip: 'true'
---
apiVersion: v1
kind: Service
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
  annotations: {service.beta.kubernetes.io/aws-load-balancer-proxy-protocol: '*'}
spec:
  type: LoadBalancer
  ports: [{name: http, port: 80}, {name: https, port: 443}]
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
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  use-proxy-protocol: 'true'
---
apiVersion: v1
kind: Service
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
  annotations: {service.beta.kubernetes.io/aws-load-balancer-proxy-protocol: '*'}
spec:
  type: LoadBalancer
  ports: [{name: http, port: 80}, {name: https, port: 443}]
```

## Quiet: where neither speaks it

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
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  use-gzip: 'true'
---
apiVersion: v1
kind: Service
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
spec:
  type: LoadBalancer
  ports: [{name: http, port: 80}, {name: https, port: 443}]
```

## Quiet: where the ConfigMap is not known

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
metadata:
  name: ingress-nginx-controller
  namespace: ingress-nginx
  labels: {app.kubernetes.io/name: ingress-nginx}
  annotations: {service.beta.kubernetes.io/aws-load-balancer-proxy-protocol: '*'}
spec:
  type: LoadBalancer
  ports: [{name: http, port: 80}, {name: https, port: 443}]
```
",
};

/// Annotations of clouds that switch it on at the load balancer, and what they say then.
const SWITCHES: [(&str, &[&str]); 7] = [
    ("service.beta.kubernetes.io/aws-load-balancer-proxy-protocol", &["*"]),
    ("service.beta.kubernetes.io/do-loadbalancer-enable-proxy-protocol", &["true"]),
    ("service.beta.kubernetes.io/linode-loadbalancer-default-proxy-protocol", &["v1", "v2"]),
    ("service.beta.kubernetes.io/ovh-loadbalancer-proxy-protocol", &["v1", "v2", "v2-ssl", "v2-ssl-cn"]),
    ("service.beta.kubernetes.io/scw-loadbalancer-proxy-protocol-v2", &["true", "*"]),
    ("load-balancer.hetzner.cloud/uses-proxyprotocol", &["true"]),
    ("loadbalancer.openstack.org/proxy-protocol", &["true", "v1", "v2"]),
];

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    // Without a ConfigMap in the input nobody knows what the controller expects.
    if look.proxy.settings.listening.proxy_protocol || look.proxy.settings_origin.is_none() {
        return Vec::new();
    }
    let spoken = entrances(look).filter_map(|(service, _)| {
        let annotations = service.value.metadata.annotations.as_ref()?;
        let (name, _) = SWITCHES.iter().find(|(name, words)| annotations.get(*name).is_some_and(|value| words.contains(&value.as_str())))?;
        Some((service, *name))
    });
    spoken
        .map(|(service, name)| {
            let finding = RULE.finding("the load balancer speaks the PROXY protocol, and the controller does not expect it: every request gets 400");
            let finding = finding.at(service.span(&["metadata", "annotations", name])).subject(name).object(service.reference.clone());
            finding.help("set `use-proxy-protocol: \"true\"` in the ConfigMap")
        })
        .collect()
}
