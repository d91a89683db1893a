//! Where requests for a port of a Service go.

use std::net::IpAddr;

use hashbrown::HashSet;
use k8s_openapi::api::core::v1::{Service, ServicePort};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::world::World;
use crate::catalog::releases::TRAFFIC_DISTRIBUTION;
use crate::ir::{Endpoint, Port, Transport};
use crate::manifest::{Object, is_external, port_of, ports};

/// The endpoints of a port that an Ingress names by number, by name or by the target of the port.
pub(super) fn of_backend(world: &World, service: &Object<Service>, port: &Port) -> Vec<Endpoint> {
    if is_external(&service.value) {
        if world.controller.flags.disable_svc_external_name {
            return Vec::new();
        }
        return of_port(world, service, &external_port(&service.value, &port.to_string()), Transport::Tcp);
    }
    port_of(&service.value, &port.to_string()).map(|port| of_port(world, service, port, Transport::Tcp)).unwrap_or_default()
}

/// The endpoints of the first port of a Service.
pub(super) fn of_first_port(world: &World, service: &Object<Service>) -> Vec<Endpoint> {
    ports(&service.value).first().map(|port| of_port(world, service, port, Transport::Tcp)).unwrap_or_default()
}

/// The one address that Kubernetes itself balances, for `service-upstream`; none where there is no such address or port.
pub(super) fn of_cluster_address(service: &Service, port: &Port) -> Option<Endpoint> {
    let address = service.spec.as_ref()?.cluster_ip.clone().filter(|address| !address.is_empty() && address != "None")?;
    let port = match port {
        Port::Number(number) => number.to_string(),
        Port::Name(name) => ports(service).iter().find(|port| port.name.as_ref() == Some(name))?.port.to_string(),
    };
    Some(Endpoint { address, port })
}

/// The name of a Service in DNS and the port behind it; none where the input holds endpoints of any Service: then it holds all.
pub(super) fn of_name(world: &World, service: &Object<Service>, port: &Port) -> Option<Endpoint> {
    let spec = service.value.spec.as_ref().filter(|_| !world.has_endpoints() && !is_external(&service.value))?;
    let port = port_of(&service.value, &port.to_string())?;
    // A headless Service has no address of its own: its name leads to the endpoints and their port.
    let number = match (spec.cluster_ip.as_deref(), &port.target_port) {
        (Some("None"), Some(IntOrString::Int(number))) => *number,
        _ => port.port,
    };
    let address = format!("{}.{}.svc.cluster.local", service.reference.name, service.reference.namespace);
    Some(Endpoint { address, port: number.to_string() })
}

/// The same of a Service that the input does not hold; none where its port has only a name, which no DNS knows.
pub(super) fn of_name_alone(world: &World, namespace: &str, name: &str, port: &Port) -> Option<Endpoint> {
    let Port::Number(number) = port else { return None };
    let is_name = |text: &str| is_dns_name(text) && !text.contains('.');
    let is_fit = (1..=65_535).contains(number) && is_name(namespace) && is_name(name) && !world.has_endpoints();
    is_fit.then(|| Endpoint { address: format!("{name}.{namespace}.svc.cluster.local"), port: number.to_string() })
}

/// The endpoints of one port of a Service, each address and port once.
pub(super) fn of_port(world: &World, service: &Object<Service>, port: &ServicePort, transport: Transport) -> Vec<Endpoint> {
    if is_external(&service.value) {
        return external(&service.value, port).into_iter().collect();
    }
    let zone = zone(world, &service.value);
    let key = super::world::key_of(&service.reference.namespace, &service.reference.name);
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for slice in world.endpoint_slices(&key) {
        let ports = slice_ports(slice, port, transport);
        let zone = zone.as_ref().filter(|zone| zone.counts_in(slice));
        for endpoint in slice.endpoints.iter().flatten() {
            let ready = endpoint.conditions.as_ref().and_then(|conditions| conditions.ready).unwrap_or(true);
            if !ready || zone.is_some_and(|zone| !zone.holds(endpoint)) {
                continue;
            }
            for port in &ports {
                let new = endpoint.addresses.iter().map(|address| Endpoint { address: address.clone(), port: port.to_string() });
                found.extend(new.filter(|endpoint| seen.insert(endpoint.clone())));
            }
        }
    }
    found
}

/// Whether a slice offers a port of the Service without a number.
pub(super) fn asks_for_no_number(slice: &EndpointSlice, port: &ServicePort, transport: Transport) -> bool {
    let wanted = port.name.as_deref().unwrap_or_default();
    let fits = |offer: &k8s_openapi::api::discovery::v1::EndpointPort| {
        let has_name = wanted.is_empty() || offer.name.as_deref().unwrap_or_default() == wanted;
        has_name && offer.protocol.as_deref().unwrap_or("TCP") == protocol_name(transport) && offer.port.is_none()
    };
    slice.ports.iter().flatten().any(fits)
}

/// The numbers under which a slice offers a port of the Service.
fn slice_ports(slice: &EndpointSlice, port: &ServicePort, transport: Transport) -> Vec<i32> {
    let offered = slice.ports.as_deref().unwrap_or_default();
    let is_numeric = !matches!(port.target_port, Some(IntOrString::String(_)));
    let target = if is_numeric { target_number(port) } else { 0 };
    if offered.is_empty() && is_numeric {
        return vec![target];
    }
    let protocol = protocol_name(transport);
    let wanted = port.name.as_deref().unwrap_or_default();
    let fitting = offered.iter().filter(|offer| offer.protocol.as_deref().unwrap_or("TCP") == protocol);
    let number = |offer: &k8s_openapi::api::discovery::v1::EndpointPort| {
        let named = wanted.is_empty() || offer.name.as_deref().unwrap_or_default() == wanted;
        let number = if named { offer.port.unwrap_or(0) } else { 0 };
        // Quirk: where no name matches, every port of the slice counts as the numeric target of the Service.
        if number == 0 { target } else { number }
    };
    fitting.map(number).filter(|number| *number != 0).collect()
}

/// The name that Kubernetes has for a transport.
pub(super) fn protocol_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Tcp => "TCP",
        Transport::Udp => "UDP",
    }
}

/// The target of a port as a number; zero for names.
fn target_number(port: &ServicePort) -> i32 {
    match &port.target_port {
        Some(IntOrString::Int(number)) => *number,
        Some(IntOrString::String(text)) => text.parse().unwrap_or(0),
        None => 0,
    }
}

/// The port of an external name: one that the Service declares, else the number itself.
fn external_port(service: &Service, wanted: &str) -> ServicePort {
    let number: i32 = wanted.parse().unwrap_or(0);
    let is_numeric = wanted.parse::<i32>().is_ok();
    let named = ports(service).iter().find(|port| !is_numeric && port.name.as_deref().unwrap_or_default() == wanted);
    if let Some(port) = named {
        let target = Some(target_number(port)).filter(|number| *number != 0).unwrap_or(port.port);
        return ServicePort { port: port.port, target_port: Some(IntOrString::Int(target)), ..ServicePort::default() };
    }
    match ports(service).iter().find(|port| port.port == number) {
        Some(port) => ServicePort { port: port.port, target_port: port.target_port.clone(), ..ServicePort::default() },
        None => ServicePort { port: number, target_port: Some(IntOrString::Int(number)), ..ServicePort::default() },
    }
}

/// The endpoint of a Service that is a DNS name elsewhere. The controller refuses names of the machine that it runs on.
fn external(service: &Service, port: &ServicePort) -> Option<Endpoint> {
    let name = service.spec.as_ref()?.external_name.clone().unwrap_or_default();
    let address = name.parse::<IpAddr>().ok();
    if name == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return None;
    }
    if address.is_none() && !is_dns_name(name.strip_suffix('.').unwrap_or(&name)) {
        return None;
    }
    Some(Endpoint { address: name, port: target_number(port).to_string() })
}

/// Whether a text is a lower-case DNS name as Kubernetes defines it (RFC 1123 subdomain).
pub(super) fn is_dns_name(name: &str) -> bool {
    let is_label = |label: &str| {
        let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty() && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

/// The zone of the controller, where a Service wants endpoints of the same zone.
struct Zone<'a> {
    name: &'a str,
    needs_a_match: bool,
}

fn zone<'a>(world: &'a World, service: &Service) -> Option<Zone<'a>> {
    let name = world.controller.environment.node_zone.as_str();
    if !world.controller.flags.enable_topology_aware_routing || name.is_empty() {
        return None;
    }
    let annotations = service.metadata.annotations.as_ref();
    let mode = annotations.and_then(|annotations| annotations.get("service.kubernetes.io/topology-mode"));
    let distribution = service.spec.as_ref().and_then(|spec| spec.traffic_distribution.as_deref());
    let prefers_close = distribution == Some("PreferClose") && world.has(&TRAFFIC_DISTRIBUTION);
    let wanted = prefers_close || mode.is_some_and(|mode| mode.eq_ignore_ascii_case("auto"));
    wanted.then_some(Zone { name, needs_a_match: prefers_close })
}

impl Zone<'_> {
    /// Whether the hints of a slice count: all of its endpoints must have some.
    fn counts_in(&self, slice: &EndpointSlice) -> bool {
        let hinted = |endpoint: &k8s_openapi::api::discovery::v1::Endpoint| {
            endpoint.hints.as_ref().and_then(|hints| hints.for_zones.as_ref()).is_some_and(|zones| !zones.is_empty())
        };
        let endpoints = || slice.endpoints.iter().flatten();
        endpoints().all(hinted) && (!self.needs_a_match || endpoints().any(|endpoint| self.holds(endpoint)))
    }

    fn holds(&self, endpoint: &k8s_openapi::api::discovery::v1::Endpoint) -> bool {
        let zones = endpoint.hints.as_ref().and_then(|hints| hints.for_zones.as_deref()).unwrap_or_default();
        zones.iter().any(|zone| zone.name == self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dns_names_are_lower_case_labels() {
        for good in ["a", "a-b.c", "9.example.com"] {
            assert!(is_dns_name(good), "{good}");
        }
        for bad in ["", ".", "A", "a..b", "-a", "a-", "a_b", "a b", "a\n", &"a.".repeat(127)] {
            assert!(!is_dns_name(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_slice_without_ports_offers_the_numeric_target() {
        let port = |target| ServicePort { name: Some("web".into()), port: 80, target_port: Some(target), ..ServicePort::default() };
        let slice = EndpointSlice::default();
        assert_eq!(slice_ports(&slice, &port(IntOrString::Int(8080)), Transport::Tcp), [8080]);
        assert!(slice_ports(&slice, &port(IntOrString::String("web".into())), Transport::Tcp).is_empty());
    }

    #[test]
    fn ports_match_by_name_then_by_numeric_target() {
        use k8s_openapi::api::discovery::v1::EndpointPort;
        let offer = |name: &str, port, protocol: &str| EndpointPort {
            name: Some(name.into()),
            port: Some(port),
            protocol: Some(protocol.into()),
            ..EndpointPort::default()
        };
        let slice = EndpointSlice { ports: Some(vec![offer("web", 8080, "TCP"), offer("dns", 53, "UDP")]), ..EndpointSlice::default() };
        let port = |name: &str, target| ServicePort {
            name: (!name.is_empty()).then(|| name.into()),
            port: 80,
            target_port: Some(target),
            ..ServicePort::default()
        };
        let named = IntOrString::String("web".into());
        assert_eq!(slice_ports(&slice, &port("web", named.clone()), Transport::Tcp), [8080]);
        assert_eq!(slice_ports(&slice, &port("", named.clone()), Transport::Tcp), [8080]);
        assert_eq!(slice_ports(&slice, &port("other", IntOrString::Int(9000)), Transport::Tcp), [9000]);
        assert!(slice_ports(&slice, &port("other", named), Transport::Tcp).is_empty());
        assert_eq!(slice_ports(&slice, &port("dns", IntOrString::Int(53)), Transport::Udp), [53]);
    }
}
