//! Raw configuration of administrators and tenants: taken over where it is whole directives of nginx itself.

use hashbrown::HashSet;

use super::super::options::{Module, NginxOptions};
use super::scope::Scope;
use crate::nginx;
use crate::nginx::shape;

/// Beginnings of the names of directives that need more than nginx itself.
const FOREIGN: &[&str] = &[
    "lua_",
    "more_",
    "set_escape_uri",
    "set_unescape_uri",
    "opentelemetry",
    "opentracing",
    "modsecurity",
    "brotli",
    "geoip2",
    "auth_digest",
    "njs",
    "js_",
];

/// What keeps a snippet from being printed.
fn obstacle(text: &str, options: &NginxOptions) -> Option<String> {
    if !shape::is_directives(text) {
        return Some(String::from("it is not made of whole directives and blocks"));
    }
    let is_foreign = |name: &str| {
        let beginning = FOREIGN.iter().find(|beginning| name.starts_with(**beginning));
        beginning.is_some_and(|beginning| *beginning != "more_" || !options.modules.contains(&Module::HeadersMore))
    };
    let mut names = shape::directives(text).into_iter();
    if names.clone().any(|name| name.contains("_by_lua")) {
        return Some(String::from("it needs Lua"));
    }
    names.any(is_foreign).then(|| String::from("it needs a module that nginx does not bring along"))
}

/// What keeps a directive or block from being printed that the administrator wrote outside of all hosts.
pub(super) fn obstacle_outside_of_hosts(piece: &str, options: &NginxOptions, upstreams: &HashSet<String>) -> Option<String> {
    obstacle(piece, options).or_else(|| nginx::outside(piece, upstreams, true))
}

/// A snippet of a tenant; empty where it cannot be printed, and then the route is closed: it may protect something.
pub(super) fn of_route<'t>(
    subject: &str,
    text: &'t str,
    options: &NginxOptions,
    upstreams: &HashSet<String>,
    scope: &mut Scope,
) -> &'t str {
    printed(subject, text, options, upstreams, false, scope)
}

/// A snippet that the administrator wrote for all hosts or routes.
pub(super) fn of_administrator<'t>(
    subject: &str,
    text: &'t str,
    options: &NginxOptions,
    upstreams: &HashSet<String>,
    scope: &mut Scope,
) -> &'t str {
    printed(subject, text, options, upstreams, true, scope)
}

fn printed<'t>(
    subject: &str,
    text: &'t str,
    options: &NginxOptions,
    upstreams: &HashSet<String>,
    may_listen: bool,
    scope: &mut Scope,
) -> &'t str {
    if text.trim().is_empty() {
        return "";
    }
    match obstacle(text, options).or_else(|| nginx::outside(text, upstreams, may_listen)) {
        None => text,
        Some(reason) => {
            scope.close(subject, &format!("the snippet cannot be taken over: {reason}"));
            ""
        }
    }
}
