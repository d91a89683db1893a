//! Settings that let tenants do more than is safe.

use super::look::Look;
use crate::catalog::key::Risk;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::ir::Origin;

pub(super) static RULE: Rule = Rule {
    name: "loosened-policy",
    severity: Severity::Warning,
    text: r"# loosened-policy

A setting gives up a protection that the controller has by itself.

Ingresses are written by many, and the controller reads every Secret. So it refuses raw configuration, annotations that are as powerful, objects of other namespaces and paths that are no paths. Who switches one of these off trusts everybody who
may write an Ingress with the whole controller.

## Fires: where snippets are allowed

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
  allow-snippet-annotations: 'true'
  annotations-risk-level: Critical
```

## Fires: where snippets are allowed, though their risk keeps them out

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
  allow-snippet-annotations: 'true'
```

## Fires: where every risk is taken

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
  annotations-risk-level: 'Critical'
```

## Fires: where paths are not checked

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
  strict-validate-path-type: 'false'
```

## Fires: where other namespaces are read

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
  allow-cross-namespace-resources: 'true'
```

## Fires: where annotations are not checked

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
        args: [/nginx-ingress-controller, --ingress-class=nginx, --enable-annotation-validation=false]
```

## Quiet

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
  allow-snippet-annotations: 'false'
  annotations-risk-level: 'High'
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let policy = &look.proxy.settings.policy;
    let risk = look.allowed_risk() == Risk::Critical;
    let settings = [
        ("allow-snippet-annotations", look.takes_snippets(), "Ingresses may hold raw configuration: whoever writes one reads every Secret that the controller can"),
        ("annotations-risk-level", risk, "Ingresses may hold annotations of every risk, raw configuration among them where snippets are allowed"),
        ("allow-cross-namespace-resources", policy.allow_cross_namespace, "Ingresses may name Secrets and ConfigMaps of other namespaces: tenants use what is not theirs"),
        ("strict-validate-path-type", !policy.strict_path_type, "paths of `Exact` and `Prefix` may hold any letters, those of the configuration too"),
    ];
    let origin = look.proxy.settings_origin.as_ref();
    let mut findings: Vec<Diagnostic> = settings
        .into_iter()
        .filter(|(_, is_loose, _)| *is_loose)
        .filter_map(|(key, _, what)| match origin?.place(key)? {
            Origin::Manifest(place) => Some(RULE.finding(what).at(place).subject(key).help(format!("remove `{key}`"))),
            _ => None,
        })
        .collect();
    findings.extend(half_open(look).filter(|_| policy.allow_snippets && !risk));
    findings.extend(unchecked(look));
    findings
}

/// Snippets that are allowed, and kept out by their risk alone.
fn half_open(look: &Look) -> Option<Diagnostic> {
    const KEY: &str = "allow-snippet-annotations";
    let Origin::Manifest(place) = look.proxy.settings_origin.as_ref()?.place(KEY)? else { return None };
    let allowed = look.allowed_risk().name();
    let message = format!("nothing but `annotations-risk-level`, which is {allowed}, keeps raw configuration out of Ingresses");
    let finding = Diagnostic { severity: Severity::Info, ..RULE.finding(message) }.at(place).subject(KEY);
    Some(finding.note("an Ingress with a snippet is not served: the risk of snippets is Critical").help(format!("remove `{KEY}`")))
}

/// The argument that switches the checks of annotations off.
fn unchecked(look: &Look) -> Option<Diagnostic> {
    if look.controller.flags.enable_annotation_validation {
        return None;
    }
    let mut arguments = look.cluster.controllers.iter().flat_map(|controller| controller.value.args.iter().map(move |(text, place)| (controller, text, place)));
    let (controller, _, place) = arguments.find(|(_, text, _)| text.trim_start_matches('-') == "enable-annotation-validation=false")?;
    let finding = RULE.finding("values of annotations are not checked: whatever stands in them gets into the configuration").at(*place);
    Some(finding.subject("enable-annotation-validation").object(controller.reference.clone()).help("remove the argument"))
}
