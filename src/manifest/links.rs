//! Who names whom among the objects of the input.

use std::collections::BTreeMap;

use hashbrown::HashMap;
use k8s_openapi::api::core::v1::{Secret, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::networking::v1::Ingress;

use super::endpoints::service_of;
use super::{Backend, Cluster, Object, Workload};

/// A backend and the Ingress that names it.
#[derive(Debug, Clone, Copy)]
pub struct Use<'a> {
    /// The Ingress.
    pub ingress: &'a Object<Ingress>,
    /// What it names.
    pub backend: Backend<'a>,
}

/// Objects by those that they name and that name them.
#[derive(Debug)]
pub struct Links<'a> {
    /// Endpoint slices by namespace and name of their Service.
    slices: HashMap<(&'a str, &'a str), Vec<&'a Object<EndpointSlice>>>,
    /// Workloads by namespace.
    workloads: HashMap<&'a str, Vec<&'a Object<Workload>>>,
    /// Workloads by namespace, and name and value of a label of their pods.
    labelled: HashMap<(&'a str, &'a str, &'a str), Vec<&'a Object<Workload>>>,
    /// Backends by namespace and name of the Service.
    uses: HashMap<(&'a str, &'a str), Vec<Use<'a>>>,
    /// The first Service of each name, in any namespace.
    services: HashMap<&'a str, &'a Object<Service>>,
    /// The first Secret of each name, in any namespace.
    secrets: HashMap<&'a str, &'a Object<Secret>>,
}

impl<'a> Links<'a> {
    /// Looks through all objects once.
    #[must_use]
    pub fn of(cluster: &'a Cluster) -> Self {
        let (mut slices, mut workloads, mut uses) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for slice in &cluster.endpoint_slices {
            let service = service_of(&slice.value).unwrap_or_default();
            slices.entry((slice.reference.namespace.as_str(), service)).or_default().push(slice);
        }
        let mut labelled = HashMap::<_, Vec<_>>::new();
        for workload in &cluster.workloads {
            let namespace = workload.reference.namespace.as_str();
            workloads.entry(namespace).or_default().push(workload);
            for (name, value) in &workload.value.labels {
                labelled.entry((namespace, name.as_str(), value.as_str())).or_default().push(workload);
            }
        }
        for ingress in &cluster.ingresses {
            for backend in ingress.backends() {
                let key = (ingress.reference.namespace.as_str(), backend.service.name.as_str());
                uses.entry(key).or_default().push(Use { ingress, backend });
            }
        }
        Self { slices, workloads, labelled, uses, services: by_name(&cluster.services), secrets: by_name(&cluster.secrets) }
    }

    /// A Service of a name, in any namespace.
    #[must_use]
    pub fn service_called(&self, name: &str) -> Option<&'a Object<Service>> {
        self.services.get(name).copied()
    }

    /// A Secret of a name, in any namespace.
    #[must_use]
    pub fn secret_called(&self, name: &str) -> Option<&'a Object<Secret>> {
        self.secrets.get(name).copied()
    }

    /// The endpoint slices of a Service.
    #[must_use]
    pub fn slices(&self, service: &'a Object<Service>) -> &[&'a Object<EndpointSlice>] {
        self.slices.get(&key(service)).map_or(&[], Vec::as_slice)
    }

    /// The backends that name a Service.
    #[must_use]
    pub fn uses(&self, service: &'a Object<Service>) -> &[Use<'a>] {
        self.uses.get(&key(service)).map_or(&[], Vec::as_slice)
    }

    /// The workloads of a namespace.
    #[must_use]
    pub fn workloads(&self, namespace: &str) -> &[&'a Object<Workload>] {
        self.workloads.get(namespace).map_or(&[], Vec::as_slice)
    }

    /// The workloads whose pods a Service selects; none for a Service without a selector.
    pub fn selected(&self, service: &'a Object<Service>) -> impl Iterator<Item = &'a Object<Workload>> {
        let selector = service.value.spec.as_ref().and_then(|spec| spec.selector.as_ref()).filter(|selector| !selector.is_empty());
        let namespace = service.reference.namespace.as_str();
        let of_label = |(name, value): (&'a String, &'a String)| {
            self.labelled.get(&(namespace, name.as_str(), value.as_str())).map_or(&[][..], Vec::as_slice)
        };
        // Those with the rarest of its labels, so that a label that all have costs nothing.
        let nearest = selector.and_then(|selector| selector.iter().map(of_label).min_by_key(|workloads| workloads.len()));
        let all = nearest.unwrap_or_default().iter().copied();
        all.filter(move |workload| selector.is_some_and(|selector| selector.len() == 1 || selects(selector, &workload.value.labels)))
    }
}

fn key(service: &Object<Service>) -> (&str, &str) {
    (&service.reference.namespace, &service.reference.name)
}

fn by_name<T>(objects: &[Object<T>]) -> HashMap<&str, &Object<T>> {
    let mut found = HashMap::new();
    for object in objects {
        found.entry(object.reference.name.as_str()).or_insert(object);
    }
    found
}

/// Whether labels are all that a selector asks for.
#[must_use]
pub fn selects(selector: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> bool {
    selector.iter().all(|(name, value)| labels.get(name) == Some(value))
}

/// The objects of one namespace, of a list of one kind.
#[must_use]
pub fn of_namespace<'a, T>(objects: &'a [Object<T>], namespace: &str) -> &'a [Object<T>] {
    let start = objects.partition_point(|object| object.reference.namespace.as_str() < namespace);
    let end = objects.partition_point(|object| object.reference.namespace.as_str() <= namespace);
    objects.get(start..end).unwrap_or_default()
}

/// The object of a name, in a list of one kind.
#[must_use]
pub fn named<'a, T>(objects: &'a [Object<T>], namespace: &str, name: &str) -> Option<&'a Object<T>> {
    let key = |object: &Object<T>| (namespace, name).cmp(&(&object.reference.namespace, &object.reference.name)).reverse();
    objects.binary_search_by(key).ok().and_then(|at| objects.get(at))
}
