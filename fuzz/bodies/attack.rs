//! Values of an annotation, a host, a path and names that may hold anything, beside the objects of somebody else.

use ingressc::catalog::features;
use ingressc::conf;
use ingressc::source::FileId;

use super::compile::All;
use super::manifests::assert_sound;

const OTHERS: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: shop}
data: {allow-snippet-annotations: \"false\"}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {clusterIP: 10.0.0.1, ports: [{name: http, port: 80, targetPort: 8080}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}
addressType: IPv4
endpoints: [{addresses: [10.1.0.1]}]
ports: [{name: http, port: 8080, protocol: TCP}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: main, namespace: shop, annotations: {nginx.ingress.kubernetes.io/whitelist-source-range: 192.0.2.0/24}}
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
---
";

/// The first byte chooses an annotation; the rest are its value, a host, a path, an address, a name and another annotation's value, parted
/// by NULs.
pub fn hostile(bytes: &[u8]) {
    let Some((which, rest)) = bytes.split_first() else { return };
    let text = String::from_utf8_lossy(rest).into_owned();
    let mut fields = text.split('\0');
    let mut field = |otherwise: &str| quoted(fields.next().filter(|field| !field.is_empty()).unwrap_or(otherwise));
    let specs: Vec<_> = features::all().filter(|spec| !spec.name.ends_with("-snippet")).collect();
    let spec = specs[usize::from(*which) % specs.len()];
    let (value, host, path, address, name) = (field("true"), field("thief.example"), field("/"), field("10.1.0.2"), field("web"));
    let alias = field("other.example");
    let needed = features::find(spec.needs.first())
        .map(|needed| format!("    nginx.ingress.kubernetes.io/{}: {}\n", needed.name, quoted(needed.example)));
    let needed = needed.unwrap_or_default();
    let manifests = format!(
        "{OTHERS}apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: thief}}
spec: {{clusterIP: 10.0.0.2, ports: [{{name: http, port: 80, targetPort: 8080}}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: web-1, namespace: thief, labels: {{kubernetes.io/service-name: {name}}}}}
addressType: IPv4
endpoints: [{{addresses: [{address}]}}]
ports: [{{name: http, port: 8080, protocol: TCP}}]
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {name}
  namespace: thief
  annotations:
    nginx.ingress.kubernetes.io/server-alias: {alias}
    nginx.ingress.kubernetes.io/{}: {value}
{needed}spec:
  ingressClassName: nginx
  tls: [{{hosts: [{host}], secretName: {name}}}]
  rules:
  - host: {host}
    http: {{paths: [{{path: {path}, pathType: ImplementationSpecific, backend: {{service: {{name: {name}, port: {{number: 80}}}}}}}}]}}
",
        spec.name
    );
    let all = All::of(&manifests);
    assert_sound(&all);
    // With a certificate for the names below it, the controller sends clients of each of them to HTTPS.
    if host.contains("*.example") {
        return;
    }
    let alone = All::of(OTHERS);
    for (made, alone) in all.made.iter().zip(&alone.made).filter(|(made, _)| made.target != "ingress-nginx") {
        assert_eq!(of_others(made), of_others(alone), "{}: {manifests}", made.target);
    }
}

/// JSON is YAML, and quotes any text.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("any text is JSON")
}

/// What is said about `shop.example`: its server in nginx, its lines of maps in HAProxy.
fn of_others(made: &super::compile::Made) -> Vec<String> {
    let mut found = Vec::new();
    for file in &made.files {
        if file.name.ends_with(".conf") {
            let tree = conf::parse(FileId(0), &file.content);
            let all = tree.value.directives().flat_map(|directive| std::iter::once(directive).chain(directive.descendants()));
            let servers = all.filter(|directive| directive.name() == "server" && directive.is_block());
            let is_own = |server: &conf::Directive<'_>| {
                server.directives().any(|inner| inner.name() == "server_name" && inner.args().any(|name| name.value() == "shop.example"))
            };
            found.extend(servers.filter(is_own).map(|server| server.descendants().map(|inner| inner.head() + "\n").collect()));
        } else if file.name.ends_with(".map") {
            let is_own = |line: &&str| line.split(['/', ' ']).next() == Some("shop.example");
            found.extend(file.content.lines().filter(is_own).map(|line| format!("{}: {line}", file.name)));
        }
    }
    found.sort();
    found
}
