//! Certificates whose challenge nobody can answer.

use super::certificates::{issuer_of, managed_by};
use super::entrances::entrances;
use super::look::{Look, beside, path_of};
use crate::catalog::families;
use crate::catalog::features::{access, external_auth, password_auth, redirect, snippets};
use crate::catalog::key::Spec;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lint::rule::Rule;
use crate::ir::Steps;
use crate::lower::Classes;
use crate::manifest::{Issuance, Object};
use crate::source::Span;
use k8s_openapi::api::networking::v1::Ingress;

pub(super) static RULE: Rule = Rule {
    name: "blocked-challenge",
    severity: Severity::Warning,
    text: r"# blocked-challenge

The authority cannot fetch the answer by which a host shows whose it is.

For HTTP-01 the authority asks `http://HOST/.well-known/acme-challenge/…` from the open internet. cert-manager answers with an Ingress of its own, which the lists and redirects of yours do not hold for, unless `http01-edit-in-place` puts the
path into yours. A load balancer that lets only some networks in, or has no port 80, a `server-snippet` that answers first, and paths of one's own below `/.well-known/acme-challenge` with a list block it all the same. Wildcard hosts can be
shown by DNS-01 alone. That Ingress has the class that the solver of the issuer names: the controller that hosts lead to answers only where it serves that class.

## Fires: where the path is put behind a list

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    cert-manager.io/cluster-issuer: 'letsencrypt'
    acme.cert-manager.io/http01-edit-in-place: 'true'
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt}
spec:
  acme:
    server: https://acme.example.org/directory
    solvers: [{http01: {ingress: {ingressClassName: nginx}}}]
```

## Fires: where the solver names a class of nobody

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    cert-manager.io/cluster-issuer: 'letsencrypt'
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt}
spec:
  acme:
    server: https://acme.example.org/directory
    solvers: [{http01: {ingress: {ingressClassName: traefik}}}]
```

## Quiet: where it names the class of the controller

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    cert-manager.io/cluster-issuer: 'letsencrypt'
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt}
spec:
  acme:
    server: https://acme.example.org/directory
    solvers: [{http01: {ingress: {ingressClassName: nginx}}}]
```

## Fires: where the load balancer lets few in

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    cert-manager.io/cluster-issuer: 'letsencrypt'
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt}
spec:
  acme:
    server: https://acme.example.org/directory
    solvers: [{http01: {ingress: {ingressClassName: nginx}}}]
---
apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx, labels: {app.kubernetes.io/name: ingress-nginx}}
spec: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], selector: {app: ingress-nginx}, ports: [{name: http, port: 80}, {name: https, port: 443}]}
```

## Fires: where a wildcard is to be shown

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    cert-manager.io/cluster-issuer: 'letsencrypt'
spec:
  ingressClassName: nginx
  tls: [{hosts: ['*.example.com'], secretName: shop}]
  rules:
  - host: '*.example.com'
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt}
spec:
  acme:
    server: https://acme.example.org/directory
    solvers: [{http01: {ingress: {ingressClassName: nginx}}}]
```

## Fires: where a path of one's own is redirected

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    cert-manager.io/cluster-issuer: 'letsencrypt'
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt}
spec:
  acme:
    server: https://acme.example.org/directory
    solvers: [{http01: {ingress: {ingressClassName: nginx}}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: acme
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/permanent-redirect: 'https://other.example.com'
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /.well-known/acme-challenge, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Quiet: where cert-manager answers by an Ingress of its own

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    cert-manager.io/cluster-issuer: 'letsencrypt'
    nginx.ingress.kubernetes.io/allowlist-source-range: '10.0.0.0/8'
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt}
spec:
  acme:
    server: https://acme.example.org/directory
    solvers: [{http01: {ingress: {ingressClassName: nginx}}}]
```

## Quiet: where DNS is asked

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations:
    cert-manager.io/cluster-issuer: 'letsencrypt'
spec:
  ingressClassName: nginx
  tls: [{hosts: ['*.example.com'], secretName: shop}]
  rules:
  - host: '*.example.com'
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: letsencrypt}
spec:
  acme:
    server: https://acme.example.org/directory
    solvers: [{dns01: {route53: {region: eu-west-1}}}]
---
apiVersion: v1
kind: Service
metadata: {name: ingress-nginx-controller, namespace: ingress-nginx, labels: {app.kubernetes.io/name: ingress-nginx}}
spec: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8], selector: {app: ingress-nginx}, ports: [{name: http, port: 80}, {name: https, port: 443}]}
```
",
};

/// Where the authority looks for the answer.
const PATH: &str = "/.well-known/acme-challenge";
/// Lets cert-manager put the path into the Ingress itself.
const IN_PLACE: &str = "acme.cert-manager.io/http01-edit-in-place";

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let managed = look.ingresses().filter(|ingress| managed_by(ingress).is_some() && !ingress.tls().is_empty());
    let classes = Classes::new(look.cluster, &look.controller.flags);
    let (mut findings, mut is_by_http) = (Vec::new(), false);
    for ingress in managed {
        let issuer = issuer_of(look, ingress);
        if issuer.is_some_and(|issuer| !issuer.value.is_by_http()) {
            continue;
        }
        findings.extend(in_place(look, ingress).or_else(|| snippet(look, ingress)));
        if let Some(issuer) = issuer {
            is_by_http = true;
            findings.extend(other_class(look, &classes, ingress, issuer));
            findings.extend(wildcard(ingress));
        }
    }
    if is_by_http {
        findings.extend(shut(look));
        findings.extend(own_paths(look));
    }
    findings
}

/// What stands in the way of a path that cert-manager puts into the Ingress.
fn in_place<'a>(look: &Look<'a>, ingress: &'a Object<Ingress>) -> Option<Diagnostic> {
    let annotations = ingress.value.metadata.annotations.as_ref()?;
    annotations.get(IN_PLACE).filter(|value| *value == "true")?;
    let is_exempt = look.proxy.settings.route_defaults.no_auth_paths.split(',').any(|path| !path.is_empty() && PATH.starts_with(path.trim()));
    let blocks = |spec: &Spec| {
        let is = |other: &Spec| std::ptr::eq(spec, other);
        let asks = is(&external_auth::URL.spec) || is(&password_auth::SCHEME.spec);
        is(&access::ALLOW.spec) || is(&access::DENY.spec) || is(&redirect::PERMANENT.spec) || is(&redirect::TEMPORARY.spec) || asks && !is_exempt
    };
    let (_, name, _) = look.annotations(ingress).find(|(spec, _, value)| !value.is_empty() && blocks(spec))?;
    let short = name.rsplit('/').next().unwrap_or(name);
    let finding = RULE.finding(format!("`{short}` stands before the answer to the challenge, which cert-manager puts into this Ingress: no certificate is issued"));
    let finding = finding.at(ingress.span(&["metadata", "annotations", name])).subject(name).object(ingress.reference.clone());
    let finding = finding.related("this puts the path here", ingress.span(&["metadata", "annotations", IN_PLACE]));
    Some(finding.help(format!("remove `{IN_PLACE}`: cert-manager then makes an Ingress of its own")))
}

/// Raw configuration of the host that answers before any path.
fn snippet<'a>(look: &Look<'a>, ingress: &'a Object<Ingress>) -> Option<Diagnostic> {
    let text = look.annotation(ingress, &snippets::SERVER.spec)?;
    let line = text.split([';', '\n']).map(str::trim).find(|line| line.starts_with("return ") || *line == "deny all" || line.starts_with("auth_basic \""))?;
    let finding = RULE.finding(format!("`{line}` of `server-snippet` holds for the answer to the challenge too: no certificate is issued over HTTP-01"));
    let finding = finding.at(look.annotation_span(ingress, &snippets::SERVER.spec)).subject("server-snippet").object(ingress.reference.clone());
    Some(finding.help("move it to the paths that it is for"))
}

/// A class of the Ingress for the answer that the controller of the host does not serve.
fn other_class(look: &Look, classes: &Classes, ingress: &Object<Ingress>, issuer: &Object<Issuance>) -> Option<Diagnostic> {
    let solvers = issuer.value.acme.iter().flat_map(|acme| acme.solvers.iter().flatten()).enumerate();
    let named = solvers.map(|(at, solver)| {
        let answer = solver.http01.as_ref()?.ingress.as_ref().filter(|answer| answer.name.is_none())?;
        let class = answer.class.as_deref().map(|class| (class, "class"));
        let (class, field) = class.or_else(|| Some((answer.ingress_class_name.as_deref()?, "ingressClassName")))?;
        Some((class, issuer.span(&["spec", "acme", "solvers", &at.to_string(), "http01", "ingress", field])))
    });
    let named: Vec<(&str, Span)> = named.collect::<Option<_>>()?;
    let is_of_controller = |class: &str| {
        let mut others = look.cluster.controllers.iter().filter_map(|controller| controller.value.argument("ingress-class"));
        classes.names().contains(&class) || classes.annotated() == class || others.any(|(other, _)| other == class)
    };
    let is_strange = |class: &str| !is_of_controller(class) && (families::of_class(class).is_some() || !look.cluster.ingress_classes.is_empty());
    let &(class, place) = named.first().filter(|_| classes.serve(ingress) && named.iter().all(|(class, _)| is_strange(class)))?;
    let message = format!("the Ingress for the answer to the challenge gets the class `{class}`, which the controller does not serve: no certificate is issued");
    let finding = RULE.finding(message).at(place).subject(class).object(issuer.reference.clone());
    let finding = finding.related("this Ingress waits for a certificate", ingress.span(&["metadata", "name"]));
    Some(match Classes::named(ingress) {
        Some(own) => finding.help(format!("name the class of the Ingress: `{own}`")),
        None => finding,
    })
}

fn wildcard(ingress: &Object<Ingress>) -> Option<Diagnostic> {
    let (host, place) = ingress.tls_hosts().find(|(host, _)| host.starts_with("*."))?;
    let finding = RULE.finding(format!("HTTP-01 cannot show whose `{host}` is: no authority issues a certificate for a wildcard by it"));
    let finding = finding.at(ingress.tls_span(place)).subject(host);
    Some(finding.object(ingress.reference.clone()).help("give the issuer a solver of `dns01`"))
}

/// Ways to the controller that the authority does not get through.
fn shut(look: &Look) -> Vec<Diagnostic> {
    let shut = entrances(look).filter_map(|(service, spec)| {
        let ranges = spec.load_balancer_source_ranges.as_deref().unwrap_or_default();
        let name = format!("{}/{}", service.reference.namespace, service.reference.name);
        let (message, step) = if !ranges.is_empty() && !ranges.iter().any(|range| range == "0.0.0.0/0") {
            (format!("the load balancer of Service `{name}` lets only some networks in: the authority cannot fetch answers to HTTP-01"), "loadBalancerSourceRanges")
        } else if spec.ports.iter().flatten().all(|port| port.port != 80) {
            (format!("Service `{name}` has no port 80, at which the authority fetches answers to HTTP-01"), "ports")
        } else {
            return None;
        };
        let finding = RULE.finding(message).at(service.span(&["spec", step])).subject(name).object(service.reference.clone());
        Some(finding.help("let everybody reach port 80, or give the issuer a solver of `dns01`"))
    });
    shut.collect()
}

/// Paths of one's own where the authority looks, which do not let it through.
fn own_paths(look: &Look) -> Vec<Diagnostic> {
    let below = look.routes().filter(|(_, route)| path_of(route).starts_with(PATH));
    let blocked = below.filter_map(|(server, route)| {
        let Steps { admission, redirect, .. } = &*route.steps;
        let by = match () {
            () if admission.looks_at_addresses() => "a list of addresses",
            () if redirect.is_some() => "a redirect",
            () if admission.service(&look.proxy.settings).is_some() || admission.password().is_some() => "authentication",
            () => return None,
        };
        let message = format!("{by} stands before the answers to challenges for host `{}`: no certificate is issued over HTTP-01", server.hostname);
        Some(beside(RULE.finding(message).at(route.origin.span()).subject(PATH), "of this path", route))
    });
    blocked.take(1).collect()
}
