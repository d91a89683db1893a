//! Values of arguments, and second values where the first one does not tell what another one could be.

use crate::cluster;
use crate::told;

/// Another value than the first: of a table, else of the same form.
pub fn second(name: &str, first: &str, table: &[(&str, &str)]) -> String {
    if let Some((_, value)) = table.iter().find(|(known, _)| *known == name) {
        return (*value).to_owned();
    }
    let digits = first.len() - first.trim_start_matches(|letter: char| letter.is_ascii_digit()).len();
    match (first, first[..digits].parse::<u64>()) {
        ("true", _) => String::from("false"),
        ("false", _) => String::from("true"),
        ("on", _) => String::from("off"),
        ("off", _) => String::from("on"),
        (_, Ok(number)) if first[digits..].len() < 2 => format!("{}{}", number * 2 + 1, &first[digits..]),
        ("/var/other", _) => String::from("/var/more"),
        _ => panic!("{name} needs a second value: {first}"),
    }
}

/// Arguments, each with two values. Those that tell nothing of the configuration are not among them.
pub const ARGUMENTS: &[(&str, &str, &str)] = &[
    ("annotations-prefix", "own.example", "other.example"),
    ("configmap", "shop/settings", "shop/others"),
    ("controller-class", "example.test/other", "example.test/third"),
    ("deep-inspect", "false", "true"),
    ("default-backend-service", "shop/web", "shop/other"),
    ("default-server-port", "9181", "9182"),
    ("default-ssl-certificate", "shop/shop-tls", "shop/second-tls"),
    ("disable-catch-all", "true", "false"),
    ("disable-svc-external-name", "true", "false"),
    ("enable-annotation-validation", "false", "true"),
    ("enable-metrics", "true", "false"),
    ("enable-ssl-passthrough", "true", "false"),
    ("enable-topology-aware-routing", "true", "false"),
    ("health-check-path", "/alive", "/well"),
    ("healthz-port", "9254", "9255"),
    ("http-port", "8080", "8081"),
    ("https-port", "8443", "8444"),
    ("ingress-class", "internal", "external"),
    ("ingress-class-by-name", "true", "false"),
    ("maxmind-edition-ids", "GeoLite2-City", "GeoLite2-ASN"),
    ("maxmind-license-key", "one", "two"),
    ("monitor-max-batch-size", "500", "501"),
    ("profiler-port", "9245", "9247"),
    ("ssl-passthrough-proxy-port", "9442", "9443"),
    ("status-port", "9246", "9248"),
    ("stream-port", "9249", "9250"),
    ("tcp-services-configmap", "shop/tcp", "shop/tcp-2"),
    ("udp-services-configmap", "shop/udp", "shop/udp-2"),
    ("v", "5", "6"),
    ("watch-ingress-without-class", "true", "false"),
    ("watch-namespace", "shop", "elsewhere"),
    ("watch-namespace-selector", "team=a", "team=b"),
];

/// Arguments that are there whatever else is tried.
pub const COMPANIONS: &[(&str, &str)] =
    &[("enable-ssl-passthrough", "true"), ("maxmind-license-key", "key"), ("configmap", "shop/settings")];

/// Ingresses, Services and ConfigMaps that arguments act on.
const CLUSTER: &str = "\
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: second}
spec: {controller: example.test/other}
---
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {team: a}}
---
apiVersion: v1
kind: Namespace
metadata: {name: elsewhere, labels: {team: b}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {use-geoip2: \"true\"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: others, namespace: shop}
data: {proxy-body-size: 9m}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: tcp, namespace: shop}
data: {\"9000\": shop/web:80}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: tcp-2, namespace: shop}
data: {\"9001\": shop/web:80}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: udp, namespace: shop}
data: {\"5353\": shop/web:80}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: udp-2, namespace: shop}
data: {\"5354\": shop/web:80}
---
apiVersion: v1
kind: Service
metadata: {name: outside, namespace: shop}
spec: {type: ExternalName, externalName: outside.example, ports: [{port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop, annotations: {nginx.ingress.kubernetes.io/proxy-body-size: 7m, own.example/proxy-body-size: 5m,
  other.example/proxy-body-size: 6m, nginx.ingress.kubernetes.io/proxy-read-timeout: 1x}}
spec:
  ingressClassName: nginx
  tls: [{hosts: [web.example], secretName: shop-tls}]
  rules: [{host: web.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: far, namespace: elsewhere}
spec:
  ingressClassName: nginx
  rules: [{host: far.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: far, port: {number: 80}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: old, namespace: shop, annotations: {kubernetes.io/ingress.class: internal}}
spec:
  rules: [{host: old.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: none, namespace: shop}
spec:
  rules: [{host: none.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: by-name, namespace: shop}
spec:
  ingressClassName: second
  rules: [{host: second.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: all, namespace: shop}
spec: {ingressClassName: nginx, defaultBackend: {service: {name: other, port: {number: 80}}}}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: out, namespace: shop}
spec:
  ingressClassName: nginx
  rules: [{host: out.example, http: {paths: [{path: /, pathType: Exact, backend: {service: {name: outside, port: {number: 80}}}}]}}]
";

/// A cluster whose controller has some arguments; its Deployment is the last text.
pub fn manifests(arguments: &[(&str, &str)]) -> Vec<String> {
    let arguments: String = arguments.iter().map(|(name, value)| format!("        - --{name}={value}\n")).collect();
    let controller = format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: ingress-nginx-controller, namespace: ingress-nginx}}
spec:
  selector: {{matchLabels: {{app: ingress-nginx}}}}
  template:
    metadata: {{labels: {{app: ingress-nginx}}}}
    spec:
      containers:
      - name: controller
        image: registry.k8s.io/ingress-nginx/controller:v1.15.1
        args:
        - /nginx-ingress-controller
{arguments}"
    );
    let certificate = include_str!("../../../examples/shop/certificate.yaml");
    let services = [
        cluster::service("shop", "web", "10.0.0.1", &["10.1.0.1"]),
        cluster::service("shop", "other", "10.0.0.2", &["10.1.0.3"]),
        cluster::service("elsewhere", "far", "10.0.0.3", &["10.1.0.4"]),
    ];
    vec![services.join("---\n"), CLUSTER.to_owned(), certificate.to_owned(), certificate.replace("shop-tls", "second-tls"), controller]
}

/// Whether a table names nothing that is not there.
#[test]
fn second_values_are_for_known_names() {
    let known = |name: &str| ingressc::catalog::features::find(name).is_some() || ingressc::catalog::settings::find(name).is_some();
    let unknown: Vec<_> = told::annotations::SECOND.iter().chain(told::settings::SECOND).filter(|(name, _)| !known(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
