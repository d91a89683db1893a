//! An annotation that changes what the controller does changes what another product does, or is a finding.

use ingressc::catalog::features;
use ingressc::catalog::key::Spec;
use ingressc::ir::Proxy;

use crate::cluster;

use super::trial::{self, Companions, OTHERS, Trial};

/// What annotations name, and a host with TLS whose second path has other annotations.
const CLUSTER: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: headers, namespace: shop}
data: {X-Shop: open}
---
apiVersion: v1
kind: Secret
metadata: {name: people, namespace: shop}
data: {auth: YW5uOntTSEF9MGJlZWM3YjVlYTNmMGZkYmM5NWQwZGQ0N2YzYzViYzI3NWRhOGEzMw==}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: main, namespace: shop, creationTimestamp: \"2021-01-01T00:00:00Z\", annotations: {nginx.ingress.kubernetes.io/affinity: cookie}}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: other, port: {number: 80}}}}
      - {path: /dir/, pathType: Prefix, backend: {service: {name: other, port: {number: 80}}}}
      - {path: /app, pathType: Prefix, backend: {service: {name: other, port: {number: 80}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {allow-snippet-annotations: \"true\", annotations-risk-level: Critical, global-auth-url: \"http://10.1.0.8/check\", use-http2: \"false\",
  enable-opentelemetry: \"true\", global-allowed-response-headers: X-Shop}
";

/// Values of annotations whose example changes nothing here.
const VALUES: &[(&str, &str)] = &[
    ("auth-request-redirect", "$scheme://$http_host/elsewhere"),
    ("auth-secret", "shop/people"),
    ("auth-tls-secret", "shop/authority"),
    ("affinity-canary-behavior", "legacy"),
    ("auth-secret-type", "auth-map"),
    ("default-backend", "other"),
    ("enable-opentelemetry", "false"),
    ("upstream-hash-by-subset-size", "1"),
    ("opentelemetry-trust-incoming-span", "false"),
    ("proxy-ssl-secret", "shop/authority"),
];

/// A service is asked.
const ASKED: &[(&str, &str)] = &[("auth-url", "http://auth.shop.svc.cluster.local/check")];

/// Annotations that act only together with others, by how they begin.
const COMPANIONS: Companions = &[
    ("affinity-", &[("affinity", "cookie")]),
    ("affinity-canary-behavior", &[("canary", "true"), ("canary-weight", "20")]),
    ("opentelemetry-", &[("enable-opentelemetry", "true")]),
    ("auth-always-set-cookie", ASKED),
    ("auth-cache-key", ASKED),
    ("auth-cache-duration", ASKED),
    ("auth-keepalive-", &[("auth-keepalive", "8")]),
    ("auth-keepalive", ASKED),
    ("auth-method", ASKED),
    ("auth-proxy-set-headers", ASKED),
    ("auth-request-redirect", ASKED),
    ("auth-response-headers", ASKED),
    ("auth-signin", ASKED),
    ("auth-snippet", ASKED),
    ("auth-cache-duration", &[("auth-cache-key", "$remote_user")]),
    ("auth-signin-redirect-param", &[("auth-signin", "https://login.test/in")]),
    ("auth-realm", &[("auth-type", "basic"), ("auth-secret", "shop/people")]),
    ("auth-secret", &[("auth-type", "basic"), ("auth-secret", "shop/people")]),
    ("auth-type", &[("auth-secret", "shop/people")]),
    ("auth-tls-", &[("auth-tls-secret", "shop/authority")]),
    ("canary-weight-total", &[("canary-weight", "20")]),
    ("canary-by-header-", &[("canary-by-header", "X-Canary")]),
    ("canary-", &[("canary", "true")]),
    ("cors-", &[("enable-cors", "true")]),
    ("default-backend", &[("custom-http-errors", "404,503")]),
    ("disable-proxy-intercept-errors", &[("custom-http-errors", "404,503")]),
    ("enable-owasp-core-rules", &[("enable-modsecurity", "true")]),
    ("fastcgi-", &[("backend-protocol", "FCGI")]),
    ("force-ssl-redirect", &[("ssl-redirect", "false")]),
    ("limit-", &[("limit-rps", "5"), ("limit-rate", "64")]),
    ("mirror-", &[("mirror-target", "http://10.1.0.9/copy")]),
    ("modsecurity-", &[("enable-modsecurity", "true")]),
    ("permanent-redirect-code", &[("permanent-redirect", "https://new.test/")]),
    ("proxy-redirect-", &[("proxy-redirect-from", "http://a.test/"), ("proxy-redirect-to", "http://b.test/")]),
    ("proxy-ssl-name", &[("proxy-ssl-verify", "on")]),
    ("proxy-ssl-verify-depth", &[("proxy-ssl-verify", "on")]),
    ("proxy-ssl-", &[("backend-protocol", "HTTPS"), ("proxy-ssl-secret", "shop/authority")]),
    ("satisfy", &[("allowlist-source-range", "10.9.0.0/16"), ("auth-type", "basic"), ("auth-secret", "shop/people")]),
    ("session-cookie-conditional-", &[("session-cookie-samesite", "None")]),
    ("session-cookie-", &[("affinity", "cookie")]),
    ("temporal-redirect-code", &[("temporal-redirect", "https://new.test/")]),
    ("upstream-hash-by-", &[("upstream-hash-by", "$request_uri"), ("upstream-hash-by-subset", "true")]),
    ("x-forwarded-prefix", &[("rewrite-target", "/inner")]),
];

fn proxy(annotations: &[(&str, &str)]) -> Proxy {
    let annotations: String =
        annotations.iter().map(|(name, value)| format!("    nginx.ingress.kubernetes.io/{name}: {value:?}\n")).collect();
    // They stand last, so that all else keeps its place.
    let ingress = format!(
        "apiVersion: networking.k8s.io/v1
kind: Ingress
spec:
  ingressClassName: nginx
  tls: [{{hosts: [shop.example], secretName: shop-tls}}]
  rules:
  - host: shop.example
    http:
      paths:
      - {{path: /, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}
      - {{path: /dir/, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}
      - {{path: /app, pathType: Prefix, backend: {{service: {{name: web, port: {{number: 80}}}}}}}}
metadata:
  name: tried
  namespace: shop
  creationTimestamp: \"2020-01-01T00:00:00Z\"
  annotations:
    example.test/none: \"\"
{annotations}"
    );
    let certificate = include_str!("../../../examples/shop/certificate.yaml");
    let authority = certificate.replace("shop-tls", "authority").replace("tls.crt:", "ca.crt:");
    let authority = format!("{authority}{}", certificate.lines().filter(|line| line.contains("tls.crt:")).collect::<String>());
    let web = cluster::service("shop", "web", "10.0.0.1", &["10.1.0.1", "10.1.0.2"]);
    let other = cluster::service("shop", "other", "10.0.0.2", &["10.1.0.3"]);
    let cluster = [web.as_str(), &other, CLUSTER].join("---\n");
    trial::proxy(&[&cluster, certificate, &authority, &ingress], &["--configmap=shop/settings", "--enable-ssl-passthrough"])
}

fn trial(spec: &'static Spec) -> Trial {
    let value = VALUES.iter().find(|(name, _)| *name == spec.name).map_or(spec.example, |(_, value)| value);
    Trial::of(spec.name, value, COMPANIONS, proxy)
}

fn trials() -> impl Iterator<Item = Trial> {
    features::all().map(trial)
}

#[test]
fn no_annotation_is_passed_over() {
    for target in OTHERS {
        let passed_over: Vec<_> = trials().filter(|trial| trial.is_passed_over(target)).map(|trial| trial.name).collect();
        assert_eq!(passed_over, Vec::<&str>::new(), "{target}");
    }
}

#[test]
fn each_annotation_is_tried() {
    let idle: Vec<_> = trials().filter(|trial| !trial.has_effect()).map(|trial| trial.name).collect();
    assert_eq!(idle, Vec::<&str>::new());
}
