//! Lists and limits by addresses that clients make up.

use super::look::{Look, written};
use crate::catalog::features::{access, rate_limits};
use crate::diagnostic::{Diagnostic, Effect, Severity};
use crate::ir::{Origin, Route};
use crate::lint::rule::Rule;
use crate::source::Span;

/// Annotations that are pointed at.
const SHOWN: usize = 3;
const WIDE: &str = "`proxy-real-ip-cidr` is `0.0.0.0/0` unless it is set";
const NARROW: &str = "set `proxy-real-ip-cidr` to the networks of the proxies in front of the controller";

pub(super) static RULE: Rule = Rule {
    name: "forgeable-address",
    severity: Severity::Warning,
    text: r"# forgeable-address

Lists of addresses and limits look at an address that the client makes up, or backends hear one.

With `use-forwarded-headers` the controller takes the address of the client from a header, from everybody who sends one as long as `proxy-real-ip-cidr` names no networks. A client that reaches the
controller itself, or a proxy that passes the header on, writes an address of the allowlist into it. Where no list and no limit looks at the address, this is an info: backends and logs get what clients write.

## Fires

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  use-forwarded-headers: 'true'
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where requests are limited

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  use-forwarded-headers: 'true'
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/limit-rps: '5'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where only backends and logs look at it

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  use-forwarded-headers: 'true'
---
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

## Quiet: where only the load balancer is believed

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  use-forwarded-headers: 'true'
  proxy-real-ip-cidr: '10.1.0.0/16'
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where headers are not read

```yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx}
data:
  use-forwarded-headers: 'false'
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
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
    finding(look).into_iter().collect()
}

fn finding(look: &Look) -> Option<Diagnostic> {
    let address = &look.proxy.settings.client_address;
    let key = match (address.from_headers, address.enabled) {
        (true, _) => "use-forwarded-headers",
        (_, true) => "enable-real-ip",
        _ => return None,
    };
    // With the PROXY protocol in front, the load balancer says who the client is.
    if look.proxy.settings.listening.proxy_protocol || !address.trusted.iter().any(|network| network == "0.0.0.0/0" || network == "::/0") {
        return None;
    }
    let by_address: Vec<(&str, Span)> = look.one_of_each_ingress().filter_map(|(_, route)| by_address(route)).collect();
    let origin = look.proxy.settings_origin.as_ref()?;
    let Some((name, _)) = by_address.first() else {
        let message = format!("backends and logs get whatever address a client writes into `{}`: `{key}` believes it from everybody", address.for_header);
        let finding = Diagnostic { severity: Severity::Info, ..RULE.finding(message) }.subject(key).at(origin.place(key).and_then(Origin::span));
        return Some(finding.note(WIDE).help(NARROW));
    };
    let message = format!("any client passes `{name}` with a header `{}` that it makes up: `{key}` believes it from everybody", address.for_header);
    let finding = RULE.finding(message).subject(key).effect(Effect::FailsOpen);
    let place = origin.place(key).and_then(Origin::span).or_else(|| by_address.first().map(|(_, place)| *place));
    let finding = finding.at(place);
    let finding = finding.note(WIDE).help(NARROW);
    Some(by_address.iter().take(SHOWN).fold(finding, |finding, (name, place)| finding.related(format!("`{name}` looks at the address"), *place)))
}

/// An annotation of a route that looks at the address of the client.
pub(super) fn by_address(route: &Route) -> Option<(&str, Span)> {
    let lists = (route.steps.admission.looks_at_addresses())
        .then(|| written(route, &access::ALLOW).or_else(|| written(route, &access::DENY)))
        .flatten();
    let limits = || {
        [&rate_limits::PER_SECOND, &rate_limits::PER_MINUTE, &rate_limits::CONNECTIONS].into_iter().find_map(|key| written(route, key))
    };
    let (written, place) = lists.or_else(limits)?;
    Some((written.rsplit('/').next().unwrap_or(written), place))
}
