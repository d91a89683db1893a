//! Controllers and backends that are killed while they answer.

use crate::catalog::features::proxying;
use super::behind::{Behind, behind};
use super::look::Look;
use super::short_websocket_timeout::sign as for_websockets;
use crate::catalog::value::parse_duration;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{CATCH_ALL, Route};
use crate::lint::rule::Rule;
use crate::manifest::{Object, Workload};
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "short-grace-period",
    severity: Severity::Warning,
    text: r"# short-grace-period

The controller, or a pod behind an Ingress, is killed before it has answered.

When the controller ends, its workers answer what they have begun for up to `worker-shutdown-timeout` (240 s). Kubernetes kills the pod after
`terminationGracePeriodSeconds`, which is 30 where it is not said: long requests and WebSockets break at each update of the controller. The controller's
chart sets 300. Pods behind an Ingress need what their `preStop` takes and the longest request.

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

## Fires: where the controller waits first

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
        args: [/nginx-ingress-controller, --shutdown-grace-period=400]
        ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
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

## Fires: where pods behind an Ingress sleep for all of it

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
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
        lifecycle: {preStop: {exec: {command: [sleep, '30']}}}
```

## Fires: where requests take longer

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: '600'
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
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
```

## Quiet: where there is time to answer

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: '600'
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
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 620
      containers:
      - name: web
        image: registry.example.com/web:1
        ports: [{containerPort: 8080}]
        lifecycle: {preStop: {exec: {command: [sleep, '15']}}}
```
",
};

/// What Kubernetes waits where nothing is said, in seconds.
const USUAL: i64 = 30;
/// What the controller waits for a part of an answer where nobody says anything, in seconds.
const DEFAULT_TIMEOUT: i64 = 60;

/// The field that says it.
const GRACE: &str = "terminationGracePeriodSeconds";

/// The argument of the controller by which it waits first.
const WAIT: &str = "shutdown-grace-period";

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut findings = of_controllers(look);
    findings.extend(behind(look).iter().filter_map(|behind| of_backend(look, behind)));
    findings
}

fn grace(workload: &Object<Workload>) -> i64 {
    workload.value.pods.termination_grace_period_seconds.unwrap_or(USUAL)
}

fn about(finding: Diagnostic, workload: &Object<Workload>) -> Diagnostic {
    let steps = [workload.value.template, &["spec", GRACE]].concat();
    finding.at(workload.span(&steps)).object(workload.reference.clone()).subject(GRACE)
}

fn of_controllers(look: &Look) -> Vec<Diagnostic> {
    let needed = &look.proxy.settings.process.shutdown_timeout;
    let Some(seconds) = parse_duration(needed).and_then(|needed| i64::try_from(needed.as_secs()).ok()) else { return Vec::new() };
    let short = look.controllers().filter_map(|workload| {
        let (waited, place) = waited(look, workload);
        if grace(workload) >= seconds.saturating_add(waited) {
            return None;
        }
        if waited == 0 {
            let finding = RULE.finding(format!("the controller is killed after {} s, while its workers may need {needed}", grace(workload)));
            return Some(about(finding, workload).help(format!("set `{GRACE}` a little above `worker-shutdown-timeout`")));
        }
        let message = format!("the controller is killed after {} s, while it waits for {waited} s, and its workers may then need {needed}", grace(workload));
        let finding = about(RULE.finding(message), workload).related("so long it waits before it stops nginx", place);
        Some(finding.help(format!("set `{GRACE}` a little above `{WAIT}` and `worker-shutdown-timeout` together")))
    });
    short.collect()
}

/// The seconds for which a controller waits before it stops nginx, and what says so.
fn waited(look: &Look, workload: &Object<Workload>) -> (i64, Option<Span>) {
    let controller = look.cluster.controllers.iter().find(|controller| controller.reference == workload.reference);
    let argument = controller.and_then(|controller| controller.value.argument(WAIT));
    argument.and_then(|(value, place)| Some((value.trim().parse::<i64>().ok().filter(|seconds| *seconds > 0)?, place))).unwrap_or_default()
}

/// Pods behind an Ingress that are killed while they wait, or while the controller still waits for their answer.
fn of_backend(look: &Look, behind: &Behind) -> Option<Diagnostic> {
    let (workload, grace) = (behind.workload, grace(behind.workload));
    let containers = workload.value.pods.containers().iter();
    let waits = containers.filter_map(|container| Some(container.lifecycle.as_ref()?.pre_stop.as_ref()?.seconds())).max().unwrap_or_default();
    if waits >= grace {
        let finding = RULE.finding(format!("the pods are killed after {grace} s, all of which `preStop` sleeps: no request that is under way gets its answer"));
        return Some(about(finding, workload).help(format!("set `{GRACE}` above what `preStop` takes and the longest request together")));
    }
    let timeout = look.annotation(behind.user.ingress, &proxying::READ_TIMEOUT.spec)?.trim().parse::<i64>().ok()?;
    // The controller's own says nothing of the requests, and connections for WebSockets have no end that pods could wait for.
    if timeout <= (grace - waits).max(DEFAULT_TIMEOUT) || is_for_websockets(look, behind) {
        return None;
    }
    let message = format!(
        "the pods are killed {} s after the signal, while the controller waits {timeout} s for the next part of an answer: requests that need it break at every rollout",
        grace - waits
    );
    let finding = Diagnostic { severity: Severity::Info, ..RULE.finding(message) };
    let finding = about(finding, workload).related("the controller waits so long", look.annotation_span(behind.user.ingress, &proxying::READ_TIMEOUT.spec));
    Some(finding.help(format!("set `{GRACE}` above what `preStop` takes and the longest request together")))
}

/// Whether the backend is for WebSockets, as far as there is a sign of it.
fn is_for_websockets(look: &Look, behind: &Behind) -> bool {
    let reference = &behind.user.ingress.reference;
    let is_own = |route: &Route| {
        let owner = route.owner.as_deref();
        owner.is_some_and(|owner| owner.namespace == reference.namespace && owner.name == reference.name && owner.service == behind.service.reference.name)
    };
    let hosts = behind.user.ingress.rules().iter().filter_map(|rule| look.proxy.server(rule.host.as_deref().unwrap_or(CATCH_ALL)));
    hosts.flat_map(|server| &server.routes).any(|route| is_own(route) && for_websockets(look, route).is_some())
}
