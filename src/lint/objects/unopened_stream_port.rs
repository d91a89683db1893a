//! TCP and UDP ports of the controller that no Service leads to.

use k8s_openapi::api::core::v1::ServicePort;

use super::entrances::{Door, leads};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{Container, ContainerPort, ControllerArgs, Object, Workload, named, ports, target};

pub(super) static RULE: Rule = Rule {
    name: "unopened-stream-port",
    severity: Severity::Warning,
    text: r"# unopened-stream-port

The controller passes a TCP or UDP port on, and no Service leads to that port of its pods.

`--tcp-services-configmap` and `--udp-services-configmap` make the controller listen. Clients outside get there only where the Service in front of it has the port as well. Services that select the pods are
looked at, of all types; where none of them is reached from outside, or the pods are in the network of their node, nothing is said.

## Fires

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
        args: [/nginx-ingress-controller, --tcp-services-configmap=$(POD_NAMESPACE)/tcp-services]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: tcp-services, namespace: ingress-nginx}
data:
  '1883': shop/mqtt:1883
---
apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  type: LoadBalancer
  selector: {app: ingress-nginx}
  ports: [{name: http, port: 80}, {name: https, port: 443}]
```

## Fires: where the port is another protocol's

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
        args: [/nginx-ingress-controller, --tcp-services-configmap=$(POD_NAMESPACE)/tcp-services]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: tcp-services, namespace: ingress-nginx}
data:
  '1883': shop/mqtt:1883
---
apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  type: LoadBalancer
  selector: {app: ingress-nginx}
  ports: [{name: http, port: 80}, {name: https, port: 443}, {name: mqtt, port: 1883, protocol: UDP}]
```

## Quiet

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
        args: [/nginx-ingress-controller, --tcp-services-configmap=$(POD_NAMESPACE)/tcp-services]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: tcp-services, namespace: ingress-nginx}
data:
  '1883': shop/mqtt:1883
---
apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  type: LoadBalancer
  selector: {app: ingress-nginx}
  ports: [{name: http, port: 80}, {name: https, port: 443}, {name: mqtt, port: 8883, targetPort: 1883}]
```

## Quiet: where no Service is known

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
        args: [/nginx-ingress-controller, --tcp-services-configmap=$(POD_NAMESPACE)/tcp-services]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: tcp-services, namespace: ingress-nginx}
data:
  '1883': shop/mqtt:1883
```
",
};

/// The arguments that name ports, and their protocol.
const STREAMS: [(&str, &str); 2] = [("tcp-services-configmap", "TCP"), ("udp-services-configmap", "UDP")];

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.cluster.controllers.iter().flat_map(|controller| of_controller(look, controller)).collect()
}

fn of_controller(look: &Look, controller: &Object<ControllerArgs>) -> Vec<Diagnostic> {
    let Some(workload) = look.controllers().find(|workload| workload.reference == controller.reference) else { return Vec::new() };
    let services: Vec<_> = look.cluster.services.iter().filter(|service| leads(service, workload)).collect();
    let Some(entrance) = services.iter().find(|service| Door::of(service).is_some()) else { return Vec::new() };
    if workload.value.pods.host_network == Some(true) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (argument, protocol) in STREAMS {
        let Some(key) = controller.filled_argument(argument) else { continue };
        let Some(map) = key.split_once('/').and_then(|(namespace, name)| named(&look.cluster.config_maps, namespace, name)) else { continue };
        for (text, number) in map.value.data.iter().flatten().filter_map(|(text, _)| Some((text, text.parse::<u16>().ok()?))) {
            let is_open = |port: &ServicePort| port.protocol.as_deref().unwrap_or("TCP") == protocol && leads_to(&workload.value, port, number);
            if is_at_node(&workload.value, number) || services.iter().any(|service| ports(&service.value).iter().any(is_open)) {
                continue;
            }
            let finding = RULE.finding(format!("no Service leads to the {protocol} port {number} of the controller: nobody reaches it from outside"));
            let finding = finding.at(map.key_span(&["data", text])).subject(text).object(map.reference.clone());
            let finding = finding.related("this Service leads to the controller", entrance.span(&["spec", "ports"]));
            findings.push(finding.help(format!("add the port {number} to Service `{}`", entrance.reference.name)));
        }
    }
    findings
}

/// Whether a port of a Service leads to a number of the pods.
fn leads_to(workload: &Workload, port: &ServicePort, number: u16) -> bool {
    let target = target(port);
    target.parse() == Ok(number) || opened(workload, number).any(|opened| opened.name.as_deref() == Some(&target))
}

/// Whether a port of the pods is one of their node.
fn is_at_node(workload: &Workload, number: u16) -> bool {
    opened(workload, number).any(|opened| opened.host_port.is_some())
}

/// What containers say of a port.
fn opened(workload: &Workload, number: u16) -> impl Iterator<Item = &ContainerPort> {
    let all = workload.pods.containers().iter().flat_map(Container::ports);
    all.filter(move |opened| opened.container_port == i64::from(number))
}
