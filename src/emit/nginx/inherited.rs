//! What raw configuration does to what stands around it: nginx hands some directives down until a block has its own.

use super::auth::Auth;
use super::forwarding::Family;
use super::shared::Shared;
use crate::ir::{Route, Server};
use crate::nginx::shape;

/// Whether raw configuration sets headers for the backend of a route: nginx then forgets those that stand further out.
pub(super) fn set_headers(route: &Route, server: &Server, shared: &Shared, protocol: Family) -> bool {
    let http = &shared.proxy.settings.snippets.http;
    let texts = [&route.features.snippet, &shared.location_snippet, &server.snippet, &shared.server_snippet, http];
    texts.iter().any(|text| shape::directives(text).iter().any(|name| Some(*name) == protocol.sets()))
}

/// The headers of answers that raw configuration around a route adds. The controller's own headers leave them in force, unless the
/// route adds one in the same way: raw, or for authentication.
pub(super) fn outer_headers<'t>(route: &Route, server: &'t Server, shared: &'t Shared) -> Vec<&'t str> {
    let added =
        |text: &'t str| shape::outer_directives(text).into_iter().filter(|text| text.split_whitespace().next() == Some("add_header"));
    let own = [&route.features.snippet, &shared.location_snippet];
    let adds = |text: &str| shape::outer_directives(text).iter().any(|text| text.starts_with("add_header"));
    if Auth::of(route, shared).is_some() || own.iter().any(|text| adds(text)) {
        return Vec::new();
    }
    let of_server: Vec<&str> = [&server.snippet, &shared.server_snippet].into_iter().flat_map(|text| added(text)).collect();
    if of_server.is_empty() { added(&shared.proxy.settings.snippets.http).collect() } else { of_server }
}

/// Whether anything that a person wrote asks for one of these variables.
pub(super) fn ask_for(variables: &[&str], route: &Route, shared: &Shared) -> bool {
    let settings = &shared.proxy.settings;
    let raw = &settings.snippets;
    let format = Some(&settings.logging.format_http).filter(|format| **format != crate::ir::Logging::default().format_http);
    let texts = [&route.features.snippet, &raw.location, &raw.http, &raw.server].into_iter().chain(format);
    let headers = shared.proxy.request_headers.iter().chain(&shared.proxy.response_headers).map(|(_, value)| value);
    texts.chain(headers).any(|text| variables.iter().any(|name| text.contains(name)))
}
