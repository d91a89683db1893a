//! What happens to the requests of one path.

use std::sync::Arc;

use super::super::dialect::next_upstream;
use super::super::view::{Raw, view};
use super::auth::{Auth, AuthUse};
use super::limits::{self, LimitsView};
use super::printer::{Printer, path_quoted, quoted, without_variables};
use super::repeated::{self, Manner, Printed, Repeated, Shape};
use super::shared::{LayoutView, Shared};
use super::sizes::{offset, size};
use super::tls::{self, TlsView};
use super::{cors, inline};
use crate::catalog::releases::{ESCAPED_REWRITES, QUOTED_PATHS, QUOTED_TARGETS};
use crate::ir::{
    Backend, DEFAULT_UPSTREAM, Features, Firewall, PasswordAuth, PathMatch, Protocol, Redirects, Route, Satisfy, Scheme, Server, Steps,
    is_fallback,
};

view! {
    /// One location: what it is called, and around the name of its upstream what many have in common.
    struct Location {
        matcher: Raw,
        namespace: Raw,
        ingress: Raw,
        service: Raw,
        port: Raw,
        declared_path: Raw,
        upstream: Raw,
        begin: Raw,
        end: Raw,
    }

    /// What a location says but for names.
    #[derive(PartialEq, Eq, Hash)]
    struct Body {
        layout: Arc<LayoutView>,
        throttle: Option<Arc<inline::Throttle>>,
        metrics: bool,
        tracing: Option<Arc<Tracing>>,
        mirror: Option<Raw>,
        mirror_body: bool,
        force_https: Raw,
        to_https: Raw,
        never_https: Raw,
        keep_slash: Raw,
        name_port: Raw,
        access_log: bool,
        rewrite_log: bool,
        push_preload: bool,
        port_in_redirects: bool,
        server_port: &'static str,
        waf: Option<Arc<WafView>>,
        denied: Option<Raw>,
        deny: Vec<Raw>,
        allow: Vec<Raw>,
        cors: Option<Raw>,
        auth: Option<Arc<AuthUse>>,
        sign_in: Option<Raw>,
        password: Option<Arc<Password>>,
        limits: Option<Arc<LimitsView>>,
        body_size: Option<Raw>,
        body_buffer: Option<Raw>,
        header: &'static str,
        host: Raw,
        client_certificate: bool,
        pass_client_certificate: bool,
        connection: Raw,
        forwarding: Raw,
        connect_timeout: i64,
        send_timeout: i64,
        read_timeout: i64,
        buffering: Raw,
        buffer_size: Raw,
        buffers_number: i64,
        busy_buffers_size: Option<Raw>,
        max_temp_file_size: Option<Raw>,
        request_buffering: Raw,
        http_version: Raw,
        cookie_domain: Raw,
        cookie_path: Raw,
        next_upstream: Raw,
        next_upstream_timeout: i64,
        next_upstream_tries: i64,
        is_grpc: bool,
        snippet: Option<Raw>,
        administrator_snippet: Option<Raw>,
        response_headers: Vec<Raw>,
        is_error_backend: bool,
        satisfy: Option<Raw>,
        relative: bool,
        intercept_errors: bool,
        error_codes: Vec<i64>,
        error_upstream: Raw,
        is_fastcgi: bool,
        fastcgi_index: Option<Raw>,
        fastcgi_params: Vec<Arc<Param>>,
        redirect: Option<Raw>,
        redirect_code: i64,
        rewrite: Option<Arc<RewriteView>>,
        pass: &'static str,
        target: Raw,
        location_header: Option<Raw>,
        backend_tls: Option<Arc<TlsView>>,
    }

    /// OpenTelemetry; none where the route has nothing of its own to say.
    #[derive(PartialEq, Eq, Hash)]
    struct Tracing {
        enabled: bool,
        operation: Option<Raw>,
        trust: bool,
    }

    /// ModSecurity.
    #[derive(PartialEq, Eq, Hash)]
    struct WafView {
        off: bool,
        switch_on: bool,
        rules: Option<Raw>,
        transaction: Option<Raw>,
        default_rules: bool,
        core_rules: bool,
    }

    /// Users and passwords.
    #[derive(PartialEq, Eq, Hash)]
    struct Password {
        scheme: &'static str,
        realm: Raw,
        file: Raw,
    }

    /// A FastCGI parameter.
    #[derive(PartialEq, Eq, Hash)]
    struct Param {
        name: Raw,
        value: Raw,
    }

    /// Change of the path.
    #[derive(PartialEq, Eq, Hash)]
    struct RewriteView {
        from: Raw,
        to: Raw,
        prefix: Option<Raw>,
    }
}

/// The templates of a body: what stands in front of the name of the upstream, and behind it.
const TEMPLATES: [&str; 2] = ["ingress_nginx/location_begin.conf", "ingress_nginx/location_end.conf"];

/// The bodies that were printed.
pub(super) type Bodies = Repeated<Body>;

/// The locations of a route.
pub(super) struct Locations {
    /// As they are printed: its own last, behind those that authentication needs.
    pub(super) pieces: Vec<Raw>,
    /// What its own has in common with others; none where there is more than that to it.
    pub(super) shape: Option<Shape>,
}

/// The locations of a route of a host.
pub(super) fn all<'a>(
    server: &Server,
    route: &'a Route,
    manner: Manner,
    bodies: &Bodies,
    shared: &Shared<'a>,
    printer: &mut Printer,
) -> Locations {
    let is_allowed = !route.is_refused();
    let auth = Auth::of(route, shared);
    let cors = route.steps.cors.as_ref().filter(|_| is_allowed).map(|cors| cors::piece(cors, printer));
    let mut pieces = Vec::with_capacity(3);
    pieces.extend(auth.map(|auth| auth.location(server, shared, printer)));
    pieces.extend(auth.filter(|_| is_allowed).and_then(|auth| auth.sign_in(cors.as_ref(), shared, printer)));
    let matcher = matcher(route, manner.by_pattern, shared, printer);
    let body = body(server, route, auth, cors, shared, printer);
    let Printed { begin, end, shape } = bodies.printed(body, TEMPLATES, printer);
    let shape = shape.filter(|_| pieces.is_empty() && manner.is_plain && repeated::has_plain_names(route));
    let shape = shape.map(|body| Shape::new(body, route));
    if shape.is_some_and(|shape| bodies.is_good(shape)) {
        return Locations { pieces, shape: None };
    }
    let owner = route.owner.clone().unwrap_or_default();
    let declared = if route.owner.is_some() && route.declared_path.is_empty() { "/" } else { &route.declared_path };
    let view = Location {
        matcher,
        namespace: quoted(&owner.namespace),
        ingress: quoted(&owner.name),
        service: quoted(&owner.service),
        port: quoted(&owner.port),
        declared_path: quoted(&without_variables(declared)),
        upstream: quoted(&route.upstream),
        begin,
        end,
    };
    pieces.push(printer.piece("ingress_nginx/location.conf", view));
    Locations { pieces, shape }
}

#[expect(clippy::too_many_lines, reason = "a field after the other")]
fn body(server: &Server, route: &Route, auth: Option<Auth>, cors: Option<Raw>, shared: &Shared, printer: &mut Printer) -> Body {
    let features = &*route.features;
    #[rustfmt::skip]
    let Steps {
        app_root: _, firewall, refusal, cors: _, redirect, rewrite: _, https, global_limit: _, limits, admission, mirror, backend, error_pages,
    } = &*route.steps;
    #[rustfmt::skip]
    let Features {
        proxying, fastcgi, body_buffer, connection_header, host_header, forwarded_prefix: _, response_headers, from_twin: _,
        relative_redirects, port_in_redirects, logging, tracing: _, push_preload, snippet, causes: _,
    } = features;
    let (settings, form) = (&shared.proxy.settings, shared.proxy.form);
    // Quirk: the directive that passes requests on knows words in small letters, all others do not.
    let is_known = !backend.is_small;
    let is_grpc = is_known && backend.asked.is_grpc();
    let header = if is_grpc { "grpc_set_header" } else { "proxy_set_header" };
    let trusts_clients = server.client_check();
    let (pass, target) = pass(&route.upstream, backend);
    Body {
        layout: Arc::clone(&shared.layout),
        throttle: inline::throttle(route, shared.proxy, printer),
        metrics: shared.proxy.runtime.metrics,
        tracing: tracing(features, shared, printer),
        mirror: mirror.as_ref().map(|mirror| printer.quoted_if(QUOTED_TARGETS.shows(form), "mirror-target", &mirror.source)),
        mirror_body: mirror.as_ref().is_some_and(|mirror| mirror.with_body),
        force_https: flag(https.is_forced),
        to_https: flag(https.with_certificate),
        never_https: flag(https.is_exempt),
        keep_slash: flag(https.keeps_slash),
        name_port: flag(https.port.is_some()),
        access_log: logging.access,
        rewrite_log: logging.rewrites,
        push_preload: *push_preload,
        port_in_redirects: *port_in_redirects,
        server_port: if settings.listening.proxy_protocol { "$proxy_protocol_server_port" } else { "$server_port" },
        waf: waf(firewall, shared, printer),
        denied: refusal.as_ref().map(|reason| quoted(reason)),
        deny: admission.deny.iter().map(|network| printer.words("denylist-source-range", network)).collect(),
        allow: admission.allow.iter().map(|network| printer.words("allowlist-source-range", network)).collect(),
        cors,
        auth: auth.filter(|_| !admission.is_exempt).map(|auth| auth.answer(header, printer)),
        sign_in: auth.filter(|_| !admission.is_exempt).and_then(|auth| auth.sign_in_location()),
        password: admission.password().map(|auth| password(auth, printer)),
        limits: limits.as_ref().and_then(|limits| limits::of_route(limits, printer)),
        body_size: offset(printer, "proxy-body-size", &proxying.body_size),
        body_buffer: size(printer, "client-body-buffer-size", body_buffer),
        header,
        host: if host_header.is_empty() { Raw::new("$best_http_host") } else { quoted(host_header) },
        client_certificate: trusts_clients.is_some(),
        pass_client_certificate: trusts_clients.is_some_and(|auth| auth.pass_to_backend),
        connection: match connection_header {
            Some(value) => printer.words("connection-proxy-header", value),
            None => Raw::new("$connection_upgrade"),
        },
        forwarding: if is_grpc { shared.grpc_forwarding.clone() } else { shared.forwarding.clone() },
        connect_timeout: proxying.connect_timeout,
        send_timeout: proxying.send_timeout,
        read_timeout: proxying.read_timeout,
        buffering: printer.words("proxy-buffering", &proxying.buffering),
        buffer_size: printer.words("proxy-buffer-size", &proxying.buffer_size),
        buffers_number: proxying.buffers_number,
        busy_buffers_size: printer.words_if_any("proxy-busy-buffers-size", &proxying.busy_buffers_size),
        max_temp_file_size: offset(printer, "proxy-max-temp-file-size", &proxying.max_temp_file_size),
        request_buffering: printer.words("proxy-request-buffering", &proxying.request_buffering),
        http_version: printer.words("proxy-http-version", &proxying.http_version),
        cookie_domain: printer.words("proxy-cookie-domain", &proxying.cookie_domain),
        cookie_path: printer.words("proxy-cookie-path", &proxying.cookie_path),
        next_upstream: printer
            .words("proxy-next-upstream", &next_upstream(&proxying.next_upstream, settings.upstreams.retry_non_idempotent)),
        next_upstream_timeout: proxying.next_upstream_timeout,
        next_upstream_tries: proxying.next_upstream_tries,
        is_grpc,
        snippet: printer.directives("configuration-snippet", snippet),
        administrator_snippet: shared.location_snippet.clone(),
        response_headers: response_headers.iter().map(|(name, value)| quoted(&without_variables(&format!("{name}: {value}")))).collect(),
        is_error_backend: is_fallback(&route.upstream),
        satisfy: admission.satisfy.map(|satisfy| match satisfy.value {
            Satisfy::All => Raw::new("all"),
            Satisfy::Any => Raw::new("any"),
        }),
        relative: *relative_redirects,
        intercept_errors: !error_pages.codes.is_empty() && !error_pages.keeps_own,
        error_codes: error_pages.codes.value.clone(),
        error_upstream: printer.tail("custom-http-errors", &error_pages.upstream),
        is_fastcgi: is_known && backend.asked.value == Protocol::FastCgi,
        fastcgi_index: (!fastcgi.index.is_empty()).then(|| quoted(&fastcgi.index)),
        fastcgi_params: params(features, printer),
        redirect: redirect.as_ref().map(|redirect| printer.words("permanent-redirect", &redirect.url)),
        redirect_code: redirect.as_ref().map_or(0, |redirect| redirect.code),
        rewrite: rewrite(route, shared, printer),
        pass,
        target,
        location_header: location_header(features, printer),
        backend_tls: tls::view(backend.tls.as_deref(), printer),
    }
}

fn flag(value: bool) -> Raw {
    Raw::new(if value { "true" } else { "false" })
}

/// How the path is matched. Quirk: one path that is a regular expression makes all paths of the host regular expressions.
fn matcher(route: &Route, by_pattern: bool, shared: &Shared, printer: &mut Printer) -> Raw {
    let quotes = QUOTED_PATHS.shows(shared.proxy.form);
    if by_pattern {
        let pattern = format!("^{}", route.path);
        let pattern = if quotes { path_quoted(&pattern) } else { in_double_quotes("path", &pattern, printer) };
        return Raw::new(format!("~* {}", pattern.as_str()));
    }
    let path = if quotes { path_quoted(&route.path) } else { printer.words("path", &route.path) };
    match route.path_match {
        PathMatch::Exact => Raw::new(format!("= {}", path.as_str())),
        PathMatch::Prefix => path,
    }
}

/// A text in double quotes as it is.
fn in_double_quotes(subject: &str, text: &str, printer: &mut Printer) -> Raw {
    Raw::new(format!("\"{}\"", printer.in_double_quotes(subject, text).as_str()))
}

fn tracing(features: &Features, shared: &Shared, printer: &mut Printer) -> Option<Arc<Tracing>> {
    let (all, own) = (&shared.proxy.settings.tracing, &features.tracing);
    if !own.enabled.unwrap_or(all.enabled) {
        return all.enabled.then(|| Arc::new(Tracing { enabled: false, operation: None, trust: false }));
    }
    let trust = own.trust_incoming.unwrap_or(all.trust_incoming);
    Some(Arc::new(Tracing { enabled: true, operation: printer.words_if_any("opentelemetry-operation-name", &own.operation_name), trust }))
}

fn waf(own: &Firewall, shared: &Shared, printer: &mut Printer) -> Option<Arc<WafView>> {
    let all = &shared.proxy.settings.waf;
    let is_off = own.enabled == Some(false);
    if !all.enabled && own.enabled != Some(true) {
        return None;
    }
    if is_off {
        let view = WafView { off: true, switch_on: false, rules: None, transaction: None, default_rules: false, core_rules: false };
        return Some(Arc::new(view));
    }
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Some(Arc::new(WafView {
        off: false,
        switch_on: !all.enabled,
        rules: some(&own.rules).map(|rules| printer.in_single_quotes("modsecurity-snippet", &rules)),
        transaction: some(&own.transaction_id).map(|id| printer.in_double_quotes("modsecurity-transaction-id", &id)),
        default_rules: !all.enabled && own.rules.is_empty(),
        core_rules: !all.core_rules && own.core_rules,
    }))
}

fn password(auth: &PasswordAuth, printer: &mut Printer) -> Arc<Password> {
    let scheme = match auth.scheme {
        Scheme::Basic => "auth_basic",
        Scheme::Digest | Scheme::Unloaded => "auth_digest",
    };
    Arc::new(Password { scheme, realm: quoted(&auth.realm), file: printer.words("auth-secret", &auth.file) })
}

fn params(features: &Features, printer: &mut Printer) -> Vec<Arc<Param>> {
    let param =
        |(name, value): &(String, String)| Arc::new(Param { name: printer.words("fastcgi-params-configmap", name), value: quoted(value) });
    features.fastcgi.params.iter().map(param).collect()
}

fn rewrite(route: &Route, shared: &Shared, printer: &mut Printer) -> Option<Arc<RewriteView>> {
    let features = &*route.features;
    let target = route.rewritten()?;
    let from = format!("(?i){}", route.path);
    let from = if ESCAPED_REWRITES.shows(shared.proxy.form) { path_quoted(&from) } else { in_double_quotes("path", &from, printer) };
    let prefix = (!features.forwarded_prefix.is_empty()).then(|| quoted(&features.forwarded_prefix));
    Some(Arc::new(RewriteView { from, to: printer.words("rewrite-target", target), prefix }))
}

/// The directive that passes requests on, and where to. Quirk: the default backend always gets plain HTTP.
fn pass(upstream: &str, backend: &Backend) -> (&'static str, Raw) {
    let protocol = backend.asked.value;
    let (mut directive, mut scheme) = match protocol {
        Protocol::AsClient => ("proxy_pass", "$scheme://"),
        Protocol::Https => ("proxy_pass", "https://"),
        Protocol::Grpc => ("grpc_pass", "grpc://"),
        Protocol::Grpcs => ("grpc_pass", "grpcs://"),
        Protocol::FastCgi => ("fastcgi_pass", ""),
        Protocol::Http => ("proxy_pass", "http://"),
    };
    if backend.takes_tls_unopened {
        let is_grpcs = protocol == Protocol::Grpcs && !backend.is_small;
        scheme = if is_grpcs { "grpcs://" } else { "https://" };
    }
    if upstream == DEFAULT_UPSTREAM {
        (directive, scheme) = ("proxy_pass", "http://");
    }
    (directive, Raw::new(format!("{scheme}upstream_balancer")))
}

/// The parameters of `proxy_redirect`; none where redirects of the backend stay as they are.
fn location_header(features: &Features, printer: &mut Printer) -> Option<Raw> {
    match features.proxying.redirects() {
        Redirects::Kept => Some(Raw::new("off")),
        Redirects::Usual => Some(Raw::new("default")),
        Redirects::Unsaid => None,
        Redirects::Changed { from, to } => Some(printer.words("proxy-redirect-from", &format!("{from} {to}"))),
    }
}
