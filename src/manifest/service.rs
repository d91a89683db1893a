//! What the controller reads of a Service.

use std::collections::HashMap;

use k8s_openapi::api::core::v1::{Service, ServicePort};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::Object;
use crate::diagnostic::ObjectRef;

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

/// The ports of Services that have so many that nobody looks through them for each backend.
#[derive(Debug, Default)]
pub struct Ports<'a>(HashMap<&'a ObjectRef, HashMap<String, usize>>);

impl<'a> Ports<'a> {
    /// Looks through all Services once.
    #[must_use]
    pub fn of(services: &'a [Object<Service>]) -> Self {
        const FEW: usize = 16;
        let many = services.iter().filter(|service| ports(&service.value).len() > FEW);
        Self(many.map(|service| (&service.reference, words(&service.value))).collect())
    }

    /// The port of a Service that an Ingress names by number, by name or by its target.
    #[must_use]
    pub fn find(&self, service: &'a Object<Service>, wanted: &str) -> Option<&'a ServicePort> {
        match self.0.get(&service.reference) {
            Some(places) => ports(&service.value).get(*places.get(wanted)?),
            None => port_of(&service.value, wanted),
        }
    }
}

/// The place of the first port that is called by a word.
fn words(service: &Service) -> HashMap<String, usize> {
    let mut places = HashMap::new();
    for (at, port) in ports(service).iter().enumerate() {
        let target = port.target_port.is_some().then(|| target(port));
        for word in [Some(port.port.to_string()), port.name.clone(), target].into_iter().flatten() {
            places.entry(word).or_insert(at);
        }
    }
    places
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_found_alike_among_few_and_many() {
        let port = |at: i32| ServicePort {
            port: 1000 + at,
            name: (at % 3 == 0).then(|| format!("p{at}")),
            target_port: match at % 4 {
                0 => Some(IntOrString::Int(1000 + 2 * at)),
                1 => Some(IntOrString::String(format!("p{}", at + 1))),
                _ => None,
            },
            ..ServicePort::default()
        };
        let spec = k8s_openapi::api::core::v1::ServiceSpec { ports: Some((0..40).map(port).collect()), ..Default::default() };
        let service = Service { spec: Some(spec), ..Service::default() };
        let known = words(&service);
        for wanted in (990..1100).map(|number| number.to_string()).chain((0..45).map(|at| format!("p{at}"))).chain([
            "01000".into(),
            "+1000".into(),
            String::new(),
        ]) {
            let expected = port_of(&service, &wanted).map(|port| port.port);
            assert_eq!(known.get(&wanted).map(|at| ports(&service)[*at].port), expected, "{wanted}");
        }
    }
}
