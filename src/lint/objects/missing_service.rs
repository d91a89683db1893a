//! Backends whose Service is not there.

use super::cluster_addresses::{Address, addresses};
use super::look::{Asked, Look};
use super::{listed, meant};
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Backend, Object, named, of_namespace};
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::networking::v1::Ingress;

/// The argument that names the Service for requests that no Ingress takes.
const DEFAULT_BACKEND: &str = "default-backend-service";

pub(super) static RULE: Rule = Rule {
    name: "missing-service",
    severity: Severity::Warning,
    text: r"# missing-service

A path or an address names a Service that its namespace does not have, though the input holds other Services of that namespace.

The controller finds no endpoints and answers every request for the path with 503. A Service of another namespace is never taken:
it needs an Ingress, or a Service of type `ExternalName`, of its own namespace. Where the input holds no Service of the namespace at all, nothing is said:
it may well be in the cluster.

Addresses are names within the cluster, as `login.accounts.svc.cluster.local`, in `auth-url`, `mirror-target`, the `externalName` of a Service that an Ingress names, and in
`global-auth-url` and `otlp-collector-host` of the ConfigMap. Where no Service of the namespace has a similar name, that is a remark.

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
      - {path: /, pathType: Prefix, backend: {service: {name: webb, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
```

## Fires: where another namespace has it

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
      - {path: /, pathType: Prefix, backend: {service: {name: login, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: login, namespace: accounts}
spec: {ports: [{port: 80}]}
```

## Fires: where the controller asks for it

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      terminationGracePeriodSeconds: 300
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --default-backend-service=ingress-nginx/page]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: v1
kind: Service
metadata: {name: pages, namespace: ingress-nginx}
spec: {ports: [{port: 80}]}
```

## Fires: where a URL names it

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://logn.accounts.svc.cluster.local:4180/check'
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

## Fires: where a Service of another namespace is another name of it

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
      - {path: /, pathType: Prefix, backend: {service: {name: login, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: login, namespace: shop}
spec: {type: ExternalName, externalName: logn.accounts.svc.cluster.local, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: login, namespace: accounts}
spec: {ports: [{port: 80}]}
```

## Quiet: where a URL names one that is there

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

## Quiet: where a URL names a namespace of which the input holds no Service

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: 'http://login.people.svc:4180/check'
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

## Quiet: where it is there

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
spec: {ports: [{port: 80}]}
```

## Quiet: where the input holds no Service of the namespace

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
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let backends = look.backends().filter_map(|asked| of(look, &asked));
    let of_addresses = addresses(look).into_iter().filter_map(|address| of_address(look, &address));
    default_backend(look).into_iter().chain(backends).chain(of_addresses).collect()
}

/// What is wrong with an address.
fn of_address(look: &Look, address: &Address) -> Option<Diagnostic> {
    let here = address.beside(look);
    if here.is_empty() || address.service(look).is_some() {
        return None;
    }
    let Address { namespace, name, key, result, .. } = address;
    let message = format!("there is no Service `{namespace}/{name}`, which `{key}` names: {result}");
    let finding = told_of_others(address.finding(RULE.finding(message)), namespace, name, here);
    // What others ask too, as a check for all of a namespace, is often declared elsewhere.
    Some(match finding.help {
        Some(_) => finding,
        None => Diagnostic { severity: Severity::Info, ..finding },
    })
}

/// What is wrong with one backend.
pub(super) fn of(look: &Look, asked: &Asked) -> Option<Diagnostic> {
    let Asked { ingress, backend, service, .. } = asked;
    let here = of_namespace(&look.cluster.services, &ingress.reference.namespace);
    let elsewhere = look.links.service_called(&backend.service.name);
    let is_known = elsewhere.is_some() || !here.is_empty();
    (service.is_none() && is_known).then(|| missing(ingress, backend, here, elsewhere))
}

/// The Service that an argument of the controller names: without it the controller does not start.
fn default_backend(look: &Look) -> Option<Diagnostic> {
    let key = look.controller.flags.default_backend_service.as_str();
    let (namespace, name) = key.split_once('/').filter(|(namespace, name)| !namespace.is_empty() && !name.is_empty())?;
    let here = of_namespace(&look.cluster.services, namespace);
    if named(here, namespace, name).is_some() || here.is_empty() {
        return None;
    }
    let message = format!("there is no Service `{key}`, which `--{DEFAULT_BACKEND}` names: the controller does not start without it");
    let finding = Diagnostic { severity: Severity::Error, ..RULE.finding(message) }.subject(DEFAULT_BACKEND);
    let controllers = look.cluster.controllers.iter().filter_map(|controller| {
        let place = controller.value.argument(DEFAULT_BACKEND).filter(|(value, _)| *value == key)?.1;
        Some((place, controller))
    });
    let finding = match controllers.into_iter().next() {
        Some((place, controller)) => finding.at(place).object(controller.reference.clone()),
        None => finding,
    };
    Some(told_of_others(finding, namespace, name, here))
}

/// Adds the Service that was probably meant, else those that are there.
fn told_of_others(finding: Diagnostic, namespace: &str, name: &str, here: &[Object<Service>]) -> Diagnostic {
    let names = || here.iter().map(|service| service.reference.name.as_str());
    match meant(name, names()) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")),
        None => finding.note(format!("the input holds of namespace `{namespace}`: {}", listed(names()))),
    }
}

fn missing(ingress: &Object<Ingress>, backend: &Backend, here: &[Object<Service>], elsewhere: Option<&Object<Service>>) -> Diagnostic {
    let (namespace, name) = (&ingress.reference.namespace, &backend.service.name);
    let finding = RULE.finding(format!("there is no Service `{namespace}/{name}`: the path `{}` answers 503", backend.path()));
    let finding = finding.at(ingress.service_span(backend.place)).subject(name);
    let finding = finding.object(ingress.reference.clone());
    match elsewhere {
        Some(service) => {
            let finding = finding.note("a Service is taken from the namespace of the Ingress, never from another one");
            finding.related(
                format!("namespace `{}` has one of this name", service.reference.namespace),
                service.span(&["metadata", "name"]),
            )
        }
        None => told_of_others(finding, namespace, name, here),
    }
}
