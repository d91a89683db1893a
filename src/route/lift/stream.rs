//! TCP that is passed on: by the port, or by the name in the TLS handshake, which is read and not answered.

use std::collections::BTreeMap;

use super::include::Lines;
use super::values::{Names, first};
use super::variables::variables;
use crate::conf::Directive;
use crate::pool::Pool;
use crate::route::model::{Stream, Variables};

/// The listeners of the `stream` block by their ports.
pub(in crate::route) fn streams<'t>(lines: Lines<'t>, block: Directive<'t>) -> (BTreeMap<u16, Stream>, Variables) {
    let inside = lines.of(block);
    let variables = variables(lines, &inside);
    let headers = Pool::default();
    let names = Names { places: &variables.places, headers: &headers };
    let mut streams = BTreeMap::new();
    for server in inside.iter().filter(|server| server.is_block() && server.name() == "server") {
        let directives = lines.of(*server);
        let value = |name: &str| directives.iter().find(|directive| directive.name() == name);
        let Some(pass) = value("proxy_pass") else { continue };
        let code = value("preread_by_lua_block").and_then(|block| block.lua()).unwrap_or_default();
        // The controller names the Service in a line of Lua.
        let balanced = code.split("proxy_upstream_name=\"").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
        for listener in super::listeners(lines, *server) {
            let (Some(port), false) = (listener.port, directives.iter().any(|directive| is_udp(*directive))) else { continue };
            let stream = Stream { to: names.template(&first(*pass)), balanced: balanced.clone(), at: pass.head_span() };
            streams.entry(port).or_insert(stream);
        }
    }
    (streams, variables)
}

fn is_udp(directive: Directive<'_>) -> bool {
    directive.name() == "listen" && directive.args().any(|arg| arg.value() == "udp")
}
