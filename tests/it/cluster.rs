//! What tests share: Services with endpoints, and what manifests come to.

use ingressc::catalog::flags::Flags;
use ingressc::catalog::releases::LATEST;
use ingressc::diagnostic::Diagnostic;
use ingressc::ir::Proxy;
use ingressc::lower::{self, Controller, Environment};
use ingressc::manifest;
use ingressc::source::SourceMap;

/// A Service for port 80 with an address of its own, and its endpoints; the last document is not ended.
pub fn service(namespace: &str, name: &str, address: &str, endpoints: &[&str]) -> String {
    let endpoints: Vec<String> =
        endpoints.iter().map(|endpoint| format!("{{addresses: [{endpoint}], conditions: {{ready: true}}}}")).collect();
    format!(
        "\
apiVersion: v1
kind: Service
metadata: {{name: {name}, namespace: {namespace}}}
spec: {{clusterIP: {address}, ports: [{{name: http, port: 80, targetPort: 8080}}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: {name}-1, namespace: {namespace}, labels: {{kubernetes.io/service-name: {name}}}}}
addressType: IPv4
endpoints: [{}]
ports: [{{name: http, port: 8080, protocol: TCP}}]
",
        endpoints.join(", ")
    )
}

/// What files ask of a proxy whose controller has these arguments, and what was said on the way.
pub fn lower(files: &[(&str, &str)], arguments: &[&str]) -> (Proxy, Vec<Diagnostic>) {
    let mut sources = SourceMap::default();
    for (name, text) in files {
        sources.add(*name, *text);
    }
    let flags = Flags::parse(LATEST, arguments.iter().map(|argument| (*argument, None))).value;
    let controller = Controller { version: LATEST, flags, environment: Environment::default() };
    let cluster = manifest::load(&mut sources);
    let proxy = lower::lower(&cluster.value, &controller);
    (proxy.value, [cluster.diagnostics, proxy.diagnostics].concat())
}
