//! The checks of access that ask for more than an address: passwords, a service, code.

use std::borrow::Cow;

use super::lines::{first, line, lines, text};
use super::route::Route;
use super::sign_in;
use crate::conf::{Arg, Directive};
use crate::source::Span;

/// A check that a client passes or not.
#[derive(Debug, Clone, Default)]
pub(super) struct Gate {
    /// What tells two of them apart: equal ones let the same clients pass.
    pub(super) identity: String,
    /// What a person knows it by; empty where nothing may be shown.
    pub(super) shown: String,
    /// Where it stands.
    pub(super) lines: Vec<Span>,
}

/// Finds a gate of one kind on a route.
type Read = fn(&Route<'_, '_>) -> Option<Gate>;

/// What people call a service that is asked.
pub(super) const EXTERNAL: &str = "external authentication";

/// The kinds of gates, and what people call them.
pub(super) const GATES: &[(&str, Read)] =
    &[("password authentication", password), (EXTERNAL, external), ("check of access in Lua", code), ("authentication by token", token)];

/// Checks of modules that nginx is not built with everywhere: whoever writes them knows what they mean.
const TOKENS: [&str; 7] = ["auth_jwt", "auth_oidc", "auth_ldap", "auth_pam", "auth_gss", "auth_spnego", "auth_radius"];

/// Passwords in the clear or as digests: whoever writes both asks for both.
fn password(route: &Route<'_, '_>) -> Option<Gate> {
    let schemes = [("auth_basic", "auth_basic_user_file", ""), ("auth_digest", "auth_digest_user_file", "digest")];
    let mut gate = Gate::default();
    for (name, file, scheme) in schemes {
        let Some(realm) = route.last(name).filter(|realm| first(*realm).is_some_and(|word| word != "off")) else { continue };
        let file = route.last(file);
        let words = |directive: Directive<'_>| directive.args().map(Arg::value).collect::<Vec<_>>().join(" ");
        gate.shown = match (words(realm), scheme) {
            (realm, _) if realm.is_empty() => scheme.to_owned(),
            (realm, "") => realm,
            (realm, _) => format!("{realm} ({scheme})"),
        };
        gate.identity.push_str(&format!("{name} {}\n{}\n", gate.shown, file.map(words).unwrap_or_default()));
        gate.lines.extend(lines(std::iter::once(realm).chain(file)));
    }
    let headers = route.own("proxy_set_header").iter().chain(route.own("grpc_set_header")).copied();
    gate.lines.extend(lines(headers.filter(|header| header.args().map(Arg::value).eq(["Authorization", ""]))));
    (!gate.identity.is_empty()).then_some(gate)
}

/// What the request to the service says of resources, and nothing of who passes.
const RESOURCES: [&str; 14] = [
    "access_log",
    "client_body_buffer_size",
    "client_max_body_size",
    "modsecurity",
    "opentelemetry",
    "opentelemetry_propagate",
    "proxy_buffer_size",
    "proxy_buffering",
    "proxy_buffers",
    "proxy_busy_buffers_size",
    "proxy_http_version",
    "proxy_intercept_errors",
    "proxy_request_buffering",
    "internal",
];

/// Whether a line says which upstream takes the request of the client: nginx has variables of the request to the service in common with
/// it, so that the location of the service says it again, and it follows from the route alone.
fn is_of_route(directive: Directive<'_>) -> bool {
    directive.name() == "set" && first(directive).is_some_and(|name| name == "$proxy_upstream_name")
}

fn external(route: &Route<'_, '_>) -> Option<Gate> {
    let (path, asks) = asked(route)?;
    let mut gate = Gate { shown: path.clone().into_owned(), identity: path.clone().into_owned(), lines: vec![line(asks)] };
    if let Some(service) = route.neighbour(&path) {
        // What the service is told of a certificate changes with the check of certificates, which is judged for itself.
        let tells = |directive: &Directive<'_>| first(*directive).is_some_and(|name| name.starts_with("ssl-client-"));
        let counts = |directive: &Directive<'_>| !RESOURCES.contains(&&*directive.name()) && !tells(directive) && !is_of_route(*directive);
        let inside: Vec<String> = service.directives().filter(counts).map(text).collect();
        gate.identity = inside.join("; ");
        gate.shown = target(service).unwrap_or_default();
        gate.lines.push(line(service));
        gate.lines.extend(lines(service.descendants().filter(|directive| !is_of_route(*directive))));
    }
    // What the answer of the service is used for.
    let sets = route.own("set").iter().filter(|set| first(**set).is_some_and(|name| name.starts_with("$auth")));
    let uses = ["proxy_set_header", "grpc_set_header", "add_header"].into_iter().flat_map(|name| route.own(name));
    let uses = uses.filter(|header| header.args().nth(1).is_some_and(|value| value.value().starts_with("$auth")));
    gate.lines.extend(sign_in::lines_of(route));
    gate.lines.extend(lines(route.own("auth_request_set").iter().chain(sets).chain(uses).copied()));
    Some(gate)
}

/// The path of the location that asks a service, and the line that says so: nginx's own, or the controller's in Lua.
fn asked<'a>(route: &Route<'_, 'a>) -> Option<(Cow<'a, str>, Directive<'a>)> {
    if let Some(asks) = route.last("auth_request") {
        return Some((first(asks).filter(|path| path != "off")?, asks));
    }
    if let Some((path, set)) = route.set("$auth_path") {
        return Some((path, route.last("access_by_lua_file").unwrap_or(set)));
    }
    let asks = route.last("access_by_lua_block")?;
    let path = captured(asks.lua()?)?;
    Some((Cow::Borrowed(path), asks))
}

/// The location that the controller's code asks.
fn captured(code: &str) -> Option<&str> {
    code.split_once("ngx.location.capture('").and_then(|(_, rest)| rest.split_once('\'')).map(|(path, _)| path)
}

/// Where the request to the service goes.
fn target(service: Directive<'_>) -> Option<String> {
    let pass = service.directives().filter(|directive| directive.name() == "proxy_pass").find_map(first)?;
    let sets = service.directives().filter(|directive| directive.name() == "set");
    let set = sets.filter(|set| first(*set).is_some_and(|name| name == pass)).find_map(|set| set.args().nth(1).map(Arg::value));
    Some(set.unwrap_or(pass).into_owned())
}

fn code(route: &Route<'_, '_>) -> Option<Gate> {
    let code = route.inherited(&["access_by_lua", "access_by_lua_block", "access_by_lua_file"]).pop()?;
    let is_service = code.lua().is_some_and(|code| captured(code).is_some()) || route.set("$auth_path").is_some();
    (!is_service).then(|| Gate { identity: text(code), shown: String::new(), lines: vec![line(code)] })
}

fn token(route: &Route<'_, '_>) -> Option<Gate> {
    let found: Vec<Directive<'_>> = TOKENS.iter().filter_map(|name| route.last(name)).collect();
    let is_on = found.iter().any(|directive| first(*directive).is_some_and(|word| word != "off"));
    let identity = found.iter().map(|directive| text(*directive)).collect::<Vec<_>>().join("; ");
    is_on.then(|| Gate { identity, shown: String::new(), lines: lines(found) })
}
