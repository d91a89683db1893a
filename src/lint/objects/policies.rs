//! Whom NetworkPolicies let in, and at which ports.

use super::look::Look;
use crate::manifest::{Container, Object, Workload, of_namespace, port_of, selects, target};
use k8s_openapi::api::core::v1::Service;
use k8s_openapi::api::networking::v1::{NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

/// The label that Kubernetes gives each namespace.
const NAME: &str = "kubernetes.io/metadata.name";

/// A controller, and the labels of its namespace where they are in the input.
pub(super) struct Caller<'a> {
    workload: &'a Object<Workload>,
    labels: Option<BTreeMap<String, String>>,
}

impl<'a> Caller<'a> {
    pub(super) fn of(look: &Look, workload: &'a Object<Workload>) -> Self {
        Self { workload, labels: labels_of(look, &workload.reference.namespace) }
    }
}

/// The labels of a namespace, with the one that each has.
fn labels_of(look: &Look, namespace: &str) -> Option<BTreeMap<String, String>> {
    let object = look.cluster.namespaces.iter().find(|object| object.reference.name == namespace)?;
    let mut labels = object.value.metadata.labels.clone().unwrap_or_default();
    labels.insert(String::from(NAME), namespace.to_owned());
    Some(labels)
}

/// The policies that say who may connect to the pods of a workload.
pub(super) fn policies<'a>(look: &Look<'a>, workload: &'a Object<Workload>) -> Vec<&'a Object<NetworkPolicy>> {
    let all = of_namespace(&look.cluster.network_policies, &workload.reference.namespace).iter();
    let holds = |policy: &&Object<NetworkPolicy>| {
        let Some(spec) = policy.value.spec.as_ref() else { return false };
        let of_ingress = spec.policy_types.as_ref().is_none_or(|types| types.iter().any(|word| word == "Ingress"));
        of_ingress && spec.pod_selector.as_ref().is_none_or(|selector| fits(selector, &workload.value))
    };
    all.filter(holds).collect()
}

/// Whether a selector certainly fits pods: expressions are not read.
pub(super) fn fits(selector: &LabelSelector, workload: &Workload) -> bool {
    selector.match_expressions.as_ref().is_none_or(Vec::is_empty) && may_fit(selector, &workload.labels)
}

/// Whether a selector fits labels, as far as its expressions allow it.
fn may_fit(selector: &LabelSelector, labels: &BTreeMap<String, String>) -> bool {
    selector.match_labels.as_ref().is_none_or(|wanted| selects(wanted, labels))
}

/// The rules of policies about who may connect.
pub(super) fn rules<'p>(policies: &'p [&Object<NetworkPolicy>]) -> impl Iterator<Item = &'p NetworkPolicyIngressRule> {
    policies.iter().flat_map(|policy| policy.value.spec.iter()).flat_map(|spec| spec.ingress.iter().flatten())
}

/// Whether policies are there whose selector has expressions, which are not read.
pub(super) fn has_unread(look: &Look, workload: &Object<Workload>) -> bool {
    let all = of_namespace(&look.cluster.network_policies, &workload.reference.namespace).iter();
    let mut selectors = all.filter_map(|policy| policy.value.spec.as_ref()?.pod_selector.as_ref());
    selectors.any(|selector| selector.match_expressions.as_ref().is_some_and(|expressions| !expressions.is_empty()))
}

/// Whether a rule lets a controller in, as far as nothing is sure to keep it out.
pub(super) fn lets_in(rule: &NetworkPolicyIngressRule, namespace: &str, callers: &[Caller]) -> bool {
    match rule.from.as_deref() {
        None | Some([]) => true,
        Some(peers) => peers.iter().any(|peer| may_be(peer, namespace, callers)),
    }
}

fn may_be(peer: &NetworkPolicyPeer, namespace: &str, callers: &[Caller]) -> bool {
    if callers.is_empty() {
        return peer.namespace_selector.is_some() || peer.ip_block.is_some();
    }
    let fits = |caller: &Caller| {
        let is_there = match (&peer.namespace_selector, &caller.labels) {
            (None, _) => peer.pod_selector.is_some() && caller.workload.reference.namespace == namespace,
            (Some(selector), Some(labels)) => may_fit(selector, labels),
            // Of a namespace that is not in the input only the label that each has is known.
            (Some(selector), None) => {
                let wanted = selector.match_labels.as_ref().and_then(|labels| labels.get(NAME));
                wanted.is_none_or(|name| *name == caller.workload.reference.namespace)
            }
        };
        is_there && peer.pod_selector.as_ref().is_none_or(|selector| may_fit(selector, &caller.workload.value.labels))
    };
    peer.ip_block.is_some() || callers.iter().any(fits)
}

/// A port at which pods listen, as far as it is known.
pub(super) struct Port {
    number: Option<i64>,
    name: Option<String>,
}

impl Port {
    /// The port behind a port of a Service.
    pub(super) fn of(service: &Object<Service>, workload: &Object<Workload>, wanted: &str) -> Option<Self> {
        let target = target(port_of(&service.value, wanted)?);
        let mut ports = workload.value.pods.containers().iter().flat_map(Container::ports);
        Some(match target.parse::<i64>() {
            Ok(number) => {
                let name = ports.find(|port| port.container_port == number).and_then(|port| port.name.clone());
                Self { number: Some(number), name }
            }
            Err(_) => {
                let number = ports.find(|port| port.name.as_deref() == Some(target.as_str())).map(|port| port.container_port);
                Self { number, name: Some(target) }
            }
        })
    }

    /// Whether a rule opens it, as far as nothing is sure to keep it shut.
    pub(super) fn is_open(&self, rule: &NetworkPolicyIngressRule) -> bool {
        rule.ports.as_deref().is_none_or(|ports| ports.is_empty() || ports.iter().any(|port| self.is_of(port)))
    }

    fn is_of(&self, port: &NetworkPolicyPort) -> bool {
        if port.protocol.as_deref().is_some_and(|protocol| protocol != "TCP") {
            return false;
        }
        match (&port.port, self.number) {
            (None, _) | (Some(IntOrString::Int(_)), None) => true,
            (Some(IntOrString::Int(first)), Some(number)) => {
                (i64::from(*first)..=i64::from(port.end_port.unwrap_or(*first))).contains(&number)
            }
            (Some(IntOrString::String(name)), _) => self.name.as_ref() == Some(name),
        }
    }

    /// How it is called in a sentence.
    pub(super) fn shown(&self) -> String {
        match (self.number, &self.name) {
            (Some(number), _) => number.to_string(),
            (None, name) => format!("`{}`", name.as_deref().unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_of_policies_are_those_of_pods() {
        let named = |name: &str| Some(name.to_owned());
        let cases = [
            (Some(8080), named("http"), (Some(IntOrString::Int(8080)), None, None), true),
            (Some(8080), named("http"), (Some(IntOrString::Int(80)), None, None), false),
            (Some(8080), named("http"), (Some(IntOrString::Int(8000)), Some(8999), Some("TCP")), true),
            (Some(8080), named("http"), (Some(IntOrString::Int(8080)), None, Some("UDP")), false),
            (Some(8080), named("http"), (None, None, None), true),
            (Some(8080), named("http"), (Some(IntOrString::String(String::from("http"))), None, None), true),
            (Some(8080), named("http"), (Some(IntOrString::String(String::from("metrics"))), None, None), false),
            // What nobody knows may be open.
            (None, named("http"), (Some(IntOrString::Int(80)), None, None), true),
        ];
        for (number, name, (port, end_port, protocol), expected) in cases {
            let port = NetworkPolicyPort { port, end_port, protocol: protocol.map(str::to_owned) };
            let rule = NetworkPolicyIngressRule { ports: Some(vec![port]), ..NetworkPolicyIngressRule::default() };
            let own = Port { number, name };
            assert_eq!(own.is_open(&rule), expected, "{rule:?}");
            assert!(own.is_open(&NetworkPolicyIngressRule::default()));
        }
    }
}
