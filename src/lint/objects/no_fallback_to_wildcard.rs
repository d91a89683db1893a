//! Hosts of their own below a wildcard, which does not answer what they do not.

use hashbrown::HashSet;

use super::look::Look;
use crate::diagnostic::{self, Diagnostic, Severity};
use crate::ir::{CATCH_ALL, DEFAULT_UPSTREAM, Route, Server};
use crate::lint::reference;
use crate::lint::rule::Rule;

pub(super) static RULE: Rule = Rule {
    name: "no-fallback-to-wildcard",
    severity: Severity::Warning,
    text: r"# no-fallback-to-wildcard

A host of its own answers 404 for a path that its wildcard host, or an Ingress without a host, serves.

nginx chooses one server for a host, the one with the very name before one with a wildcard, and looks for the path there alone. What the server does not
have goes to the default backend, not to the wildcard's paths. The same holds for paths without a host and for the backend of an Ingress without rules: they serve hosts that nobody declares, which is told for hosts of the same namespace. Repeat the paths under the host, or give it a path `/`.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: '*.example.com'
    http:
      paths:
      - {path: /assets, pathType: Prefix, backend: {service: {name: assets, port: {number: 80}}}}
  - host: app.example.com
    http:
      paths:
      - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
```

## Fires: where an Ingress without a host has the path

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - http:
      paths:
      - {path: /assets, pathType: Prefix, backend: {service: {name: assets, port: {number: 80}}}}
  - host: app.example.com
    http:
      paths:
      - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
```

## Fires: where an Ingress has a default backend alone

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: rest, namespace: shop}
spec:
  ingressClassName: nginx
  defaultBackend: {service: {name: web, port: {number: 80}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: app.example.com
    http:
      paths:
      - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
```

## Quiet: where the host answers every path

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: '*.example.com'
    http:
      paths:
      - {path: /assets, pathType: Prefix, backend: {service: {name: assets, port: {number: 80}}}}
  - host: app.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: app, port: {number: 80}}}}
```

## Quiet: where the host is not below the wildcard

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: '*.example.com'
    http:
      paths:
      - {path: /assets, pathType: Prefix, backend: {service: {name: assets, port: {number: 80}}}}
  - host: app.eu.example.com
    http:
      paths:
      - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let of_wildcards = look.proxy.servers.iter().filter_map(|server| without_fallback(look, server));
    of_wildcards.chain(hostless(look)).collect()
}

/// Paths without a host, and default backends, that hosts of their own do not fall back to: told once, at the first of them.
fn hostless(look: &Look) -> Option<Diagnostic> {
    let all = look.proxy.server(CATCH_ALL)?;
    let routes: Vec<&Route> = all.routes.iter().filter(|route| route.owner.is_some() && !route.is_default_backend).collect();
    if routes.is_empty() {
        return None;
    }
    // Other teams expect nothing of the paths.
    let namespaces: HashSet<&str> = routes.iter().filter_map(|route| namespace(route)).collect();
    let is_of_them = |server: &Server| server.routes.iter().filter_map(namespace).any(|namespace| namespaces.contains(namespace));
    let is_open = |server: &Server| server.routes.iter().all(|route| route.path != "/" || is_nobody(route));
    let hosts = look.proxy.servers.iter().filter(|server| server.hostname != CATCH_ALL && is_open(server) && is_of_them(server));
    let without = hosts.filter_map(|server| Some((server, *routes.iter().find(|route| !is_served(server, route))?)));
    let without: Vec<(&Server, &Route)> = without.collect();
    let (server, missing) = without.first()?;
    let path = if missing.declared_path.is_empty() { "/" } else { &missing.declared_path };
    let host = &server.hostname;
    let (hosts, whose) = match without.len() - 1 {
        0 => (format!("host `{host}` does"), "its"),
        others => (format!("host `{host}` and {} do", diagnostic::more(others, "host")), "their"),
    };
    let message = format!("{hosts} not fall back to path `{path}` without a host: requests that {whose} own paths do not take get 404");
    let finding = RULE.finding(message).at(missing.origin.span()).subject(path);
    let finding = finding.object(missing.owner.as_deref().map(reference));
    let finding = finding.related("this host is served on its own", server.origin.span());
    Some(finding.help(format!("repeat the path under `{host}`")))
}

fn namespace(route: &Route) -> Option<&str> {
    route.owner.as_deref().map(|owner| owner.namespace.as_str())
}

/// Whether a root leads to nobody: no path and no default backend of the host's Ingress.
fn is_nobody(route: &Route) -> bool {
    route.is_default_backend && route.upstream == DEFAULT_UPSTREAM
}

fn without_fallback(look: &Look, server: &Server) -> Option<Diagnostic> {
    let (_, parent) = server.hostname.split_once('.').filter(|(label, _)| *label != "*")?;
    if server.routes.iter().any(|route| route.path == "/" && !route.is_default_backend) {
        return None;
    }
    let wildcard = look.proxy.server(&format!("*.{parent}"))?;
    let missing = wildcard.routes.iter().find(|route| !route.is_default_backend && !is_served(server, route))?;
    let (host, name) = (&server.hostname, &wildcard.hostname);
    let message = format!("requests for `{host}{}` get the default backend: a host of its own does not fall back to `{name}`", missing.declared_path);
    let finding = RULE.finding(message).at(server.origin.span()).subject(host);
    let owner = server.routes.iter().find_map(|route| route.owner.as_deref());
    let finding = finding.object(owner.map(reference));
    let finding = finding.related("this path is not looked at", missing.origin.span());
    Some(finding.help(format!("repeat the paths of `{name}` under `{host}`")))
}

/// Whether a server has a route for the path of another one.
fn is_served(server: &Server, other: &Route) -> bool {
    server.routes.iter().any(|route| !route.is_default_backend && (other.path == route.path || is_below(&other.path, &route.path)))
}

/// Whether a path lies below another one.
fn is_below(path: &str, parent: &str) -> bool {
    path.strip_prefix(parent.trim_end_matches('/')).is_some_and(|rest| rest.starts_with('/'))
}
