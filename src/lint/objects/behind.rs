//! The pods that answer requests of Ingresses.

use hashbrown::HashSet;
use k8s_openapi::api::core::v1::Service;

use super::look::Look;
use crate::diagnostic::Diagnostic;
use crate::manifest::{Container, Object, Use, Workload, ports, target};

/// What makes pods, the Service that leads to them, and an Ingress that names it.
pub(super) struct Behind<'a> {
    /// What makes the pods.
    pub(super) workload: &'a Object<Workload>,
    /// The first Service that leads to them.
    pub(super) service: &'a Object<Service>,
    /// The first backend that names the Service.
    pub(super) user: Use<'a>,
}

/// What makes the pods that Ingresses lead to, each once.
pub(super) fn behind<'a>(look: &Look<'a>) -> Vec<Behind<'a>> {
    if look.cluster.workloads.is_empty() {
        return Vec::new();
    }
    let mut seen = HashSet::new();
    let used = look.cluster.services.iter().filter_map(|service| Some((service, *look.uses(service).next()?)));
    let all = used.flat_map(|(service, user)| look.links.selected(service).map(move |workload| Behind { workload, service, user }));
    all.filter(|behind| seen.insert(&behind.workload.reference)).collect()
}

impl<'a> Behind<'a> {
    /// The container that the Service leads to: the one that has a port of it, else the only one.
    pub(super) fn container(&self) -> Option<(usize, &'a Container)> {
        let containers = self.workload.value.pods.containers();
        let targets: Vec<String> = ports(&self.service.value).iter().map(target).collect();
        let has = |container: &Container| {
            container.ports().iter().any(|port| {
                let number = port.container_port.to_string();
                targets.iter().any(|target| *target == number || Some(target) == port.name.as_ref())
            })
        };
        let only = || Some((0, containers.first().filter(|_| containers.len() == 1)?));
        containers.iter().enumerate().find(|(_, container)| has(container)).or_else(only)
    }

    /// Points at the path that leads to the pods.
    pub(super) fn beside(&self, finding: Diagnostic, words: &str) -> Diagnostic {
        finding.related(words, self.user.ingress.service_span(self.user.backend.place))
    }
}

/// The steps to a container of a workload.
pub(super) fn steps(workload: &Workload, at: usize) -> Vec<String> {
    let template = workload.template.iter().map(|step| (*step).to_owned());
    template.chain([String::from("spec"), String::from("containers"), at.to_string()]).collect()
}

/// The place of a field of a container.
pub(super) fn at_container(workload: &Object<Workload>, at: usize, field: &str) -> crate::source::Span {
    let mut steps = steps(&workload.value, at);
    steps.push(field.to_owned());
    workload.span(&steps.iter().map(String::as_str).collect::<Vec<_>>())
}
