//! Every object of the input that matters, and how what several files declare comes together.

use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashSet;
use k8s_openapi::ByteString;
use k8s_openapi::Resource;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::networking::v1::{Ingress, IngressClass, IngressClassSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::Object;
use super::endpoints::service_of;
use super::kinds::kinds;
use super::tree::Places;
use crate::diagnostic::{Diagnostic, ObjectRef};
use crate::source::Span;

/// What is longer is no name of a kind.
const LONGEST_NAME: usize = 120;

/// Declares the lists of a [`Cluster`].
macro_rules! cluster {
    ($($(#[$doc:meta])+ $list:ident: $type:ty { $($kinds:tt)* })+) => {
        /// Every object of the input that matters. Each list is sorted by kind, namespace and name, and names each object once.
        #[derive(Debug, Clone, Default)]
        pub struct Cluster {
            $($(#[$doc])+ pub $list: Vec<Object<$type>>,)+
            /// Ingresses whose paths answer 503 whatever else they say, and why.
            pub closed: BTreeMap<ObjectRef, String>,
            /// Secrets that are there, but encrypted: nobody knows what they hold.
            pub sealed: BTreeSet<ObjectRef>,
            /// Secrets that something else of the input makes in the cluster. Only rules look at them.
            pub made: BTreeSet<ObjectRef>,
            /// How many files may hold objects.
            pub files: usize,
            /// How many objects there are of kinds that nobody looks at.
            pub unread: BTreeMap<String, usize>,
            /// Names that the controller makes for two namespaces alike are told apart.
            pub keeps_tenants_apart: bool,
        }

        impl Cluster {
            /// Adds the objects of other parts of the input.
            pub(super) fn append(&mut self, mut parts: Vec<Self>) {
                $(join(&mut self.$list, parts.iter_mut().map(|part| std::mem::take(&mut part.$list)).collect());)+
                for part in parts {
                    self.sealed.extend(part.sealed);
                    self.made.extend(part.made);
                    self.files += part.files;
                    for (kind, count) in part.unread {
                        *self.unread.entry(kind).or_default() += count;
                    }
                }
            }

            /// Everything that was read, list by list.
            pub fn references(&self) -> impl Iterator<Item = &ObjectRef> {
                std::iter::empty()$(.chain(self.$list.iter().map(|object| &object.reference)))+.chain(&self.sealed)
            }

            /// Sorts the objects and drops those that are declared again.
            pub(super) fn settle(&mut self, findings: &mut Vec<Diagnostic>) {
                self.drop_mirrors();
                $(settle(&mut self.$list, findings);)+
            }
        }
    };
}

kinds!(cluster);

impl Cluster {
    /// Whether a Secret is there, encrypted or made by something else of the input: nobody knows what it holds.
    #[must_use]
    pub fn has_unread_secret(&self, namespace: &str, name: &str) -> bool {
        let secret = ObjectRef { kind: String::from("Secret"), namespace: namespace.to_owned(), name: name.to_owned() };
        self.sealed.contains(&secret) || self.made.contains(&secret)
    }

    /// Some of the Ingresses, with what a controller reads for them: of Services, their endpoints and Secrets those that they name, and those
    /// of `others`, as `namespace/name`. What only rules look at is left out.
    #[must_use]
    pub fn part(&self, is_wanted: impl Fn(&Object<Ingress>) -> bool, others: &[&str]) -> Self {
        let ingresses: Vec<_> = self.ingresses.iter().filter(|ingress| is_wanted(ingress)).collect();
        let mut names: HashSet<&str> = others.iter().filter_map(|other| Some(other.split_once('/')?.1)).collect();
        for ingress in &ingresses {
            names.extend(ingress.backends().map(|backend| backend.service.name.as_str()));
            names.extend(ingress.tls().iter().filter_map(|entry| entry.secret_name.as_deref()));
            let values = ingress.value.metadata.annotations.iter().flatten().map(|(_, value)| value.trim());
            names.extend(values.map(|value| value.rsplit_once('/').map_or(value, |(_, name)| name)));
        }
        let is_named = |reference: &ObjectRef| names.contains(reference.name.as_str());
        let is_of_named = |slice: &&Object<EndpointSlice>| service_of(&slice.value).is_some_and(|service| names.contains(service));
        let services = self.services.iter().filter(|object| is_named(&object.reference)).cloned().collect();
        let endpoint_slices = self.endpoint_slices.iter().filter(is_of_named).cloned().collect();
        let secrets = self.secrets.iter().filter(|object| is_named(&object.reference)).cloned().collect();
        Self {
            ingresses: ingresses.into_iter().cloned().collect(),
            services,
            endpoint_slices,
            secrets,
            ingress_classes: self.ingress_classes.clone(),
            config_maps: self.config_maps.clone(),
            namespaces: self.namespaces.clone(),
            controllers: self.controllers.clone(),
            closed: self.closed.clone(),
            sealed: self.sealed.clone(),
            keeps_tenants_apart: self.keeps_tenants_apart,
            ..Self::default()
        }
    }

    /// Adds Secrets and ConfigMaps that nobody wrote, with what they are supposed to hold; those that are there stay as they are.
    pub fn presume(&mut self, objects: impl IntoIterator<Item = (ObjectRef, BTreeMap<String, String>)>) {
        let (mut secrets, mut maps) = (Vec::new(), Vec::new());
        for (reference, data) in objects {
            let (name, namespace) = (Some(reference.name.clone()), Some(reference.namespace.clone()));
            // Files are called after the identity: without one, those of two Secrets would be one file.
            let uid = Some(reference.name.clone()).filter(|_| reference.kind == "Secret");
            let metadata = ObjectMeta { name, namespace, uid, ..ObjectMeta::default() };
            match reference.kind.as_str() {
                "Secret" => {
                    let data = data.into_iter().map(|(key, value)| (key, ByteString(value.into_bytes()))).collect();
                    secrets.push(Object::new(Secret { metadata, data: Some(data), ..Secret::default() }, reference, Places::nowhere()));
                }
                "ConfigMap" => {
                    maps.push(Object::new(ConfigMap { metadata, data: Some(data), ..ConfigMap::default() }, reference, Places::nowhere()));
                }
                _ => {}
            }
        }
        add(&mut self.secrets, secrets);
        add(&mut self.config_maps, maps);
    }

    /// Adds a class that nobody wrote.
    pub fn presume_class(&mut self, name: &str, controller: &str) {
        let metadata = ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() };
        let spec = IngressClassSpec { controller: Some(controller.to_owned()), ..IngressClassSpec::default() };
        let reference = ObjectRef { kind: String::from(IngressClass::KIND), namespace: String::new(), name: name.to_owned() };
        add(&mut self.ingress_classes, vec![Object::new(IngressClass { metadata, spec: Some(spec) }, reference, Places::nowhere())]);
    }

    /// Counts an object of a kind that nobody looks at.
    pub(super) fn count_unread(&mut self, name: String) {
        let is_name = name.len() <= LONGEST_NAME && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b" .-".contains(&byte));
        if is_name {
            *self.unread.entry(name).or_default() += 1;
        }
    }

    /// Kubernetes mirrors Endpoints to slices only where a Service has no slices of its own.
    fn drop_mirrors(&mut self) {
        let is_mirror = |object: &Object<EndpointSlice>| object.reference.kind != EndpointSlice::KIND;
        let service =
            |slice: &Object<EndpointSlice>| (slice.reference.namespace.clone(), service_of(&slice.value).unwrap_or_default().to_owned());
        let sliced: HashSet<_> = self.endpoint_slices.iter().filter(|object| !is_mirror(object)).map(service).collect();
        self.endpoint_slices.retain(|object| !is_mirror(object) || !sliced.contains(&service(object)));
    }
}

/// Adds the items of lists. They are the most that is there of an input: a list that grew would be there twice meanwhile, and have up to
/// twice the room that it needs.
pub(super) fn join<T>(all: &mut Vec<T>, mut lists: Vec<Vec<T>>) {
    lists.retain(|list| !list.is_empty());
    if all.is_empty() && lists.len() == 1 {
        *all = lists.swap_remove(0);
        return;
    }
    all.reserve_exact(lists.iter().map(Vec::len).sum());
    lists.into_iter().for_each(|list| all.extend(list));
}

/// Adds objects that nobody wrote to a list that is sorted; of two with one name, the one that is there stays.
fn add<T>(objects: &mut Vec<Object<T>>, more: Vec<Object<T>>) {
    objects.extend(more);
    objects.sort_by(|a, b| a.reference.cmp(&b.reference));
    objects.dedup_by(|object, before| object.reference == before.reference);
}

fn settle<T>(objects: &mut Vec<Object<T>>, findings: &mut Vec<Diagnostic>) {
    // Stable, so that the last of several equal ones is the last that was written.
    objects.sort_by(|a, b| a.reference.cmp(&b.reference));
    objects.dedup_by(|object, before| {
        let is_again = before.reference == object.reference;
        if is_again {
            findings.push(declared_twice(&object.reference, before.span(&["metadata", "name"]), object.span(&["metadata", "name"])));
            std::mem::swap(before, object);
        }
        is_again
    });
    // They stay to the end, and lists that grew have up to twice the room that they need.
    objects.shrink_to_fit();
}

fn declared_twice(object: &ObjectRef, first: Span, last: Span) -> Diagnostic {
    let ObjectRef { kind, namespace, name } = object;
    let place = if namespace.is_empty() { String::new() } else { format!(" in namespace `{namespace}`") };
    let message = format!("the {kind} `{name}`{place} is declared twice: the last one counts");
    let finding = Diagnostic::warning("duplicate-object", message).at(last).related("first declared here", first).object(object.clone());
    finding.help("keep one of them, or check what is applied apart by itself")
}
