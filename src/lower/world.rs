//! What the passes look things up in: the objects by name, the settings and the facts of the pod.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};
use k8s_openapi::api::core::v1::{ConfigMap, Secret, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use rayon::prelude::*;

use super::asks::Asks;
use super::certificates::{self, StoredCertificate};
use crate::catalog::flags::Flags;
use crate::catalog::inside::Inside;
use crate::catalog::releases::Change;
use crate::catalog::version::Version;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::ir::{Certificate, Features, Proxying, Settings, Steps, TrustStore};
use crate::manifest::{Cluster, Object};
use crate::pool::Pool;

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
    /// The nginx in its image; none: that of the release.
    pub nginx: Option<Inside>,
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

impl Controller {
    /// The nginx inside.
    #[must_use]
    pub fn inside(&self) -> Inside {
        self.environment.nginx.clone().unwrap_or_else(|| Inside::of_version(self.version))
    }
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
    /// Names of all Services, and of the namespaces that have one.
    service_names: HashSet<&'a str>,
    service_namespaces: HashSet<&'a str>,
    secrets: HashMap<String, &'a Object<Secret>>,
    config_maps: HashMap<String, &'a Object<ConfigMap>>,
    slices: HashMap<String, Vec<&'a EndpointSlice>>,
    certificates: HashMap<String, Result<StoredCertificate, String>>,
    /// What Ingresses get that ask for nothing of their routes.
    features: Pool<Features>,
    asks: Pool<Asks>,
    steps: Pool<Steps>,
    /// How requests are passed on.
    pub(super) proxying: Pool<Proxying>,
}

impl<'a> World<'a> {
    /// Indexes the objects that the controller watches.
    #[must_use]
    pub fn new(cluster: &'a Cluster, controller: &'a Controller, settings: Settings) -> Self {
        let flags = &controller.flags;
        let watched = |namespace: &str| flags.watch_namespace.is_empty() || flags.watch_namespace == namespace;
        // The controller asks the API server for everything but what Helm 2 and Helm 3 store.
        let config_maps = index(&cluster.config_maps, |object| {
            let labels = object.value.metadata.labels.as_ref();
            watched(&object.reference.namespace) && labels.and_then(|labels| labels.get("OWNER")).is_none_or(|owner| owner != "TILLER")
        });
        let is_open = |reference: &ObjectRef| !cluster.closed.contains_key(reference);
        let secrets = index(&cluster.secrets, |object| {
            let is_of_helm = object.value.type_.as_deref() == Some("helm.sh/release.v1");
            watched(&object.reference.namespace) && !is_of_helm && is_open(&object.reference)
        });
        let certificates = secrets
            .par_iter()
            .map(|(key, secret)| {
                (key.clone(), certificates::read(key, &secret.value, *key == flags.default_ssl_certificate, cluster.keeps_tenants_apart))
            })
            .collect();
        Self {
            cluster,
            controller,
            settings,
            service_names: cluster.services.iter().map(|service| service.reference.name.as_str()).collect(),
            service_namespaces: cluster.services.iter().map(|service| service.reference.namespace.as_str()).collect(),
            services: index(&cluster.services, |object| watched(&object.reference.namespace) && is_open(&object.reference)),
            secrets,
            config_maps,
            slices: slices_by_service(cluster, watched),
            certificates,
            features: Pool::default(),
            asks: Pool::default(),
            steps: Pool::default(),
            proxying: Pool::default(),
        }
    }

    /// What an Ingress asks of its routes: most ask for one of a few things, or for nothing. Only a refusal and annotations have places of
    /// their own.
    pub(super) fn share(&self, features: Features, asks: Asks) -> (Arc<Features>, Arc<Asks>) {
        let features = if features.causes.is_empty() { self.features.share(features) } else { Arc::new(features) };
        let asks = if asks.refusal.is_none() { self.asks.share(asks) } else { Arc::new(asks) };
        (features, asks)
    }

    /// What that comes to on a route.
    pub(super) fn share_steps(&self, steps: Steps, features: &Features) -> Arc<Steps> {
        let is_shared = features.causes.is_empty() && steps.refusal.is_none();
        if is_shared { self.steps.share(steps) } else { Arc::new(steps) }
    }

    /// Whether the release of the controller has a change.
    #[must_use]
    pub fn has(&self, change: &Change) -> bool {
        change.holds(self.controller.version)
    }

    /// The Service of a name.
    #[must_use]
    pub fn service(&self, key: &str) -> Option<&'a Object<Service>> {
        self.services.get(key).copied()
    }

    /// Whether a Service that the input does not hold may well be in the cluster: the input holds none of its namespace, nor one of its name.
    #[must_use]
    pub fn may_have_service(&self, namespace: &str, name: &str) -> bool {
        !self.service_namespaces.contains(namespace)
            && !self.service_names.contains(name)
            && !self.is_closed("Service", &key_of(namespace, name))
    }

    /// The Secret of a name.
    #[must_use]
    pub fn secret(&self, key: &str) -> Option<&'a Object<Secret>> {
        self.secrets.get(key).copied()
    }

    /// Whether an object is there, but closed: what needs it is told already.
    #[must_use]
    pub fn is_closed(&self, kind: &str, key: &str) -> bool {
        let object = super::refused::named(kind, key);
        self.cluster.closed.contains_key(&object)
    }

    /// Whether an object is there, but encrypted: what it holds is not known, which is told already.
    #[must_use]
    pub fn is_sealed(&self, kind: &str, key: &str) -> bool {
        self.cluster.sealed.contains(&super::refused::named(kind, key))
    }

    /// The ConfigMap of a name.
    #[must_use]
    pub fn config_map(&self, key: &str) -> Option<&'a Object<ConfigMap>> {
        self.config_maps.get(key).copied()
    }

    /// Says of a finding about what a key of the settings allows that nobody has seen the settings.
    #[must_use]
    pub fn by_default(&self, key: &'static str, finding: Diagnostic) -> Diagnostic {
        match self.config_map(&self.controller.flags.configmap) {
            Some(_) => finding,
            None => finding.note("the controller's ConfigMap is not in the input: its defaults are taken").hinging_on(key),
        }
    }

    /// The endpoint slices of the Service of a name.
    #[must_use]
    pub fn endpoint_slices(&self, key: &str) -> &[&'a EndpointSlice] {
        self.slices.get(key).map_or(&[], Vec::as_slice)
    }

    /// Whether the input says of any Service where its requests go.
    #[must_use]
    pub fn has_endpoints(&self) -> bool {
        !self.cluster.endpoint_slices.is_empty()
    }

    /// The certificate that the controller reads from the Secret of a name.
    ///
    /// # Errors
    /// Why there is none, in words about the Secret but without a value of it.
    pub(super) fn certificate(&self, key: &str) -> Result<&StoredCertificate, String> {
        match self.certificates.get(key) {
            Some(Ok(certificate)) => Ok(certificate),
            Some(Err(reason)) => Err(reason.clone()),
            None => Err(format!("there is no Secret `{key}`")),
        }
    }

    /// The files that the controller makes of the Secret of a name, for checking certificates.
    ///
    /// # Errors
    /// Why there are none.
    pub fn trust_store(&self, key: &str) -> Result<TrustStore, String> {
        let stored = self.certificate(key)?;
        Ok(TrustStore { secret: key.to_owned(), ..stored.trust.clone() })
    }

    /// The certificate of hosts that have none: the administrator's, else the one that the controller makes itself.
    #[must_use]
    pub fn default_certificate(&self) -> Arc<Certificate> {
        let stored = self.certificate(&self.controller.flags.default_ssl_certificate);
        let file = match &stored {
            Ok(stored) if stored.identity.is_some() => return Arc::clone(&stored.certificate),
            // Quirk: a Secret with authorities alone becomes an empty file, which nginx is told to read.
            Ok(stored) => stored.certificate.file.clone(),
            Err(_) => String::from("/etc/ingress-controller/ssl/default-fake-certificate.pem"),
        };
        let names = vec![String::from("Kubernetes Ingress Controller Fake Certificate"), String::from("ingress.local")];
        Arc::new(Certificate { name: String::new(), file, names })
    }
}

/// `namespace/name` of an object.
pub(super) fn key_of(namespace: &str, name: &str) -> String {
    format!("{namespace}/{name}")
}

fn index<T>(objects: &[Object<T>], keep: impl Fn(&Object<T>) -> bool) -> HashMap<String, &Object<T>> {
    let kept = objects.iter().filter(|object| keep(object));
    kept.map(|object| (key_of(&object.reference.namespace, &object.reference.name), object)).collect()
}

/// Whether the controller takes a slice of this name for one of the Service that its label names. Quirk: only where its name starts with
/// that of the Service, as Kubernetes names them; of a long Service name only as much counts as a generated name can hold.
#[must_use]
pub fn is_found_by_name(slice: &str, service: &str) -> bool {
    const LONGEST_PREFIX: usize = 57;
    slice.starts_with(service.get(..LONGEST_PREFIX).unwrap_or(service))
}

fn slices_by_service(cluster: &Cluster, watched: impl Fn(&str) -> bool) -> HashMap<String, Vec<&EndpointSlice>> {
    let mut found: HashMap<String, Vec<&EndpointSlice>> = HashMap::new();
    for object in cluster.endpoint_slices.iter().filter(|object| watched(&object.reference.namespace)) {
        if cluster.closed.contains_key(&object.reference) {
            continue;
        }
        let labels = object.value.metadata.labels.as_ref();
        let Some(service) = labels.and_then(|labels| labels.get("kubernetes.io/service-name")) else { continue };
        if is_found_by_name(&object.reference.name, service) {
            found.entry(key_of(&object.reference.namespace, service)).or_default().push(&object.value);
        }
    }
    found
}
