//! Controllers that are killed while they answer.

use super::look::Look;
use crate::catalog::value::parse_duration;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "short-grace-period",
    severity: Severity::Warning,
    text: r"# short-grace-period

The controller is killed before its workers have answered.

When the controller ends, its workers answer what they have begun for up to `worker-shutdown-timeout` (240 s). Kubernetes kills the pod after
`terminationGracePeriodSeconds`, which is 30 where it is not said: long requests and WebSockets break at each update of the controller. The controller's
chart sets 300.

## Fires

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  template:
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller]
```

## Quiet

```yaml
apiVersion: apps/v1
kind: Deployment
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
spec:
  template:
    spec:
      terminationGracePeriodSeconds: 300
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args: [/nginx-ingress-controller]
```
",
};

/// What Kubernetes waits where nothing is said, in seconds.
const USUAL: i64 = 30;

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let needed = &look.proxy.settings.process.shutdown_timeout;
    let Some(seconds) = parse_duration(needed).and_then(|needed| i64::try_from(needed.as_secs()).ok()) else { return Vec::new() };
    let short = look.controllers().filter(|workload| workload.value.pods.termination_grace_period_seconds.unwrap_or(USUAL) < seconds);
    short.map(|workload| {
        let grace = workload.value.pods.termination_grace_period_seconds.unwrap_or(USUAL);
        let finding = RULE.finding(format!("the controller is killed after {grace} s, while its workers may need {needed}"));
        let finding = finding.at(workload.span(&["spec", "template", "spec", "terminationGracePeriodSeconds"])).object(workload.reference.clone());
        finding.subject("terminationGracePeriodSeconds").help("set it a little above `worker-shutdown-timeout`")
    })
    .collect()
}
