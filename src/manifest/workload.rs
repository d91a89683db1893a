//! What makes pods, as far as rules look at it, and pods themselves.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::tree::Node;
use super::typed::{self, Unknown};

/// A Deployment, StatefulSet, DaemonSet, ReplicaSet or Pod.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workload {
    /// How many pods are asked for; `None` for a Pod and where it is not said.
    pub replicas: Option<i64>,
    /// The labels of its pods.
    pub labels: BTreeMap<String, String>,
    /// What its pods are.
    pub pods: Pods,
    /// The steps to the pods' own object: `["spec", "template"]`, or none for a Pod.
    pub template: &'static [&'static str],
}

/// What is the same for all pods of a workload.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Pods {
    /// The containers.
    pub containers: Option<Vec<Container>>,
    /// Seconds from the first signal to the last; `None`: 30.
    pub termination_grace_period_seconds: Option<i64>,
    /// How names are looked up.
    pub dns_config: Option<DnsConfig>,
    /// Whose name server is asked; `None`: that of the cluster.
    pub dns_policy: Option<String>,
    /// Which nodes and pods they are placed beside.
    pub affinity: Option<PodAffinity>,
    /// How they are spread over nodes and zones.
    pub topology_spread_constraints: Option<Vec<Anything>>,
    /// They are in the network of their node.
    pub host_network: Option<bool>,
    /// The account that they speak to the API server with.
    pub service_account_name: Option<String>,
}

/// Which pods others are placed beside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PodAffinity {
    /// Those that they are kept away from.
    pub pod_anti_affinity: Option<Anything>,
}

/// A container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Container {
    /// The name.
    pub name: String,
    /// The image.
    pub image: Option<String>,
    /// The ports that it says to open.
    pub ports: Option<Vec<ContainerPort>>,
    /// How its readiness is asked for.
    pub readiness_probe: Option<Anything>,
    /// What happens before it starts and ends.
    pub lifecycle: Option<Lifecycle>,
    /// What it may use.
    pub resources: Option<Resources>,
    /// Its environment.
    pub env: Option<Vec<EnvVar>>,
}

/// A variable of the environment.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct EnvVar {
    /// The name.
    pub name: String,
    /// The value, of whatever type it was written.
    pub value: Option<serde_json::Value>,
}

/// A port of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ContainerPort {
    /// The name that the target of a Service can be.
    pub name: Option<String>,
    /// The number.
    pub container_port: i64,
    /// The number at the node, where it is open there.
    pub host_port: Option<i64>,
}

/// What happens before a container starts and ends.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Lifecycle {
    /// What is run before the first signal.
    pub pre_stop: Option<PreStop>,
}

/// What is run before the first signal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PreStop {
    /// A program.
    pub exec: Option<Exec>,
    /// A pause.
    pub sleep: Option<Pause>,
}

/// A program that is run in a container.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Exec {
    /// The program and its arguments.
    pub command: Option<Vec<String>>,
}

/// A pause.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Pause {
    /// Its length.
    pub seconds: i64,
}

/// What a container may use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Resources {
    /// No more than this.
    pub limits: Option<BTreeMap<String, serde_json::Value>>,
    /// At least this.
    pub requests: Option<BTreeMap<String, serde_json::Value>>,
}

/// How names are looked up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DnsConfig {
    /// Options of the resolver.
    pub options: Option<Vec<DnsOption>>,
}

/// An option of the resolver.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DnsOption {
    /// The name.
    pub name: Option<String>,
    /// The value.
    pub value: Option<String>,
}

/// Something that is there, whatever it says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Anything;

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Self)
    }
}

/// A workload of a kind; nothing where it cannot be read: that is for those to tell who look after workloads.
pub(super) fn read(kind: &str, tree: &Node) -> Option<Workload> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Labelled {
        labels: Option<BTreeMap<String, String>>,
    }
    let template: &'static [&'static str] = if kind == "Pod" { &[] } else { &["spec", "template"] };
    let unknown = Unknown::default();
    let pod = tree.at(template)?;
    let labels = pod.get("metadata").map(|metadata| typed::read::<Labelled>(metadata, &unknown)).transpose().ok()?;
    let replicas = tree.at(&["spec", "replicas"]).and_then(Node::integer).filter(|_| kind != "Pod");
    Some(Workload {
        replicas,
        labels: labels.and_then(|labels| labels.labels).unwrap_or_default(),
        pods: typed::read(pod.get("spec")?, &unknown).ok()?,
        template,
    })
}

impl Pods {
    /// The containers.
    #[must_use]
    pub fn containers(&self) -> &[Container] {
        self.containers.as_deref().unwrap_or_default()
    }
}

impl PreStop {
    /// The seconds that it takes at least, as far as it says so.
    #[must_use]
    pub fn seconds(&self) -> i64 {
        let words = self.exec.iter().flat_map(|exec| exec.command.iter().flatten()).flat_map(|word| word.split([' ', ';', '&']));
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let slept = words.windows(2).filter(|pair| pair[0].rsplit('/').next() == Some("sleep"));
        let slept: i64 = slept.filter_map(|pair| pair[1].trim_end_matches('s').parse::<i64>().ok()).sum();
        slept.saturating_add(self.sleep.as_ref().map_or(0, |pause| pause.seconds))
    }
}

impl Container {
    /// The ports that it says to open.
    #[must_use]
    pub fn ports(&self) -> &[ContainerPort] {
        self.ports.as_deref().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_read_out_of_programs() {
        for (command, expected) in [
            (&["sleep", "15"][..], 15),
            (&["/bin/sh", "-c", "sleep 20; nginx -s quit"], 20),
            (&["sh", "-c", "/usr/bin/sleep 5s && sleep 2"], 7),
            (&["/wait-shutdown"], 0),
            (&["sleep"], 0),
            (&["sleep", "$TIME"], 0),
        ] {
            let command = command.iter().map(|word| (*word).to_owned()).collect();
            let pre_stop = PreStop { exec: Some(Exec { command: Some(command) }), sleep: None };
            assert_eq!(pre_stop.seconds(), expected, "{pre_stop:?}");
        }
        assert_eq!(PreStop { exec: None, sleep: Some(Pause { seconds: 9 }) }.seconds(), 9);
    }
}
