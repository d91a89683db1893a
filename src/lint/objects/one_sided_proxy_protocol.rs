//! Load balancers and controllers of which one speaks the PROXY protocol, and the other one does not.

use super::entrances::{Door, entrances};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::Object;
use k8s_openapi::api::core::v1::Service;

pub(super) static RULE: Rule = Rule {
    name: "one-sided-proxy-protocol",
    severity: Severity::Error,
    text: r"# one-sided-proxy-protocol

The load balancer speaks the PROXY protocol and the controller does not expect it, or the reverse.

With it, each connection begins with a line that says who the client is. A controller that does not expect the line answers 400 to every request, and one that expects it hangs up where it is missing: all hosts are down.

What a load balancer speaks is read off the annotations of its Service. Where none of them is of a provider that has a switch for the protocol, nothing is said.

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

## Fires: where the controller expects what the load balancer does not speak

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
  annotations: {service.beta.kubernetes.io/aws-load-balancer-type: nlb}
spec:
  type: LoadBalancer
  ports: [{name: http, port: 80}, {name: https, port: 443}]
```

## Quiet: where attributes of the target group switch it on

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
  annotations: {service.beta.kubernetes.io/aws-load-balancer-target-group-attributes: 'deregistration_delay.timeout_seconds=60,proxy_protocol_v2.enabled=true'}
spec:
  type: LoadBalancer
  ports: [{name: http, port: 80}, {name: https, port: 443}]
```

## Quiet: where nothing says what the load balancer speaks

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
  annotations: {service.beta.kubernetes.io/external-traffic: local}
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

/// How the names of annotations begin by which somebody who has such a switch sets up a load balancer: the names of the switches up to here.
const PROVIDERS: [&str; 7] = [
    "service.beta.kubernetes.io/aws-load-balancer-",
    "service.beta.kubernetes.io/do-loadbalancer-",
    "service.beta.kubernetes.io/linode-loadbalancer-",
    "service.beta.kubernetes.io/ovh-loadbalancer-",
    "service.beta.kubernetes.io/scw-loadbalancer-",
    "load-balancer.hetzner.cloud/",
    "loadbalancer.openstack.org/",
];

/// Attributes of AWS that switch it on, among others in one value.
const ATTRIBUTES: (&str, &str) = ("service.beta.kubernetes.io/aws-load-balancer-target-group-attributes", "proxy_protocol_v2.enabled=true");

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    // Without a ConfigMap in the input nobody knows what the controller expects.
    if look.proxy.settings_origin.is_none() {
        return Vec::new();
    }
    if look.proxy.settings.listening.proxy_protocol {
        return entrances(look).filter_map(|(service, _)| unspoken(look, service)).collect();
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

/// A load balancer that is set up by annotations, and not to speak the protocol.
fn unspoken(look: &Look, service: &Object<Service>) -> Option<Diagnostic> {
    let annotations = service.value.metadata.annotations.as_ref().filter(|_| matches!(Door::of(service), Some(Door::Balancer)))?;
    let (name, provider) = annotations.keys().find_map(|name| Some((name, PROVIDERS.iter().find(|provider| name.starts_with(**provider))?)))?;
    let (switch, words) = SWITCHES.iter().find(|(switch, _)| switch.starts_with(provider))?;
    let is_on = annotations.get(ATTRIBUTES.0).is_some_and(|value| value.replace(' ', "").contains(ATTRIBUTES.1));
    // With another word it may be on as well.
    if is_on || annotations.get(*switch).is_some_and(|value| !matches!(value.as_str(), "" | "false")) {
        return None;
    }
    let finding = RULE.finding("the controller expects the PROXY protocol, and no annotation makes the load balancer speak it: every connection without it is closed");
    let finding = finding.at(service.key_span(&["metadata", "annotations", name])).subject(*switch).object(service.reference.clone());
    let finding = finding.related("this makes the controller expect it", look.setting_span("use-proxy-protocol"));
    Some(finding.help(format!("set `{switch}: \"{}\"` on the Service", words[0])))
}
