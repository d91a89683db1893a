//! Bytes to typed Kubernetes objects that know where each value stands.
//!
//! A file is split into documents as kubectl splits it (`split`), each document is read to a tree (`events`, `yaml`, `json`, `scalar`)
//! and the tree to a typed object (`kinds`, `take`, `intake`, `typed`, `legacy`, `endpoints`, `controllers`, `workload`,
//! `issuance`, `scaling`, `access`). What may be a Secret is hidden
//! (`secrecy`). Every mistake is a finding and costs only the document that it is in; what an API server would refuse is told
//! (`refused`). Who names whom is looked up in `links`. What Helm notes above a document (`helm`) is kept for findings.

mod access;
#[cfg(test)]
mod as_kubectl;
mod backends;
mod cluster;
pub mod comments;
mod controllers;
mod document;
mod encoding;
mod endpoints;
mod events;
pub mod helm;
mod intake;
mod issuance;
mod json;
mod keys;
mod kinds;
mod kustomize;
mod legacy;
mod links;
mod load;
mod makers;
mod plain;
mod refused;
mod scalar;
mod scaling;
mod secrecy;
mod service;
mod split;
mod take;
mod text;
mod tree;
mod typed;
mod workload;
mod yaml;

use std::collections::BTreeMap;

use crate::diagnostic::ObjectRef;
use crate::source::Span;
use tree::Places;

pub use access::{Access, Party, Permission, RoleRef};
pub use backends::{Backend, Place, TlsPlace};
pub use cluster::Cluster;
pub use document::documents;
pub use issuance::{Issuance, IssuerRef};
pub use kustomize::NAMES as KUSTOMIZATIONS;
pub use links::{Links, Use, named, of_namespace, selects};
pub use load::load;
pub use refused::Refusal;
pub use scaling::{ScaleTarget, Scaling, is_of};
pub use service::{is_external, port_of, ports, target};
pub use text::{Text, decode};
pub use tree::{Entry, Node, Value};
pub use workload::{Container, ContainerPort, Pods, Workload};

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

impl ControllerArgs {
    /// The value of an argument, be it one word or two, and its place.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<(&str, Option<Span>)> {
        self.args.iter().enumerate().find_map(|(at, (word, place))| {
            let rest = word.trim_start_matches('-').strip_prefix(name).filter(|_| word.starts_with('-'))?;
            match rest.strip_prefix('=') {
                Some(value) => Some((value, *place)),
                None if rest.is_empty() => self.args.get(at + 1).map(|(value, place)| (value.as_str(), *place)),
                None => None,
            }
        })
    }
}

impl Object<ControllerArgs> {
    /// The value of an argument, with the namespace of the pods for the variable that Kubernetes puts it in the place of.
    #[must_use]
    pub fn filled_argument(&self, name: &str) -> Option<String> {
        let (value, _) = self.value.argument(name)?;
        Some(value.replace("$(POD_NAMESPACE)", &self.reference.namespace))
    }
}
