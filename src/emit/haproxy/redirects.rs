//! Redirects instead of answers.

use super::super::dialect::escaped_path;
use super::super::scope::Scope;
use super::answers::{answer, redirect};
use super::lines::Lines;
use super::shared::Shared;
use super::variables;
use super::words::Format;
use crate::ir::{HostRedirect, Redirect, Route, ToHttps};

/// Writes the redirect of all requests.
pub(super) fn of_route(to: &Redirect, scope: &mut Scope, lines: &mut Lines) {
    match variables::format(&to.url) {
        Ok(location) => lines.rule(redirect(to.code, &location)),
        Err(name) => {
            scope.close("permanent-redirect", &format!("HAProxy does not know `${name}`"));
            lines.rule(answer(503));
        }
    }
}

/// Redirects HTTP to HTTPS.
pub(super) fn to_https(https: &ToHttps, lines: &mut Lines) {
    let mut location = Format::text("https://");
    location.push_sample("var(txn.best_host),field(1,:)");
    if let Some(port) = https.port {
        location.push_text(&format!(":{port}"));
    }
    // Quirk: the redirect loses the slash at the end, even that of the query.
    location.push_sample(if https.keeps_slash { "var(txn.uri)" } else { "var(txn.uri),regsub(/$,)" });
    lines.rule(redirect(https.code, &location).code("if { var(txn.scheme) -m str http }"));
}

/// Redirects requests for the root of a host.
pub(super) fn app_root(root: &str, lines: &mut Lines) {
    let mut location = Format::sample("ssl_fc,iif(https,http)");
    location.push_text("://");
    location.push_sample("req.hdr(host)");
    location.push_text(root);
    lines.rule(redirect(302, &location));
}

/// Redirects a path without a slash at its end to the one with it, as nginx does by itself.
pub(super) fn add_slash(route: &Route, shared: &Shared, lines: &mut Lines) {
    let mut location = origin(route, shared).unwrap_or_default();
    location.push_text(&escaped_path(&route.path));
    location.push_sample("query,regsub(^,?)");
    lines.rule(redirect(301, &location));
}

/// What nginx puts before the path of its own redirects; none where they stay relative.
pub(super) fn origin(route: &Route, shared: &Shared) -> Option<Format> {
    if route.features.relative_redirects || shared.proxy.settings.route_defaults.relative_redirects {
        return None;
    }
    let mut origin = Format::sample("ssl_fc,iif(https,http)");
    origin.push_text("://");
    origin.push_sample("var(txn.host)");
    if route.features.port_in_redirects {
        // The usual ports are left out.
        origin.push_sample("dst_port,regsub(^,:),regsub(^:80$,),regsub(^:443$,)");
    }
    Some(origin)
}

/// Redirects a host to its twin.
pub(super) fn twin(twin: &HostRedirect, shared: &Shared, lines: &mut Lines) {
    let settings = &shared.proxy.settings;
    let trusts = shared.trusts_headers();
    let mut location = Format::sample(if trusts { "var(txn.scheme)" } else { "ssl_fc,iif(https,http)" });
    location.push_text(&format!("://{}:", twin.to));
    location.push_sample(if trusts { "var(txn.port)" } else { "dst_port" });
    location.push_sample("var(txn.uri),regsub(/$,)");
    lines.rule(redirect(settings.route_defaults.redirect_code, &location));
}
