//! Redirects that lead to what redirects.

use std::iter;

use hashbrown::{HashMap, HashSet};

use super::look::{Look, ingress_of, path_of, written};
use super::matching::Hosts;
use super::urls::Target;
use crate::catalog::features::{redirect, rewrite};
use crate::catalog::key::Key;
use crate::diagnostic::{Diagnostic, ObjectRef, Severity};
use crate::ir::{Asked, CATCH_ALL, Route, Server};
use crate::lint::rule::Rule;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "redirect-loop",
    severity: Severity::Error,
    text: r"# redirect-loop

A redirect leads to itself.

Browsers give up after some twenty redirects and show an error. A redirect to another path of the same host loops where that path has the redirect too: annotations hold for all paths
of an Ingress, and for all requests that no path of the host takes. So do redirects that lead to each other, over several hosts, start pages, or a host and its `www.` twin.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: 'https://shop.example.com/new'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where it is temporary

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/temporal-redirect: 'https://shop.example.com/sale'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where the start page is the root

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/app-root: '/'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where two hosts redirect to each other

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: old
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: 'https://new.example.com/'
spec:
  ingressClassName: nginx
  rules:
  - host: old.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: new
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/temporal-redirect: 'https://old.example.com/'
spec:
  ingressClassName: nginx
  rules:
  - host: new.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where a host leads to its twin and back

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/from-to-www-redirect: 'true'
    nginx.ingress.kubernetes.io/permanent-redirect: 'https://www.shop.example.com/'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where the start page leads back to the root

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/app-root: '/app'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: app
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/temporal-redirect: 'https://shop.example.com/'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /app, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where the target has an Ingress of its own

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: 'https://shop.example.com/new'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: new, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /new, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where the target is elsewhere

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: 'https://new.example.com/'
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

/// Redirects that are followed before one that goes on is given up.
const MOST: usize = 12;

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let ways = Ways::of(look);
    let (mut asked, mut told) = (HashSet::new(), HashSet::new());
    let mut findings = Vec::new();
    let starts = look.routes().filter(|(server, route)| server.hostname != CATCH_ALL && may_redirect(route));
    for (server, route) in starts.filter(|(server, route)| asked.insert((&server.hostname, ingress_of(route)))) {
        let Some(ring) = ways.ring(server, route) else { continue };
        if ring.iter().all(|hop| told.insert(hop.from.clone())) {
            findings.push(finding(&ring));
        }
    }
    findings
}

fn may_redirect(route: &Route) -> bool {
    route.redirected().is_some() || route.steps.app_root.is_some() || leads_elsewhere(route).is_some()
}

fn leads_elsewhere(route: &Route) -> Option<&str> {
    route.steps.rewrite.as_deref().filter(|rewrite| rewrite.leads_elsewhere).map(|rewrite| rewrite.target.as_str())
}

/// One redirect: from a host and path to another, and what asks for it.
struct Hop {
    from: Target,
    to: Target,
    /// The annotation, as it is written.
    name: String,
    place: Option<Span>,
    object: Option<ObjectRef>,
}

/// Where requests are redirected to.
struct Ways<'l, 'a> {
    look: &'l Look<'a>,
    hosts: Hosts<'a>,
    /// The hosts that are the `www.` twin of another one.
    twins: HashMap<&'a str, &'a str>,
    /// The start pages of hosts.
    starts: HashMap<&'a str, &'a Asked<String>>,
}

impl<'l, 'a> Ways<'l, 'a> {
    fn of(look: &'l Look<'a>) -> Self {
        let twins = look.proxy.host_redirects.iter().map(|redirect| (redirect.from.as_str(), redirect.to.as_str())).collect();
        let starts = look.proxy.servers.iter().filter_map(|server| Some((server.hostname.as_str(), server.app_root()?))).collect();
        Self { look, hosts: Hosts::default(), twins, starts }
    }

    /// The redirects that come round again, of those that begin at a route.
    fn ring(&self, server: &Server, route: &Route) -> Option<Vec<Hop>> {
        let path = if route.steps.app_root.is_some() { "/" } else { path_of(route) };
        let at = Target { host: server.hostname.clone(), path: path.to_owned() };
        let first = self.of_root(&at).or_else(|| of_route(route, at))?;
        let mut hops: Vec<Hop> = iter::successors(Some(first), |hop| self.hop(hop.to.clone())).take(MOST).collect();
        let end = hops.iter().enumerate().find_map(|(at, hop)| Some((hops[..=at].iter().position(|before| before.from == hop.to)?, at)));
        let (begin, end) = end?;
        hops.truncate(end + 1);
        Some(hops.split_off(begin))
    }

    fn hop(&self, at: Target) -> Option<Hop> {
        if let Some(to) = self.twins.get(at.host.as_str()) {
            let to = Target { host: (*to).to_owned(), path: at.path.clone() };
            let asking = self.look.proxy.server(&to.host)?.routes.iter().find(|route| route.features.from_twin);
            return Some(Hop::by(at, to, asking, &redirect::FROM_TWIN));
        }
        if let Some(hop) = self.of_root(&at) {
            return Some(hop);
        }
        let server = self.look.server_for(&at.host)?;
        of_route(self.hosts.of(server).answer(&at.path)?, at)
    }

    fn of_root(&self, at: &Target) -> Option<Hop> {
        let server = self.look.server_for(&at.host).filter(|_| at.path == "/")?;
        let asked = self.starts.get(server.hostname.as_str())?;
        let to = Target::of(&asked.value, &at.host, "/")?;
        let asking = server.routes.iter().find(|route| route.steps.app_root.is_some());
        Some(Hop::by(at.clone(), to, asking, &rewrite::APP_ROOT))
    }
}

fn of_route(route: &Route, at: Target) -> Option<Hop> {
    let is_redirect = route.redirected().is_some();
    let url = route.redirected().or_else(|| leads_elsewhere(route)).filter(|_| !route.is_refused())?;
    let to = Target::of(url, &at.host, &at.path)?;
    Some(match route.features.cause("temporal-redirect") {
        Some(_) if is_redirect => Hop::by(at, to, Some(route), &redirect::TEMPORARY),
        _ if is_redirect => Hop::by(at, to, Some(route), &redirect::PERMANENT),
        _ => Hop::by(at, to, Some(route), &rewrite::TARGET),
    })
}

impl Hop {
    fn by<T>(from: Target, to: Target, route: Option<&Route>, key: &'static Key<T>) -> Self {
        let (name, place) = route.and_then(|route| written(route, key)).map_or((key.spec.name, None), |(name, place)| (name, Some(place)));
        let name = name.rsplit('/').next().unwrap_or(name).to_owned();
        Self { from, to, name, place: place.or_else(|| route?.origin.span()), object: route.and_then(ingress_of) }
    }
}

fn finding(ring: &[Hop]) -> Diagnostic {
    let message = match ring {
        [hop] if hop.name == rewrite::APP_ROOT.spec.name => String::from("`app-root: /` redirects requests for `/` to `/`, for ever"),
        [hop] => format!("`{}` is redirected to itself for ever: it is where `{}` leads, which holds for it too", hop.to, hop.name),
        [first, rest @ ..] => {
            let others: Vec<String> = rest.iter().map(|hop| format!("`{}` by `{}`", hop.to, hop.name)).collect();
            format!("`{}` is redirected to `{}`, and from there to {}, for ever", first.from, first.to, others.join(" and "))
        }
        [] => String::new(),
    };
    let finding = RULE.finding(message).help(match ring {
        [hop] if hop.name == rewrite::APP_ROOT.spec.name => "name the path of the start page, or remove it",
        [_] => "redirect to another host or path, or declare the target in an Ingress without the redirect",
        _ => "remove one of the redirects, or declare its target in an Ingress without one",
    });
    let Some((first, rest)) = ring.split_first() else { return finding };
    let finding = finding.at(first.place).subject(first.name.as_str()).object(first.object.clone());
    rest.iter().fold(finding, |finding, hop| finding.related(format!("this leads on, to `{}`", hop.to), hop.place))
}
