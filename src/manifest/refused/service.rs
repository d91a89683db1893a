//! What holds for Services.

use hashbrown::HashSet;

use super::forms::{address, cluster_address, external_name, label, loopback, network, port_name, qualified_name, special_text};
use super::metadata::labels;
use super::{Faults, Look, Row, field, is_empty, items, number, shown, text};
use crate::manifest::tree::{Node, Value};

const SERVICE: &[&str] = &["Service"];

pub(super) const ROWS: &[Row] = &[
    Row::new(SERVICE, "spec.type", "refused-object", Look::OneOf(&["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"])),
    Row::new(SERVICE, "", "refused-object", Look::Other(no_ports)),
    Row::new(SERVICE, "spec", "malformed-name", Look::Other(external)),
    Row::new(SERVICE, "spec", "refused-object", Look::Other(no_external_name)),
    Row::new(SERVICE, "spec", "malformed-name", Look::Other(port_names)),
    Row::new(SERVICE, "spec.ports[].port", "refused-object", Look::Port),
    Row::new(SERVICE, "spec.ports[].protocol", "refused-object", Look::OneOf(&["SCTP", "TCP", "UDP"])),
    Row::new(SERVICE, "spec.ports[].targetPort", "refused-object", Look::Other(target)),
    Row::new(SERVICE, "spec.ports[].appProtocol", "malformed-name", Look::Form("name of a protocol", qualified_name)),
    Row::new(SERVICE, "spec", "refused-object", Look::Other(ports_twice)),
    Row::new(SERVICE, "spec", "refused-object", Look::Other(node_ports)),
    Row::new(SERVICE, "spec.selector", "malformed-name", Look::Other(labels)),
    Row::new(SERVICE, "spec.sessionAffinity", "refused-object", Look::OneOf(&["ClientIP", "None"])),
    Row::new(SERVICE, "spec", "refused-object", Look::Other(affinity)),
    Row::new(SERVICE, "spec.clusterIP", "refused-address", Look::Form("address of a Service", cluster_address)),
    Row::new(SERVICE, "spec.clusterIP", "refused-address", Look::Form("address of a Service", special_text)),
    Row::new(SERVICE, "spec.clusterIP", "refused-address", Look::Form("address of a Service", loopback)).told(),
    Row::new(SERVICE, "spec.clusterIPs[]", "refused-address", Look::Form("address of a Service", cluster_address)),
    Row::new(SERVICE, "spec", "refused-object", Look::Other(cluster_addresses)),
    Row::new(SERVICE, "spec.ipFamilies[]", "refused-object", Look::SetToOneOf(&["IPv4", "IPv6"])),
    Row::new(SERVICE, "spec.ipFamilyPolicy", "refused-object", Look::SetToOneOf(&["PreferDualStack", "RequireDualStack", "SingleStack"])),
    Row::new(SERVICE, "spec.externalIPs[]", "refused-address", Look::Form("external address", external_address)),
    Row::new(SERVICE, "spec.loadBalancerSourceRanges[]", "refused-address", Look::Form("network", network)),
    Row::new(SERVICE, "spec.loadBalancerClass", "malformed-name", Look::Form("class of a load balancer", qualified_name)),
    Row::new(SERVICE, "spec", "refused-object", Look::Other(only_for_types)),
    Row::new(SERVICE, "spec.externalTrafficPolicy", "refused-object", Look::OneOf(&["Cluster", "Local"])),
    Row::new(SERVICE, "spec.internalTrafficPolicy", "refused-object", Look::SetToOneOf(&["Cluster", "Local"])),
    Row::new(SERVICE, "spec.trafficDistribution", "refused-object", Look::SetToOneOf(&["PreferClose", "PreferSameNode", "PreferSameZone"])),
    Row::new(SERVICE, "metadata.annotations", "refused-object", Look::Other(two_modes)),
];

/// The type, filled in as the API server does.
fn kind<'n>(spec: &'n Node) -> &'n str {
    match text(spec, "type") {
        "" => "ClusterIP",
        kind => kind,
    }
}

/// The addresses that a Service has of its own.
fn own_addresses<'n>(spec: &'n Node) -> Vec<&'n str> {
    let listed: Vec<&str> = items(spec, "clusterIPs").iter().filter_map(Node::text).collect();
    let single = Some(text(spec, "clusterIP")).filter(|single| listed.is_empty() && !single.is_empty());
    single.map_or(listed, |single| vec![single])
}

fn is_headless(spec: &Node) -> bool {
    own_addresses(spec) == ["None"]
}

fn no_ports(node: &Node, faults: &mut Faults) {
    let has_none = |spec: &Node| items(spec, "ports").is_empty() && !is_headless(spec) && kind(spec) != "ExternalName";
    if field(node, "spec").is_none_or(has_none) {
        faults.at(&["spec"], "it has no ports");
    }
}

fn external(node: &Node, faults: &mut Faults) {
    let name = text(node, "externalName");
    if let Some(problem) = external_name(name).filter(|_| kind(node) == "ExternalName") {
        faults.at(&["externalName"], format!("`{}` is no name of a host, {problem}", shown(name)));
    }
}

fn no_external_name(node: &Node, faults: &mut Faults) {
    if kind(node) == "ExternalName" && matches!(text(node, "externalName"), "" | ".") {
        faults.here("it has the type `ExternalName` and no `externalName`");
    }
}

fn port_names(node: &Node, faults: &mut Faults) {
    let ports = items(node, "ports");
    let mut seen = HashSet::new();
    for (at, port) in ports.iter().enumerate() {
        let (at, name) = (at.to_string(), text(port, "name"));
        if name.is_empty() {
            if ports.len() > 1 {
                faults.at(&["ports", &at], "one of several ports has no name");
            }
            continue;
        }
        if let Some(problem) = label(name) {
            faults.at(&["ports", &at, "name"], format!("`{}` is no name of a port, {problem}", shown(name)));
        }
        if !seen.insert(name) {
            faults.at(&["ports", &at, "name"], format!("there are two ports of the name `{}`", shown(name)));
        }
    }
}

fn target(node: &Node, faults: &mut Faults) {
    match node.value() {
        Value::Integer(number) if *number != 0 && !(1..=65535).contains(number) => {
            faults.here(format!("`{number}` is no port, which is a number from 1 to 65535"));
        }
        Value::String(name) if !name.is_empty() => faults.form(name, "name of a port", port_name),
        _ => {}
    }
}

/// The protocol of a port, filled in as the API server does.
fn protocol<'n>(port: &'n Node) -> &'n str {
    match text(port, "protocol") {
        "" => "TCP",
        protocol => protocol,
    }
}

fn ports_twice(node: &Node, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (at, port) in items(node, "ports").iter().enumerate() {
        let (number, protocol) = (number(port, "port"), protocol(port));
        if !seen.insert((protocol, number)) {
            faults.at(&["ports", &at.to_string(), "port"], format!("the port {number} of {} is there twice", shown(protocol)));
        }
    }
}

fn node_ports(node: &Node, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (at, port) in items(node, "ports").iter().enumerate() {
        let (number, protocol) = (number(port, "nodePort"), protocol(port));
        let at = at.to_string();
        let steps = ["ports", at.as_str(), "nodePort"];
        if number == 0 {
            continue;
        }
        if kind(node) == "ClusterIP" {
            faults.at(&steps, "a Service of the type `ClusterIP` has no port of nodes");
        }
        if !seen.insert((protocol, number)) {
            faults.at(&steps, format!("the port {number} of nodes is there twice"));
        }
    }
}

fn affinity(node: &Node, faults: &mut Faults) {
    let timeout = node.at(&["sessionAffinityConfig", "clientIP", "timeoutSeconds"]);
    if let Some(Node { value: Value::Integer(seconds), .. }) = timeout
        && text(node, "sessionAffinity") == "ClientIP"
        && !(1..=86400).contains(seconds)
    {
        let steps = ["sessionAffinityConfig", "clientIP", "timeoutSeconds"];
        faults.at(&steps, format!("{seconds} is none of the seconds from 1 to 86400 that an affinity can last"));
    }
}

fn cluster_addresses(node: &Node, faults: &mut Faults) {
    let (single, listed) = (text(node, "clusterIP"), items(node, "clusterIPs"));
    let own = own_addresses(node);
    match kind(node) {
        "ExternalName" => {
            for key in ["clusterIPs", "clusterIP", "ipFamilies", "ipFamilyPolicy"] {
                let is_filled_in = key == "clusterIP" && !listed.is_empty();
                if node.get(key).is_some_and(|value| !is_empty(value)) && !is_filled_in {
                    faults.at(&[key], format!("a Service of the type `ExternalName` has no `{key}`"));
                }
            }
            return;
        }
        kind @ ("LoadBalancer" | "NodePort") if own == ["None"] => {
            faults.at(&["clusterIP"], format!("a Service of the type `{kind}` has an address of its own"));
        }
        _ => {}
    }
    if !listed.is_empty() && listed[0].text() != Some(single) {
        faults.at(&["clusterIPs"], "the first of `clusterIPs` is not `clusterIP`");
    } else if listed.len() > 2 || own.len() > 1 && own.contains(&"None") {
        faults.at(&["clusterIPs"], "there are an IPv4 address and an IPv6 address at most, or `None` alone");
    } else if own.len() > 1 && own.iter().all(|own| address(own).is_none()) && own[0].contains(':') == own[1].contains(':') {
        faults.at(&["clusterIPs"], "two addresses are of one IP version");
    }
    families(node, &own, faults);
}

fn families(node: &Node, own: &[&str], faults: &mut Faults) {
    let families: Vec<&str> = items(node, "ipFamilies").iter().filter_map(Node::text).collect();
    for (at, family) in families.iter().enumerate() {
        if families[..at].contains(family) {
            faults.at(&["ipFamilies", &at.to_string()], format!("the family `{}` is there twice", shown(family)));
        }
    }
    for (at, (family, own)) in families.iter().zip(own).enumerate() {
        let is_other = matches!(*family, "IPv4" | "IPv6") && (*family == "IPv6") != own.contains(':');
        if is_other && address(own).is_none() {
            faults.at(&["ipFamilies", &at.to_string()], format!("the address `{}` is not of the family `{family}`", shown(own)));
        }
    }
}

fn external_address(text: &str) -> Option<&'static str> {
    address(text).or_else(|| loopback(text)).or_else(|| special_text(text))
}

/// Fields that only some types have.
fn only_for_types(node: &Node, faults: &mut Faults) {
    let kind = kind(node);
    for key in ["loadBalancerSourceRanges", "loadBalancerClass", "allocateLoadBalancerNodePorts"] {
        let is_set = field(node, key).is_some_and(|value| key != "loadBalancerSourceRanges" || !value.items().is_empty());
        if is_set && kind != "LoadBalancer" {
            faults.at(&[key], format!("only a Service of the type `LoadBalancer` has `{key}`"));
        }
    }
    let is_reachable = matches!(kind, "LoadBalancer" | "NodePort") || kind == "ClusterIP" && !items(node, "externalIPs").is_empty();
    let policy = text(node, "externalTrafficPolicy");
    if !policy.is_empty() && !is_reachable {
        faults.at(&["externalTrafficPolicy"], "only a Service that can be reached from outside has `externalTrafficPolicy`");
    }
    if number(node, "healthCheckNodePort") != 0 && (kind != "LoadBalancer" || policy != "Local") {
        let problem = "only a Service of the type `LoadBalancer` with `externalTrafficPolicy: Local` has `healthCheckNodePort`";
        faults.at(&["healthCheckNodePort"], problem);
    } else if !(0..=65535).contains(&number(node, "healthCheckNodePort")) {
        faults.at(&["healthCheckNodePort"], "`healthCheckNodePort` is no port, which is a number from 1 to 65535");
    }
}

fn two_modes(node: &Node, faults: &mut Faults) {
    const MODE: &str = "service.kubernetes.io/topology-mode";
    const HINTS: &str = "service.kubernetes.io/topology-aware-hints";
    if let (Some(mode), Some(hints)) = (field(node, MODE), field(node, HINTS))
        && mode.text() != hints.text()
    {
        faults.at(&[MODE], format!("`{MODE}` and `{HINTS}` say different things"));
    }
}
