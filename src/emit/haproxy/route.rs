//! What happens to the requests of one path: the rules of one backend, in the order in which the controller asks.

use super::super::dialect::{OFFSET_UNITS, is_size};
use super::super::names;
use super::super::scope::Scope;
use super::answers::answer;
use super::formats::SectionName;
use super::lines::Lines;
use super::scripts::{self, ErrorPages};
use super::servers;
use super::shared::Shared;
use super::sizes::bytes;
use super::words::Format;
use super::{access, backend_answers, client_auth, cors, fastcgi, headers, limits, losses, redirects, rewriting};
use crate::ir::{Backend, Destination, Features, Protocol, Route, Server, Step, Upstream, is_fallback};

/// Writes the rules of a route, whose requests go to an upstream: its own or one that takes a share of it.
pub(super) fn write(
    server: &Server,
    route: &Route,
    upstream: &str,
    shared: &Shared,
    tables: &mut limits::Tables,
    scope: &mut Scope,
) -> Lines {
    scope.unknown_backend(shared.proxy, route);
    losses::tell(route, shared, scope);
    let is_plain = match route.steps.backend.protocol {
        Protocol::Http | Protocol::Grpc | Protocol::FastCgi => true,
        Protocol::Https | Protocol::Grpcs | Protocol::AsClient => false,
    };
    if is_plain && shared.with_tls.contains(route.upstream.as_str()) {
        // Quirk: the controller keeps connections to a Service in one pool, and sends plain requests through those with TLS.
        let message = "other routes reach this Service with TLS: connections are kept apart, and requests of this route go without it";
        scope.differs("backend-protocol", message);
    }
    let mut own = Lines::default();
    Writer { server, route, upstream, shared }.all(tables, scope, &mut own);
    if let Some(unfit) = own.take_unfit() {
        let shown: String = unfit.chars().take(60).collect();
        scope.refuse("path", &format!("`{}` is not fit for a configuration", shown.escape_default()));
    }
    match shared.closed.or(scope.closed()).filter(|_| !route.is_refused()) {
        None => own,
        Some(reason) => closed(reason),
    }
}

/// The rules of a route that answers nobody.
pub(super) fn closed(reason: &str) -> Lines {
    let mut lines = Lines::default();
    lines.comment(&format!("Closed: {reason}."));
    lines.rule(answer(503));
    lines
}

/// Writes one route.
struct Writer<'w, 'a> {
    server: &'w Server,
    route: &'w Route,
    upstream: &'w str,
    shared: &'w Shared<'a>,
}

impl Writer<'_, '_> {
    fn all(&self, tables: &mut limits::Tables, scope: &mut Scope, lines: &mut Lines) {
        client_auth::write(self.server, scope, lines);
        if self.server.client_auth_error.is_some() {
            return;
        }
        let features = &*self.route.features;
        let upstream = self.shared.proxy.upstream(self.upstream);
        let destination = upstream.map_or(Destination::Nowhere, |upstream| self.shared.proxy.destination(upstream));
        let mut pages = ErrorPages::default();
        if !self.route.is_refused() {
            self.response_headers(features, lines);
            pages = ErrorPages::of(self.route, self.shared, scope, lines);
            body_size(features, self.shared, &pages, lines);
        }
        for step in self.route.steps.in_order() {
            match step {
                // What HAProxy cannot do is told already, and closes the route.
                Step::Firewall(_) | Step::LimitGlobally(_) => {}
                Step::Refuse(reason) => {
                    lines.comment(&format!("Denied: {}", reason.value));
                    return lines.rule(answer(503));
                }
                Step::Cors(cors) => cors::write(cors, lines),
                Step::Redirect(to) => return redirects::of_route(to, scope, lines),
                Step::Rewrite(rewrite) if rewrite.leads_elsewhere => rewriting::elsewhere(rewrite, self.route, scope, lines),
                // The rules in between look at the path as it was.
                Step::Rewrite(_) => {}
                Step::ToHttps(https) => redirects::to_https(https, lines),
                Step::Choose if destination == Destination::Nowhere => {
                    lines.comment("The Service has no endpoints.");
                    return pages.answer(503, "", lines);
                }
                Step::Choose => {}
                Step::Limit(limits) => limits::write(limits, self.shared, &pages, tables, scope, lines),
                Step::Admit(admission) => access::write(admission, &features.proxying.buffer_size, self.shared, &pages, scope, lines),
                Step::Mirror(mirror) => scripts::mirror(mirror, self.shared, scope, lines),
                Step::Pass(backend) => match (destination, upstream) {
                    (Destination::Endpoints(_) | Destination::Name(_), Some(upstream)) => self.pass(backend, upstream, scope, lines),
                    (Destination::Nowhere | Destination::NotFound, _) | (_, None) => pages.answer(404, "", lines),
                },
                // Whatever answers looks for its page first.
                Step::ReplaceErrors(_) => {}
            }
        }
    }

    /// Passes the request on.
    fn pass(&self, backend: &Backend, upstream: &Upstream, scope: &mut Scope, lines: &mut Lines) {
        let (features, steps) = (&*self.route.features, &*self.route.steps);
        self.own_headers(scope, lines);
        servers::timeouts(&features.proxying, self.shared, scope, lines);
        backend_answers::write(self.route, self.shared, scope, lines);
        if let Some(limits) = &steps.limits {
            limits::bandwidth(limits, self.shared, scope, lines);
        }
        if backend.protocol == Protocol::FastCgi {
            scope.differs("backend-protocol", "HAProxy sends no empty parameters, and its own name in SERVER_SOFTWARE");
            headers::take_back(lines);
            fastcgi::enter(&features.fastcgi, lines);
        }
        servers::write(self.server, self.route, upstream, self.shared, scope, lines);
        if let Some(rewrite) = steps.rewrite.as_ref().filter(|rewrite| !rewrite.leads_elsewhere) {
            rewriting::write(rewrite, self.route, scope, lines);
        }
        lines.code("http-request set-var(txn.is_passed) bool(true)");
    }

    fn response_headers(&self, features: &Features, lines: &mut Lines) {
        if !features.logging.access {
            lines.code("http-request set-log-level silent");
        }
        for (name, value) in &features.response_headers {
            headers::of_answers(name, value, lines);
        }
    }

    /// Headers for the backend that are the route's own.
    fn own_headers(&self, scope: &mut Scope, lines: &mut Lines) {
        let features = &self.route.features;
        if !features.host_header.is_empty() {
            headers::set_or_lose("Host", &features.host_header, "upstream-vhost", scope, lines);
        }
        client_auth::tell(self.server, lines);
        if features.connection_header.is_some() {
            scope.differs("connection-proxy-header", "HAProxy decides about connections to backends itself");
        }
        if is_fallback(self.upstream) {
            self.tell_of_missing(lines);
        }
    }

    /// Tells a fallback that the real backend is missing.
    fn tell_of_missing(&self, lines: &mut Lines) {
        let owner = self.route.owner.clone().unwrap_or_default();
        lines.code("http-request set-header X-Code 503");
        lines.code("http-request set-header X-Format %[req.fhdr(accept)] if { req.fhdr(accept) -m found }");
        let all = [
            ("X-Namespace", &owner.namespace),
            ("X-Ingress-Name", &owner.name),
            ("X-Service-Name", &owner.service),
            ("X-Service-Port", &owner.port),
        ];
        for (name, value) in all {
            headers::set(name, &Format::text(value), lines);
        }
        // Quirk: the fallback gets the number of the request twice.
        lines.code("http-request add-header X-Request-ID %[var(txn.request_id)]");
    }
}

/// Refuses bodies that are too large.
pub(super) fn body_size(features: &Features, shared: &Shared, pages: &ErrorPages, lines: &mut Lines) {
    let proxying = &features.proxying;
    let usual = &shared.proxy.settings.route_defaults.proxying.body_size;
    let size = if is_size(&proxying.body_size, OFFSET_UNITS) { &proxying.body_size } else { usual };
    let Some(bytes) = bytes(size).filter(|bytes| *bytes > 0) else { return };
    /// What surely fits into a buffer beside the headers.
    const BUFFERED: i64 = 8000;
    let unless = "if !{ req.hdr(content-length) -m found }";
    if shared.options.lua {
        lines.code(&format!("http-request set-var(txn.body_limit) int({bytes}) {unless}"));
    }
    if bytes <= BUFFERED {
        lines.code(&format!("http-request wait-for-body time 60s at-least {} {unless}", bytes + 1));
    }
    pages.answer(413, &format!("if {{ req.body_size gt {bytes} }}"), lines);
}

/// The name of a backend, as far as it is free.
pub(super) fn name(route: &Route) -> SectionName {
    let name = match &route.owner {
        Some(owner) if !owner.service.is_empty() => format!("{}_{}_{}", owner.namespace, owner.service, owner.port),
        _ => route.upstream.clone(),
    };
    SectionName::of_thing(name.trim_end_matches('_'))
}

/// Whose route it is, in words.
pub(super) fn about(route: &Route) -> String {
    route.owner.as_deref().map_or_else(|| String::from("No Ingress: the default backend"), names::owner)
}
