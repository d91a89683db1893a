//! ConfigMaps that are written for a controller, and that none reads.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;

use super::look::Look;
use crate::catalog::settings;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::manifest::{ControllerArgs, Object, named};

pub(super) static RULE: Rule = Rule {
    name: "unread-configmap",
    severity: Severity::Warning,
    text: r"# unread-configmap

A ConfigMap is written for the controller, and no controller of the input reads it.

The controller reads the ConfigMaps that its arguments name: `--configmap` its settings, `--tcp-services-configmap` and `--udp-services-configmap` the ports that it passes on. One with another name, or in
another namespace, has no effect, and nothing says so. A ConfigMap is taken for one of settings where all its keys are some and it lies beside the controller, has the name of the one that is read, or
the controller's label, and for one of ports where all keys are numbers and all values are like `namespace/service:port`. Where the one that the argument names is in the input, nothing is said.

## Fires: where it has another name

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
        args: [/nginx-ingress-controller, --configmap=$(POD_NAMESPACE)/ingress-nginx-controller]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: nginx-configuration, namespace: ingress-nginx}
data:
  proxy-body-size: 50m
  use-gzip: 'true'
```

## Fires: where it lies in another namespace

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
        args: [/nginx-ingress-controller, --configmap=$(POD_NAMESPACE)/ingress-nginx-controller]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: default}
data:
  proxy-body-size: 50m
```

## Fires: where no argument names ports

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
        args: [/nginx-ingress-controller, --configmap=$(POD_NAMESPACE)/ingress-nginx-controller]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: tcp-services, namespace: ingress-nginx}
data:
  '1883': shop/mqtt:1883
```

## Quiet: where the argument names it

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
        args: [/nginx-ingress-controller, --configmap=$(POD_NAMESPACE)/ingress-nginx-controller]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  proxy-body-size: 50m
```

## Quiet: where the argument names the ports

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

## Quiet: where it is for something else

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
        args: [/nginx-ingress-controller, --configmap=$(POD_NAMESPACE)/ingress-nginx-controller]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: dashboards, namespace: ingress-nginx}
data:
  proxy-body-size: 50m
  board.json: '[]'
```

## Quiet: where the input holds no controller

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: tcp-services, namespace: ingress-nginx}
data:
  '1883': shop/mqtt:1883
```
",
};

/// What a controller reads a ConfigMap for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    Settings,
    Tcp,
    Udp,
}

impl Purpose {
    /// What a ConfigMap is written for, as far as its keys say so.
    fn of(look: &Look, map: &Object<ConfigMap>) -> Option<Self> {
        let data = map.value.data.as_ref().filter(|data| !data.is_empty())?;
        let is_setting = |key: &String| settings::find_in(key, look.controller.version).is_some();
        if data.keys().all(is_setting) {
            return Some(Self::Settings);
        }
        let is_udp = map.reference.name.to_ascii_lowercase().contains("udp");
        is_of_ports(data).then_some(if is_udp { Self::Udp } else { Self::Tcp })
    }

    /// The argument that names the ConfigMap.
    fn argument(self) -> &'static str {
        match self {
            Self::Settings => "configmap",
            Self::Tcp => "tcp-services-configmap",
            Self::Udp => "udp-services-configmap",
        }
    }

    /// What the run takes for it, whoever said so.
    fn taken<'a>(self, look: &Look<'a>) -> &'a str {
        let flags = &look.controller.flags;
        match self {
            Self::Settings => &flags.configmap,
            Self::Tcp => &flags.tcp_services_configmap,
            Self::Udp => &flags.udp_services_configmap,
        }
    }
}

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    // A controller without arguments gets them from elsewhere.
    if look.cluster.controllers.is_empty() || look.cluster.controllers.iter().any(|controller| controller.value.args.is_empty()) {
        return Vec::new();
    }
    look.cluster.config_maps.iter().filter_map(|map| finding(look, map)).collect()
}

fn finding(look: &Look, map: &Object<ConfigMap>) -> Option<Diagnostic> {
    let purpose = Purpose::of(look, map)?;
    let argument = purpose.argument();
    let read: Vec<_> = look.cluster.controllers.iter().filter_map(|controller| Some((controller, controller.filled_argument(argument)?))).collect();
    let is_there = |key: &str| key.split_once('/').is_some_and(|(namespace, name)| named(&look.cluster.config_maps, namespace, name).is_some());
    let taken = purpose.taken(look);
    if read.iter().any(|(_, key)| is_there(key)) || is_there(taken) || !is_near(look, map, purpose, &read) {
        return None;
    }
    let key = format!("{}/{}", map.reference.namespace, map.reference.name);
    let message = format!("no controller of the input reads the ConfigMap `{key}`: what it says has no effect");
    let finding = RULE.finding(message).at(map.span(&["metadata", "name"])).subject(map.reference.name.as_str()).object(map.reference.clone());
    Some(match read.first() {
        Some((controller, other)) => {
            let place = controller.value.argument(argument).and_then(|(_, place)| place);
            let finding = finding.related(format!("`{other}` is read, and not in the input"), place);
            finding.help(format!("make it `{other}`, or say `--{argument}={key}`"))
        }
        None => finding.note(format!("no controller of the input has the argument `--{argument}`")).help(format!("add `--{argument}={key}`")),
    })
}

/// Whether a ConfigMap has to do with a controller of the input.
fn is_near(look: &Look, map: &Object<ConfigMap>, purpose: Purpose, read: &[(&Object<ControllerArgs>, String)]) -> bool {
    let is_beside = look.cluster.controllers.iter().any(|controller| controller.reference.namespace == map.reference.namespace);
    let has_name = read.iter().any(|(_, key)| key.rsplit('/').next() == Some(map.reference.name.as_str()));
    let label = map.value.metadata.labels.as_ref().and_then(|labels| labels.get("app.kubernetes.io/name"));
    is_beside || purpose == Purpose::Settings && (has_name || label.is_some_and(|name| name == "ingress-nginx"))
}

/// Whether all lines are like those of the ConfigMaps for TCP and UDP.
fn is_of_ports(data: &BTreeMap<String, String>) -> bool {
    let is_service = |value: &str| {
        let mut parts = value.split(':');
        parts.next().is_some_and(|key| key.split('/').count() == 2) && parts.next().is_some_and(|port| !port.is_empty())
    };
    data.iter().all(|(port, value)| port.parse::<u16>().is_ok() && is_service(value))
}
