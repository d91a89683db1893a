//! What the passes look things up in: the objects by name, the settings and the facts of the pod.

use std::collections::HashMap;

use k8s_openapi::api::core::v1::{ConfigMap, Secret, Service};

use crate::catalog::flags::Flags;
use crate::catalog::version::Version;
use crate::ir::{Settings, TrustStore};
use crate::manifest::{Cluster, Object};

/// Facts of the pod that no manifest holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    /// Number of processors: one worker each.
    pub processors: u32,
    /// Open files that the process may have.
    pub open_files: i64,
    /// Length of the accept queue that the kernel allows.
    pub somaxconn: i64,
    /// The pod has an IPv6 address.
    pub ipv6: bool,
    /// Name servers of the pod.
    pub resolvers: Vec<std::net::IpAddr>,
    /// Namespace of the pod.
    pub pod_namespace: String,
    /// Name of the pod.
    pub pod_name: String,
    /// Zone of the node that the pod runs on; empty: unknown.
    pub node_zone: String,
}

/// The controller that the manifests are compiled for.
#[derive(Debug, Clone)]
pub struct Controller {
    /// Its version.
    pub version: Version,
    /// Its arguments.
    pub flags: Flags,
    /// Its pod.
    pub environment: Environment,
}

/// Everything that a pass may look up. Objects are found by `namespace/name`.
#[derive(Debug)]
pub struct World<'a> {
    /// The objects.
    pub cluster: &'a Cluster,
    /// The controller.
    pub controller: &'a Controller,
    /// The settings from its ConfigMap.
    pub settings: Settings,
    services: HashMap<String, &'a Object<Service>>,
    secrets: HashMap<String, &'a Object<Secret>>,
    config_maps: HashMap<String, &'a Object<ConfigMap>>,
}

impl<'a> World<'a> {
    /// The Service of a name.
    #[must_use]
    pub fn service(&self, key: &str) -> Option<&'a Object<Service>> {
        self.services.get(key).copied()
    }

    /// The Secret of a name.
    #[must_use]
    pub fn secret(&self, key: &str) -> Option<&'a Object<Secret>> {
        self.secrets.get(key).copied()
    }

    /// The ConfigMap of a name.
    #[must_use]
    pub fn config_map(&self, key: &str) -> Option<&'a Object<ConfigMap>> {
        self.config_maps.get(key).copied()
    }

    /// The files that the controller makes of the Secret of a name, for checking certificates: the controller's `GetAuthCertificate`.
    ///
    /// # Errors
    /// The controller's words where the Secret is missing or holds no usable certificate.
    pub fn trust_store(&self, key: &str) -> Result<TrustStore, String> {
        let _ = key;
        Err(String::from("not found"))
    }
}
