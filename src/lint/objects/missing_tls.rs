//! Hosts that clients reach without TLS.

use hashbrown::{HashMap, HashSet};

use super::certificates::{managed_by};
use super::look::Look;
use crate::catalog::value::inward;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{CATCH_ALL, Server};
use crate::lint::rule::Rule;
use crate::lower::is_for;
use crate::manifest::Object;
use crate::source::Span;
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::api::networking::v1::{Ingress, IngressTLS};
use std::collections::BTreeMap;

pub(super) static RULE: Rule = Rule {
    name: "missing-tls",
    severity: Severity::Info,
    text: r"# missing-tls

A host has no TLS, though something says that it should have.

Its requests cross the network as they are, with cookies and tokens, and are not redirected to HTTPS. What says so: other hosts beside it, of the same domain but for their first label, have TLS, cert-manager shall make a certificate, which it does for entries of `tls` with a `secretName` alone, or the
namespace has a certificate that nobody uses. Below a host with TLS it is worse: its `Strict-Transport-Security` holds for all hosts below it, unless `hsts-include-subdomains` is off, and browsers refuse them over HTTP.

## Fires: where an entry has no name for the certificate

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {cert-manager.io/cluster-issuer: letsencrypt}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com]}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where cert-manager has nothing to make

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
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: where other hosts have TLS

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
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: blog, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [blog.example.com], secretName: blog}]
  rules:
  - host: blog.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: blog, port: {number: 80}}}}
```

## Fires: where browsers refuse it

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.blog.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: blog, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [blog.example.com], secretName: blog}]
  rules:
  - host: blog.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: blog, port: {number: 80}}}}
```

## Fires: where a certificate lies unused

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
kind: Secret
metadata: {name: shop, namespace: shop}
type: kubernetes.io/tls
data:
  tls.crt: LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxakNDQVZDZ0F3SUJBZ0lVYUFJZUJFNFE5MHNCcis5OFZQM29NNm1hZEk4d0NnWUlLb1pJemowRUF3SXcKR3pFWk1CY0dBMVVFQXd3UWMyaHZjQzVsZUdGdGNHeGxMbU52YlRBZ0Z3MHlOakV4TWpjeE5qUXlNelJhR0E4eQpNVEkyTVRFd016RTJOREl6TkZvd0d6RVpNQmNHQTFVRUF3d1FjMmh2Y0M1bGVHRnRjR3hsTG1OdmJUQlpNQk1HCkJ5cUdTTTQ5QWdFR0NDcUdTTTQ5QXdFSEEwSUFCQmg5Mkk0WnpYTkdDYjVmM3ovLzJXN0l6NTg2NFlUVlBFeXkKUDlIZG80WVEydFVYWGNIbEZKYW9VWmc2SjdQTDI1eWd4c3RNWTRucCtJekxQMW1vVUVpamNEQnVNQjBHQTFVZApEZ1FXQkJRa0RnM1ZybnpjaDlITE1MN3RmQjU3L3pDdG5EQWZCZ05WSFNNRUdEQVdnQlFrRGczVnJuemNoOUhMCk1MN3RmQjU3L3pDdG5EQVBCZ05WSFJNQkFmOEVCVEFEQVFIL01Cc0dBMVVkRVFRVU1CS0NFSE5vYjNBdVpYaGgKYlhCc1pTNWpiMjB3Q2dZSUtvWkl6ajBFQXdJRFNBQXdSUUloQUxUb2lBSXhOZDArMmVoU0xGSjBzNk55UVJOVwozcHpySWlMWS9Fd1BpbWFtQWlBQ2lhOFQ4cHYvbkNHQnRCMTVBVjRUMHRFdG5LMy84Nk9OQU5RTDBVNE8rUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
  tls.key: LS0tLS1CRUdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IY0NBUUVFSUFlS2NFR2l5T0t5anIvbkhETTdxTjMwZjBreTVuelREZzRROWd1K3hlRmFvQW9HQ0NxR1NNNDkKQXdFSG9VUURRZ0FFR0gzWWpobk5jMFlKdmwvZlAvL1pic2pQbnpyaGhOVThUTEkvMGQyamhoRGExUmRkd2VVVQpscWhSbURvbnM4dmJuS0RHeTB4amllbjRqTXMvV2FoUVNBPT0KLS0tLS1FTkQgRUMgUFJJVkFURSBLRVktLS0tLQo=
```

## Quiet

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
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
kind: Ingress
metadata: {name: blog, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [blog.example.com], secretName: blog}]
  rules:
  - host: blog.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: blog, port: {number: 80}}}}
```

## Quiet: where nothing speaks of TLS

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
```

## Quiet: where another Ingress brings it for the host

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: api, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /api, pathType: Prefix, backend: {service: {name: api, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: shop, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop}]
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

/// Others that are pointed at.
const SHOWN: usize = 5;

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let tls = Tls::of(look);
    let mut findings = Vec::new();
    let mut beside_others: BTreeMap<(&str, String), Vec<Plain>> = BTreeMap::new();
    for ingress in look.ingresses() {
        if let Some(finding) = without_entries(ingress) {
            findings.push(finding);
            continue;
        }
        let Some(plain) = Plain::of(look, ingress) else { continue };
        match tls.refused(look, &plain).or_else(|| tls.unused(&plain)) {
            Some(finding) => findings.push(finding),
            None => beside_others.entry((&ingress.reference.namespace, domain(plain.host))).or_default().push(plain),
        }
    }
    let told = beside_others.into_iter().filter_map(|((_, domain), plain)| Some((*tls.secured.get(&domain)?, plain)));
    findings.extend(told.filter_map(|(secured, plain)| beside(secured, &plain)));
    findings
}

/// The domain that hosts beside one another share: what follows the first label, or a host of two labels as it is.
fn domain(host: &str) -> String {
    let parent = host.split_once('.').map(|(_, parent)| parent).filter(|parent| parent.contains('.'));
    parent.unwrap_or(host).to_ascii_lowercase()
}

/// A host without TLS.
struct Plain<'a> {
    ingress: &'a Object<Ingress>,
    host: &'a str,
    place: Span,
}

impl<'a> Plain<'a> {
    /// The first one of an Ingress.
    fn of(look: &Look, ingress: &'a Object<Ingress>) -> Option<Self> {
        let rules = ingress.rules().iter().enumerate();
        let is_plain = |host: &str| {
            let server = look.proxy.server(host).filter(|server| server.hostname != CATCH_ALL && !server.tls_passthrough);
            server.is_some_and(|server| look.proxy.certificate_of(server).is_none())
        };
        // What is sent to a host of the machine itself, as `shop.localhost`, crosses no network.
        let mut hosts = rules.filter_map(|(at, rule)| Some((at, rule.host.as_deref()?))).filter(|(_, host)| inward(host).is_none());
        let (at, host) = hosts.find(|(_, host)| is_plain(&host.to_ascii_lowercase()))?;
        Some(Self { ingress, host, place: ingress.span(&["spec", "rules", &at.to_string(), "host"]) })
    }

    fn finding(&self, message: String) -> Diagnostic {
        let finding = RULE.finding(message).at(self.place).subject(self.host).object(self.ingress.reference.clone());
        finding.help(format!("add `tls` with the host `{}`", self.host))
    }
}

/// An Ingress whose certificate cert-manager shall make, without an entry for it.
fn without_entries(ingress: &Object<Ingress>) -> Option<Diagnostic> {
    let annotation = managed_by(ingress)?;
    let asks = ingress.span(&["metadata", "annotations", annotation]);
    let is_nameless = |entry: &IngressTLS| entry.secret_name.as_deref().is_none_or(str::is_empty);
    let told = |message: String| Diagnostic { severity: Severity::Warning, ..RULE.finding(message) }.subject(annotation).object(ingress.reference.clone());
    if ingress.tls().is_empty() {
        let finding = told(format!("`{annotation}` makes no certificate: the Ingress has no `tls`")).at(asks);
        return Some(finding.help("add `tls` with the hosts and the name of a Secret"));
    }
    let at = ingress.tls().iter().position(is_nameless)?;
    let finding = told(format!("`{annotation}` makes no certificate for an entry of `tls` without `secretName`"));
    let finding = finding.at(ingress.span(&["spec", "tls", &at.to_string()])).related("this asks for certificates", asks);
    Some(finding.help("add `secretName`: cert-manager makes a Secret of that name"))
}

/// What the input says of TLS.
struct Tls<'a> {
    /// A host that has it, by domain.
    secured: HashMap<String, &'a Server>,
    /// Certificates that nobody names, by namespace.
    unused: HashMap<&'a str, Vec<&'a Object<Secret>>>,
}

impl<'a> Tls<'a> {
    fn of(look: &Look<'a>) -> Self {
        let all = look.cluster.ingresses.iter();
        let named: HashSet<(&str, &str)> = all
            .flat_map(|ingress| {
                let namespace = ingress.reference.namespace.as_str();
                let of_hosts = ingress.tls().iter().map(move |entry| (namespace, entry.secret_name.as_deref().unwrap_or_default()));
                // Annotations name Secrets for other ends: to ask backends, or to check clients.
                let values = ingress.value.metadata.annotations.iter().flatten().map(|(_, value)| value.trim());
                of_hosts.chain(values.map(move |value| value.split_once('/').unwrap_or((namespace, value))))
            })
            .collect();
        let is_default = |secret: &Object<Secret>| {
            look.controller.flags.default_ssl_certificate == format!("{}/{}", secret.reference.namespace, secret.reference.name)
        };
        let of_tls = look.cluster.secrets.iter().filter(|secret| secret.value.type_.as_deref() == Some("kubernetes.io/tls") && !is_default(secret));
        let unused = of_tls.filter(|secret| !named.contains(&(secret.reference.namespace.as_str(), secret.reference.name.as_str())));
        let secured = look.proxy.servers.iter().filter(|server| server.hostname != CATCH_ALL && server.certificate.is_some());
        Self {
            secured: secured.map(|server| (domain(&server.hostname), server)).collect(),
            unused: unused.fold(HashMap::new(), |mut unused: HashMap<_, Vec<_>>, secret| {
                unused.entry(secret.reference.namespace.as_str()).or_default().push(secret);
                unused
            }),
        }
    }

    /// A host that browsers refuse over HTTP because of one above it.
    fn refused(&self, look: &Look, plain: &Plain) -> Option<Diagnostic> {
        let tls = &look.proxy.settings.tls;
        if !tls.hsts || !tls.hsts_include_subdomains || self.secured.is_empty() {
            return None;
        }
        let mut above = plain.host.match_indices('.').filter_map(|(at, _)| look.proxy.server(&plain.host[at + 1..]));
        let above = above.find(|above| above.certificate.is_some())?;
        let finding = plain.finding(format!("browsers that know host `{}` refuse `{}` over HTTP, and it has no TLS", above.hostname, plain.host));
        let finding = finding.note("`Strict-Transport-Security` holds for all hosts below, unless `hsts-include-subdomains` is `false`");
        Some(Diagnostic { severity: Severity::Warning, ..finding })
    }

    /// A host beside a certificate that nobody uses.
    fn unused(&self, plain: &Plain) -> Option<Diagnostic> {
        // A certificate for other names is no sign that the host should have it.
        let unused = self.unused.get(plain.ingress.reference.namespace.as_str())?;
        let secret = unused.iter().find(|secret| is_for(&secret.value, plain.host) != Some(false))?;
        let message = format!("host `{}` has no TLS, and no Ingress uses the certificate in Secret `{}`", plain.host, secret.reference.name);
        Some(plain.finding(message).related("the certificate", secret.span(&["metadata", "name"])))
    }
}

/// Hosts of one namespace and domain without TLS, beside others that have it.
fn beside(secured: &Server, plain: &[Plain]) -> Option<Diagnostic> {
    let (first, others) = plain.split_first()?;
    let message = format!("host `{}` has no TLS, while `{}` beside it has: requests cross the network as they are", first.host, secured.hostname);
    let finding = match others.len() {
        0 => first.finding(message),
        1 => first.finding(message).note("one more Ingress has a host without it"),
        more => first.finding(message).note(format!("{more} more Ingresses have hosts without it")),
    };
    Some(others.iter().take(SHOWN).fold(finding, |finding, plain| finding.related("nor has this one", plain.place)))
}
