//! Releases with faults that everybody knows.

use super::look::Look;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::catalog::advisories::{ADVISORIES, sound};
use crate::catalog::release::Release;
use crate::manifest::{ControllerArgs, Object};

pub(super) static RULE: Rule = Rule {
    name: "known-fault",
    severity: Severity::Warning,
    text: r"# known-fault

The image of the controller is a release with a fault that was published.

How such faults are used is public. Most let whoever may write an Ingress read all Secrets that the controller can; one of them needs nothing but to reach its admission webhook. Images of forks are not judged: they may have repairs of their own.

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
        image: registry.k8s.io/ingress-nginx/controller:v1.11.3
        args: [/nginx-ingress-controller, --ingress-class=nginx]
```

## Fires: where the line is newer

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
        image: registry.k8s.io/ingress-nginx/controller:v1.14.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
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
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller, --ingress-class=nginx]
```

## Quiet: where it is repaired within the line

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
        image: registry.k8s.io/ingress-nginx/controller:v1.14.5
        args: [/nginx-ingress-controller, --ingress-class=nginx]
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    look.cluster.controllers.iter().filter_map(finding).collect()
}

fn finding(controller: &Object<ControllerArgs>) -> Option<Diagnostic> {
    let release = Release::from_image(&controller.value.image).ok().filter(Release::is_original)?;
    let faults: Vec<_> = ADVISORIES.iter().filter(|advisory| advisory.concerns(release.version)).collect();
    let (worst, others) = faults.split_first()?;
    let name = worst.names.first().copied().unwrap_or_default();
    let message = format!("release {} has a fault that everybody knows, {name}: {}", release.version, worst.what);
    let finding = RULE.finding(message).at(controller.span(&["spec", "template", "spec", "containers"])).subject(name).object(controller.reference.clone());
    let finding = others.iter().fold(finding, |finding, fault| finding.note(format!("and {}: {}", fault.names.join(", "), fault.what)));
    Some(match sound() {
        Some(sound) => finding.help(format!("update to {sound}")),
        None => finding,
    })
}
