//! What the controller reads of a Service.

use k8s_openapi::api::core::v1::{Service, ServicePort};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// The ports of a Service.
#[must_use]
pub fn ports(service: &Service) -> &[ServicePort] {
    service.spec.as_ref().and_then(|spec| spec.ports.as_deref()).unwrap_or_default()
}

/// The port of a Service that an Ingress names by number, by name or by its target.
#[must_use]
pub fn port_of<'s>(service: &'s Service, wanted: &str) -> Option<&'s ServicePort> {
    let number = wanted.parse::<i32>().ok().filter(|number| number.to_string() == wanted);
    let is_target = |port: &ServicePort| match &port.target_port {
        Some(IntOrString::Int(target)) => Some(*target) == number,
        Some(IntOrString::String(name)) => name == wanted,
        None => false,
    };
    let is_wanted = |port: &&ServicePort| Some(port.port) == number || port.name.as_deref() == Some(wanted) || is_target(port);
    ports(service).iter().find(is_wanted)
}

/// The target of a port as it is written; the port itself where none is.
#[must_use]
pub fn target(port: &ServicePort) -> String {
    match &port.target_port {
        Some(IntOrString::Int(number)) => number.to_string(),
        Some(IntOrString::String(name)) => name.clone(),
        None => port.port.to_string(),
    }
}

/// Whether a Service is a name outside of the cluster.
#[must_use]
pub fn is_external(service: &Service) -> bool {
    service.spec.as_ref().and_then(|spec| spec.type_.as_deref()) == Some("ExternalName")
}
