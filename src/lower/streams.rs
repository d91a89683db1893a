//! TCP and UDP services.

use k8s_openapi::api::core::v1::{ConfigMap, ServicePort};

use super::world::World;
use super::{endpoints, upstreams};
use crate::diagnostic::{Diagnostic, Effect};
use crate::ir::{Origin, Port, Stream, Transport};
use crate::manifest::{Object, of_namespace, ports};

/// Why nothing is known of a port where the input says of no Service of a namespace where its requests go.
const UNKNOWN: &str = "the input holds no endpoints of its namespace";

/// The services of the ConfigMaps that the controller's arguments name, by port.
pub(super) fn create(world: &World, findings: &mut Vec<Diagnostic>) -> Vec<Stream> {
    let flags = &world.controller.flags;
    let mut streams = of_config_map(world, &flags.tcp_services_configmap, Transport::Tcp, findings);
    streams.extend(of_config_map(world, &flags.udp_services_configmap, Transport::Udp, findings));
    streams
}

fn of_config_map(world: &World, key: &str, transport: Transport, findings: &mut Vec<Diagnostic>) -> Vec<Stream> {
    let Some(config_map) = world.config_map(key) else { return Vec::new() };
    let mut streams = Vec::new();
    for (port, value) in config_map.value.data.iter().flatten() {
        match stream(world, config_map, transport, port, value) {
            Ok(stream) => streams.push(stream),
            Err(reason) => {
                let message = format!("the {} port `{port}` is not served: {reason}", endpoints::protocol_name(transport));
                let finding = match reason == UNKNOWN {
                    true => Diagnostic::info("stream-not-served", message).on_demand(),
                    false => Diagnostic::warning("stream-not-served", message),
                };
                let diagnostic = finding.at(config_map.span(&["data", port])).subject(port);
                findings.push(diagnostic.object(config_map.reference.clone()).effect(Effect::Unreachable));
            }
        }
    }
    streams.sort_by_key(|stream| stream.listen);
    streams
}

/// One line, in the form `namespace/service:port[:PROXY[:PROXY]]`.
fn stream(world: &World, config_map: &Object<ConfigMap>, transport: Transport, listen: &str, value: &str) -> Result<Stream, String> {
    let listen_number: i64 = listen.parse().map_err(|_| String::from("it is not a number"))?;
    if reserved(world).contains(&listen_number) {
        return Err(String::from("the controller itself uses it"));
    }
    let parts: Vec<&str> = value.split(':').collect();
    let [key, port, rest @ ..] = parts.as_slice() else {
        return Err(String::from("the value is not like `namespace/service:port`"));
    };
    let is_proxy = |at: usize| transport == Transport::Tcp && rest.get(at).is_some_and(|word| word.eq_ignore_ascii_case("PROXY"));
    let Some((namespace, service_name)) = key.split_once('/').filter(|(_, name)| !name.contains('/')) else {
        return Err(String::from("the value is not like `namespace/service:port`"));
    };
    let service = world.service(key).ok_or_else(|| format!("there is no Service `{key}`"))?;
    let protocol = endpoints::protocol_name(transport);
    let is_wanted = |candidate: &&ServicePort| {
        let named = match port.parse::<i32>() {
            Ok(number) => candidate.port == number,
            Err(_) => candidate.name.as_deref().unwrap_or_default() == *port,
        };
        named && candidate.protocol.as_deref().unwrap_or("TCP") == protocol
    };
    let wanted = ports(&service.value).iter().find(is_wanted);
    let endpoints = wanted.map(|port| endpoints::of_port(world, service, port, transport)).unwrap_or_default();
    let is_known = || !of_namespace(&world.cluster.endpoint_slices, namespace).is_empty();
    if endpoints.is_empty() && wanted.is_some() && !is_known() {
        return Err(String::from(UNKNOWN));
    }
    if endpoints.is_empty() {
        return Err(format!("port `{port}` of Service `{key}` has no endpoint"));
    }
    Ok(Stream {
        transport,
        listen: listen_number,
        namespace: namespace.to_owned(),
        service_name: service_name.to_owned(),
        port: Port::Name((*port).to_owned()),
        accept_proxy_protocol: is_proxy(0),
        // Quirk: a fifth part makes the fourth one void.
        send_proxy_protocol: rest.len() == 2 && is_proxy(1),
        endpoints,
        service: Some(upstreams::service_document(world, service)),
        origin: Origin::Manifest(config_map.span(&["data", listen])),
    })
}

/// Ports that the controller needs for itself.
fn reserved(world: &World) -> [i64; 8] {
    let flags = &world.controller.flags;
    let proxy = flags.ssl_passthrough_proxy_port;
    let own = [flags.http_port, flags.https_port, proxy, flags.healthz_port, flags.default_server_port];
    let [http, https, proxy, health, default] = own.map(i64::from);
    [http, https, proxy, health, default, flags.profiler_port.into(), flags.status_port.into(), flags.stream_port.into()]
}
