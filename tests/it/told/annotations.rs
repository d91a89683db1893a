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
kind: ConfigMap
metadata: {name: more-headers, namespace: shop}
data: {X-Shop: closed}
---
apiVersion: v1
kind: Secret
metadata: {name: people, namespace: shop}
data: {auth: YW5uOntTSEF9MGJlZWM3YjVlYTNmMGZkYmM5NWQwZGQ0N2YzYzViYzI3NWRhOGEzMw==}
---
apiVersion: v1
kind: Secret
metadata: {name: more-people, namespace: shop}
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

/// Second values, where the first one does not tell its form.
pub const SECOND: &[(&str, &str)] = &[
    ("affinity", "none"),
    ("affinity-canary-behavior", "sticky"),
    ("affinity-mode", "balanced"),
    ("allowlist-source-range", "10.9.0.0/16"),
    ("app-root", "/start"),
    ("auth-cache-duration", "200 9m"),
    ("auth-cache-key", "$remote_user$host"),
    ("auth-method", "HEAD"),
    ("auth-proxy-set-headers", "shop/more-headers"),
    ("auth-realm", "Back office"),
    ("auth-request-redirect", "$scheme://$http_host/nowhere"),
    ("auth-response-headers", "X-User"),
    ("auth-secret", "shop/more-people"),
    ("auth-secret-type", "auth-file"),
    ("auth-signin", "https://login.test/out"),
    ("auth-signin-redirect-param", "rd2"),
    ("auth-snippet", "proxy_set_header X-Shop no;"),
    ("auth-tls-error-page", "https://example.com/other"),
    ("auth-tls-match-cn", "CN=server-[0-9]+"),
    ("auth-tls-secret", "shop/second"),
    ("auth-tls-verify-client", "optional_no_ca"),
    ("auth-type", "digest"),
    ("auth-url", "http://auth.other.svc.cluster.local/check"),
    ("backend-protocol", "GRPC"),
    ("canary-by-cookie", "second"),
    ("canary-by-header", "X-Other"),
    ("canary-by-header-pattern", "^gamma-[0-9]+$"),
    ("canary-by-header-value", "gamma"),
    ("configuration-snippet", "more_set_headers \"X-Shop: no\";"),
    ("connection-proxy-header", "upgrade"),
    ("cors-allow-headers", "X-Other"),
    ("cors-allow-methods", "GET, DELETE"),
    ("cors-allow-origin", "https://other.example.com"),
    ("cors-expose-headers", "X-Rest"),
    ("custom-headers", "shop/more-headers"),
    ("custom-http-errors", "502"),
    ("default-backend", "web"),
    ("denylist-source-range", "10.9.0.0/16"),
    ("fastcgi-index", "main.php"),
    ("fastcgi-params-configmap", "shop/more-headers"),
    ("limit-allowlist", "10.9.0.0/16"),
    ("load-balance", "round_robin"),
    ("mirror-host", "copy.example.com"),
    ("mirror-target", "https://copy.example.com$request_uri"),
    ("modsecurity-snippet", "SecRuleEngine DetectionOnly"),
    ("modsecurity-transaction-id", "$connection"),
    ("opentelemetry-operation-name", "basket"),
    ("permanent-redirect", "https://newer.example.com"),
    ("permanent-redirect-code", "307"),
    ("proxy-buffers-number", "9"),
    ("proxy-cookie-domain", "a.example b.example"),
    ("proxy-cookie-path", "/a/ /b/"),
    ("proxy-http-version", "1.1"),
    ("proxy-max-temp-file-size", "64m"),
    ("proxy-next-upstream", "error"),
    ("proxy-redirect-from", "http://elsewhere/"),
    ("proxy-redirect-to", "https://elsewhere.example.com/"),
    ("proxy-ssl-ciphers", "HIGH"),
    ("proxy-ssl-name", "other.example.com"),
    ("proxy-ssl-protocols", "TLSv1.3"),
    ("proxy-ssl-secret", "shop/second"),
    ("rewrite-target", "/inside/$2"),
    ("satisfy", "all"),
    ("server-alias", "mail.example.org"),
    ("server-snippet", "client_max_body_size 2m;"),
    ("session-cookie-domain", "example.org"),
    ("session-cookie-name", "way"),
    ("session-cookie-path", "/other"),
    ("session-cookie-samesite", "Strict"),
    ("ssl-ciphers", "HIGH"),
    ("stream-snippet", "server { listen 8001; proxy_pass 127.0.0.1:80; }"),
    ("temporal-redirect", "https://newer.example.com"),
    ("temporal-redirect-code", "302"),
    ("upstream-hash-by", "$host"),
    ("upstream-vhost", "other.shop.svc"),
    ("x-forwarded-prefix", "/other"),
];

/// A service is asked.
const ASKED: &[(&str, &str)] = &[("auth-url", "http://auth.shop.svc.cluster.local/check")];

/// Annotations that act only together with others, by how they begin.
pub const COMPANIONS: Companions = &[
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

/// Arguments of the controller of these manifests.
pub const ARGUMENTS: [&str; 2] = ["--configmap=shop/settings", "--enable-ssl-passthrough"];

/// A cluster whose first Ingress has some annotations; that Ingress is the last text.
pub fn manifests(annotations: &[(&str, &str)]) -> Vec<String> {
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
    let authority = format!("{authority}\n---\n{}", authority.replace("authority", "second"));
    let web = cluster::service("shop", "web", "10.0.0.1", &["10.1.0.1", "10.1.0.2"]);
    let other = cluster::service("shop", "other", "10.0.0.2", &["10.1.0.3"]);
    let cluster = [web.as_str(), &other, CLUSTER].join("---\n");
    vec![cluster, certificate.to_owned(), authority, ingress]
}

fn proxy(annotations: &[(&str, &str)]) -> Proxy {
    let manifests = manifests(annotations);
    trial::proxy(&manifests.iter().map(String::as_str).collect::<Vec<_>>(), &ARGUMENTS)
}

/// A value of an annotation that shows in this cluster.
pub fn value(spec: &'static Spec) -> &'static str {
    VALUES.iter().find(|(name, _)| *name == spec.name).map_or(spec.example, |(_, value)| value)
}

fn trial(spec: &'static Spec) -> Trial {
    Trial::of(spec.name, value(spec), COMPANIONS, proxy)
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
