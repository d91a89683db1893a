//! Manifests that grow in one direction each, for what counts bytes and what takes the time.

use std::fmt::Write as _;

const CLASS: &str = "\
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: v1
kind: Service
metadata: {name: s, namespace: d}
spec: {ports: [{port: 80, targetPort: 8080}]}
---
";

const PREFIX: &str = "nginx.ingress.kubernetes.io";

pub(crate) fn ingress(at: usize, host: &str, path: &str, annotations: &str) -> String {
    format!(
        "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: i-{at:06}, namespace: d, annotations: {{{annotations}}}}}
spec: {{ingressClassName: nginx, rules: [{{host: {host}, http: {{paths: [{{path: '{path}', pathType: Prefix, \
backend: {{service: {{name: s, port: {{number: 80}}}}}}}}]}}}}]}}
---
"
    )
}

pub(crate) fn hosts(count: usize) -> String {
    (0..count).fold(CLASS.to_owned(), |text, at| text + &ingress(at, &format!("h-{at:06}.example.com"), "/", ""))
}

pub(crate) fn one_host(count: usize) -> String {
    (0..count).fold(CLASS.to_owned(), |text, at| text + &ingress(at, "h.example.com", &format!("/p{at:06}"), ""))
}

pub(crate) fn canaries(count: usize) -> String {
    let canary = format!("{PREFIX}/canary: 'true', {PREFIX}/canary-weight: '10'");
    let text = CLASS.to_owned() + &ingress(count, "h.example.com", "/", "");
    (0..count).fold(text, |text, at| text + &ingress(at, "h.example.com", "/", &canary))
}

pub(crate) fn paths(count: usize, annotations: &str, end: &str, path_type: &str) -> String {
    let mut text = format!(
        "{CLASS}apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: i, namespace: d, annotations: {{{annotations}}}}}
spec:
  ingressClassName: nginx
  rules:
  - host: h.example.com
    http:
      paths:
"
    );
    for at in 0..count {
        let _ = writeln!(
            text,
            "      - path: /p/{at:06}{end}\n        pathType: {path_type}\n        backend: {{service: {{name: s, port: {{number: 80}}}}}}"
        );
    }
    text
}

pub(crate) fn endpoints(count: usize) -> String {
    let mut text = format!(
        "{CLASS}{}apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: s-1, namespace: d, labels: {{kubernetes.io/service-name: s}}}}
addressType: IPv4
ports: [{{port: 8080}}]
endpoints:
",
        ingress(0, "h.example.com", "/", "")
    );
    for at in 0..count {
        let _ = writeln!(text, "- addresses: [10.0.{}.{}]\n  conditions: {{ready: true}}", at >> 8, at & 255);
    }
    text
}

pub(crate) fn keys(count: usize) -> String {
    let start = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ingress-nginx-controller, namespace: ingress-nginx}\ndata:\n";
    (0..count).fold(start.to_owned(), |text, at| text + &format!("  key-number-{at:07}: \"some value of a key with {at:07}\"\n"))
}

/// Hosts that take next to nothing in the manifests.
pub(crate) fn tiny_hosts(count: usize) -> String {
    let start = format!(
        "{CLASS}apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i, namespace: d}}\nspec:\n  ingressClassName: nginx\n  rules:\n"
    );
    let path = "{path: /, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}";
    (0..count).fold(start, |text, at| text + &format!("  - {{host: h{at:06}.example, http: {{paths: [{path}]}}}}\n"))
}

/// One Service that has as many ports as there are paths to it.
pub(crate) fn ports(count: usize) -> String {
    let ports: Vec<String> = (0..count).map(|at| format!("{{name: p{at}, port: {}}}", 1000 + at)).collect();
    let text = CLASS.replace("{port: 80, targetPort: 8080}", &ports.join(", "));
    (0..count).fold(text, |text, at| {
        text + &ingress(at, "h.example.com", &format!("/p{at:06}"), "").replace("number: 80", &format!("number: {}", 1000 + at))
    })
}

/// Values with an anchor around others that have one, and no alias.
pub(crate) fn anchors(count: usize) -> String {
    let opened: String = (0..60).map(|at| format!("&a{at} [")).collect();
    let items: Vec<String> = (0..count).map(|at| at.to_string()).collect();
    format!("apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: i}}\nodd: {opened}{}{}\n", items.join(", "), "]".repeat(60))
}

pub(crate) fn cors(count: usize) -> String {
    let asks = |at: usize| format!("{PREFIX}/enable-cors: 'true', {PREFIX}/cors-allow-origin: 'https://o{at}.example.com'");
    (0..count).fold(CLASS.to_owned(), |text, at| text + &ingress(at, &format!("h-{at:06}.example.com"), "/", &asks(at)))
}

/// Annotations with their prefix, as a flow mapping has them.
pub(crate) fn asked(annotations: &str) -> String {
    annotations.split(", ").map(|annotation| format!("{PREFIX}/{annotation}")).collect::<Vec<_>>().join(", ")
}

/// An Ingress for each host, with annotations that are the same for all.
pub(crate) fn asking(count: usize, annotations: &str) -> String {
    let secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: users, namespace: d}\nstringData: {auth: 'a:$apr1$x$y'}\n---\n";
    let annotations = asked(annotations);
    let start = CLASS.to_owned() + secret;
    (0..count).fold(start, |text, at| text + &ingress(at, &format!("h-{at:06}.example.com"), "/", &annotations))
}
