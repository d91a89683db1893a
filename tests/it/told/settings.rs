//! A key of the ConfigMap that changes what the controller does changes what another product does, or is a finding.

use ingressc::catalog::settings::{self, Setting};
use ingressc::ir::Proxy;

use super::trial::{self, Companions, OTHERS, Trial, made};

/// Hosts, TCP and UDP, so that each key has something to act on.
const CLUSTER: &str = "\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 80, targetPort: 8080}, {name: dns, port: 53, protocol: UDP}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.1.0.1], conditions: {ready: true}}, {addresses: [10.1.0.2], conditions: {ready: true}}]
ports: [{name: http, port: 8080, protocol: TCP}, {name: dns, port: 53, protocol: UDP}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: tcp, namespace: shop}
data: {\"9000\": shop/web:80}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: udp, namespace: shop}
data: {\"5353\": shop/web:53}
---
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
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: plain, namespace: shop, annotations: {nginx.ingress.kubernetes.io/limit-rps: \"5\", nginx.ingress.kubernetes.io/limit-connections: \"5\"}}
spec:
  ingressClassName: nginx
  rules: [{host: plain.test, http: {paths: [{path: /dir/, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}, {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: asked
  namespace: shop
  annotations:
    nginx.ingress.kubernetes.io/auth-url: http://10.1.0.9/check
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example], secretName: shop-tls}]
  rules: [{host: shop.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: calls, namespace: shop, annotations: {nginx.ingress.kubernetes.io/backend-protocol: GRPC}}
spec:
  ingressClassName: nginx
  rules: [{host: calls.test, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
";

/// Values of keys for which the type alone does not say what is fit.
const VALUES: &[(&str, &str)] = &[
    ("http-snippet", "map $host $told { default 1; }"),
    ("location-snippet", "set $told 1;"),
    ("main-snippet", "env TOLD;"),
    ("server-snippet", "set $told 3;"),
    ("stream-snippet", "map_hash_max_size 4096;"),
    ("add-headers", "shop/headers"),
    ("app-root", "/start"),
    ("bind-address", "127.0.0.7"),
    ("block-cidrs", "10.9.0.0/16"),
    ("block-referers", "~*spam"),
    ("block-user-agents", "~*crawler"),
    ("brotli-types", "text/css"),
    ("client-body-buffer-size", "16k"),
    ("client-header-buffer-size", "2k"),
    ("custom-http-errors", "404,503"),
    ("debug-connections", "10.9.0.0/16"),
    ("default-type", "text/plain"),
    ("denylist-source-range", "10.9.0.0/16"),
    ("forwarded-for-header", "X-Real-Client"),
    ("global-allowed-response-headers", "X-Shop"),
    ("global-auth-method", "POST"),
    ("global-auth-response-headers", "X-User"),
    ("global-auth-url", "http://10.1.0.8/check"),
    ("global-auth-signin", "https://login.test/in"),
    ("global-auth-snippet", "proxy_set_header X-Told yes;"),
    ("global-auth-cache-duration", "200 9m"),
    ("gzip-disable", "msie6"),
    ("gzip-types", "text/css"),
    ("hide-headers", "X-Powered-By"),
    ("http2-max-field-size", "9k"),
    ("http2-max-header-size", "64k"),
    ("http-redirect-code", "301"),
    ("large-client-header-buffers", "8 16k"),
    ("limit-conn-status-code", "429"),
    ("limit-conn-zone-variable", "$http_x_key"),
    ("limit-req-status-code", "429"),
    ("load-balance", "ewma"),
    ("lua-shared-dicts", "configuration_data: 5M"),
    ("no-auth-locations", "/open"),
    ("no-tls-redirect-locations", "/plain"),
    ("otel-sampler", "AlwaysOn"),
    ("proxy-body-size", "20m"),
    ("proxy-buffer-size", "16k"),
    ("proxy-buffering", "on"),
    ("proxy-busy-buffers-size", "12k"),
    ("proxy-cookie-domain", "a.test b.test"),
    ("proxy-cookie-path", "/a /b"),
    ("proxy-http-version", "1.0"),
    ("proxy-max-temp-file-size", "64m"),
    ("proxy-next-upstream", "error http_502"),
    ("proxy-protocol-header-timeout", "7s"),
    ("proxy-real-ip-cidr", "10.9.0.0/16"),
    ("proxy-redirect-from", "http://a.test/"),
    ("proxy-request-buffering", "off"),
    ("proxy-set-headers", "shop/headers"),
    ("proxy-stream-next-upstream-timeout", "9s"),
    ("proxy-stream-timeout", "9s"),
    ("server-name-hash-bucket-size", "256"),
    ("ssl-buffer-size", "8k"),
    ("ssl-ciphers", "ECDHE-RSA-AES128-GCM-SHA256"),
    ("ssl-ecdh-curve", "secp384r1"),
    ("ssl-protocols", "TLSv1.3"),
    ("ssl-session-cache-size", "20m"),
    ("ssl-session-ticket-key", "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"),
    ("ssl-session-timeout", "5m"),
    ("upstream-hash-by", "$request_uri"),
    ("upstream-keepalive-time", "30m"),
    ("whitelist-source-range", "10.9.0.0/16"),
    ("worker-cpu-affinity", "auto"),
    ("worker-processes", "3"),
    ("worker-shutdown-timeout", "9s"),
];

/// Second values, where the first one does not tell its form.
pub const SECOND: &[(&str, &str)] = &[
    ("add-headers", "shop/more-headers"),
    ("app-root", "/begin"),
    ("bind-address", "127.0.0.8"),
    ("block-cidrs", "10.8.0.0/16"),
    ("block-referers", "~*ham"),
    ("block-user-agents", "~*robot"),
    ("brotli-types", "text/plain"),
    ("custom-http-errors", "502"),
    ("debug-connections", "10.8.0.0/16"),
    ("default-type", "text/css"),
    ("denylist-source-range", "10.8.0.0/16"),
    ("forwarded-for-header", "X-Other-Client"),
    ("global-allowed-response-headers", "X-Other"),
    ("global-auth-cache-duration", "200 8m"),
    ("global-auth-method", "HEAD"),
    ("global-auth-response-headers", "X-Other"),
    ("global-auth-signin", "https://login.test/out"),
    ("global-auth-snippet", "proxy_set_header X-Told no;"),
    ("global-auth-url", "http://10.1.0.7/check"),
    ("gzip-disable", "msie7"),
    ("gzip-types", "text/plain"),
    ("hide-headers", "X-Other"),
    ("large-client-header-buffers", "4 32k"),
    ("limit-conn-zone-variable", "$http_x_other"),
    ("http-snippet", "map $host $other { default 2; }"),
    ("load-balance", "round_robin"),
    ("location-snippet", "set $other 2;"),
    ("main-snippet", "env OTHER;"),
    ("server-snippet", "set $other 4;"),
    ("stream-snippet", "map_hash_max_size 8192;"),
    ("log-format-escape-json", "false"),
    ("lua-shared-dicts", "configuration_data: 6M"),
    ("no-auth-locations", "/dir"),
    ("no-tls-redirect-locations", "/other"),
    ("otel-sampler", "AlwaysOff"),
    ("otel-sampler-ratio", "0.25"),
    ("proxy-busy-buffers-size", "16k"),
    ("proxy-cookie-domain", "c.test d.test"),
    ("proxy-cookie-path", "/c /d"),
    ("proxy-http-version", "1.1"),
    ("proxy-next-upstream", "error"),
    ("proxy-protocol-header-timeout", "8s"),
    ("proxy-real-ip-cidr", "10.8.0.0/16"),
    ("proxy-redirect-from", "http://c.test/"),
    ("proxy-redirect-to", "http://d.test/"),
    ("proxy-set-headers", "shop/more-headers"),
    ("ssl-ciphers", "ECDHE-RSA-AES256-GCM-SHA384"),
    ("ssl-ecdh-curve", "prime256v1"),
    ("ssl-protocols", "TLSv1.2"),
    ("ssl-session-ticket-key", "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJC"),
    ("upstream-hash-by", "$host"),
    ("whitelist-source-range", "10.8.0.0/16"),
    ("worker-cpu-affinity", "0001"),
];

/// Keys that act only together with others.
pub const COMPANIONS: Companions = &[
    ("brotli-", &[("enable-brotli", "true")]),
    ("compute-full-forwarded-for", &[("use-forwarded-headers", "true")]),
    ("disable-proxy-intercept-errors", &[("custom-http-errors", "404,503")]),
    ("enable-owasp-modsecurity-crs", &[("enable-modsecurity", "true")]),
    ("forwarded-for-header", &[("use-forwarded-headers", "true")]),
    ("forwarded-for-proxy-protocol-header", &[("use-forwarded-headers", "true"), ("use-proxy-protocol", "true")]),
    ("global-auth-cache-duration", &[("global-auth-cache-key", "$remote_user")]),
    ("global-auth-signin-redirect-param", &[("global-auth-signin", "https://login.test/in")]),
    ("global-auth-", &[("global-auth-url", "http://10.1.0.9/check")]),
    ("gzip-", &[("use-gzip", "true")]),
    ("http2-max-", &[("http2-max-field-size", "8k"), ("http2-max-header-size", "32k")]),
    ("log-format-escape-", &[("log-format-upstream", "$host"), ("log-format-stream", "$time_local")]),
    ("modsecurity-snippet", &[("enable-modsecurity", "true")]),
    ("opentelemetry-", &[("enable-opentelemetry", "true")]),
    ("otel-", &[("enable-opentelemetry", "true")]),
    ("otlp-", &[("enable-opentelemetry", "true")]),
    ("proxy-real-ip-cidr", &[("use-forwarded-headers", "true")]),
    ("proxy-redirect-", &[("proxy-redirect-from", "http://a.test/"), ("proxy-redirect-to", "http://b.test/")]),
    ("ssl-session-ticket-key", &[("ssl-session-tickets", "true")]),
    ("syslog-", &[("enable-syslog", "true"), ("syslog-host", "10.9.0.1")]),
    ("upstream-hash-by-subset", &[("upstream-hash-by", "$host"), ("upstream-hash-by-subset", "true")]),
];

/// Keys that no request, log or connection of this cluster shows: they shape the inside of the controller, what it lets tenants write,
/// or files of its own.
const UNTRIED: &[&str] = &[
    "allow-cross-namespace-resources",
    "allow-snippet-annotations",
    "annotation-value-word-blocklist",
    "app-root",
    "enable-serial-reloads",
    "geoip2-autoreload-in-minutes",
    "global-allowed-response-headers",
    "lua-shared-dicts",
    "no-auth-locations",
    "no-tls-redirect-locations",
    "otel-max-export-batch-size",
    "otel-max-queuesize",
    "otel-sampler",
    "otel-sampler-parent-based",
    "otel-sampler-ratio",
    "otel-schedule-delay-millis",
    "otel-service-name",
    "otlp-collector-host",
    "otlp-collector-port",
    "proxy-protocol-header-timeout",
    "proxy-ssl-location-only",
    "ssl-dh-param",
    "strict-validate-path-type",
    "upstream-hash-by",
    "upstream-hash-by-subset",
    "upstream-hash-by-subset-size",
    "use-geoip2",
];

/// Arguments of the controller of these manifests.
pub const ARGUMENTS: [&str; 3] = ["--configmap=shop/settings", "--tcp-services-configmap=shop/tcp", "--udp-services-configmap=shop/udp"];

/// A cluster whose ConfigMap has some keys; that ConfigMap is the last text.
pub fn manifests(data: &[(&str, &str)]) -> Vec<String> {
    let data: String = data.iter().map(|(key, value)| format!("  {key}: {value:?}\n")).collect();
    let settings = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings, namespace: shop}}\ndata:\n{data}  known: \"\"\n");
    let certificate = include_str!("../../../examples/shop/certificate.yaml");
    vec![CLUSTER.to_owned(), certificate.to_owned(), settings]
}

fn proxy(data: &[(&str, &str)]) -> Proxy {
    let manifests = manifests(data);
    trial::proxy(&manifests.iter().map(String::as_str).collect::<Vec<_>>(), &ARGUMENTS)
}

/// Another value than the default.
pub fn other_value(setting: &Setting) -> String {
    if let Some((_, value)) = VALUES.iter().find(|(name, _)| *name == setting.name) {
        return (*value).to_owned();
    }
    let default = setting.default();
    match setting.kind() {
        "boolean" => (default != "true").to_string(),
        "integer" => (default.parse::<i64>().unwrap_or_default() * 4 + 1).to_string(),
        "number" => String::from("0.5"),
        _ => String::from("/var/other"),
    }
}

fn trials() -> impl Iterator<Item = Trial> {
    settings::all()
        .filter(|setting| !UNTRIED.contains(&setting.name))
        .map(|setting| Trial::of(setting.name, &other_value(setting), COMPANIONS, proxy))
}

#[test]
fn no_key_is_passed_over() {
    for target in OTHERS {
        let passed_over: Vec<_> = trials().filter(|trial| trial.is_passed_over(target)).map(|trial| trial.name).collect();
        assert_eq!(passed_over, Vec::<&str>::new(), "{target}");
    }
}

#[test]
fn findings_name_the_config_map_and_the_place() {
    let with = proxy(&[("default-type", "text/plain")]);
    let findings = made("haproxy", &with).findings;
    let finding = findings.iter().find(|finding| finding.subject.as_deref() == Some("default-type")).expect("it is told");
    let object = finding.object.as_ref().expect("it names an object");
    assert_eq!((object.kind.as_str(), object.namespace.as_str(), object.name.as_str()), ("ConfigMap", "shop", "settings"));
    assert!(finding.span.is_some());
}

#[test]
fn a_default_that_is_written_out_is_no_finding() {
    let findings = made("haproxy", &proxy(&[("enable-aio-write", "true"), ("keep-alive-requests", "1000")])).findings;
    assert!(findings.iter().all(|finding| finding.object.as_ref().is_none_or(|object| object.kind != "ConfigMap")), "{findings:?}");
}

#[test]
fn each_key_is_tried() {
    let idle: Vec<_> = trials().filter(|trial| !trial.has_effect()).map(|trial| trial.name).collect();
    assert_eq!(idle, Vec::<&str>::new());
}
