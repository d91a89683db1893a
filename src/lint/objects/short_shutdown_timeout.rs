//! Connections that each reload cuts.

use super::look::{Look, at_annotation, written};
use crate::catalog::features::proxying;
use crate::catalog::value::parse_duration;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "short-shutdown-timeout",
    severity: Severity::Info,
    text: r"# short-shutdown-timeout

Workers of nginx end before the requests that they answer.

With every change of an Ingress nginx starts new workers. The old ones end after `worker-shutdown-timeout`, 240 seconds by default, whatever they still answer: long downloads and WebSockets break off.

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
  worker-shutdown-timeout: '10s'
```

## Fires: where requests last longer

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: '3600'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
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

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: '120'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
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
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  worker-shutdown-timeout: '300s'
```

## Quiet: where the controller is not known

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: '3600'
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

/// What `proxy-read-timeout` is where nothing is said, in seconds: requests that are not known to be long.
const USUAL: u64 = 60;

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    finding(look).into_iter().collect()
}

fn finding(look: &Look) -> Option<Diagnostic> {
    const KEY: &str = "worker-shutdown-timeout";
    let text = &look.proxy.settings.process.shutdown_timeout;
    let seconds = parse_duration(text)?.as_secs();
    let place = look.setting_span(KEY);
    if let Some(place) = place.filter(|_| seconds < USUAL) {
        let finding = RULE.finding(format!("each reload cuts requests that take longer than {text}")).at(place).subject(KEY);
        return Some(Diagnostic { severity: Severity::Warning, ..finding }.help("set it above the longest request: the default is `240s`"));
    }
    look.controllers().next()?;
    let lasts = |route: &Route| u64::try_from(route.features.proxying.read_timeout).unwrap_or_default();
    let long = look.one_of_each_ingress().map(|(_, route)| route).filter(|route| written(route, &proxying::READ_TIMEOUT).is_some());
    let longest = long.filter(|route| lasts(route) > seconds).max_by_key(|route| lasts(route))?;
    let message = format!("connections that may last {} s are cut {text} after each reload: `{KEY}` ends the old workers", lasts(longest));
    Some(at_annotation(RULE.finding(message), longest, &proxying::READ_TIMEOUT).help(format!("set `{KEY}` in the ConfigMap above it, and the pods' grace period too")))
}
