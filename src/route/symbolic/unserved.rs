//! Requests that nobody serves: what the controller, and what is written for nginx in its place, has for hosts and paths that no Ingress
//! names. To serve them is no loss of a protection.

use super::leaf::{End, Leaf};
use crate::conf::{Arg, Directive};

/// How the controller calls the backend for what no Ingress names.
const UPSTREAM: &str = "upstream-default-backend";

/// Whether a location, behind the blocks around it, is there for what no Ingress names.
pub(super) fn is_unserved(blocks: &[Directive<'_>]) -> bool {
    let [server, .., location] = blocks else { return false };
    let value = |variable: &str| {
        let is_it = |line: &Directive<'_>| line.name() == "set" && line.args().next().is_some_and(|arg| arg.value() == variable);
        location.directives().find(is_it).and_then(|line| line.args().nth(1)).map(Arg::value)
    };
    if value("$proxy_upstream_name").is_some_and(|upstream| upstream == UPSTREAM) {
        return true;
    }
    // In the server of all hosts that nobody names: 404, and what tells of the proxy itself.
    let names = server.directives().filter(|line| line.name() == "server_name").flat_map(Directive::args);
    let is_for_others = names.map(Arg::value).all(|name| name == "_" || name.is_empty());
    let tells = |line: Directive<'_>| match &*line.name() {
        "stub_status" => true,
        "return" => line.args().next().is_some_and(|code| matches!(&*code.value(), "200" | "404")),
        _ => false,
    };
    is_for_others && value("$ingress_name").is_none_or(|name| name.is_empty()) && location.directives().any(tells)
}

/// Whether all that the first side asks for is asked for on the second.
pub(super) fn asks_for_as_much(base: &Leaf, head: &Leaf) -> bool {
    base.checks.iter().all(|check| head.checks.contains(check))
}

/// Whether it answers at all, and that is known.
pub(super) fn answers(leaf: &Leaf) -> bool {
    matches!(leaf.end, End::Backend(_) | End::Answer { .. })
}
