//! What holds for endpoint slices and Endpoints.

use hashbrown::HashSet;

use super::forms::{address, full_name, ipv4, ipv6, label, label_value, loopback, qualified_name, special_text, subdomain};
use super::{Faults, Look, Row, field, items, shown, text};
use crate::manifest::tree::Node;

const SLICE: &[&str] = &["EndpointSlice"];
const ENDPOINTS: &[&str] = &["Endpoints"];
const PROTOCOLS: &[&str] = &["SCTP", "TCP", "UDP"];

pub(super) const ROWS: &[Row] = &[
    Row::new(SLICE, "addressType", "refused-object", Look::OneOf(&["FQDN", "IPv4", "IPv6"])),
    Row::new(SLICE, "addressType", "refused-object", Look::Required("it has no `addressType`")),
    Row::new(SLICE, "endpoints", "refused-object", Look::AtMost(1000)),
    Row::new(SLICE, "endpoints[].addresses", "refused-address", Look::Required("an endpoint has no address")),
    Row::new(SLICE, "endpoints[].addresses", "refused-object", Look::AtMost(100)),
    Row::new(SLICE, "", "refused-address", Look::Other(addresses)),
    // Proxies are tried on the machine that they run on.
    Row::new(SLICE, "", "refused-address", Look::Other(own_addresses)).told(),
    Row::new(SLICE, "endpoints[].hostname", "malformed-name", Look::Form("host name", label)),
    Row::new(SLICE, "endpoints[].nodeName", "malformed-name", Look::Form("name of a node", subdomain)),
    Row::new(SLICE, "endpoints[].hints.forZones", "refused-object", Look::AtMost(8)),
    Row::new(SLICE, "endpoints[].hints.forZones[].name", "malformed-name", Look::Form("name of a zone", label_value)),
    Row::new(SLICE, "endpoints[].hints", "refused-object", Look::Other(zones)),
    Row::new(SLICE, "ports", "refused-object", Look::AtMost(20000)),
    Row::new(SLICE, "ports[].name", "malformed-name", Look::Other(port_name)),
    Row::new(SLICE, "", "refused-object", Look::Other(port_twice)),
    Row::new(SLICE, "ports[].protocol", "refused-object", Look::SetToOneOf(PROTOCOLS)),
    Row::new(SLICE, "ports[].appProtocol", "malformed-name", Look::Form("name of a protocol", qualified_name)),
    Row::new(ENDPOINTS, "subsets[]", "refused-address", Look::Other(no_address)),
    Row::new(ENDPOINTS, "subsets[].addresses[].ip", "refused-address", Look::Form("address of an endpoint", ip)),
    Row::new(ENDPOINTS, "subsets[].notReadyAddresses[].ip", "refused-address", Look::Form("address of an endpoint", ip)),
    Row::new(ENDPOINTS, "subsets[].addresses[].ip", "refused-address", Look::Form("address of an endpoint", loopback)).told(),
    Row::new(ENDPOINTS, "subsets[].notReadyAddresses[].ip", "refused-address", Look::Form("address of an endpoint", loopback)).told(),
    Row::new(ENDPOINTS, "subsets[].addresses[]", "refused-address", Look::Other(no_ip)),
    Row::new(ENDPOINTS, "subsets[].notReadyAddresses[]", "refused-address", Look::Other(no_ip)),
    Row::new(ENDPOINTS, "subsets[].addresses[].hostname", "malformed-name", Look::Other(host_name)),
    Row::new(ENDPOINTS, "subsets[].notReadyAddresses[].hostname", "malformed-name", Look::Other(host_name)),
    Row::new(ENDPOINTS, "subsets[].addresses[].nodeName", "malformed-name", Look::Form("name of a node", subdomain)),
    Row::new(ENDPOINTS, "subsets[].notReadyAddresses[].nodeName", "malformed-name", Look::Form("name of a node", subdomain)),
    Row::new(ENDPOINTS, "subsets[]", "refused-object", Look::Other(nameless_port)),
    Row::new(ENDPOINTS, "subsets[].ports[].name", "malformed-name", Look::Other(port_name)),
    Row::new(ENDPOINTS, "subsets[].ports[].port", "refused-object", Look::Port),
    Row::new(ENDPOINTS, "subsets[].ports[].protocol", "refused-object", Look::OneOf(PROTOCOLS)),
    Row::new(ENDPOINTS, "subsets[].ports[].appProtocol", "malformed-name", Look::Form("name of a protocol", qualified_name)),
];

fn addresses(node: &Node, faults: &mut Faults) {
    let (noun, form): (_, super::Form) = match text(node, "addressType") {
        "IPv4" => ("IPv4 address", |text| ipv4(text).or_else(|| special_text(text))),
        "IPv6" => ("IPv6 address", |text| ipv6(text).or_else(|| special_text(text))),
        // Quirk: an address that is written as a name is let in, whichever it is.
        "FQDN" => ("name of a host", full_name),
        _ => return,
    };
    each_address(node, noun, form, faults);
}

fn own_addresses(node: &Node, faults: &mut Faults) {
    if text(node, "addressType") != "FQDN" {
        each_address(node, "address", loopback, faults);
    }
}

fn each_address(node: &Node, noun: &str, form: super::Form, faults: &mut Faults) {
    for (at, endpoint) in items(node, "endpoints").iter().enumerate() {
        for (under, address) in items(endpoint, "addresses").iter().enumerate() {
            let text = address.text().unwrap_or_default();
            if let Some(problem) = form(text) {
                let steps = ["endpoints", &at.to_string(), "addresses", &under.to_string()];
                faults.at(&steps, format!("`{}` is no {noun} of an endpoint, {problem}", shown(text)));
            }
        }
    }
}

fn ip(text: &str) -> Option<&'static str> {
    address(text).or_else(|| special_text(text))
}

fn no_address(node: &Node, faults: &mut Faults) {
    if items(node, "addresses").is_empty() && items(node, "notReadyAddresses").is_empty() {
        faults.here("a subset has no address");
    }
}

fn no_ip(node: &Node, faults: &mut Faults) {
    if field(node, "ip").is_none() {
        faults.here("an endpoint has no address");
    }
}

fn host_name(node: &Node, faults: &mut Faults) {
    if let Some(text) = node.text().filter(|text| !text.is_empty()) {
        faults.form(text, "host name", label);
    }
}

fn zones(node: &Node, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (at, zone) in items(node, "forZones").iter().enumerate() {
        let name = text(zone, "name");
        if !seen.insert(name) {
            faults.at(&["forZones", &at.to_string(), "name"], format!("the zone `{}` is named twice", shown(name)));
        }
    }
}

fn port_name(node: &Node, faults: &mut Faults) {
    if let Some(text) = node.text().filter(|text| !text.is_empty()) {
        faults.form(text, "name of a port", label);
    }
}

fn port_twice(node: &Node, faults: &mut Faults) {
    let mut seen = HashSet::new();
    for (at, port) in items(node, "ports").iter().enumerate() {
        let name = text(port, "name");
        if !seen.insert(name) {
            let what = if name.is_empty() { String::from("without a name") } else { format!("of the name `{}`", shown(name)) };
            faults.at(&["ports", &at.to_string(), "name"], format!("there are two ports {what}"));
        }
    }
}

fn nameless_port(node: &Node, faults: &mut Faults) {
    let ports = items(node, "ports");
    for (at, _) in ports.iter().enumerate().filter(|(_, port)| ports.len() > 1 && text(port, "name").is_empty()) {
        faults.at(&["ports", &at.to_string()], "one of several ports has no name");
    }
}
