//! Redirects between a host and its `www.` twin, which name a port.

use super::entrances::entrances;
use super::look::{Look, at_annotation};
use crate::catalog::features::redirect;
use crate::diagnostic::{Diagnostic, Severity};
use crate::ir::{Route, Server, twin};
use crate::lint::rule::Rule;
use crate::manifest::target;

pub(super) static RULE: Rule = Rule {
    name: "port-in-redirect",
    severity: Severity::Info,
    text: r"# port-in-redirect

The redirect between a host and its `www.` twin names a port.

`from-to-www-redirect` leads to `http://host:80/…` or `https://host:443/…`: always with the port on which the controller got the request, and with its scheme. Where it listens on another port than the one that clients ask, or where a load balancer ends TLS, clients are sent
to a port that nobody answers, or out of TLS. Where that matters, redirect in an Ingress for the other host: with `rewrite-target`, or with
`permanent-redirect`, which leaves the path out.

## Fires

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/from-to-www-redirect: 'true'}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

## Fires: with a port that clients do not ask

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/from-to-www-redirect: 'true'}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```

```console
$ ingressc check . --controller-arg=--http-port=8080
```

## Quiet: where the redirect says where it leads

```yaml
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
  annotations: {nginx.ingress.kubernetes.io/permanent-redirect: 'https://shop.example.com$request_uri'}
spec:
  ingressClassName: nginx
  rules:
  - host: www.shop.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
```
",
};

pub(super) fn check(look: &Look) -> Vec<Diagnostic> {
    let asking = look.one_of_each_ingress().filter(|(server, route)| route.features.from_twin && server.redirect_twin);
    asking.map(|(server, route)| finding(look, server, route)).collect()
}

fn finding(look: &Look, server: &Server, route: &Route) -> Diagnostic {
    let (host, flags) = (&server.hostname, &look.controller.flags);
    let from = twin(host);
    let is_by_header = look.proxy.settings.client_address.from_headers;
    let (severity, message) = if is_by_header {
        let message = format!(
            "the redirect from `{from}` leads to the port in `X-Forwarded-Port`, and without that header to the controller's own, with the scheme in `X-Forwarded-Proto`"
        );
        (Severity::Info, message)
    } else if flags.http_port != 80 || flags.https_port != 443 {
        let message = format!(
            "the redirect from `{from}` leads to the ports on which the controller listens, {} and {}, whatever clients asked",
            flags.http_port, flags.https_port
        );
        (Severity::Warning, message)
    } else if ends_tls_before(look) {
        (Severity::Warning, format!("the redirect from `{from}` leads out of TLS, to `http://{host}:80/`: the load balancer ends TLS"))
    } else {
        (Severity::Info, format!("the redirect from `{from}` names its port, as `http://{host}:80/`"))
    };
    let finding = at_annotation(Diagnostic { severity, ..RULE.finding(message) }, route, &redirect::FROM_TWIN);
    // HSTS is a header of answers that locations give.
    let bare = Some("it has no `Strict-Transport-Security`, as no answer has that no path gives").filter(|_| look.proxy.settings.tls.hsts && server.certificate.is_some());
    let finding = bare.into_iter().fold(finding, Diagnostic::note);
    finding.help(format!("where that matters: an Ingress for `{from}` with the path `/(.*)`, `use-regex` and `rewrite-target: https://{host}/$1`, which redirects by 302"))
}

/// Whether what clients ask by HTTPS reaches the port for plain HTTP.
fn ends_tls_before(look: &Look) -> bool {
    entrances(look).any(|(_, spec)| {
        let mut ports = spec.ports.iter().flatten();
        ports.any(|port| port.port == 443 && matches!(target(port).as_str(), "http" | "80"))
    })
}
