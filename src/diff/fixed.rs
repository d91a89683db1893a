//! Blocks that answer every request by themselves: a host or route that becomes one is one difference, and not as many as it had lines.

use crate::conf::Directive;

/// The answer that a host or route gives whatever the request, if it does.
fn answer(block: Directive<'_>) -> Option<Directive<'_>> {
    if !matches!(&*block.name(), "location" | "server") {
        return None;
    }
    block.directives().find(|directive| !directive.is_block() && directive.name() == "return")
}

/// What sends requests on.
fn handler(block: Directive<'_>) -> Option<Directive<'_>> {
    const HANDLERS: [&str; 6] = ["proxy_pass", "grpc_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "memcached_pass"];
    block.descendants().find(|directive| !directive.is_block() && HANDLERS.contains(&&*directive.name()))
}

/// The answer on the side that has one, where the other side sends requests on: first of what is live, then of what is declared.
pub(super) fn becomes<'a>(live: Directive<'a>, declared: Directive<'a>) -> Option<(Option<Directive<'a>>, Option<Directive<'a>>)> {
    match (answer(live), answer(declared)) {
        (None, Some(now)) if handler(live).is_some() && handler(declared).is_none() => Some((None, Some(now))),
        (Some(before), None) if handler(declared).is_some() && handler(live).is_none() => Some((Some(before), None)),
        _ => None,
    }
}
