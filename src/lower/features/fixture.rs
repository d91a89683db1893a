//! An Ingress with annotations, for the tests of the features.

use serde_json::{Map, Value, json};

use super::reader::{Reader, Verdict};
use crate::catalog::flags::Flags;
use crate::catalog::releases::LATEST;
use crate::catalog::version::Version;
use crate::ir::Settings;
use crate::lower::{Controller, Environment, World};
use crate::manifest;
use crate::source::SourceMap;

/// The Ingress `shop/web`, and what is around it.
pub(in crate::lower) struct Fixture {
    annotations: Map<String, Value>,
    objects: Vec<Value>,
    /// The settings of the controller.
    pub(in crate::lower) settings: Settings,
    /// Its arguments.
    pub(in crate::lower) flags: Flags,
    /// Its version.
    pub(in crate::lower) version: Version,
}

impl Fixture {
    /// An Ingress with annotations, whose names stand without the prefix.
    pub(in crate::lower) fn new(annotations: &[(&str, &str)]) -> Self {
        let flags = Flags::default();
        let full = |(name, value): &(&str, &str)| (format!("{}/{name}", flags.annotations_prefix), json!(value));
        let annotations = annotations.iter().map(full).collect();
        Self { annotations, objects: Vec::new(), settings: Settings::default(), flags, version: LATEST }
    }

    /// Adds an annotation under the very name.
    pub(in crate::lower) fn bare(mut self, name: &str, value: &str) -> Self {
        self.annotations.insert(name.to_owned(), json!(value));
        self
    }

    /// Adds a ConfigMap in the namespace of the Ingress.
    pub(in crate::lower) fn config_map(mut self, name: &str, data: &[(&str, &str)]) -> Self {
        let data: Map<String, Value> = data.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
        let metadata = json!({"name": name, "namespace": "shop"});
        self.objects.push(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}));
        self
    }

    /// What a pass makes of the Ingress.
    pub(in crate::lower) fn lower<T>(
        self,
        pass: impl FnOnce(&manifest::Object<k8s_openapi::api::networking::v1::Ingress>, &World) -> T,
    ) -> T {
        let metadata = json!({"name": "web", "namespace": "shop", "annotations": self.annotations});
        let ingress = json!({"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": metadata, "spec": {}});
        let mut sources = SourceMap::default();
        for object in self.objects.iter().chain([&ingress]) {
            sources.add("objects.json", object.to_string());
        }
        let cluster = manifest::load(&mut sources).value;
        let controller = Controller { version: self.version, flags: self.flags, environment: Environment::default() };
        let world = World::new(&cluster, &controller, self.settings);
        assert_eq!(cluster.ingresses.len(), 1, "the manifest of the test is wrong");
        pass(&cluster.ingresses[0], &world)
    }

    /// What a reader finds in the annotations, and what it says in the end.
    pub(in crate::lower) fn read<T>(self, read: impl FnOnce(&mut Reader) -> T) -> (T, Verdict) {
        self.lower(|object, world| {
            let mut reader = Reader::new(object, world);
            let found = read(&mut reader);
            (found, reader.finish())
        })
    }
}
