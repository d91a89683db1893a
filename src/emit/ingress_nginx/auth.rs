//! External authentication: the location that asks the service, and what a route does with the answer.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha1_smol::Sha1;

use super::super::view::{Raw, view};
use super::printer::{Printer, comment, quoted};
use super::shared::{LayoutView, Shared, forwarded_for};
use super::sizes;
use crate::catalog::releases::{MARKERS_WITHOUT_PATHS, QUOTED_AUTH_HEADERS, QUOTED_TARGETS};
use crate::ir::{ExternalAuth, Form, PathMatch, Route, Server};

view! {
    /// The location that asks the service.
    struct AuthLocation {
        layout: Arc<LayoutView>,
        path: Raw,
        tracing: bool,
        access_log: bool,
        waf: bool,
        cache_key: Option<Raw>,
        cache_durations: Vec<Raw>,
        upstream: Raw,
        method: Option<Raw>,
        host: Raw,
        forwarded_for: Raw,
        redirect: Raw,
        buffering: Raw,
        buffer_size: Raw,
        buffers_number: i64,
        busy_buffers_size: Option<Raw>,
        request_buffering: Raw,
        body_size: Option<Raw>,
        body_buffer: Option<Raw>,
        client_certificate: bool,
        pass_client_certificate: bool,
        headers: Vec<Arc<AuthHeader>>,
        snippet: Option<Raw>,
        keeps_connections: bool,
        http_version: Raw,
        target: Raw,
    }

    /// A header and its value.
    #[derive(PartialEq, Eq, Hash)]
    struct AuthHeader {
        name: Raw,
        value: Raw,
    }

    /// Connections to the service that are kept open.
    struct AuthUpstream {
        /// What its markers say.
        label: Raw,
        name: Raw,
        address: Raw,
        keepalive: i64,
        requests: i64,
        timeout: i64,
    }

    /// The location that sends people to the sign-in page.
    struct SignIn {
        location: Raw,
        cors: Option<Raw>,
        waf: bool,
        url: Raw,
    }

    /// What a route does with the answer.
    #[derive(PartialEq, Eq, Hash)]
    struct AuthUse {
        path: Raw,
        by_lua: bool,
        share_variables: Raw,
        always_set_cookie: bool,
        /// The directive that sets a header.
        header: &'static str,
        /// Headers of the answer that are passed on, each with the variable that nginx has it in.
        headers: Vec<Arc<AuthHeader>>,
        header_names: Raw,
    }
}

/// The authentication of a route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Auth<'a> {
    route: &'a Route,
    service: &'a ExternalAuth,
    /// Connections are kept open, which nginx's own module cannot do.
    keeps_connections: bool,
}

impl<'a> Auth<'a> {
    /// The authentication that applies to a route: its own, else that of the proxy.
    pub(super) fn of(route: &'a Route, shared: &Shared<'a>) -> Option<Self> {
        let settings = &shared.proxy.settings;
        let service = route.steps.admission.named_service(settings)?;
        // Quirk: the sub-requests of Lua do not work with HTTP/2.
        let is_own = route.steps.admission.own_service().is_some();
        let keeps_connections = is_own && service.keepalive_connections != 0 && !settings.listening.http2;
        Some(Self { route, service, keeps_connections })
    }

    /// The path of the location that asks the service.
    fn path(&self) -> String {
        let kind = match self.route.path_match {
            PathMatch::Exact => "Exact",
            PathMatch::Prefix => "Prefix",
        };
        format!("/_external-auth-{}-{kind}", URL_SAFE_NO_PAD.encode(&self.route.path))
    }

    fn upstream_name(&self, hostname: &str) -> String {
        format!("{hostname}-{}", &self.path()[2..])
    }

    /// The upstream of the service, where connections to it are kept open.
    pub(super) fn upstream(&self, server: &Server, form: Form, printer: &mut Printer) -> Option<Arc<AuthUpstream>> {
        self.keeps_connections.then(|| {
            Arc::new(AuthUpstream {
                label: comment(&format!("{}{}", server.hostname, if MARKERS_WITHOUT_PATHS.shows(form) { "" } else { &self.route.path })),
                name: printer.words("auth-url", &self.upstream_name(&server.hostname)),
                address: printer.words("auth-url", &self.service.address),
                keepalive: self.service.keepalive_connections,
                requests: self.service.keepalive_requests,
                timeout: self.service.keepalive_timeout,
            })
        })
    }

    /// The location that asks the service.
    pub(super) fn location(&self, server: &Server, shared: &Shared, printer: &mut Printer) -> Raw {
        let Self { route, service, keeps_connections } = *self;
        let (settings, form, features) = (&shared.proxy.settings, shared.proxy.form, &route.features);
        let proxying = &features.proxying;
        let path = self.path();
        let trusts_clients = server.client_check();
        let cache_key = (!service.cache_key.is_empty())
            .then(|| printer.in_single_quotes("auth-cache-key", &format!("{}{path}{}", server.hostname, service.cache_key)));
        let mut header = |text: &str| match QUOTED_AUTH_HEADERS.shows(form) {
            true => quoted(text),
            false => Raw::new(format!("'{}'", printer.in_single_quotes("auth-proxy-set-headers", text).as_str())),
        };
        let headers = service.request_headers.iter().map(|(name, value)| AuthHeader { name: header(name), value: header(value) });
        let headers = headers.map(Arc::new).collect();
        let target = if keeps_connections {
            let (before, behind) = &service.around_host;
            printer.words("auth-url", &format!("{before}{}{behind}", self.upstream_name(&server.hostname)))
        } else {
            printer.quoted_if(QUOTED_TARGETS.shows(form), "auth-url", &service.url)
        };
        let view = AuthLocation {
            layout: Arc::clone(&shared.layout),
            path: Raw::new(path.as_str()),
            tracing: settings.tracing.enabled || features.tracing.enabled == Some(true),
            access_log: settings.logging.log_auth,
            waf: settings.waf.enabled,
            cache_durations: service.cache_durations.iter().map(|duration| printer.words("auth-cache-duration", duration)).collect(),
            upstream: quoted(&route.upstream),
            method: printer.words_if_any("auth-method", &service.method),
            host: printer.words("auth-url", &service.host),
            forwarded_for: forwarded_for(shared.proxy),
            redirect: printer.words_if_any("auth-request-redirect", &service.request_redirect).unwrap_or_else(|| Raw::new("$request_uri")),
            buffering: if cache_key.is_some() { Raw::new("on") } else { printer.words("proxy-buffering", &proxying.buffering) },
            cache_key,
            buffer_size: printer.words("proxy-buffer-size", &proxying.buffer_size),
            buffers_number: proxying.buffers_number,
            busy_buffers_size: printer.words_if_any("proxy-busy-buffers-size", &proxying.busy_buffers_size),
            request_buffering: printer.words("proxy-request-buffering", &proxying.request_buffering),
            body_size: sizes::offset(printer, "proxy-body-size", &proxying.body_size),
            body_buffer: sizes::size(printer, "client-body-buffer-size", &features.body_buffer),
            client_certificate: trusts_clients.is_some(),
            pass_client_certificate: trusts_clients.is_some_and(|auth| auth.pass_to_backend),
            headers,
            snippet: printer.directives("auth-snippet", &service.snippet),
            keeps_connections,
            http_version: printer.words("proxy-http-version", &proxying.http_version),
            target,
        };
        printer.piece("ingress_nginx/auth.conf", view)
    }

    /// Name of the location that sends people to the sign-in page; none where there is no such page.
    pub(super) fn sign_in_location(&self) -> Option<Raw> {
        let url = &self.service.signin_url;
        (!url.is_empty()).then(|| Raw::new(format!("@{}", Sha1::from(format!("{}{url}", self.route.path)).digest())))
    }

    /// The location that sends people to the sign-in page.
    pub(super) fn sign_in(&self, cors: Option<&Raw>, shared: &Shared, printer: &mut Printer) -> Option<Raw> {
        let location = self.sign_in_location()?;
        let view = SignIn {
            location,
            cors: cors.cloned(),
            waf: shared.proxy.settings.waf.enabled,
            url: printer.words("auth-signin", &self.service.signin_target),
        };
        Some(printer.piece("ingress_nginx/sign_in.conf", view))
    }

    /// What the route does with the answer.
    pub(super) fn answer(&self, header: &'static str, printer: &mut Printer) -> Arc<AuthUse> {
        let mut headers = Vec::with_capacity(self.service.response_headers.len());
        for name in &self.service.response_headers {
            let variable = format!("$upstream_http_{}", name.to_lowercase().replace('-', "_"));
            headers.push(Arc::new(AuthHeader {
                name: printer.in_single_quotes("auth-response-headers", name),
                value: printer.words("auth-response-headers", &variable),
            }));
        }
        Arc::new(AuthUse {
            path: Raw::new(self.path()),
            by_lua: self.keeps_connections,
            share_variables: Raw::new(self.service.keepalive_share_vars.to_string()),
            always_set_cookie: self.service.always_set_cookie,
            header,
            header_names: printer.in_single_quotes("auth-response-headers", &self.service.response_headers.join(",")),
            headers,
        })
    }
}
