//! External authentication: the location that asks the service, and what a route does with the answer.

use super::escape;
use super::forwarding::{Family, Headers, forwarded_for};
use super::lines::{Lines, Word, put, words};
use super::names;
use super::proxying;
use super::response::ResponseHeaders;
use super::scope::Scope;
use super::shared::Shared;
use super::snippets;
use crate::ir::{ExternalAuth, PathMatch, Route, Server};

/// The authentication of a route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Auth<'a> {
    route: &'a Route,
    service: &'a ExternalAuth,
}

impl<'a> Auth<'a> {
    /// The authentication that applies to a route: its own, else that of the proxy; none under paths that are free of it.
    pub(super) fn of(route: &'a Route, shared: &Shared<'a>) -> Option<Self> {
        let service = route.steps.admission.service(&shared.proxy.settings).filter(|_| !route.is_refused());
        service.map(|service| Self { route, service })
    }

    /// The path of the location that asks the service.
    ///
    /// No path of a request is like it, as those begin with a slash.
    fn path(&self) -> String {
        format!("_auth-{}", self.place())
    }

    /// What makes the locations of a route different from those of any other route of the host.
    fn place(&self) -> String {
        let kind = match self.route.path_match {
            PathMatch::Exact => "exact",
            PathMatch::Prefix => "prefix",
        };
        format!("{kind}{}", names::path_part(&self.route.path))
    }

    /// Writes the location that asks the service.
    pub(super) fn location(&self, server: &Server, shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
        let snippet = snippets::of_route("auth-snippet", &self.service.snippet, shared.options, &shared.upstreams, scope);
        lines.block("location", vec![Word::from("="), Word::from(self.path())], |lines| {
            put!(lines, "internal");
            if !shared.proxy.settings.logging.log_auth {
                put!(lines, "access_log", "off");
            }
            self.cache(server, lines);
            put!(lines, "proxy_intercept_errors", "off");
            put!(lines, "proxy_pass_request_body", "off");
            proxying::write_for_auth(shared, &self.route.features, !self.service.cache_key.is_empty(), lines);
            if !self.service.method.is_empty() {
                put!(lines, "proxy_method", &self.service.method);
            }
            self.headers(server, shared).write(Family::Http, lines);
            put!(lines, "proxy_ssl_server_name", "on");
            if !snippet.is_empty() {
                lines.raw(snippet);
            }
            // With a variable the name is looked up for each request, not once at the start.
            let url = names::outside(&self.service.url);
            put!(lines, "set", "$auth_service", &url);
            only_names_outside("$auth_service", &url, lines);
            put!(lines, "proxy_pass", "$auth_service");
        });
        lines.gap();
    }

    fn cache(&self, server: &Server, lines: &mut Lines) {
        if self.service.cache_key.is_empty() {
            return;
        }
        put!(lines, "proxy_cache", "auth_cache");
        put!(lines, "proxy_cache_key", format!("{}{}{}", server.hostname, names::literal(&self.path()), self.service.cache_key));
        for duration in &self.service.cache_durations {
            lines.directive("proxy_cache_valid", words(duration));
        }
    }

    fn headers(&self, server: &Server, shared: &Shared) -> Headers {
        let service = self.service;
        let mut headers = Headers::none();
        headers.set("Content-Length", "");
        headers.set("X-Forwarded-Proto", "");
        headers.set("X-Request-ID", "$req_id");
        if !service.method.is_empty() {
            headers.set("X-Original-URI", "$request_uri");
            headers.set("X-Scheme", shared.scheme());
        }
        headers.set("Host", &service.host);
        headers.set("X-Original-URL", "$scheme://$http_host$request_uri");
        headers.set("X-Original-Method", "$request_method");
        headers.set("X-Sent-From", "nginx-ingress-controller");
        headers.set("X-Real-IP", "$remote_addr");
        headers.set("X-Forwarded-For", forwarded_for(shared));
        headers
            .set("X-Auth-Request-Redirect", if service.request_redirect.is_empty() { "$request_uri" } else { &service.request_redirect });
        client_certificate(server, &mut headers);
        for (name, value) in &service.request_headers {
            headers.set(name, value);
        }
        headers.set("Connection", "close");
        headers
    }

    /// Name of the location that sends people to the sign-in page; none where there is no such page.
    fn sign_in_location(&self) -> Option<String> {
        (!self.service.signin_url.is_empty()).then(|| format!("@sign-in-{}", self.place()))
    }

    /// Writes the location that sends people to the sign-in page, with the headers of cross-origin requests.
    pub(super) fn sign_in(&self, cors: &ResponseHeaders, lines: &mut Lines) {
        let Some(location) = self.sign_in_location() else { return };
        lines.block("location", vec![Word::from(location)], |lines| {
            put!(lines, "internal");
            let mut headers = cors.clone();
            headers.add("Set-Cookie", "$auth_cookie", false);
            headers.write(lines);
            let mut target = words(&self.service.signin_target);
            target.insert(0, Word::from(302_i64));
            lines.directive("return", target);
        });
        lines.gap();
    }

    /// Whether the sign-in page is told where the visitor came from.
    pub(super) fn returns_escaped(&self) -> bool {
        self.sign_in_location().is_some() && words(&self.service.signin_target).iter().any(|word| word.text().contains(escape::VARIABLE))
    }

    /// The words of the locations of the route.
    pub(super) fn location_names(&self) -> Vec<String> {
        std::iter::once(format!("= {}", self.path())).chain(self.sign_in_location()).collect()
    }

    /// Writes what the route does with the answer.
    pub(super) fn answer(&self, headers: &mut Headers, response: &mut ResponseHeaders, lines: &mut Lines) {
        put!(lines, "auth_request", self.path());
        put!(lines, "auth_request_set", "$auth_cookie", "$upstream_http_set_cookie");
        response.add("Set-Cookie", "$auth_cookie", self.service.always_set_cookie);
        for (at, name) in self.service.response_headers.iter().enumerate() {
            let source = format!("$upstream_http_{}", name.to_lowercase().replace('-', "_"));
            put!(lines, "auth_request_set", format!("$auth_header_{at}"), source);
            headers.set(name, &format!("$auth_header_{at}"));
        }
        if let Some(location) = self.sign_in_location() {
            put!(lines, "error_page", "401", "=", location);
        }
    }
}

/// Refuses a URL whose host a client chooses, where that may be the name of a group of endpoints, which has no dot: nginx would take the group.
pub(super) fn only_names_outside(variable: &str, url: &str, lines: &mut Lines) {
    if names::authority(url).contains('$') {
        let condition =
            vec![Word::from(format!("({variable}")), Word::from("!~*"), Word::from("^https?://([[]|[^/?:]*[.])"), Word::from(")")];
        lines.block("if", condition, |lines| put!(lines, "return", 403_i64));
    }
}

/// Sets the headers that tell of the certificate of the client.
pub(super) fn client_certificate(server: &Server, headers: &mut Headers) {
    let Some(auth) = server.client_check() else { return };
    if auth.pass_to_backend {
        headers.set("ssl-client-cert", "$ssl_client_escaped_cert");
    }
    headers.set("ssl-client-verify", "$ssl_client_verify");
    headers.set("ssl-client-subject-dn", "$ssl_client_s_dn");
    headers.set("ssl-client-issuer-dn", "$ssl_client_i_dn");
}
