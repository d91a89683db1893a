//! Passwords that cross the network as they are.

use hashbrown::HashSet;

use super::look::{Look, at_annotation, ingress_of, written};
use crate::catalog::features::{password_auth, rewrite};
use crate::catalog::value::inward;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{CATCH_ALL, Route, Scheme, Server};
use crate::lint::rule::Rule;
use crate::manifest::Object;
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "password-without-tls",
    severity: Severity::Warning,
    text: r"# password-without-tls

A host asks for passwords, and clients reach it without TLS.

With `auth-type: basic` the browser sends the password with every request, and without TLS whoever sees the request has it. Give the host a certificate: the
controller then redirects to HTTPS, unless `ssl-redirect` is off, for the Ingress or in the ConfigMap, or `no-tls-redirect-locations` names the path. Where something ends TLS in front of the
controller, it has to redirect itself, or `force-ssl-redirect` does.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: people}
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
spec: {ports: [{port: 80}]}
```

## Fires: where the redirect to HTTPS is off

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: people, nginx.ingress.kubernetes.io/ssl-redirect: 'false'}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: people}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: cert}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {ports: [{port: 80}]}
```

## Quiet: where TLS is asked for anyway

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: people, nginx.ingress.kubernetes.io/force-ssl-redirect: 'true'}
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
spec: {ports: [{port: 80}]}
```

## Quiet: where the passwords are not sent

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/auth-type: digest, nginx.ingress.kubernetes.io/auth-secret: people}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: for a host of the machine itself

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/auth-type: basic, nginx.ingress.kubernetes.io/auth-secret: people}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.localhost
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let mut told = HashSet::new();
    // What is sent to a host of the machine itself, as `shop.localhost`, crosses no network.
    let is_far = |host: &str| host != CATCH_ALL && inward(host).is_none();
    let plain = look.routes().filter(|(server, route)| is_far(&server.hostname) && is_plain(route));
    let of_routes = plain.filter(|(_, route)| told.insert(ingress_of(route))).map(|(server, route)| finding(look, server, route));
    let mut findings: Vec<Diagnostic> = of_routes.collect();
    findings.extend(look.ingresses().filter_map(|ingress| refused(look, ingress)));
    findings
}

/// An Ingress whose paths refuse all requests for another mistake, and will ask for passwords without it.
fn refused<'a>(look: &Look<'a>, ingress: &'a Object<Ingress>) -> Option<Diagnostic> {
    look.annotation(ingress, &password_auth::SCHEME.spec).filter(|scheme| *scheme == "basic")?;
    let is_its_own = |route: &&Route| ingress_of(route).is_some_and(|owner| owner == ingress.reference);
    let mut hosts = ingress.rules().iter().filter_map(|rule| look.proxy.server(rule.host.as_deref()?));
    let plain = hosts.find(|server| {
        let refused = server.routes.iter().find(is_its_own).filter(|route| route.is_refused() && !route.steps.https.happens);
        server.certificate.is_none() && refused.is_some() && inward(&server.hostname).is_none()
    })?;
    let finding = without_tls(&plain.hostname).at(look.annotation_span(ingress, &password_auth::SCHEME.spec)).subject(plain.hostname.as_str());
    Some(finding.object(ingress.reference.clone()))
}

fn without_tls(host: &str) -> Diagnostic {
    let finding = RULE.finding(format!("host `{host}` asks for passwords and has no TLS: they cross the network as they are"));
    finding.help(format!("add `tls` with the host `{host}`"))
}

/// Whether passwords are asked for over HTTP.
fn is_plain(route: &Route) -> bool {
    let steps = &route.steps;
    let asks = steps.admission.password().is_some_and(|password| password.scheme == Scheme::Basic);
    asks && !steps.https.happens && steps.redirect.is_none() && !route.is_refused()
}

fn finding(look: &Look, server: &Server, route: &Route) -> Diagnostic {
    let host = &server.hostname;
    if server.certificate.is_none() {
        return at_annotation(without_tls(host), route, &password_auth::SCHEME).subject(host.as_str());
    }
    let (why, place) = match written(route, &rewrite::TO_HTTPS) {
        _ if route.steps.https.is_exempt => ("no-tls-redirect-locations", look.setting_span("no-tls-redirect-locations")),
        Some((_, place)) => ("ssl-redirect", Some(place)),
        None => ("ssl-redirect", look.setting_span("ssl-redirect")),
    };
    let message = format!("host `{host}` asks for passwords over HTTP as well, where they cross the network as they are: `{why}` keeps it from redirecting to HTTPS");
    let finding = at_annotation(RULE.finding(message), route, &password_auth::SCHEME).subject(host.as_str());
    finding.related("this switches the redirect off", place).help("let HTTP be redirected: remove it, or set `force-ssl-redirect: \"true\"`")
}
