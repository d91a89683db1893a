//! WebSockets that are closed while nobody speaks.

use hashbrown::HashSet;

use super::look::{Look, at_annotation, by_whom, ingress_of, path_of, written};
use crate::catalog::features::proxying;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::Route;
use crate::lint::rule::Rule;
use crate::manifest::{named, port_of};

pub(super) static RULE: Rule = Rule {
    name: "short-websocket-timeout",
    severity: Severity::Warning,
    text: r"# short-websocket-timeout

A path for WebSockets closes connections after a minute of silence.

`proxy-read-timeout` and `proxy-send-timeout`, 60 seconds by default, end a connection on which nothing is sent for so long. A WebSocket is silent for longer unless one side pings: clients see it drop every minute.

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
      - {path: /ws, pathType: Prefix, backend: {service: {name: chat, port: {number: 80}}}}
```

## Fires: where the Service says so

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
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080, appProtocol: kubernetes.io/ws}]}
```

## Quiet: with longer timeouts

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/proxy-read-timeout: '3600'
    nginx.ingress.kubernetes.io/proxy-send-timeout: '3600'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /ws, pathType: Prefix, backend: {service: {name: chat, port: {number: 80}}}}
```

## Quiet: where nothing speaks of WebSockets

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
      - {path: /news, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

/// Segments of paths that libraries for WebSockets use.
const SEGMENTS: [&str; 9] = ["ws", "wss", "websocket", "websockets", "socket.io", "sockjs", "sockjs-node", "signalr", "cable"];
/// Seconds from which on a timeout is no accident.
const LONG: i64 = 300;

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut told = HashSet::new();
    let short = look.routes().map(|(_, route)| route).filter(|route| timeout(route) < LONG && !route.is_default_backend);
    let found = short.filter_map(|route| Some((route, sign(look, route)?)));
    found.filter(|(route, _)| told.insert(by_whom(route))).map(|(route, sign)| finding(route, &sign)).collect()
}

fn timeout(route: &Route) -> i64 {
    let proxying = &route.features.proxying;
    proxying.read_timeout.min(proxying.send_timeout)
}

/// What says that a path is for WebSockets.
pub(super) fn sign(look: &Look, route: &Route) -> Option<String> {
    if let Some(segment) = path_of(route).split('/').find(|segment| SEGMENTS.contains(&segment.to_ascii_lowercase().as_str())) {
        return Some(format!("`{segment}` in its path"));
    }
    if route.features.connection_header.as_deref().is_some_and(|value| value.eq_ignore_ascii_case("upgrade")) {
        return Some(String::from("`connection-proxy-header: upgrade`"));
    }
    let owner = route.owner.as_deref()?;
    let service = named(&look.cluster.services, &owner.namespace, &owner.service)?;
    let port = port_of(&service.value, &owner.port)?;
    if let Some(says) = port.app_protocol.as_deref().filter(|says| matches!(*says, "kubernetes.io/ws" | "kubernetes.io/wss" | "ws" | "wss")) {
        return Some(format!("`appProtocol: {says}` of its Service"));
    }
    let name = port.name.as_deref().filter(|name| name.split('-').any(|word| matches!(word, "ws" | "wss" | "websocket" | "websockets")))?;
    Some(format!("the port `{name}` of its Service"))
}

fn finding(route: &Route, sign: &str) -> Diagnostic {
    let path = path_of(route);
    let message = format!("connections of path `{path}` are closed after {} s of silence, and it is for WebSockets, as {sign} says", timeout(route));
    let finding = RULE.finding(message).help("set `proxy-read-timeout` and `proxy-send-timeout` to `3600`, or let one side ping");
    let proxying = &route.features.proxying;
    let key = if proxying.read_timeout <= proxying.send_timeout { &proxying::READ_TIMEOUT } else { &proxying::SEND_TIMEOUT };
    if written(route, key).is_some() {
        return at_annotation(finding, route, key);
    }
    let finding = finding.at(route.origin.span()).subject(path);
    finding.object(ingress_of(route))
}
