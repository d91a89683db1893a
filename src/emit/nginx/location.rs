//! What happens to the requests of one path.

use super::super::dialect::escaped_path;
use super::access;
use super::auth::{self, Auth};
use super::cors;
use super::errors;
use super::forwarding::{Family, Headers};
use super::inherited;
use super::limits;
use super::lines::{Lines, Word, put, words};
use super::matching::{closed_matcher, describe, matcher};
use super::names;
use super::plan::Destination;
use super::proxying;
use super::refused;
use super::response::ResponseHeaders;
use super::scope::Scope;
use super::shared::Shared;
use super::snippets;
use super::{cookies, losses};
use crate::ir::{ErrorPages, Protocol, Rewrite, Route, Server, Steps, ToHttps, is_fallback};
use crate::nginx::{self, is_underestimated};

/// Writes the locations of a route: its own, and those that authentication needs.
pub(super) fn write<'a>(
    server: &'a Server,
    route: &'a Route,
    by_pattern: bool,
    adds_slash: bool,
    shared: &Shared<'a>,
    scope: &mut Scope<'a>,
    lines: &mut Lines,
) {
    scope.enter(route);
    scope.unknown_backend(shared.proxy, route);
    losses::tell(route, shared, scope);
    cookies::tell(server, route, &shared.plans, scope);
    if let Some(reason) = by_pattern.then(|| nginx::problem(&format!("^{}", route.path))).flatten() {
        // Here, before nginx is asked: what it says of the block itself is about the host.
        let message = format!("`{}` is no regular expression: {reason}", route.path);
        scope.refused("path", &message, "the route answers 503 instead, and stands for its own letters");
    }
    let refusal = shared.refused.location(server, &location_names(route, by_pattern, shared));
    if let Some(refusal) = refusal {
        scope.refused(&refused::annotation(route, &refusal.directive), &refusal.message, "the route answers 503 instead");
    }
    let mut own = lines.beside();
    let writer = Writer { server, route, by_pattern, shared };
    if adds_slash {
        writer.slash(&mut own);
    }
    writer.all(scope, &mut own);
    if let Some(unfit) = own.take_unfit() {
        let shown: String = unfit.chars().take(60).collect();
        scope.refuse("path", &format!("`{}` is not fit for a configuration", shown.escape_default()));
    }
    let closed = shared.closed.or(scope.closed());
    match closed.filter(|_| !route.is_refused()) {
        None => lines.append_printed(own).unwrap_or_else(|finding| scope.failed(*finding)),
        Some(reason) => {
            let mut own = lines.beside();
            describe(route, &mut own);
            own.comment(&format!("Closed: {reason}."));
            own.block("location", closed_matcher(route, by_pattern), |lines| put!(lines, "return", 503_i64));
            // The path itself may be what is not fit: then nginx never matches it.
            let _ = own.take_unfit();
            lines.append_printed(own).unwrap_or_else(|finding| scope.failed(*finding));
        }
    }
    lines.gap();
}

/// The words of all locations that are the route's own.
fn location_names(route: &Route, by_pattern: bool, shared: &Shared) -> Vec<String> {
    let joined = |words: Vec<Word>| words.iter().map(Word::text).collect::<Vec<_>>().join(" ");
    let mut all = vec![joined(matcher(route, by_pattern))];
    all.extend(route.steps.mirror.iter().map(|mirror| format!("= {}", mirror.source)));
    all.extend(Auth::of(route, shared).into_iter().flat_map(|auth| auth.location_names()));
    all
}

/// What becomes of the address that visitors come back to.
const ESCAPED_IN_PART: &str = "of the address that visitors come back to, so many of each character are escaped and no more: 31 of `%`, `&`, `+`, `=` \
                               and `/`, 7 of `?`, `:`, `,`, `;` and `@`";

/// Writes one route.
struct Writer<'w, 'a> {
    server: &'a Server,
    route: &'a Route,
    by_pattern: bool,
    shared: &'w Shared<'a>,
}

impl Writer<'_, '_> {
    fn all(&self, scope: &mut Scope, lines: &mut Lines) {
        let auth = Auth::of(self.route, self.shared).filter(|_| !self.returns_at_once());
        if let Some(auth) = auth {
            auth.location(self.server, self.shared, scope, lines);
            let mut cors_headers = ResponseHeaders::default();
            if let Some(cors) = &self.route.steps.cors {
                cors::write(cors, self.route.owner.as_deref(), &mut lines.beside(), &mut cors_headers);
            }
            auth.sign_in(&cors_headers, lines);
            if auth.returns_escaped() {
                scope.differs("auth-signin", ESCAPED_IN_PART);
            }
        }
        self.tell_of_aliases(scope);
        self.tell_of_ports(scope);
        describe(self.route, lines);
        lines.block("location", matcher(self.route, self.by_pattern), |lines| match &self.route.steps.refusal {
            Some(reason) => {
                ResponseHeaders::usual(self.shared).write(lines);
                lines.comment(&format!("Denied: {}", reason.value));
                put!(lines, "return", 503_i64);
            }
            None => self.open(auth, scope, lines),
        });
    }

    /// The controller asks for each name whether it has a certificate.
    fn tell_of_aliases(&self, scope: &mut Scope) {
        let https = &self.route.steps.https;
        let has_bare = || self.server.aliases.iter().any(|alias| self.server.certificate_for(alias).is_none());
        if https.happens && !https.is_forced && !self.route.is_refused() && has_bare() {
            // Whichever Ingress of the host names the alias.
            scope.differs("server-alias", "an alias that the certificate does not name is redirected to HTTPS too");
        }
    }

    /// A Service elsewhere that has no such port is known by its name, and nginx takes no name without a port.
    fn tell_of_ports(&self, scope: &mut Scope) {
        let is_without = matches!(self.destination(), Destination::Name(name) if name.ends_with(":0"));
        if is_without && !self.route.is_refused() {
            scope.differs("port", "the Service has no such port: nginx answers 500 at once, where the controller tries in vain");
        }
    }

    /// Redirects a path without the slash at its end, which nginx does by itself only where it passes requests on.
    fn slash(&self, lines: &mut Lines) {
        let (route, features) = (self.route, &self.route.features);
        let is_passed = route.steps.redirect.is_none() && self.is_passed();
        let path = route.path.strip_suffix('/').filter(|path| !path.is_empty() && !is_passed && !route.is_refused());
        let Some(path) = path else { return };
        lines.block("location", vec![Word::from("="), Word::from(path)], |lines| {
            proxying::write_body_size(self.shared, features, lines);
            if features.relative_redirects {
                put!(lines, "absolute_redirect", "off");
            }
            if features.port_in_redirects {
                put!(lines, "port_in_redirect", "on");
            }
            put!(lines, "return", 301_i64, format!("{}$is_args$args", names::literal(&escaped_path(&route.path))));
        });
        lines.gap();
    }

    /// Whether no request comes further than to the answers of nginx itself: nothing then has to be said about checks or backends.
    fn returns_at_once(&self) -> bool {
        self.route.steps.redirect.is_some() || self.destination() == &Destination::Nowhere
    }

    /// Whether there is a backend for requests.
    fn is_passed(&self) -> bool {
        !matches!(self.destination(), Destination::Nowhere | Destination::NotFound)
    }

    fn destination(&self) -> &Destination {
        self.shared.plans.get(self.route.upstream.as_str()).map_or(&Destination::Nowhere, |plan| &plan.destination)
    }

    fn family(&self) -> Family {
        Family::of(self.route.steps.backend.protocol)
    }

    fn open(&self, auth: Option<Auth>, scope: &mut Scope, lines: &mut Lines) {
        let (features, shared) = (&*self.route.features, self.shared);
        let steps = &*self.route.steps;
        let mut headers = Headers::usual(shared);
        let usual = headers.clone();
        let mut response = ResponseHeaders::usual(shared);
        self.preamble(lines);
        if let Some(cors) = &steps.cors {
            cors::write(cors, self.route.owner.as_deref(), lines, &mut response);
        }
        proxying::write_body_size(shared, features, lines);
        if !self.returns_at_once() {
            access::write(&steps.admission, auth, scope, &mut headers, &mut response, lines);
            if let Some(limits) = &steps.limits {
                limits::write(limits, lines);
            }
            self.own_headers(&mut headers);
            if headers != usual || inherited::set_headers(self.route, self.server, shared, self.family()) {
                headers.write(self.family(), lines);
            }
            proxying::write(shared, features, self.family(), lines);
        }
        self.snippets(scope, lines);
        response.of_route(features);
        for setter in cookies::setters(self.server, self.route, &shared.plans) {
            response.add("Set-Cookie", &cookies::variable(setter), true);
        }
        if !self.returns_at_once() {
            response.hide(shared, self.family(), lines);
        }
        response.write(lines);
        if !response.is_empty() {
            // Headers of the route take the place of those that stand further out.
            inherited::outer_headers(self.route, self.server, shared).iter().for_each(|directive| lines.raw(directive));
        }
        self.errors(&steps.error_pages, lines);
        if let Some(redirect) = &steps.redirect {
            let mut words = words(&redirect.url);
            words.insert(0, Word::from(redirect.code));
            return lines.directive("return", words);
        }
        self.answer(steps, lines);
    }

    fn preamble(&self, lines: &mut Lines) {
        let features = &self.route.features;
        // First of all: a rewrite that stays in the location passes over what follows.
        if let (Destination::Name(name), None) = (self.destination(), &self.route.steps.redirect) {
            put!(lines, "set", "$service_address", name);
        }
        if self.names_its_ingress() {
            errors::variables(self.route.owner.as_deref(), lines);
        }
        if inherited::ask_for(
            &["$proxy_upstream_name", "$proxy_alternative_upstream_name", "$balancer_ewma_score"],
            self.route,
            self.shared,
        ) {
            put!(lines, "set", "$proxy_upstream_name", names::literal(&self.route.upstream));
            put!(lines, "set", "$proxy_alternative_upstream_name", "");
            put!(lines, "set", "$balancer_ewma_score", "-1");
        }
        if let Some(mirror) = self.route.steps.mirror.as_ref().filter(|mirror| mirror.is_sent()) {
            put!(lines, "mirror", &mirror.source);
            if !mirror.with_body {
                put!(lines, "mirror_request_body", "off");
            }
        }
        if !features.logging.access {
            put!(lines, "access_log", "off");
        }
        if features.logging.rewrites {
            put!(lines, "rewrite_log", "on");
        }
        if features.push_preload && self.shared.options.version.has_push() {
            put!(lines, "http2_push_preload", "on");
        }
        if features.port_in_redirects {
            put!(lines, "port_in_redirect", "on");
        }
    }

    /// Whether something in the configuration asks for the names of the Ingress and the Service.
    fn names_its_ingress(&self) -> bool {
        let settings = &self.shared.proxy.settings;
        let is_error_backend = is_fallback(&self.route.upstream);
        let is_asked = inherited::ask_for(&["$namespace", "$ingress_name", "$service_name", "$service_port"], self.route, self.shared);
        !self.route.steps.error_pages.codes.is_empty() || !settings.route_defaults.error_codes.is_empty() || is_error_backend || is_asked
    }

    /// Headers for the backend that are the route's own.
    fn own_headers(&self, headers: &mut Headers) {
        let features = &self.route.features;
        if !features.host_header.is_empty() {
            headers.set("Host", &features.host_header);
        }
        auth::client_certificate(self.server, headers);
        if let Some(value) = &features.connection_header {
            headers.set("Connection", value);
        }
        if is_fallback(&self.route.upstream) {
            errors::tell_of_missing(headers);
        }
        if self.route.rewritten().is_some() && !features.forwarded_prefix.is_empty() {
            headers.set("X-Forwarded-Prefix", &features.forwarded_prefix);
        }
    }

    fn snippets(&self, scope: &mut Scope, lines: &mut Lines) {
        let own =
            snippets::of_route("configuration-snippet", &self.route.features.snippet, self.shared.options, &self.shared.upstreams, scope);
        for snippet in [own, &self.shared.location_snippet] {
            if !snippet.trim().is_empty() {
                lines.raw(snippet);
            }
        }
    }

    fn errors(&self, pages: &ErrorPages, lines: &mut Lines) {
        if self.route.features.relative_redirects {
            put!(lines, "absolute_redirect", "off");
        }
        let defaults = &self.shared.proxy.settings.route_defaults;
        let is_inherited = !defaults.error_codes.is_empty() && !defaults.keep_backend_errors;
        if pages.intercepts && !is_inherited {
            put!(lines, "proxy_intercept_errors", "on");
        }
        for code in &*pages.codes {
            put!(lines, "error_page", *code, "=", errors::location(&pages.upstream, *code));
        }
    }

    /// Who answers, where no redirect does for all.
    fn answer(&self, steps: &Steps, lines: &mut Lines) {
        let rewrite = steps.rewrite.as_deref();
        // A redirect to another site comes first, whoever is there.
        if let Some(rewrite) = rewrite.filter(|rewrite| rewrite.leads_elsewhere) {
            self.rewrite(rewrite, lines);
        }
        if steps.https.happens {
            self.to_https(&steps.https, lines);
        }
        if let Some(tls) = &steps.backend.tls {
            proxying::backend_tls(tls, lines);
        }
        if let Some(rewrite) = rewrite.filter(|rewrite| !rewrite.leads_elsewhere && self.is_passed()) {
            self.rewrite(rewrite, lines);
        }
        self.pass(steps.backend.protocol, lines);
    }

    /// Changes the path.
    fn rewrite(&self, rewrite: &Rewrite, lines: &mut Lines) {
        const FLAG: &str = "break";
        let pattern = format!("(?i){}", self.route.path);
        let mut target = rewrite.target.clone();
        if is_underestimated(&pattern, &target, FLAG) {
            // An empty variable: without one, nginx before 1.30.2 writes more than it reserves where groups stand in each other.
            put!(lines, "set", "$nothing", "");
            let end = target.strip_suffix('?').map_or(target.len(), str::len);
            target.insert_str(end, "$nothing");
        }
        let mut all = vec![Word::from(pattern)];
        all.extend(words(&target));
        all.push(Word::from(FLAG));
        lines.directive("rewrite", all);
    }

    /// Redirects HTTP to HTTPS.
    fn to_https(&self, https: &ToHttps, lines: &mut Lines) {
        let port = https.port.map_or_else(String::new, |port| format!(":{port}"));
        // Quirk: the redirect loses the slash at the end, even that of the query.
        let uri = if https.keeps_slash { "$request_uri" } else { "$uri_without_slash" };
        lines.block("if", vec![Word::from(format!("({}", self.shared.scheme())), Word::from("="), Word::from("http)")], |lines| {
            put!(lines, "return", https.code, format!("https://$host_without_port{port}{uri}"));
        });
    }

    /// Passes the request on.
    fn pass(&self, protocol: Protocol, lines: &mut Lines) {
        let (directive, scheme) = match protocol {
            Protocol::Http => ("proxy_pass", "http://"),
            Protocol::Https => ("proxy_pass", "https://"),
            Protocol::AsClient => ("proxy_pass", "$scheme://"),
            Protocol::Grpc => ("grpc_pass", "grpc://"),
            Protocol::Grpcs => ("grpc_pass", "grpcs://"),
            Protocol::FastCgi => ("fastcgi_pass", ""),
        };
        match self.destination() {
            Destination::Nowhere => {
                lines.comment("The Service has no endpoints.");
                put!(lines, "return", 503_i64);
            }
            Destination::NotFound if self.is_checked() => put!(lines, "try_files", "/no-such-file", "=404"),
            Destination::NotFound => put!(lines, "return", 404_i64),
            Destination::Group(name) | Destination::Choice(name) | Destination::Name(name) => {
                if protocol == Protocol::FastCgi {
                    super::fastcgi::write(&self.route.features.fastcgi, lines);
                }
                let is_name = matches!(self.destination(), Destination::Name(_));
                let name = if is_name { "$service_address" } else { name };
                lines.directive(directive, vec![Word::from(format!("{scheme}{name}"))]);
            }
        }
    }

    /// Whether checks come before the answer that nobody is there.
    fn is_checked(&self) -> bool {
        let Steps { limits, admission, .. } = &*self.route.steps;
        let is_limited = limits.as_ref().is_some_and(|limits| limits.counts());
        let is_filtered = admission.looks_at_addresses() || !self.shared.proxy.settings.filters.block_cidrs.is_empty();
        is_limited || is_filtered || admission.password.is_some() || Auth::of(self.route, self.shared).is_some()
    }
}
