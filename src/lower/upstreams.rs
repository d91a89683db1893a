//! Which upstreams there are, and where their requests go.

use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashMap;
use k8s_openapi::api::core::v1::Service;
use rayon::prelude::*;
use serde_json::{Value, json};

use super::endpoints;
use super::select::{Backend, Chosen, Path};
use super::world::World;
use crate::catalog::releases::KNOWN_TRAFFIC_DISTRIBUTION;
use crate::ir::{DEFAULT_UPSTREAM, Endpoint, Hashing, Origin, Upstream};
use crate::manifest::{Object, is_external, port_of};

/// Upstreams by name.
pub(super) type Upstreams = BTreeMap<String, Upstream>;

/// The upstreams that Ingresses name, and the one for everything else.
pub(super) fn create(world: &World, chosen: &[Chosen]) -> Upstreams {
    let mut wanted: BTreeMap<&str, Cause> = BTreeMap::new();
    for ingress in chosen {
        if let Some(backend) = &ingress.default_backend {
            // Quirk: a default backend makes its upstream anew and without a port; a path takes the one that is there.
            wanted.insert(&backend.upstream, Cause { ingress, backend, path: None });
        }
        for path in ingress.rules.iter().filter_map(|rule| rule.paths.as_ref()).flatten() {
            if let Some(backend) = path.backend.as_ref().filter(|backend| backend.upstream != DEFAULT_UPSTREAM) {
                wanted.entry(&backend.upstream).or_insert(Cause { ingress, backend, path: Some(path) });
            }
        }
    }
    let documents = documents(world, wanted.values());
    let named: Vec<_> = wanted.into_par_iter().map(|(name, cause)| (name.to_owned(), cause.upstream(world, &documents))).collect();
    let mut upstreams = Upstreams::from_iter(named);
    upstreams.entry(DEFAULT_UPSTREAM.to_owned()).or_insert_with(|| default_upstream(world));
    upstreams
}

/// Why there is an upstream: a path of an Ingress, or its default backend.
#[derive(Debug, Clone, Copy)]
struct Cause<'a> {
    ingress: &'a Chosen<'a>,
    backend: &'a Backend,
    path: Option<&'a Path>,
}

/// What Lua is told of the Services, by their names: once for all upstreams of a Service, which may have thousands of ports.
fn documents<'c>(world: &World, causes: impl Iterator<Item = &'c Cause<'c>>) -> HashMap<String, Arc<str>> {
    let services: BTreeMap<String, _> = causes.filter_map(|cause| cause.service(world)).collect();
    services.into_par_iter().map(|(key, service)| (key, service_document(world, service))).collect()
}

impl Cause<'_> {
    /// The Service and its name; none where no port of it is asked for.
    fn service<'w>(&self, world: &World<'w>) -> Option<(String, &'w Object<Service>)> {
        self.backend.port.as_ref()?;
        let key = self.ingress.service_key(&self.backend.service);
        world.service(&key).map(|service| (key, service))
    }

    fn upstream(self, world: &World, documents: &HashMap<String, Arc<str>>) -> Upstream {
        let Self { ingress, backend, path } = self;
        let (key, service) = self.service(world).unzip();
        let origin = path.map_or_else(|| ingress.origin(), |path| Origin::Manifest(path.span));
        let upstream = new(world, ingress, backend, service, origin);
        let document = key.and_then(|key| documents.get(&key)).cloned();
        match path {
            Some(_) => {
                let port = backend.port.clone().unwrap_or_default();
                Upstream { port, service: document.or_else(|| Some(empty_document())), ..upstream }
            }
            None => Upstream { service: document, ..upstream },
        }
    }
}

/// The upstream of `--default-backend-service`, or the controller's own page.
fn default_upstream(world: &World) -> Upstream {
    let flags = &world.controller.flags;
    let own = Endpoint { address: String::from("127.0.0.1"), port: flags.default_server_port.to_string() };
    let service = world.service(&flags.default_backend_service);
    let found = service.map(|service| endpoints::of_first_port(world, service)).filter(|found| !found.is_empty());
    Upstream {
        name: DEFAULT_UPSTREAM.to_owned(),
        endpoints: found.unwrap_or_else(|| vec![own]),
        service: service.map(|service| service_document(world, service)),
        ..Upstream::default()
    }
}

fn new(world: &World, ingress: &Chosen, backend: &Backend, service: Option<&Object<Service>>, origin: Origin) -> Upstream {
    let annotations = &ingress.annotations;
    let algorithm = Some(&annotations.algorithm).filter(|algorithm| !algorithm.is_empty());
    let mut upstream = Upstream {
        name: backend.upstream.clone(),
        hashing: Hashing { ..annotations.hashing.clone() },
        algorithm: algorithm.unwrap_or(&world.settings.upstreams.load_balance).clone(),
        origin,
        ..Upstream::default()
    };
    if annotations.canary.enabled {
        upstream.is_alternative = true;
        upstream.share = annotations.canary.share.clone();
    }
    if let Some((service, port)) = service.zip(backend.port.as_ref()) {
        upstream.dns = endpoints::of_name(world, service, port);
        let cluster_address = annotations.service_upstream.then(|| endpoints::of_cluster_address(&service.value, port)).flatten();
        upstream.endpoints = cluster_address.map_or_else(|| endpoints::of_backend(world, service, port), |endpoint| vec![endpoint]);
        let slices = world.endpoint_slices(&ingress.service_key(&backend.service));
        let has_port = port_of(&service.value, &port.to_string()).is_some() && !is_external(&service.value);
        upstream.unknown = has_port && upstream.endpoints.is_empty() && upstream.dns.is_none() && slices.is_empty();
    } else if let Some(port) = backend.port.as_ref().filter(|_| world.may_have_service(ingress.namespace, &backend.service)) {
        upstream.dns = endpoints::of_name_alone(world, ingress.namespace, &backend.service, port);
        upstream.unknown = true;
    }
    upstream
}

fn empty_document() -> Arc<str> {
    document(&json!({}))
}

fn document(spec: &Value) -> Arc<str> {
    Arc::from(json!({"metadata": {}, "spec": spec, "status": {"loadBalancer": {}}}).to_string())
}

/// What the controller tells its Lua code of a Service: the `spec` alone, without values that Go leaves out.
pub(super) fn service_document(world: &World, service: &Object<Service>) -> Arc<str> {
    let mut spec = serde_json::to_value(&service.value.spec).ok().filter(Value::is_object).unwrap_or_else(|| json!({}));
    if let Value::Object(fields) = &mut spec {
        // An older controller drops a field that its version of the API does not have.
        fields.retain(|name, value| is_written(name, value) && (name != "trafficDistribution" || world.has(&KNOWN_TRAFFIC_DISTRIBUTION)));
        for port in fields.get_mut("ports").and_then(Value::as_array_mut).into_iter().flatten() {
            if let Value::Object(fields) = port {
                fields.retain(|name, value| is_written(name, value));
            }
        }
    }
    document(&spec)
}

/// Whether Go writes a field: it leaves out empty values, but not those behind a pointer.
fn is_written(name: &str, value: &Value) -> bool {
    const POINTERS: &[&str] = &[
        "allocateLoadBalancerNodePorts",
        "appProtocol",
        "internalTrafficPolicy",
        "ipFamilyPolicy",
        "loadBalancerClass",
        "sessionAffinityConfig",
        "trafficDistribution",
    ];
    const ALWAYS: &[&str] = &["port", "targetPort"];
    match value {
        Value::Null => false,
        _ if POINTERS.contains(&name) || ALWAYS.contains(&name) => true,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_i64() != Some(0),
        Value::Bool(set) => *set,
    }
}
