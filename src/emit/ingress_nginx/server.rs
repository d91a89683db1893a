//! One host.

use std::sync::Arc;

use super::super::dialect::server_name;
use super::super::view::{Raw, view};
use super::location::{self, Bodies};
use super::printer::{Printer, comment, path_quoted, quoted};
use super::repeated::{Manner, Shape};
use super::shared::{LayoutView, Shared};
use super::tls::{self, TlsView};
use super::{auth, error_pages, inline};
use crate::catalog::releases::{HTTP2_DIRECTIVE, QUOTED_PATHS, QUOTED_TARGETS};
use crate::diagnostic::{Diagnostic, Outcome};
use crate::ir::{CATCH_ALL, Form, HostRedirect, Proxy, Route, Server};

view! {
    /// One host.
    struct ServerView {
        layout: Arc<LayoutView>,
        hostname: Raw,
        name: Raw,
        aliases: Vec<Raw>,
        http2: bool,
        blocks_agents: bool,
        blocks_referers: bool,
        listen: Vec<Raw>,
        subject: Option<Raw>,
        is_catch_all: bool,
        reject_handshake: bool,
        client_auth_error: Option<Raw>,
        client_auth: Option<Arc<ClientAuthView>>,
        backend_tls: Option<Arc<TlsView>>,
        ciphers: Option<Raw>,
        prefer_server_ciphers: Option<bool>,
        snippet: Option<Raw>,
        error_pages: Vec<Raw>,
        mirrors: Vec<Arc<MirrorView>>,
    }

    /// A redirect between a host and its twin.
    struct HostRedirectView {
        layout: Arc<LayoutView>,
        lua: Option<Arc<inline::Lua>>,
        listen: Vec<Raw>,
        blocks_agents: bool,
        blocks_referers: bool,
        hostname: Raw,
        name: Raw,
        target: Raw,
        redirect_code: i64,
    }

    /// What stands behind the routes of a host.
    struct ServerEnd {
        hostname: Raw,
        is_catch_all: bool,
        tracing: bool,
        health_path: Raw,
        status_allow: Vec<Raw>,
        administrator_snippet: Option<Raw>,
        all_error_pages: Vec<Raw>,
    }

    /// Upstreams of services that decide.
    struct AuthUpstreams {
        upstreams: Vec<Arc<auth::AuthUpstream>>,
    }

    /// Certificates that clients must show.
    struct ClientAuthView {
        authorities: Raw,
        verify: &'static str,
        depth: i64,
        revocations: Option<Raw>,
        error_page: Option<Raw>,
    }

    /// Where copies of requests go.
    struct MirrorView {
        source: Raw,
        host: Raw,
        target: Raw,
    }

    /// The locations of one route.
    struct RouteView {
        app_root: Option<Raw>,
        locations: Vec<Raw>,
    }
}

/// A part of what is written for the hosts; each is whole lines.
#[derive(Debug, Clone, Copy)]
pub(super) enum Part<'a> {
    /// A redirect between a host and its twin, a host of its own.
    Redirect(&'a HostRedirect),
    /// A host up to its routes.
    Begin(&'a Server),
    /// A route.
    Route(&'a Server, &'a Route, Manner),
    /// A host behind its routes.
    End(&'a Server),
}

/// A part as it is printed.
#[derive(Debug)]
pub(super) struct PrintedPart {
    /// Its text.
    pub(super) text: Raw,
    /// What is to be said of it.
    pub(super) findings: Vec<Diagnostic>,
    /// What it has in common with others.
    pub(super) shape: Option<Shape>,
}

/// The redirects between hosts and their twins, in order.
pub(super) fn redirects(proxy: &Proxy) -> impl Iterator<Item = Part<'_>> {
    proxy.host_redirects.iter().map(Part::Redirect)
}

/// All parts of all hosts that somebody declared, in order.
pub(super) fn parts(proxy: &Proxy) -> Vec<Part<'_>> {
    let mut parts = Vec::with_capacity(proxy.servers.iter().map(|server| server.routes.len() + 2).sum());
    for server in &proxy.servers {
        let manner = Manner::of(server);
        parts.push(Part::Begin(server));
        // Without certificates that clients can be asked for, the host refuses everything.
        if server.client_auth_error.is_none() {
            parts.extend(server.routes.iter().map(|route| Part::Route(server, route, manner)));
        }
        parts.push(Part::End(server));
    }
    parts
}

impl<'a> Part<'a> {
    /// The host, where it has begun before this part.
    pub(super) fn begun(self) -> Option<&'a Server> {
        match self {
            Self::Redirect(_) | Self::Begin(_) => None,
            Self::Route(server, ..) | Self::End(server) => Some(server),
        }
    }

    /// The host that it is of; none of a redirect.
    pub(super) fn server(self) -> Option<&'a Server> {
        match self {
            Self::Redirect(_) => None,
            Self::Begin(server) | Self::Route(server, ..) | Self::End(server) => Some(server),
        }
    }

    /// The names of its host as they are written, its own first.
    pub(super) fn names(self) -> Vec<String> {
        match self {
            Self::Redirect(redirect) => vec![redirect.from.clone()],
            Self::Begin(server) | Self::Route(server, ..) | Self::End(server) => {
                std::iter::once(server_name(&server.hostname)).chain(server.aliases.iter().cloned()).collect()
            }
        }
    }

    /// The part, printed; a route that has a good shape is only looked at.
    pub(super) fn print(self, shared: &Shared<'a>, bodies: &Bodies) -> PrintedPart {
        let mut printer = match self {
            Self::Redirect(_) => Printer::for_settings(),
            Self::Begin(server) | Self::Route(server, ..) | Self::End(server) => Printer::for_server(server),
        };
        let mut shape = None;
        let text = match self {
            Self::Redirect(redirect) => {
                let view = host_redirect(redirect, shared, &mut printer);
                printer.piece("ingress_nginx/host_redirect.conf", view)
            }
            Self::Begin(server) => {
                let view = begin(server, shared, &mut printer);
                printer.piece("ingress_nginx/server.conf", view)
            }
            Self::Route(server, route, manner) => {
                printer.enter(route);
                let app_root = route.steps.app_root.as_ref().map(|root| printer.tail("app-root", root));
                let locations = location::all(server, route, manner, bodies, shared, &mut printer);
                shape = locations.shape;
                printer.piece("ingress_nginx/route.conf", RouteView { app_root, locations: locations.pieces })
            }
            Self::End(server) => {
                let view = end(server, shared, &mut printer);
                printer.piece("ingress_nginx/server_end.conf", view)
            }
        };
        PrintedPart { text, findings: printer.finish(), shape }
    }
}

/// The upstreams that authentication in the parts needs, printed.
pub(super) fn auth_upstreams<'a>(parts: &[Part<'a>], shared: &Shared<'a>) -> Outcome<Raw> {
    let mut printer = Printer::for_settings();
    let mut upstreams = Vec::new();
    for part in parts {
        // A host that refuses everything has them all the same.
        let (server, routes) = match *part {
            Part::Route(server, route, _) => (server, std::slice::from_ref(route)),
            Part::Begin(server) if server.client_auth_error.is_some() => (server, server.routes.as_slice()),
            Part::Redirect(_) | Part::Begin(_) | Part::End(_) => continue,
        };
        for route in routes {
            printer.enter(route);
            upstreams.extend(auth::Auth::of(route, shared).and_then(|auth| auth.upstream(server, shared.proxy.form, &mut printer)));
        }
    }
    let piece = printer.piece("ingress_nginx/auth_upstreams.conf", AuthUpstreams { upstreams });
    Outcome { value: piece, diagnostics: printer.finish() }
}

fn host_redirect(redirect: &HostRedirect, shared: &Shared, printer: &mut Printer) -> HostRedirectView {
    let Proxy { settings, form, .. } = shared.proxy;
    let target = printer.words("from-to-www-redirect", &redirect.to);
    HostRedirectView {
        layout: Arc::clone(&shared.layout),
        lua: shared.lua.clone(),
        listen: shared.listen.clone(),
        blocks_agents: !settings.filters.block_user_agents.is_empty(),
        blocks_referers: !settings.filters.block_referers.is_empty(),
        hostname: comment(&redirect.from),
        name: printer.quoted_if(QUOTED_PATHS.shows(*form), "from-to-www-redirect", &redirect.from),
        target,
        redirect_code: settings.route_defaults.redirect_code,
    }
}

fn begin<'a>(server: &'a Server, shared: &Shared<'a>, printer: &mut Printer<'a>) -> ServerView {
    let Proxy { settings, form, .. } = shared.proxy;
    let form = *form;
    let is_catch_all = server.hostname == CATCH_ALL;
    let subject = server.client_subject();
    ServerView {
        layout: Arc::clone(&shared.layout),
        hostname: comment(&server.hostname),
        name: printer.quoted_if(QUOTED_PATHS.shows(form), "host", &server_name(&server.hostname)),
        aliases: server
            .aliases
            .iter()
            .map(|alias| if QUOTED_PATHS.shows(form) { path_quoted(alias) } else { printer.words("server-alias", alias) })
            .collect(),
        http2: settings.listening.http2 && HTTP2_DIRECTIVE.shows(form),
        blocks_agents: !settings.filters.block_user_agents.is_empty(),
        blocks_referers: !settings.filters.block_referers.is_empty(),
        listen: if is_catch_all { shared.listen_catch_all.clone() } else { shared.listen.clone() },
        subject: subject.map(|subject| printer.quoted_if(QUOTED_TARGETS.shows(form), "auth-tls-match-cn", subject)),
        is_catch_all,
        reject_handshake: settings.tls.reject_handshake,
        client_auth_error: server.client_auth_error.as_deref().map(comment),
        client_auth: client_auth(server, printer),
        backend_tls: tls::view(server.backend_tls.as_deref(), printer),
        ciphers: printer.words_if_any("ssl-ciphers", &server.ciphers),
        prefer_server_ciphers: server.prefer_server_ciphers,
        snippet: printer.directives("server-snippet", &server.snippet),
        error_pages: error_pages::of_routes(shared.proxy, &server.routes, printer),
        mirrors: mirrors(server, form, printer),
    }
}

fn end(server: &Server, shared: &Shared, printer: &mut Printer) -> ServerEnd {
    let Proxy { settings, runtime, .. } = shared.proxy;
    let mut status_allow: Vec<Raw> =
        settings.filters.status_ipv4.iter().map(|network| printer.words("nginx-status-ipv4-whitelist", network)).collect();
    if runtime.ipv6 {
        status_allow.extend(settings.filters.status_ipv6.iter().map(|network| printer.words("nginx-status-ipv6-whitelist", network)));
    }
    ServerEnd {
        hostname: comment(&server.hostname),
        is_catch_all: server.hostname == CATCH_ALL,
        tracing: settings.tracing.enabled,
        health_path: printer.words("health-check-path", &runtime.health_path),
        status_allow,
        administrator_snippet: shared.server_snippet.clone(),
        all_error_pages: shared.error_pages.clone(),
    }
}

fn client_auth(server: &Server, printer: &mut Printer) -> Option<Arc<ClientAuthView>> {
    let auth = server.client_check()?;
    Some(Arc::new(ClientAuthView {
        authorities: printer.words("auth-tls-secret", &auth.trust.authorities),
        verify: auth.verify.word(),
        depth: auth.depth,
        revocations: printer.words_if_any("auth-tls-secret", &auth.trust.revocations),
        error_page: printer.words_if_any("auth-tls-error-page", &auth.error_page),
    }))
}

/// Where copies of requests go. Quirk: what is not sent anywhere is copied all the same.
fn mirrors(server: &Server, form: Form, printer: &mut Printer) -> Vec<Arc<MirrorView>> {
    let mut target = |subject: &str, text: &str| {
        if QUOTED_TARGETS.shows(form) {
            quoted(text)
        } else {
            Raw::new(format!("\"{}\"", printer.in_double_quotes(subject, text).as_str()))
        }
    };
    let view = |mirror: &crate::ir::Mirror| MirrorView {
        host: target("mirror-host", &mirror.host),
        target: target("mirror-target", &mirror.target),
        // Made of the identity of the Ingress, it needs no quotes where older forms have none.
        source: if QUOTED_TARGETS.shows(form) { quoted(&mirror.source) } else { Raw::new(mirror.source.as_str()) },
    };
    server.mirrors().into_values().map(view).map(Arc::new).collect()
}
