//! Each row refuses something, at its place, and no row refuses what a cluster holds.

use super::*;
use crate::manifest::{load, yaml};
use crate::source::{FileId, SourceMap};

/// The head of an object.
fn head(kind: &str) -> String {
    let version = match kind {
        "Ingress" | "IngressClass" => "networking.k8s.io/v1",
        "EndpointSlice" => "discovery.k8s.io/v1",
        _ => "v1",
    };
    format!("apiVersion: {version}\nkind: {kind}\n")
}

/// What is refused of a text: rule and what stands at the place.
fn refused(text: &str) -> Vec<(&'static str, String, String)> {
    let mut sources = SourceMap::default();
    sources.add(String::from("in.yaml"), text.to_owned());
    let found = load(&mut sources).diagnostics;
    let found = found.into_iter().map(|finding| {
        let place = finding.span.map(|span| text[span.range()].lines().next().unwrap_or_default().to_owned());
        (finding.rule, place.unwrap_or_default(), finding.message)
    });
    found.collect()
}

/// Kind, the rest of the object, the rule, and what stands at the place.
type Case = (&'static str, &'static str, &'static str, &'static str);

const META: &str = "metadata: {name: web}\n";

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Metadata
    ("Ingress", "metadata: {name: Web}\nspec: {defaultBackend: {resource: {kind: A, name: b}}}", "malformed-name", "Web"),
    ("Secret", "metadata: {name: 'a b'}", "malformed-name", "'a b'"),
    ("Service", "metadata: {name: a.b}\nspec: {ports: [{port: 80}]}", "malformed-name", "a.b"),
    ("Namespace", "metadata: {name: a_b}", "malformed-name", "a_b"),
    ("Secret", "metadata: {name: a, generateName: A.b-}", "malformed-name", "A.b-"),
    ("Service", "metadata: {name: a, generateName: a.b-}\nspec: {ports: [{port: 80}]}", "malformed-name", "a.b-"),
    ("Secret", "metadata: {name: a, namespace: a.b}", "malformed-name", "a.b"),
    ("Secret", "metadata: {name: a, labels: {a/b/c: x}}", "malformed-name", "a/b/c"),
    ("Secret", "metadata: {name: a, labels: {app: 'a b'}}", "malformed-name", "'a b'"),
    ("Secret", "metadata: {name: a, annotations: {'a b': x}}", "malformed-name", "'a b'"),
    ("Secret", "metadata: {name: a, finalizers: ['a b/c']}", "malformed-name", "'a b/c'"),
    ("Secret", "metadata: {name: a, finalizers: [cleanup]}", "malformed-name", "cleanup"),
    ("Secret", "metadata: {name: a, finalizers: [orphan, foregroundDeletion]}", "refused-object", "[orphan, foregroundDeletion]"),
    ("Secret", "metadata: {name: a, ownerReferences: [{apiVersion: v1, kind: A, name: b, uid: ''}]}", "refused-object", "''"),
    ("Secret", "metadata: {name: a, ownerReferences: [{apiVersion: a/b/c, kind: A, name: b, uid: c}]}", "refused-object", "a/b/c"),
    (
        "Secret",
        "metadata: {name: a, ownerReferences: [{apiVersion: v1, kind: A, name: b, uid: c, controller: true}, \
         {apiVersion: v1, kind: A, name: c, uid: d, controller: true}]}",
        "refused-object",
        "[{apiVersion: v1, kind: A, name: b, uid: c, controller: true}, {apiVersion: v1, kind: A, name: c, uid: d, controller: true}]",
    ),
    // Ingress
    ("Ingress", "spec: {ingressClassName: nginx}", "refused-object", "{ingressClassName: nginx}"),
    ("Ingress", "spec: {rules: [{host: A.example}]}", "malformed-host", "A.example"),
    ("Ingress", "spec: {rules: [{host: a.example, http: {paths: []}}]}", "refused-object", "{paths: []}"),
    ("Ingress", "spec: {rules: [{http: {paths: [{backend: {resource: {kind: A, name: b}}}]}}]}", "missing-path-type", "{backend: {resource: {kind: A, name: b}}}"),
    ("Ingress", "spec: {rules: [{http: {paths: [{pathType: exact, path: /, backend: {resource: {kind: A, name: b}}}]}}]}", "refused-object", "exact"),
    ("Ingress", "spec: {rules: [{http: {paths: [{pathType: '', path: /, backend: {resource: {kind: A, name: b}}}]}}]}", "refused-object", "''"),
    ("Ingress", "spec: {rules: [{http: {paths: [{pathType: ImplementationSpecific, path: a, backend: {resource: {kind: A, name: b}}}]}}]}", "malformed-path", "a"),
    ("Ingress", "spec: {rules: [{http: {paths: [{pathType: Exact, path: /a%2Fb, backend: {resource: {kind: A, name: b}}}]}}]}", "malformed-path", "/a%2Fb"),
    ("Ingress", "spec: {rules: [{http: {paths: [{pathType: Prefix, path: /a/.., backend: {resource: {kind: A, name: b}}}]}}]}", "malformed-path", "/a/.."),
    ("Ingress", "spec: {defaultBackend: {}}", "refused-object", "{}"),
    ("Ingress", "spec: {rules: [{http: {paths: [{pathType: Exact, path: /}]}}]}", "refused-object", "{pathType: Exact, path: /}"),
    ("Ingress", "spec: {rules: [{http: {paths: [{pathType: Exact, path: /, backend: {}}]}}]}", "refused-object", "{}"),
    ("Ingress", "spec: {defaultBackend: {service: {name: a, port: {number: 1}}, resource: {kind: A, name: b}}}", "refused-object", "{service: {name: a, port: {number: 1}}, resource: {kind: A, name: b}}"),
    ("Ingress", "spec: {defaultBackend: {service: {name: '', port: {number: 1}}}}", "refused-object", "''"),
    ("Ingress", "spec: {defaultBackend: {service: {name: a}}}", "refused-object", "{name: a}"),
    ("Ingress", "spec: {defaultBackend: {service: {name: A, port: {number: 1}}}}", "malformed-name", "A"),
    ("Ingress", "spec: {rules: [{http: {paths: [{pathType: Exact, path: /, backend: {service: {name: a.b, port: {number: 1}}}}]}}]}", "malformed-name", "a.b"),
    ("Ingress", "spec: {defaultBackend: {service: {name: a, port: {}}}}", "refused-object", "{}"),
    ("Ingress", "spec: {rules: [{http: {paths: [{pathType: Exact, path: /, backend: {service: {name: a, port: {number: 70000}}}}]}}]}", "refused-object", "70000"),
    ("Ingress", "spec: {defaultBackend: {service: {name: a, port: {name: '80'}}}}", "refused-object", "'80'"),
    ("Ingress", "spec: {defaultBackend: {service: {name: a, port: {name: http, number: 80}}}}", "refused-object", "{name: http, number: 80}"),
    ("Ingress", "spec: {defaultBackend: {resource: {kind: A, name: a/b}}}", "refused-object", "a/b"),
    ("Ingress", "spec: {rules: [{http: {paths: [{pathType: Exact, path: /, backend: {resource: {apiGroup: A, kind: A, name: b}}}]}}]}", "refused-object", "A"),
    ("Ingress", "spec: {defaultBackend: {resource: {kind: A, name: b}}, tls: [{hosts: ['*']}]}", "malformed-host", "'*'"),
    ("Ingress", "spec: {defaultBackend: {resource: {kind: A, name: b}}, tls: [{secretName: a/b}]}", "malformed-name", "a/b"),
    ("Ingress", "spec: {defaultBackend: {resource: {kind: A, name: b}}, ingressClassName: ''}", "malformed-name", "''"),
    (
        "Ingress",
        "metadata: {name: a, annotations: {kubernetes.io/ingress.class: a}}\nspec: {defaultBackend: {resource: {kind: A, name: b}}, ingressClassName: b}",
        "refused-object",
        "a",
    ),
    ("Ingress", "spec: {backend: {serviceName: a, servicePort: 80}}", "refused-object", "backend"),
    ("Ingress", "spec: {defaultBackend: {serviceName: a, servicePort: 80}}", "refused-object", "{serviceName: a, servicePort: 80}"),
    ("Ingress", "spec: {defaultBackend: {service: {serviceName: a, servicePort: 80}}}", "refused-object", "{serviceName: a, servicePort: 80}"),
    ("Ingress", "spec: {defaultBackend: {service: {name: a, servicePort: 80}}}", "refused-object", "{name: a, servicePort: 80}"),
    // IngressClass
    ("IngressClass", "spec: {controller: nginx}", "malformed-name", "nginx"),
    ("IngressClass", "spec: {parameters: {kind: A, name: b}}", "refused-object", "{parameters: {kind: A, name: b}}"),
    ("IngressClass", "spec: {controller: a/b, parameters: {kind: A, name: ''}}", "refused-object", "''"),
    ("IngressClass", "spec: {controller: a/b, parameters: {kind: A, name: b, scope: cluster}}", "refused-object", "cluster"),
    ("IngressClass", "spec: {controller: a/b, parameters: {kind: A, name: b, scope: Namespace}}", "refused-object", "{kind: A, name: b, scope: Namespace}"),
    ("IngressClass", "spec: {controller: a/b, parameters: {kind: A, name: b, scope: Namespace, namespace: A}}", "malformed-name", "A"),
    // Service
    ("Service", "spec: {type: clusterip, ports: [{port: 80}]}", "refused-object", "clusterip"),
    ("Service", "spec: {selector: {app: web}}", "refused-object", "{selector: {app: web}}"),
    ("Service", "spec: {type: ExternalName, externalName: 'a b'}", "malformed-name", "'a b'"),
    ("Service", "spec: {type: ExternalName}", "refused-object", "{type: ExternalName}"),
    ("Service", "spec: {ports: [{port: 80}, {port: 81, name: a}]}", "malformed-name", "{port: 80}"),
    ("Service", "spec: {ports: [{port: 0}]}", "refused-object", "0"),
    ("Service", "spec: {ports: [{name: a}]}", "refused-object", "{name: a}"),
    ("Service", "spec: {ports: [{port: 80, protocol: tcp}]}", "refused-object", "tcp"),
    ("Service", "spec: {ports: [{port: 80, targetPort: -1}]}", "refused-object", "-1"),
    ("Service", "spec: {ports: [{port: 80, targetPort: '80'}]}", "refused-object", "'80'"),
    ("Service", "spec: {ports: [{port: 80, appProtocol: 'a b'}]}", "malformed-name", "'a b'"),
    ("Service", "spec: {ports: [{port: 80, name: a}, {port: 80, name: b}]}", "refused-object", "80"),
    ("Service", "spec: {ports: [{port: 80, nodePort: 30000}]}", "refused-object", "30000"),
    ("Service", "spec: {selector: {'a b': c}, ports: [{port: 80}]}", "malformed-name", "'a b'"),
    ("Service", "spec: {sessionAffinity: Cookie, ports: [{port: 80}]}", "refused-object", "Cookie"),
    ("Service", "spec: {sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}, ports: [{port: 80}]}", "refused-object", "0"),
    ("Service", "spec: {clusterIP: unix:/tmp/x, ports: [{port: 80}]}", "refused-address", "unix:/tmp/x"),
    ("Service", "spec: {clusterIP: 0.0.0.0, ports: [{port: 80}]}", "refused-address", "0.0.0.0"),
    ("Service", "spec: {clusterIP: 127.0.0.1, ports: [{port: 80}]}", "refused-address", "127.0.0.1"),
    ("Service", "spec: {clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, a], ports: [{port: 80}]}", "refused-address", "a"),
    ("Service", "spec: {clusterIP: None, type: NodePort, ports: [{port: 80}]}", "refused-object", "None"),
    ("Service", "spec: {clusterIP: 10.0.0.1, clusterIPs: [10.0.0.1, 10.0.0.2], ports: [{port: 80}]}", "refused-object", "[10.0.0.1, 10.0.0.2]"),
    ("Service", "spec: {clusterIP: 10.0.0.1, type: ExternalName, externalName: a}", "refused-object", "10.0.0.1"),
    ("Service", "spec: {ipFamilies: [IPv5], ports: [{port: 80}]}", "refused-object", "IPv5"),
    ("Service", "spec: {ipFamilyPolicy: Dual, ports: [{port: 80}]}", "refused-object", "Dual"),
    ("Service", "spec: {externalIPs: [127.0.0.1], ports: [{port: 80}]}", "refused-address", "127.0.0.1"),
    ("Service", "spec: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0], ports: [{port: 80}]}", "refused-address", "10.0.0.0"),
    ("Service", "spec: {type: LoadBalancer, loadBalancerClass: 'a b', ports: [{port: 80}]}", "malformed-name", "'a b'"),
    ("Service", "spec: {loadBalancerSourceRanges: [10.0.0.0/8], ports: [{port: 80}]}", "refused-object", "[10.0.0.0/8]"),
    ("Service", "spec: {externalTrafficPolicy: Local, ports: [{port: 80}]}", "refused-object", "Local"),
    ("Service", "spec: {type: NodePort, externalTrafficPolicy: All, ports: [{port: 80}]}", "refused-object", "All"),
    ("Service", "spec: {type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: -1, ports: [{port: 80}]}", "refused-object", "-1"),
    ("Service", "spec: {internalTrafficPolicy: '', ports: [{port: 80}]}", "refused-object", "''"),
    ("Service", "spec: {internalTrafficPolicy: All, ports: [{port: 80}]}", "refused-object", "All"),
    ("Service", "spec: {trafficDistribution: Near, ports: [{port: 80}]}", "refused-object", "Near"),
    (
        "Service",
        "metadata: {name: a, annotations: {service.kubernetes.io/topology-mode: Auto, service.kubernetes.io/topology-aware-hints: auto}}\nspec: {ports: [{port: 80}]}",
        "refused-object",
        "Auto",
    ),
    // EndpointSlice
    ("EndpointSlice", "addressType: ipv4\nendpoints: []", "refused-object", "ipv4"),
    ("EndpointSlice", "addressType: ''\nendpoints: []", "refused-object", "''"),
    ("EndpointSlice", "addressType: IPv4\nendpoints: [{addresses: []}]", "refused-address", "[]"),
    ("EndpointSlice", "addressType: IPv4\nendpoints: [{addresses: ['unix:/tmp/x']}]", "refused-address", "'unix:/tmp/x'"),
    ("EndpointSlice", "addressType: IPv4\nendpoints: [{addresses: [127.0.0.1]}]", "refused-address", "127.0.0.1"),
    ("EndpointSlice", "addressType: IPv6\nendpoints: [{addresses: ['fe80::1']}]", "refused-address", "'fe80::1'"),
    ("EndpointSlice", "addressType: FQDN\nendpoints: [{addresses: [$http_x_target]}]", "refused-address", "$http_x_target"),
    ("EndpointSlice", "addressType: IPv4\nendpoints: [{addresses: [10.0.0.1], hostname: a.b}]", "malformed-name", "a.b"),
    ("EndpointSlice", "addressType: IPv4\nendpoints: [{addresses: [10.0.0.1], nodeName: A}]", "malformed-name", "A"),
    ("EndpointSlice", "addressType: IPv4\nendpoints: [{addresses: [10.0.0.1], hints: {forZones: [{name: 'a b'}]}}]", "malformed-name", "'a b'"),
    ("EndpointSlice", "addressType: IPv4\nendpoints: [{addresses: [10.0.0.1], hints: {forZones: [{name: a}, {name: a}]}}]", "refused-object", "a"),
    ("EndpointSlice", "addressType: IPv4\nendpoints: []\nports: [{name: A, port: 1}]", "malformed-name", "A"),
    ("EndpointSlice", "addressType: IPv4\nendpoints: []\nports: [{port: 1}, {port: 2}]", "refused-object", "{port: 2}"),
    ("EndpointSlice", "addressType: IPv4\nendpoints: []\nports: [{port: 1, protocol: HTTP}]", "refused-object", "HTTP"),
    ("EndpointSlice", "addressType: IPv4\nendpoints: []\nports: [{port: 1, appProtocol: 'a b'}]", "malformed-name", "'a b'"),
    // Endpoints
    ("Endpoints", "subsets: [{ports: [{port: 80}]}]", "refused-address", "{ports: [{port: 80}]}"),
    ("Endpoints", "subsets: [{addresses: [{ip: /tmp/x}], ports: [{port: 80}]}]", "refused-address", "/tmp/x"),
    ("Endpoints", "subsets: [{addresses: [{ip: 127.0.0.1}], ports: [{port: 80}]}]", "refused-address", "127.0.0.1"),
    ("Endpoints", "subsets: [{addresses: [{hostname: a}], ports: [{port: 80}]}]", "refused-address", "{hostname: a}"),
    ("Endpoints", "subsets: [{notReadyAddresses: [{ip: '::1'}], ports: [{port: 80}]}]", "refused-address", "'::1'"),
    ("Endpoints", "subsets: [{notReadyAddresses: [{hostname: a}], ports: [{port: 80}]}]", "refused-address", "{hostname: a}"),
    ("Endpoints", "subsets: [{notReadyAddresses: [{ip: a}], ports: [{port: 80}]}]", "refused-address", "a"),
    ("Endpoints", "subsets: [{addresses: [{ip: 10.0.0.1, hostname: A}]}]", "malformed-name", "A"),
    ("Endpoints", "subsets: [{notReadyAddresses: [{ip: 10.0.0.1, hostname: A}]}]", "malformed-name", "A"),
    ("Endpoints", "subsets: [{addresses: [{ip: 10.0.0.1, nodeName: A}]}]", "malformed-name", "A"),
    ("Endpoints", "subsets: [{notReadyAddresses: [{ip: 10.0.0.1, nodeName: A}]}]", "malformed-name", "A"),
    ("Endpoints", "subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 80}, {port: 81, name: a}]}]", "refused-object", "{port: 80}"),
    ("Endpoints", "subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 80, name: A}]}]", "malformed-name", "A"),
    ("Endpoints", "subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 0}]}]", "refused-object", "0"),
    ("Endpoints", "subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{name: a}]}]", "refused-object", "{name: a}"),
    ("Endpoints", "subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 80, protocol: tcp}]}]", "refused-object", "tcp"),
    ("Endpoints", "subsets: [{addresses: [{ip: 10.0.0.1}], ports: [{port: 80, appProtocol: 'a b'}]}]", "malformed-name", "'a b'"),
    // Secret and ConfigMap
    ("Secret", "data: {'a:b': ''}", "malformed-name", "'a:b'"),
    ("Secret", "type: kubernetes.io/tls\nstringData: {tls.key: ''}", "refused-object", "kubernetes.io/tls"),
    ("Secret", "stringData: {..a: ''}", "malformed-name", "..a"),
    ("Secret", "type: kubernetes.io/tls\ndata: {tls.crt: ''}", "refused-object", "kubernetes.io/tls"),
    ("Secret", "type: kubernetes.io/service-account-token", "refused-object", "kubernetes.io/service-account-token"),
    ("ConfigMap", "data: {'a b': ''}", "malformed-name", "'a b'"),
    ("ConfigMap", "data: {a: ''}\nbinaryData: {a: ''}", "refused-object", "a"),
];

#[test]
fn each_row_refuses_something_at_its_place_and_nothing_else_does() {
    let mut wrong = Vec::new();
    for (kind, rest, rule, place) in CASES {
        let found = refused(&format!("{}{}", head(kind), body(rest)));
        let as_expected = found.len() == 1 && found[0].0 == *rule && found[0].1 == *place;
        if !as_expected {
            wrong.push(format!("{kind}: {rest}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The text of a case without its head.
fn body(rest: &str) -> String {
    format!("{}{rest}\n", if rest.starts_with("metadata:") { "" } else { META })
}

/// Objects that hold as much as they may, and more: kind, the rest of the object, and how many refusals.
fn large() -> Vec<(&'static str, String, usize)> {
    let many = |count: usize, item: &str| vec![item; count].join(", ");
    let long = "x".repeat(256 << 10);
    let all = long.repeat(4);
    let slice = |endpoints: &str, ports: &str| format!("addressType: IPv4\nendpoints: [{endpoints}]\nports: [{ports}]");
    let zones: Vec<String> = (0..9).map(|at| format!("{{name: z{at}}}")).collect();
    let ports: Vec<String> = (0..20001).map(|at| format!("{{name: p{at}}}")).collect();
    vec![
        ("Secret", format!("metadata: {{name: a, annotations: {{a: {long}}}}}"), 1),
        ("Secret", format!("metadata: {{name: a, annotations: {{a: {}}}}}", &long[1..]), 0),
        ("Secret", format!("metadata: {{name: {}}}", "a".repeat(254)), 1),
        ("ConfigMap", format!("data: {{a: {all}}}"), 0),
        ("ConfigMap", format!("data: {{a: {all}, b: x}}"), 1),
        ("Secret", format!("stringData: {{a: {all}}}"), 0),
        ("Secret", format!("stringData: {{a: {all}, b: x}}"), 1),
        ("EndpointSlice", slice(&many(1000, "{addresses: [10.0.0.1]}"), ""), 0),
        ("EndpointSlice", slice(&many(1001, "{addresses: [10.0.0.1]}"), ""), 1),
        ("EndpointSlice", slice(&format!("{{addresses: [{}]}}", many(100, "10.0.0.1")), ""), 0),
        ("EndpointSlice", slice(&format!("{{addresses: [{}]}}", many(101, "10.0.0.1")), ""), 1),
        ("EndpointSlice", slice(&format!("{{addresses: [10.0.0.1], hints: {{forZones: [{}]}}}}", zones[..8].join(", ")), ""), 0),
        ("EndpointSlice", slice(&format!("{{addresses: [10.0.0.1], hints: {{forZones: [{}]}}}}", zones.join(", ")), ""), 1),
        ("EndpointSlice", slice("", &ports[..20000].join(", ")), 0),
        ("EndpointSlice", slice("", &ports.join(", ")), 1),
    ]
}

#[test]
fn what_is_too_much_is_refused() {
    for (kind, rest, count) in large() {
        let found = refused(&format!("{}{}", head(kind), body(&rest)));
        assert_eq!(found.len(), count, "{kind}: {}: {found:?}", &rest[..rest.len().min(200)]);
    }
}

#[test]
fn each_row_has_a_case() {
    let mut idle: Vec<&Row> = tables().collect();
    let small = CASES.iter().map(|(kind, rest, ..)| (*kind, (*rest).to_owned()));
    for (kind, rest) in small.chain(large().into_iter().map(|(kind, rest, _)| (kind, rest))) {
        let text = body(&rest);
        let node = yaml::read(FileId(0), &text, 0..text.len(), &mut Vec::new()).expect("it is YAML").root.expect("it is an object");
        idle.retain(|row| {
            let (steps, mut found) = (steps(row), Vec::new());
            visit(&node, &steps, &mut Vec::new(), &mut |value, path| look(row, &node, value, path, &mut found));
            !row.kinds.contains(&kind) || found.is_empty()
        });
    }
    let idle: Vec<String> = idle.iter().map(|row| format!("{} {} {}", row.kinds[0], row.field, row.rule)).collect();
    assert!(idle.is_empty(), "{idle:#?}");
}

#[test]
fn what_a_cluster_holds_is_let_in() {
    for text in [
        "apiVersion: v1\nkind: Service\nmetadata: {name: 1-web, annotations: {Example.com/A_b: \"\"}}\nspec:\n  clusterIP: None\n  clusterIPs: [None]\n  ipFamilies: [IPv4]\n  ipFamilyPolicy: SingleStack\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  type: NodePort\n  clusterIP: 10.0.0.1\n  clusterIPs: [10.0.0.1, 'fd00::1']\n  ports:\n  - {name: a, port: 53, nodePort: 30000, targetPort: 0}\n  - {name: b, port: 53, nodePort: 30000, protocol: UDP, targetPort: \"\"}\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {type: ExternalName, externalName: a.example., clusterIP: \"\"}\n",
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-x1, generateName: web-}\naddressType: IPv6\nendpoints: [{addresses: ['fd00:0:0::1']}]\nports: null\n",
        "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-x1}\naddressType: FQDN\nendpoints: [{addresses: [a.example, 127.0.0.1]}]\nports: [{port: null}]\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a.b, finalizers: [kubernetes, a.b/c]}\ntype: kubernetes.io/tls\nstringData: {tls.crt: \"\"}\ndata: {tls.key: \"\"}\n",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec:\n  tls: [{hosts: [1.2.3.4]}, {secretName: \"\"}, {}]\n  rules:\n  - {}\n  - {host: null, http: {paths: [{path: \"\", pathType: ImplementationSpecific, backend: {resource: {kind: A B, name: b}}}]}}\n  - {host: '*.a', http: {paths: [{path: '/a(//|$)(.*)', pathType: ImplementationSpecific, backend: {service: {name: 1a, port: {name: a-1}}}}]}}\n",
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a, uid: 7bb1, annotations: {kubernetes.io/ingress.class: a}}\nspec: {ingressClassName: b, defaultBackend: {resource: {kind: A, name: b}}, tls: [{secretName: A/B}]}\n",
    ] {
        assert_eq!(refused(text), [], "{text}");
    }
}

#[test]
fn what_another_tool_fills_in_is_told_once() {
    let text = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: '${NAME}-web', namespace: '<namespace>'}\nspec: {rules: [{host: __HOST__}, {host: 'app.${DOMAIN}'}], defaultBackend: {resource: {kind: A, name: b}}}\n";
    let message = "`${NAME}-web` is filled in by another tool: what it will be is not judged";
    assert_eq!(refused(text), [("placeholder", String::from("'${NAME}-web'"), message.to_owned())]);
}
