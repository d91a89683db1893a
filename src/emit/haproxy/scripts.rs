//! What only a script can do: ask a service whether a request may pass, copy requests, fetch pages for errors. The script is a file of
//! its own and is there only where it was asked for; without it, what a service protects is closed.

use super::super::OutputFile;
use super::super::scope::Scope;
use super::answers::{self, answer, redirect};
use super::lines::{Lines, Rule};
use super::servers;
use super::shared::Shared;
use super::sizes::bytes;
use super::variables;
use super::words::Format;
use crate::ir::{self, DEFAULT_UPSTREAM, Endpoint, ExternalAuth, Mirror, Route};

/// The script.
const SCRIPT: &str = include_str!("ingress.lua");

/// Name of its file.
pub(super) const FILE: &str = "ingress.lua";

/// The file, where a route needs it.
pub(super) fn file(shared: &Shared) -> Option<OutputFile> {
    is_needed(shared).then(|| OutputFile::new(FILE, SCRIPT.to_owned()))
}

/// Whether the configuration loads the script: where it was asked for, as it counts bodies without a length for nearly every route.
pub(super) fn is_needed(shared: &Shared) -> bool {
    shared.options.lua
}

/// Writes that bodies are counted.
pub(super) fn count_bodies(shared: &Shared, lines: &mut Lines) {
    if is_needed(shared) {
        // Beside a filter that is declared, HAProxy wants compression declared as well.
        if shared.proxy.settings.compression.gzip {
            lines.code("filter compression");
        }
        lines.code("filter lua.limit_body");
        // The answer would be that the request cannot be read.
        lines.code("http-after-response set-status 413 if { var(txn.is_too_large) -m bool }");
        // A backend may answer before it has the whole body.
        let answer = answer(413).code("if { var(txn.is_too_large) -m bool }");
        lines.rule(Rule::new("http-response").code(answer.text().trim_start_matches("http-request ")));
    }
}

/// Writes that a service is asked, under a condition, and what follows from its answer. `room` is that for the headers of its answer.
pub(super) fn ask(service: &ExternalAuth, room: &str, unless: &[&str], shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    if !shared.options.lua {
        return scope.close("auth-url", "HAProxy asks no other service by itself; `--haproxy-lua` adds a script that does");
    }
    if !service.snippet.trim().is_empty() {
        return scope.close("auth-snippet", "raw configuration of nginx means nothing to HAProxy, and it may protect something");
    }
    if !matches!(service.method.as_str(), "" | "GET" | "HEAD" | "POST" | "PUT" | "DELETE") {
        return scope.close("auth-method", "HAProxy asks by GET, HEAD, POST, PUT and DELETE only");
    }
    if !service.cache_key.is_empty() {
        scope.differs("auth-cache-key", "answers of the service are not kept: it is asked for each request");
    }
    if service.keepalive_connections > 0 {
        scope.differs("auth-keepalive", "connections to the service are not kept");
    }
    let (url, headers) = match (variables::for_service(&service.url), headers(service, shared)) {
        (Ok(url), Ok(headers)) => (url, headers),
        (Err(name), _) | (_, Err(name)) => return scope.close("auth-url", &unknown(&name)),
    };
    let condition = if unless.is_empty() { String::new() } else { format!("if {}", unless.join(" ")) };
    lines.rule(Rule::variable("txn.auth_url", &url));
    if let Some(room) = bytes(room).filter(|room| *room > 0) {
        lines.code(&format!("http-request set-var(txn.auth_room) int({room})"));
    }
    lines.rule(Rule::new("http-request set-var-fmt(txn.auth_headers)").lines(&headers));
    if !service.method.is_empty() {
        lines.rule(Rule::variable("txn.auth_method", &Format::text(&service.method)));
    }
    let copies: Vec<&str> = service.response_headers.iter().map(|name| name.trim()).filter(|name| !name.is_empty()).collect();
    lines.rule(Rule::variable("txn.auth_copies", &Format::text(&copies.join(","))));
    lines.rule(Rule::new("http-request lua.ask").code(&condition));
    if !unless.is_empty() {
        // What the service would say of a client, nobody says of one that it was not asked about, least of all the client.
        let passes: Vec<_> = unless.iter().map(|condition| condition.trim_start_matches('!')).collect();
        for name in copies {
            lines.rule(Rule::new("http-request del-header").value(name).code("if").code(&passes.join(" || ")));
        }
    }
    lines.code("http-after-response set-header WWW-Authenticate %[var(txn.auth_challenge)] if { var(txn.auth_challenge) -m found } { status 401 302 }");
    let fits = if service.always_set_cookie { "" } else { "{ status 200 201 204 206 301 302 303 304 307 308 }" };
    lines.rule(
        Rule::new("http-after-response add-header Set-Cookie %[var(txn.auth_cookie)] if { var(txn.auth_cookie) -m found }").code(fits),
    );
    refuse(service, unless, scope, lines);
}

/// What is wrong with a variable in what a service is asked.
fn unknown(name: &str) -> String {
    let why = if matches!(name, "uri" | "document_uri") { ", which is not that of the client here" } else { "" };
    format!("HAProxy does not know `${name}`{why}")
}

fn refuse(service: &ExternalAuth, unless: &[&str], scope: &mut Scope, lines: &mut Lines) {
    let unless = unless.join(" ");
    if !service.signin_url.is_empty() {
        match variables::format(service.signin_target.split_whitespace().next().unwrap_or_default()) {
            Ok(location) => {
                lines.code("http-request set-var(txn.is_bare) bool(true) if { var(txn.auth_status) -m int 401 }");
                lines.rule(redirect(302, &location).code("if { var(txn.auth_status) -m int 401 }"));
            }
            Err(name) => scope.lost("auth-signin", &format!("HAProxy does not know `${name}`: nobody is sent to the sign-in page")),
        }
    }
    for status in [401, 403] {
        lines.rule(answer(status).code(&format!("if {{ var(txn.auth_status) -m int {status} }}")));
    }
    lines.rule(answer(500).code("if !{ var(txn.auth_status) -m int 200:299 }").code(&unless));
}

/// Headers for the service, a line each.
fn headers(service: &ExternalAuth, shared: &Shared) -> Result<Vec<(String, Format)>, String> {
    let address = &shared.proxy.settings.client_address;
    let full = address.from_headers && address.full_forwarded_for;
    let mut all = vec![
        ("Host", service.host.as_str()),
        ("X-Original-URL", "$scheme://$http_host$request_uri"),
        ("X-Original-Method", "$request_method"),
        ("X-Sent-From", "nginx-ingress-controller"),
        ("X-Auth-Request-Redirect", if service.request_redirect.is_empty() { "$request_uri" } else { &service.request_redirect }),
    ];
    if !service.method.is_empty() {
        all.push(("X-Original-URI", "$request_uri"));
        all.push(("X-Scheme", "$pass_access_scheme"));
    }
    if !full {
        all.push(("X-Forwarded-For", "$remote_addr"));
    }
    all.extend(service.request_headers.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    all.into_iter().map(|(name, value)| Ok((name.to_owned(), variables::for_service(value)?))).collect()
}

/// Writes that requests are copied.
pub(super) fn mirror(mirror: &Mirror, shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    if !shared.options.lua {
        return scope.lost("mirror-target", "HAProxy does not copy requests by itself; `--haproxy-lua` adds a script that does");
    }
    if !mirror.is_sent() {
        return scope.lost("mirror-target", "there is no target to send copies to: requests are not copied");
    }
    scope.differs("mirror-target", "bodies are copied as far as they fit into one buffer");
    match (variables::for_service(&mirror.target), variables::for_service(&mirror.host)) {
        (Ok(target), Ok(host)) => {
            lines.rule(Rule::variable("txn.mirror_url", &target));
            lines.rule(Rule::variable("txn.mirror_host", &host));
            if mirror.with_body {
                lines.code("http-request wait-for-body time 10s if { req.body_size gt 0 }");
                lines.code("http-request set-var(txn.mirror_body) req.body if { req.body_size gt 0 }");
            }
            lines.code("http-request lua.mirror");
        }
        (Err(name), _) | (_, Err(name)) => scope.lost("mirror-target", &format!("{}: requests are not copied", unknown(&name))),
    }
}

/// Pages for errors that another service makes.
#[derive(Debug, Default)]
pub(super) struct ErrorPages {
    codes: Vec<i64>,
    /// There is no service: HAProxy answers with this status instead.
    own: Option<i64>,
}

impl ErrorPages {
    /// The pages of a route, told to the script.
    pub(super) fn of(route: &Route, shared: &Shared, scope: &mut Scope, lines: &mut Lines) -> Self {
        let defaults = &shared.proxy.settings.route_defaults;
        let ir::ErrorPages { codes: own, keeps_own: _, intercepts, upstream } = &route.steps.error_pages;
        let (codes, upstream) = if own.is_empty() { (&defaults.error_codes, DEFAULT_UPSTREAM) } else { (&own.value, &**upstream) };
        // No answer has another code.
        let codes: Vec<i64> = codes.iter().copied().filter(|code| (300..=599).contains(code)).collect();
        if codes.is_empty() {
            return Self::default();
        }
        let statuses: Vec<_> = codes.iter().map(i64::to_string).collect();
        if let Some(own) = servers::own_status(upstream, shared) {
            if *intercepts {
                lines.condition("is_replaced", "status", &statuses);
                lines.code("http-response set-var(txn.is_answered) bool(true)");
                let answer = answer(own).code("if is_replaced");
                lines.rule(Rule::new("http-response").code(answer.text().trim_start_matches("http-request ")));
            }
            return Self { codes, own: Some(own) };
        }
        if !shared.options.lua {
            let message = "HAProxy fetches no pages for errors from another service by itself; `--haproxy-lua` adds a script that does";
            scope.lost("custom-http-errors", message);
            return Self::default();
        }
        scope.differs("custom-http-errors", "pages are asked for by GET or HEAD, without the body of the request");
        let endpoints = shared.proxy.upstream(upstream).map(servers::members).unwrap_or_default();
        let addresses: Vec<_> = endpoints.iter().take(20).map(Endpoint::authority).collect();
        lines.rule(Rule::variable("txn.error_service", &Format::text(&addresses.join(","))));
        lines.code("http-request set-var(txn.error_query) query");
        lines.code("http-request lua.remember");
        let owner = route.owner.clone().unwrap_or_default();
        let fixed = [
            ("X-Namespace", &owner.namespace),
            ("X-Ingress-Name", &owner.name),
            ("X-Service-Name", &owner.service),
            ("X-Service-Port", &owner.port),
        ];
        let mut headers: Vec<(String, Format)> = fixed.into_iter().map(|(name, value)| (name.to_owned(), Format::text(value))).collect();
        for (name, sample) in [
            ("X-Format", "req.fhdr(accept)"),
            ("X-Original-URI", "var(txn.uri)"),
            ("X-Request-ID", "var(txn.request_id)"),
            ("X-Forwarded-For", "src"),
            ("Host", "var(txn.best_host)"),
        ] {
            headers.push((name.to_owned(), Format::sample(sample)));
        }
        lines.rule(Rule::new("http-request set-var-fmt(txn.error_headers)").lines(&headers));
        if *intercepts {
            lines.condition("is_replaced", "status", &statuses);
            lines.code("http-response set-var(txn.is_answered) bool(true)");
            lines.code("http-response lua.replace_error if is_replaced !{ var(txn.error_code) -m found }");
        }
        Self { codes, own: None }
    }

    /// An answer of HAProxy itself, under a condition, or the page for it.
    pub(super) fn answer(&self, status: i64, condition: &str, lines: &mut Lines) {
        if let Some(own) = self.own.filter(|_| self.codes.contains(&status)) {
            lines.rule(answers::answer(own).code(condition));
        } else if self.codes.contains(&status) {
            lines.rule(Rule::new(&format!("http-request set-var(txn.error_code) int({status})")).code(condition));
            lines.code("http-request use-service lua.show_error if { var(txn.error_code) -m found }");
        } else {
            lines.rule(answers::answer(status).code(condition));
        }
    }
}

/// Releases of HAProxy whose threads write into each other's state where a filter is in Lua: the process aborts within seconds. 2.6.17, 2.8.8
/// and 2.9.7 repaired that; 2.7 had no release after them that is still kept.
const FILTERS_RACE: &str =
    "version_before(2.6.17) || version_atleast(2.7-dev0) && version_before(2.8.8) || version_atleast(2.9-dev0) && version_before(2.9.7)";

/// Lines of the section for the process.
pub(super) fn process(shared: &Shared, lines: &mut Lines) {
    if is_needed(shared) {
        lines.comment("Threads of these releases break each other's Lua.");
        lines.code(&format!(".if {FILTERS_RACE}"));
        lines.code("nbthread 1");
        lines.code(".endif");
        lines.code(&format!("lua-load {FILE}"));
        lines.comment("The controller does not check certificates of authentication services either.");
        lines.code("httpclient.ssl.verify none");
    }
}
