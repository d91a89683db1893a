//! Bytes to typed Kubernetes objects that know where each value stands.
//!
//! A file is split into documents as kubectl splits it (`split`), each document is read to a tree (`events`, `yaml`, `json`, `scalar`)
//! and the tree to a typed object (`intake`, `typed`, `legacy`, `endpoints`, `controllers`). What may be a Secret is hidden
//! (`secrecy`). Every mistake is a finding and costs only the document that it is in; what an API server would refuse is told
//! (`refused`). What Helm notes above a document (`helm`) is kept for findings.

#[cfg(test)]
mod as_kubectl;
mod controllers;
mod endpoints;
mod events;
pub mod helm;
mod intake;
mod json;
mod keys;
mod legacy;
mod load;
mod plain;
mod refused;
mod scalar;
mod secrecy;
mod split;
mod text;
mod tree;
mod typed;
mod yaml;

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{ConfigMap, Namespace, Secret, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::networking::v1::{Ingress, IngressClass};

use crate::diagnostic::ObjectRef;
use crate::source::Span;
use tree::Places;

pub use load::load;
pub use refused::Refusal;
pub use text::decode;

/// A typed object and the places of its values.
#[derive(Debug, Clone)]
pub struct Object<T> {
    /// The object. Its namespace is always filled for kinds that live in one.
    pub value: T,
    /// Kind, namespace and name.
    pub reference: ObjectRef,
    /// What an API server refuses about it.
    pub refusals: Vec<Refusal>,
    places: Places,
    /// Annotations that stand under another name in the text: how they are called, and how they are written.
    written_as: BTreeMap<String, String>,
}

impl<T> Object<T> {
    fn new(value: T, reference: ObjectRef, places: Places) -> Self {
        Self { value, reference, refusals: Vec::new(), places, written_as: BTreeMap::new() }
    }

    /// Whether an API server refuses the object.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.refusals.iter().any(|refusal| refusal.is_closing)
    }

    /// Whether an API server refuses the object for the value at `path`.
    #[must_use]
    pub fn is_refused_at(&self, path: &[&str]) -> bool {
        self.refusals.iter().any(|refusal| refusal.is_closing && refusal.path == path)
    }

    /// From here on, an annotation of one name stands where the text has one of another name.
    pub fn rename_annotation(&mut self, name: &str, written: &str) {
        self.written_as.insert(name.to_owned(), written.to_owned());
    }

    /// The name that the text has for an annotation.
    #[must_use]
    pub fn written_name<'n>(&'n self, annotation: &'n str) -> &'n str {
        self.written_as.get(annotation).map_or(annotation, String::as_str)
    }

    fn place(&self, path: &[&str]) -> (Span, Span) {
        match path {
            ["metadata", "annotations", name] => self.places.find(&["metadata", "annotations", self.written_name(name)]),
            _ => self.places.find(path),
        }
    }

    /// Where the value at `path` stands; the nearest value around it where the path ends early.
    ///
    /// Steps are keys, or numbers of list items: `["spec", "rules", "0", "host"]`.
    #[must_use]
    pub fn span(&self, path: &[&str]) -> Span {
        self.place(path).0
    }

    /// Where the key of the value at `path` stands; the value itself for list items.
    #[must_use]
    pub fn key_span(&self, path: &[&str]) -> Span {
        self.place(path).1
    }
}

/// The arguments of a controller found in a Deployment or DaemonSet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ControllerArgs {
    /// The image of the container.
    pub image: String,
    /// `--name=value` arguments with their places.
    pub args: Vec<(String, Option<Span>)>,
}

/// Every object of the input that matters. Each list is sorted by namespace and name, and names each object once.
#[derive(Debug, Default)]
pub struct Cluster {
    /// Ingresses, whatever their class.
    pub ingresses: Vec<Object<Ingress>>,
    /// Ingress classes.
    pub ingress_classes: Vec<Object<IngressClass>>,
    /// Services.
    pub services: Vec<Object<Service>>,
    /// Endpoint slices, and Endpoints in their form.
    pub endpoint_slices: Vec<Object<EndpointSlice>>,
    /// Secrets: `data` and `stringData` joined in `data`.
    pub secrets: Vec<Object<Secret>>,
    /// ConfigMaps.
    pub config_maps: Vec<Object<ConfigMap>>,
    /// Namespaces.
    pub namespaces: Vec<Object<Namespace>>,
    /// Controllers of ingress-nginx.
    pub controllers: Vec<Object<ControllerArgs>>,
    /// Ingresses whose paths answer 503 whatever else they say, and why.
    pub closed: BTreeMap<ObjectRef, String>,
    /// Names that the controller makes for two namespaces alike are told apart.
    pub keeps_tenants_apart: bool,
}
