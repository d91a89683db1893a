//! Everything around the hosts: what holds for all of them.

use super::super::dialect;
use super::super::options::Module;
use super::super::view::switch;
use super::forwarding::{Family, Headers};
use super::lines::{Lines, Word, put, words};
use super::refused::Part;
use super::scope::Scope;
use super::shared::Shared;
use super::{errors, proxying, server, tls};
use crate::ir::{Route, Settings};

/// Writes the settings of all hosts.
pub(super) fn settings(shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    let settings = &shared.proxy.settings;
    let listening = &settings.listening;
    if !listening.bind_address_ipv4.iter().chain(&listening.bind_address_ipv6).all(|address| dialect::is_address(address)) {
        scope.lost("bind-address", "not all of these are addresses: those that are not are left out");
    }
    paths(shared, lines);
    logs(shared, lines);
    client(settings, lines);
    lines.gap();
    real_ip(shared, scope, lines);
    lines.gap();
    encryption(shared, scope, lines);
    lines.gap();
    compression(settings, scope, lines);
    lines.gap();
    answers(shared, lines);
    if settings.geo.enabled {
        scope.lost("use-geoip2", "nginx itself reads no GeoIP2 databases: its variables are not there");
    }
    lines.gap();
    lines.comment("What backends get, and how: routes say only what they do otherwise.");
    let protocols = protocols(shared);
    for protocol in &protocols {
        Headers::usual(shared).write(*protocol, lines);
    }
    proxying::write_usual(shared, lines);
    server::hidden(shared, &protocols, lines);
    if settings.headers.pass_server {
        put!(lines, "proxy_pass_header", "Server");
    }
    if shared.proxy.settings.snippets.http.trim().is_empty() {
        return;
    }
    lines.gap();
    lines.raw(&shared.refused.without(Part::Usual, "http-snippet", &settings.snippets.http, scope));
}

/// The kinds of backends that there are; HTTP always.
fn protocols(shared: &Shared) -> Vec<Family> {
    let routes = || shared.proxy.servers.iter().flat_map(|server| &server.routes);
    let speaks = |family| routes().any(|route: &Route| Family::of(route.steps.backend.asked.value) == family);
    let mut protocols = vec![Family::Http];
    protocols.extend([Family::Grpc, Family::FastCgi].into_iter().filter(|family| speaks(*family)));
    protocols
}

/// Folders for temporary files, where they are not those that nginx was built with.
fn paths(shared: &Shared, lines: &mut Lines) {
    let Some(state) = &shared.options.state else { return };
    for (name, folder) in [
        ("client_body_temp_path", "body"),
        ("proxy_temp_path", "proxy"),
        ("fastcgi_temp_path", "fastcgi"),
        ("uwsgi_temp_path", "uwsgi"),
        ("scgi_temp_path", "scgi"),
    ] {
        lines.directive(name, vec![Word::from(format!("{state}/{folder}"))]);
    }
}

fn logs(shared: &Shared, lines: &mut Lines) {
    let logging = &shared.proxy.settings.logging;
    let usual = crate::ir::Logging::default();
    let path = if logging.http_access_log_path.is_empty() { &logging.access_log_path } else { &logging.http_access_log_path };
    let path = match &shared.options.state {
        Some(state) if *path == usual.access_log_path => format!("{state}/access.log"),
        _ => path.clone(),
    };
    let target = if logging.syslog { format!("syslog:server={}:{}", logging.syslog_host, logging.syslog_port) } else { path };
    let mut parameters = if logging.syslog { Vec::new() } else { words(&logging.access_log_params) };
    parameters.extend((!logging.skip_urls.is_empty()).then(|| Word::from("if=$is_logged")));
    if logging.off || logging.http_off {
        put!(lines, "access_log", "off");
    } else if logging.format_http != usual.format_http {
        let mut format = vec![Word::from("controller")];
        format.extend(logging.escape_none.then(|| Word::from("escape=none")));
        format.extend((logging.escape_json && !logging.escape_none).then(|| Word::from("escape=json")));
        format.push(Word::from(&logging.format_http));
        lines.directive("log_format", format);
        lines.directive("access_log", [vec![Word::from(target), Word::from("controller")], parameters].concat());
    } else if !parameters.is_empty() {
        // Parameters can only stand behind the name of a format.
        lines.directive("access_log", [vec![Word::from(target), Word::from("combined")], parameters].concat());
    } else if target != usual.access_log_path {
        put!(lines, "access_log", target);
    }
}

fn client(settings: &Settings, lines: &mut Lines) {
    let client = &settings.client;
    let usual = crate::ir::Client::default();
    put!(lines, "keepalive_timeout", format!("{}s", client.keepalive_seconds));
    put!(lines, "keepalive_requests", client.keepalive_requests);
    put!(lines, "client_header_timeout", format!("{}s", client.header_timeout));
    put!(lines, "client_body_timeout", format!("{}s", client.body_timeout));
    lines.directive("client_header_buffer_size", words(&client.header_buffer));
    lines.directive("large_client_header_buffers", words(&client.large_header_buffers));
    lines.directive("client_body_buffer_size", words(&client.body_buffer));
    if client.grpc_buffer_size_kb > 0 {
        put!(lines, "grpc_buffer_size", format!("{}k", client.grpc_buffer_size_kb));
    }
    put!(lines, "http2_max_concurrent_streams", client.http2_max_concurrent_streams);
    if client.underscores_in_headers != usual.underscores_in_headers {
        put!(lines, "underscores_in_headers", switch(client.underscores_in_headers));
    }
    if client.ignore_invalid_headers != usual.ignore_invalid_headers {
        put!(lines, "ignore_invalid_headers", switch(client.ignore_invalid_headers));
    }
    let tables = &settings.tables;
    put!(lines, "server_names_hash_max_size", tables.server_name_max);
    put!(lines, "server_names_hash_bucket_size", tables.server_name_bucket.max(64));
    put!(lines, "map_hash_bucket_size", tables.map_bucket.max(128));
    put!(lines, "variables_hash_max_size", tables.variable_max);
    put!(lines, "variables_hash_bucket_size", tables.variable_bucket);
    put!(lines, "proxy_headers_hash_max_size", tables.header_max.max(1024));
    put!(lines, "proxy_headers_hash_bucket_size", tables.header_bucket.max(128));
    put!(lines, "reset_timedout_connection", "on");
}

fn real_ip(shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    let settings = &shared.proxy.settings;
    let (address, proxy_protocol) = (&settings.client_address, settings.listening.proxy_protocol);
    let passes = shared.proxy.runtime.tls_passthrough;
    if !address.from_headers && !proxy_protocol && !address.enabled && !passes {
        return;
    }
    let header = if proxy_protocol || passes && !address.from_headers && !address.enabled { "proxy_protocol" } else { &address.for_header };
    put!(lines, "real_ip_header", header);
    put!(lines, "real_ip_recursive", "on");
    let is_asked = address.from_headers || proxy_protocol || address.enabled;
    if address.from_headers && proxy_protocol {
        let message = "the PROXY protocol alone tells the address of clients: a header of a trusted proxy behind it is not read";
        scope.lost("use-forwarded-headers", message);
    }
    if address.from_headers && passes && !proxy_protocol {
        let message = "with TLS passthrough, all TLS comes through this nginx itself: a client without the header has its address";
        scope.lost("use-forwarded-headers", message);
    }
    if passes && !is_asked {
        let message =
            "over TLS, backends and checks see the address of the client; the controller, which passes TLS on to itself, sees its own";
        scope.requests_differ(shared.proxy, "enable-ssl-passthrough", message, &[]);
    }
    let trusted = if is_asked { address.trusted.clone() } else { vec![String::from("127.0.0.1")] };
    for network in trusted {
        if dialect::is_network(&network) {
            put!(lines, "set_real_ip_from", network);
        } else {
            scope.lost("proxy-real-ip-cidr", "not an address, nor a network: nobody is trusted for it");
        }
    }
}

fn encryption(shared: &Shared, scope: &mut Scope, lines: &mut Lines) {
    let tls = &shared.proxy.settings.tls;
    let default = tls::certificate(&shared.proxy.default_certificate.name);
    lines.comment("Hosts without a certificate of their own are served with this one.");
    put!(lines, "ssl_certificate", &default);
    put!(lines, "ssl_certificate_key", &default);
    lines.directive("ssl_protocols", words(&tls.protocols));
    if !tls.ciphers.is_empty() {
        put!(lines, "ssl_ciphers", &tls.ciphers);
        put!(lines, "ssl_prefer_server_ciphers", "on");
    }
    if tls.ecdh_curve != "auto" {
        put!(lines, "ssl_ecdh_curve", &tls.ecdh_curve);
    }
    if tls.session_cache {
        put!(lines, "ssl_session_cache", format!("shared:SSL:{}", tls.session_cache_size));
        put!(lines, "ssl_session_timeout", &tls.session_timeout);
    }
    put!(lines, "ssl_session_tickets", switch(tls.session_tickets));
    if !tls.session_ticket_key.is_empty() {
        scope.lost("ssl-session-ticket-key", "nginx makes the key of session tickets itself");
    }
    put!(lines, "ssl_buffer_size", &tls.buffer_size);
    if !tls.dh_param_object.is_empty() {
        put!(lines, "ssl_dhparam", tls::dh_parameters(&tls.dh_param_object));
    }
    if tls.early_data {
        put!(lines, "ssl_early_data", "on");
    }
    if tls.ocsp {
        put!(lines, "ssl_stapling", "on");
    }
}

fn compression(settings: &Settings, scope: &mut Scope, lines: &mut Lines) {
    let compression = &settings.compression;
    if compression.brotli {
        scope.lost("enable-brotli", "nginx has no Brotli of its own: answers are not compressed with it");
    }
    if !compression.gzip {
        return;
    }
    put!(lines, "gzip", "on");
    put!(lines, "gzip_comp_level", compression.gzip_level);
    put!(lines, "gzip_min_length", compression.gzip_min_length);
    lines.directive("gzip_types", words(&compression.gzip_types));
    if !compression.gzip_disable.is_empty() {
        put!(lines, "gzip_disable", &compression.gzip_disable);
    }
    put!(lines, "gzip_proxied", "any");
    put!(lines, "gzip_vary", "on");
}

fn answers(shared: &Shared, lines: &mut Lines) {
    let settings = &shared.proxy.settings;
    put!(lines, "default_type", &settings.headers.default_type);
    put!(lines, "server_tokens", switch(settings.headers.server_tokens));
    if !settings.headers.server_tokens && shared.has(Module::HeadersMore) {
        put!(lines, "more_clear_headers", "Server");
    }
    put!(lines, "server_name_in_redirect", "off");
    put!(lines, "port_in_redirect", "off");
    if settings.route_defaults.relative_redirects {
        put!(lines, "absolute_redirect", "off");
    }
    put!(lines, "limit_req_status", settings.limits.request_status);
    put!(lines, "limit_conn_status", settings.limits.connection_status);
    for network in &settings.filters.block_cidrs {
        put!(lines, "deny", network.trim());
    }
    for (name, value) in &shared.proxy.response_headers {
        put!(lines, "add_header", name, value, "always");
    }
    let defaults = &settings.route_defaults;
    if !defaults.error_codes.is_empty() {
        if !defaults.keep_backend_errors {
            put!(lines, "proxy_intercept_errors", "on");
        }
        for code in &defaults.error_codes {
            put!(lines, "error_page", *code, "=", errors::location(crate::ir::DEFAULT_UPSTREAM, *code));
        }
    }
    if let Some(resolver) = dialect::resolver(shared.proxy) {
        lines.directive("resolver", resolver.into_iter().map(Word::from).collect());
    }
    if caches_auth(shared) {
        let folder =
            shared.options.state.as_ref().map_or_else(|| String::from("/var/cache/nginx-auth"), |state| format!("{state}/auth-cache"));
        lines.directive(
            "proxy_cache_path",
            vec![Word::from(folder)]
                .into_iter()
                .chain(words("levels=1:2 keys_zone=auth_cache:10m max_size=128m inactive=30m use_temp_path=off"))
                .collect(),
        );
    }
}

fn caches_auth(shared: &Shared) -> bool {
    let mut routes = shared.proxy.servers.iter().flat_map(|server| &server.routes);
    let is_cached = |auth: &crate::ir::ExternalAuth| !auth.cache_key.is_empty();
    shared.proxy.settings.global_auth.as_ref().is_some_and(is_cached)
        || routes.any(|route| route.steps.admission.own_service().is_some_and(is_cached))
}

/// Writes the tables of clients that are refused, and of requests that are not logged.
pub(super) fn filters(settings: &Settings, lines: &mut Lines) {
    let filters = &settings.filters;
    if !settings.logging.skip_urls.is_empty() {
        lines.gap();
        lines.block("map", words("$request_uri $is_logged"), |lines| {
            for url in &settings.logging.skip_urls {
                lines.entry(vec![Word::from(url), Word::from("0")]);
            }
            lines.entry(words("default 1"));
        });
    }
    for (source, variable, all) in [
        ("$http_user_agent", "$is_blocked_agent", &filters.block_user_agents),
        ("$http_referer", "$is_blocked_referer", &filters.block_referers),
    ] {
        if all.is_empty() {
            continue;
        }
        lines.gap();
        lines.block("map", vec![Word::from(source), Word::from(variable)], |lines| {
            lines.entry(vec![Word::from("default"), Word::from("0")]);
            for entry in all {
                lines.entry(vec![Word::from(entry.trim()), Word::from("1")]);
            }
        });
    }
}
