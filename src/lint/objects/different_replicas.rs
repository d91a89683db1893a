//! Controllers for the same Ingresses that are set up differently.

use hashbrown::HashMap;

use crate::manifest::{ControllerArgs, Object};
use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    name: "different-replicas",
    severity: Severity::Warning,
    text: r"# different-replicas

Two controllers serve the same Ingresses with other arguments or from another image.

Whichever of them a request meets decides: with another ConfigMap, another certificate or another release it answers otherwise. What one client sees broken works for the next.

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
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx, --controller-class=k8s.io/ingress-nginx]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: second, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx, --controller-class=k8s.io/ingress-nginx, --enable-ssl-passthrough]
```

## Fires: with another release

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
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: second, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.14.5
        args: [/nginx-ingress-controller, --ingress-class=nginx]
```

## Quiet: where they are alike

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
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: second, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
```

## Quiet: where they serve others

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
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: second, namespace: ingress-nginx}
spec:
  replicas: 2
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx, --controller-class=k8s.io/internal, --ingress-class=internal]
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut first: HashMap<(&str, Vec<&str>), &Object<ControllerArgs>> = HashMap::new();
    let mut findings = Vec::new();
    for controller in &look.cluster.controllers {
        let key = (controller.reference.namespace.as_str(), served(&controller.value));
        match first.get(&key) {
            None => drop(first.insert(key, controller)),
            Some(other) => findings.extend(difference(controller, other)),
        }
    }
    findings
}

/// What decides which Ingresses a controller serves.
fn served(controller: &ControllerArgs) -> Vec<&str> {
    let texts = controller.args.iter().map(|(text, _)| text.trim_start_matches('-'));
    let mut all: Vec<&str> = texts.filter(|text| ["ingress-class", "controller-class", "watch-namespace"].iter().any(|start| text.starts_with(start))).collect();
    all.sort_unstable();
    // Of an argument that is given twice, the last one counts.
    all.dedup_by_key(|text| text.split('=').next().unwrap_or_default().to_owned());
    all
}

fn difference(controller: &Object<ControllerArgs>, other: &Object<ControllerArgs>) -> Option<Diagnostic> {
    // Each elects and reports under names of its own.
    let own = |text: &&str| !["election-id", "publish-service", "validating-webhook", "v="].iter().any(|start| text.trim_start_matches('-').starts_with(start));
    let args = |controller: &Object<ControllerArgs>| -> BTreeSet<String> { controller.value.args.iter().map(|(text, _)| text.as_str()).filter(own).map(str::to_owned).collect() };
    let (mine, its) = (args(controller), args(other));
    let what = match mine.symmetric_difference(&its).next() {
        Some(argument) => format!("`{argument}` is an argument of one of them alone"),
        None if controller.value.image != other.value.image => format!("their images are `{}` and `{}`", controller.value.image, other.value.image),
        None => return None,
    };
    let message = format!("{} `{}` serves the same Ingresses as `{}` and answers otherwise: {what}", controller.reference.kind, controller.reference.name, other.reference.name);
    let finding = RULE.finding(message).at(controller.span(&["metadata", "name"])).subject(controller.reference.name.as_str());
    let finding = finding.object(controller.reference.clone()).related("the other one", other.span(&["metadata", "name"]));
    Some(finding.help("give both the same arguments and image, or each a class of its own"))
}
