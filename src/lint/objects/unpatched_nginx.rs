//! Controllers whose nginx has faults that were published.

use super::look::Look;
use super::listed;
use crate::catalog::inside::{Inside, Repairs};
use crate::catalog::release::Release;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::faults::has_fault;
use crate::lint::rule::Rule;
use crate::manifest::{ControllerArgs, Object};
use crate::nginx::advisories;

pub(super) static RULE: Rule = Rule {
    name: "unpatched-nginx",
    severity: Severity::Info,
    text: r"# unpatched-nginx

The nginx inside the controller has faults that were published.

The last releases of the controller have nginx 1.27.1 inside, and no later one will come. Most of its faults take a configuration that the controller does not write, and `reachable-fault` tells which of them the manifests reach. Others are reached by every request or by nobody, and which is not always published. What an image of a fork has put right is not always known either. `ingressc advisories` lists them all.

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
        args: [/nginx-ingress-controller, --ingress-class=nginx]
```

## Quiet: where somebody says which nginx is inside

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

```console
$ ingressc check . --nginx-inside 1.31.9
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let said = look.controller.environment.nginx.as_ref().filter(|inside| inside.is_said());
    look.cluster.controllers.iter().filter_map(|controller| finding(controller, said)).collect()
}

fn finding(controller: &Object<ControllerArgs>, said: Option<&Inside>) -> Option<Diagnostic> {
    let release = Release::from_image(&controller.value.image).ok()?;
    let inside = said.cloned().or_else(|| Inside::known_of(&release))?;
    let (judged, others): (Vec<_>, Vec<_>) = advisories().filter(|advisory| has_fault(&inside, advisory)).partition(|advisory| advisory.is_judged());
    let count = judged.len() + others.len();
    if count == 0 {
        return None;
    }
    let ids = |found: &[&'static crate::nginx::Advisory]| listed(found.iter().map(|advisory| advisory.id()));
    let (major, minor, patch) = inside.nginx;
    let message = format!("nginx {major}.{minor}.{patch} inside the controller has {count} faults that were published");
    let place = controller.span(&["spec", "template", "spec", "containers"]);
    let mut finding = RULE.finding(message).at(place).subject("image").object(controller.reference.clone());
    if !judged.is_empty() {
        finding = finding.note(format!("looked for in what the manifests come to, by `reachable-fault`: {}", ids(&judged)));
    }
    if !others.is_empty() {
        finding = finding.note(format!("not looked for: {}", ids(&others)));
    }
    if inside.repairs == Repairs::Unknown {
        finding = finding.note("what this image has put right is not known");
    }
    Some(finding.help("`ingressc advisories` says what each takes; an image with a newer nginx is free of them"))
}
