//! Input that makes the controller itself panic: its process ends, and ends again after each restart.

use hashbrown::HashSet;
use k8s_openapi::api::core::v1::{Service, ServicePort};
use k8s_openapi::api::discovery::v1::EndpointSlice;

use super::endpoints;
use super::select::{Chosen, Selection};
use super::settings;
use super::world::{World, key_of};
use crate::catalog::releases::DICTS_WITHOUT_SIZE;
use crate::diagnostic::{Diagnostic, Effect};
use crate::ir::{Port, Transport};
use crate::manifest::{Object, port_of, ports};

/// Everything of the kind that can be told from the objects alone.
pub(super) fn check(selection: &Selection) -> Vec<Diagnostic> {
    let mut findings = canary_rules(&selection.chosen);
    findings.extend(default_backend(selection.world));
    findings.extend(slices(selection));
    findings.extend(dictionaries(selection.world));
    findings
}

/// A finding about such input.
pub(super) fn crash(message: impl Into<String>) -> Diagnostic {
    let finding = Diagnostic::error("controller-crash", message).effect(Effect::BlocksReload);
    finding.note("the controller panics when it reads this, and again after each restart: no change of any Ingress takes effect")
}

/// Quirk: canaries are joined with their partners without a look whether a rule has paths. Where all Ingresses are canaries, none is.
fn canary_rules(chosen: &[Chosen]) -> Vec<Diagnostic> {
    let canaries = || chosen.iter().filter(|ingress| ingress.annotations.canary.enabled);
    if canaries().count() == chosen.len() {
        return Vec::new();
    }
    let without_paths = |ingress: &Chosen| {
        let rule = ingress.rules.iter().find(|rule| rule.paths.is_none())?;
        let finding = crash(format!("the rule of the canary for host `{}` has no `http`", rule.host)).at(rule.span);
        Some(finding.subject(&rule.host).object(ingress.object.reference.clone()).help("give the rule the paths of the main Ingress"))
    };
    canaries().filter_map(without_paths).collect()
}

/// Quirk: the first port of the Service is taken without a look whether there is one.
fn default_backend(world: &World) -> Option<Diagnostic> {
    const FLAG: &str = "--default-backend-service";
    let key = &world.controller.flags.default_backend_service;
    let service = world.service(key).filter(|service| ports(&service.value).is_empty())?;
    let finding = crash(format!("`{FLAG}` names the Service `{key}`, which has no ports")).at(service.span(&["spec"]));
    Some(finding.subject(FLAG).object(service.reference.clone()).help("give the Service a port"))
}

/// Slices with a port that has no number, which means all ports to Kubernetes, where a port of a Service leads to it.
fn slices(selection: &Selection) -> Vec<Diagnostic> {
    let world = selection.world;
    let is_open = |slice: &EndpointSlice| slice.ports.iter().flatten().any(|port| port.port.is_none());
    if !world.cluster.endpoint_slices.iter().any(|slice| is_open(&slice.value)) {
        return Vec::new();
    }
    let mut reached: HashSet<(&str, Option<&str>)> = HashSet::new();
    for (service, port) in asked(selection) {
        for slice in world.endpoint_slices(&key_of(&service.reference.namespace, &service.reference.name)) {
            let metadata = &slice.metadata;
            if endpoints::asks_for_no_number(slice, port, Transport::Tcp) {
                reached.insert((metadata.namespace.as_deref().unwrap_or_default(), metadata.name.as_deref()));
            }
        }
    }
    let all = world.cluster.endpoint_slices.iter();
    let reached = all.filter(|slice| reached.contains(&(slice.reference.namespace.as_str(), slice.value.metadata.name.as_deref())));
    let finding = |slice: &Object<EndpointSlice>| {
        let finding = crash(format!("a port of the EndpointSlice `{}` has no number", slice.reference.name)).at(slice.span(&["ports"]));
        finding.subject("ports").object(slice.reference.clone()).help("give each port its number")
    };
    reached.map(finding).collect()
}

/// The ports of Services that the controller looks up endpoints for.
fn asked<'a>(selection: &'a Selection) -> Vec<(&'a Object<Service>, &'a ServicePort)> {
    let world = selection.world;
    let first = |key: &str| world.service(key).and_then(|service| Some((service, ports(&service.value).first()?)));
    let named = |ingress: &Chosen, service: &str, port: &Port| {
        let service = world.service(&ingress.service_key(service))?;
        Some((service, port_of(&service.value, &port.to_string())?))
    };
    let mut found: Vec<_> = first(&world.controller.flags.default_backend_service).into_iter().collect();
    for ingress in &selection.chosen {
        let paths = ingress.rules.iter().flat_map(|rule| rule.paths.iter().flatten()).filter_map(|path| path.backend.as_ref());
        let backends = paths.chain(&ingress.default_backend);
        found.extend(backends.filter_map(|backend| named(ingress, &backend.service, backend.port.as_ref()?)));
        found.extend(ingress.annotations.default_backend.as_deref().and_then(first));
    }
    found
}

/// Quirk: older controllers take the size of a dictionary without a look whether there is one.
fn dictionaries(world: &World) -> Option<Diagnostic> {
    const KEY: &str = "lua-shared-dicts";
    let config_map = settings::config_map(world.cluster, world.controller).filter(|_| !world.has(&DICTS_WITHOUT_SIZE))?;
    let item = config_map.value.data.as_ref()?.get(KEY)?.split(',').find(|item| !item.is_empty() && !item.contains(':'))?;
    let message = format!("`{KEY}` has an item that is not `name: size`: `{}`", item.trim().escape_debug());
    let finding = crash(message).at(config_map.span(&["data", KEY])).subject(KEY);
    Some(finding.object(config_map.reference.clone()))
}
