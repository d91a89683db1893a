//! Backends with a port that their Service does not have.

use super::cluster_addresses::{Address, addresses};
use super::listed;
use super::look::{Asked, Look};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{ContainerPort, Object, is_external, ports};
use k8s_openapi::api::core::v1::{Service, ServicePort};

pub(super) static RULE: Rule = Rule {
    name: "missing-service-port",
    severity: Severity::Error,
    text: r"# missing-service-port

A path or an address names a port that its Service does not have.

The controller looks for a port of the Service by its number, by its name and by its `targetPort`. Where none fits there are no endpoints, and every
request for the path is answered with 503. The port of a container counts only as the `targetPort` of the Service.

An address within the cluster, as that of `auth-url`, is asked at the number in it, else at the usual one of its scheme, which must be a `port` of the Service: a connection to
another one is never made.

## Fires: where the Service is outside the cluster

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
      - {path: /, pathType: Prefix, backend: {service: {name: pay, port: {name: https}}}}
---
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: shop}
spec: {type: ExternalName, externalName: pay.example.net}
```

## Quiet: where the port of one outside the cluster is a number

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
      - {path: /, pathType: Prefix, backend: {service: {name: pay, port: {number: 443}}}}
---
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: shop}
spec: {type: ExternalName, externalName: pay.example.net}
```

## Fires: by name

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{name: web, port: 80}]}
```

## Fires: by number

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: web, port: {number: 9090}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80, targetPort: 8080}]}
```

## Fires: in a URL

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.accounts.svc.cluster.local/check'
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
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: login, namespace: accounts}
spec: {ports: [{port: 4180}]}
```

## Quiet: in a URL, where the Service has it

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.accounts.svc.cluster.local:4180/check'
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
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: login, namespace: accounts}
spec: {ports: [{port: 4180}]}
```

## Quiet: where the number is the target's

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
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 8080}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80, targetPort: 8080}]}
```

## Quiet: where the Service is a name elsewhere, which has any port

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
      - {path: /, pathType: Prefix, backend: {service: {name: partner, port: {number: 8080}}}}
---
apiVersion: v1
kind: Service
metadata: {name: partner, namespace: shop}
spec: {type: ExternalName, externalName: partner.example.com, ports: [{port: 80}]}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    // A port that no Service can have is told as such, and a Service without ports too.
    let is_refused = |asked: &Asked| {
        let of_service = asked.service.is_some_and(|service| !is_external(&service.value) && ports(&service.value).is_empty());
        of_service || asked.ingress.refusals.iter().any(|refusal| refusal.lies_in(asked.port_span()))
    };
    let backends = look.backends().filter(|asked| !is_refused(asked)).filter_map(|asked| of(look, &asked));
    backends.chain(addresses(look).iter().filter_map(|address| of_address(look, address))).collect()
}

/// What is wrong with an address within the cluster.
fn of_address<'a>(look: &Look<'a>, address: &Address<'a>) -> Option<Diagnostic> {
    let (service, port) = (address.service(look)?, address.port?);
    if !address.lacks_port(&service.value) {
        return None;
    }
    let Address { namespace, name, key, result, .. } = address;
    let finding = RULE.finding(format!("Service `{namespace}/{name}` has no port {port}, which `{key}` asks: {result}"));
    let finding = address.finding(finding).related("its ports", service.span(&["spec", "ports"]));
    Some(advised(finding, service))
}

/// Adds the ports that a Service has.
fn advised(finding: Diagnostic, service: &Object<Service>) -> Diagnostic {
    let shown: Vec<String> = ports(&service.value).iter().map(shown).collect();
    match shown.as_slice() {
        [] => finding,
        [one] => finding.help(format!("it has the port {one}")),
        more => finding.help(format!("it has {}", listed(more.iter().map(String::as_str)))),
    }
}

/// What is wrong with one backend.
pub(super) fn of<'a>(look: &Look<'a>, asked: &Asked<'a>) -> Option<Diagnostic> {
    let (service, port) = (asked.service?, asked.backend.port()?);
    if asked.port().is_some() {
        return None;
    }
    match is_external(&service.value) {
        // A number is taken as it is.
        true => port.parse::<u16>().is_err().then(|| external(asked, service, &port)),
        false => Some(missing(look, asked, service, &port)),
    }
}

fn missing<'a>(look: &Look<'a>, asked: &Asked, service: &'a Object<Service>, port: &str) -> Diagnostic {
    let (namespace, name) = (&service.reference.namespace, &service.reference.name);
    let finding = RULE.finding(format!("Service `{namespace}/{name}` has no port `{port}`: the path `{}` answers 503", asked.backend.path()));
    let finding = finding.at(asked.port_span()).subject(port);
    let finding = finding.object(asked.ingress.reference.clone());
    let places = service.span(&["spec", "ports"]);
    let finding = finding.related(if ports(&service.value).is_empty() { "it has no port" } else { "its ports" }, places);
    let finding = match of_container(look, service, port) {
        Some(number) => finding.note(format!("`{port}` is the port {number} of a container: a path names the port of the Service")),
        None => finding,
    };
    advised(finding, service)
}

/// Outside of the cluster nothing says what port a name is.
fn external(asked: &Asked, service: &Object<Service>, port: &str) -> Diagnostic {
    let (namespace, name) = (&service.reference.namespace, &service.reference.name);
    let message = format!("Service `{namespace}/{name}` has no port `{port}`, and is outside the cluster: the path `{}` gets no answer", asked.backend.path());
    let finding = RULE.finding(message).at(asked.port_span()).subject(port).object(asked.ingress.reference.clone());
    let finding = finding.related("the Service", service.span(&["spec", "externalName"]));
    finding.help(format!("name the port by its number, or give the Service a port that is called `{port}`"))
}

/// The port of the Service as people write it.
fn shown(port: &ServicePort) -> String {
    match &port.name {
        Some(name) => format!("{name} ({})", port.port),
        None => port.port.to_string(),
    }
}

/// The number of the port that a container of the Service calls so.
fn of_container<'a>(look: &Look<'a>, service: &'a Object<Service>, wanted: &str) -> Option<i64> {
    let mut containers = look.links.selected(service).flat_map(|workload| workload.value.pods.containers());
    containers.find_map(|container| {
        let fits = |port: &&ContainerPort| {
            port.name.as_deref() == Some(wanted) || port.container_port.to_string() == wanted
        };
        container.ports().iter().find(fits).map(|port| port.container_port)
    })
}
