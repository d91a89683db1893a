//! Every text that the IR holds, by the name of its field. Each struct is taken apart whole, so that the compiler asks about new fields.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use ingressc::ir;
use ingressc::source::Span;

/// What is done with a text: it gets the name of the field and the text.
pub type Visit<'v> = &'v mut dyn FnMut(&'static str, &mut String);

/// Something that holds texts.
pub trait Texts {
    /// Visits all of them.
    fn each(&mut self, at: &'static str, visit: Visit);
}

impl Texts for String {
    fn each(&mut self, at: &'static str, visit: Visit) {
        visit(at, self);
    }
}

impl Texts for Cow<'static, str> {
    fn each(&mut self, at: &'static str, visit: Visit) {
        visit(at, self.to_mut());
    }
}

impl<T: Texts> Texts for Option<T> {
    fn each(&mut self, at: &'static str, visit: Visit) {
        self.iter_mut().for_each(|value| value.each(at, visit));
    }
}

impl<T: Texts> Texts for Vec<T> {
    fn each(&mut self, at: &'static str, visit: Visit) {
        self.iter_mut().for_each(|value| value.each(at, visit));
    }
}

impl<T: Texts> Texts for Box<T> {
    fn each(&mut self, at: &'static str, visit: Visit) {
        (**self).each(at, visit);
    }
}

impl<T: Texts + Clone> Texts for Arc<T> {
    fn each(&mut self, at: &'static str, visit: Visit) {
        Arc::make_mut(self).each(at, visit);
    }
}

impl<A: Texts, B: Texts> Texts for (A, B) {
    fn each(&mut self, at: &'static str, visit: Visit) {
        self.0.each(at, visit);
        self.1.each(at, visit);
    }
}

impl<T: Texts> Texts for BTreeMap<String, T> {
    fn each(&mut self, at: &'static str, visit: Visit) {
        let visited = std::mem::take(self).into_iter().map(|(mut key, mut value)| {
            visit(at, &mut key);
            value.each(at, visit);
            (key, value)
        });
        *self = visited.collect();
    }
}

impl<T: Texts> Texts for ir::Asked<T> {
    fn each(&mut self, at: &'static str, visit: Visit) {
        self.value.each(at, visit);
    }
}

impl Texts for ir::Service {
    fn each(&mut self, at: &'static str, visit: Visit) {
        match self {
            Self::Own(service) => service.each(at, visit),
            Self::OfAll => {}
        }
    }
}

impl Texts for ir::Port {
    fn each(&mut self, at: &'static str, visit: Visit) {
        match self {
            Self::Name(name) => visit(at, name),
            Self::Number(_) => {}
        }
    }
}

macro_rules! no_texts {
    ($($of:ty),* $(,)?) => {
        $(impl Texts for $of {
            fn each(&mut self, _: &'static str, _: Visit) {}
        })*
    };
}

// Places name keys of manifests, the service registry is a document that only the controller reads, and secrets are files of their own.
no_texts!(bool, u16, i64, f32, IpAddr, Span, Arc<str>);
no_texts!(
    ir::Form,
    ir::Origin,
    ir::PathMatch,
    ir::PatternBy,
    ir::Protocol,
    ir::RouteLogging,
    ir::Satisfy,
    ir::Scheme,
    ir::Secrets,
    ir::SettingsOrigin,
    ir::ToHttps,
    ir::Transport,
    ir::Verify
);

macro_rules! texts {
    ($($of:ident { $($field:ident),* $(,)? })*) => {
        $(impl Texts for ir::$of {
            fn each(&mut self, _: &'static str, visit: Visit) {
                let Self { $($field),* } = self;
                $($field.each(concat!(stringify!($of), ".", stringify!($field)), visit);)*
            }
        })*
    };
}

texts! {
    Proxy { form, settings, settings_origin, runtime, request_headers, response_headers, default_certificate, servers, host_redirects, upstreams, streams, stream_snippets, secrets }
    Runtime { http_port, https_port, tls_proxy_port, default_port, status_port, stream_port, health_path, backlog, ipv6, resolvers, tls_passthrough, metrics, metrics_batch, geo_databases }
    Route { path, path_match, declared_path, upstream, is_default_backend, owner, pattern, steps, features, origin }
    Owner { namespace, name, service, port }
    Features { proxying, fastcgi, body_buffer, connection_header, host_header, forwarded_prefix, response_headers, from_twin, relative_redirects, port_in_redirects, logging, tracing, push_preload, snippet, causes }
    Steps { app_root, firewall, refusal, cors, redirect, rewrite, https, global_limit, limits, admission, mirror, backend, error_pages }
    ErrorPages { codes, keeps_own, intercepts, upstream }
    Admission { satisfy, allow, deny, password, service, is_exempt }
    Backend { protocol, asked, is_small, takes_tls_unopened, tls }
    PasswordAuth { scheme, realm, file, secret, keys_are_users }
    ExternalAuth { url, host, address, around_host, signin_url, signin_redirect_param, signin_target, method, response_headers, request_redirect, snippet, cache_key, cache_durations, keepalive_connections, keepalive_share_vars, keepalive_requests, keepalive_timeout, request_headers, always_set_cookie }
    TrustStore { secret, authorities, revocations, certificate }
    BackendTls { trust, ciphers, protocols, name, verifies, depth, sends_name }
    Proxying { body_size, connect_timeout, send_timeout, read_timeout, buffers_number, buffer_size, busy_buffers_size, cookie_domain, cookie_path, next_upstream, next_upstream_timeout, next_upstream_tries, redirect_from, redirect_to, request_buffering, buffering, http_version, max_temp_file_size }
    FastCgi { index, params }
    Cors { origins, methods, headers, credentials, expose_headers, max_age }
    RateLimits { name, id, connections, per_second, per_second_burst, per_minute, per_minute_burst, table_size, bandwidth, bandwidth_after, exempt }
    GlobalLimit { namespace, requests, window, key, exempt }
    Redirect { url, code }
    Rewrite { target, leads_elsewhere }
    Mirror { source, target, host, with_body }
    RouteTracing { enabled, trust_incoming, operation_name }
    Firewall { enabled, core_rules, transaction_id, rules }
    Server { hostname, aliases, contested_aliases, yielding_aliases, certificate, tls_passthrough, ciphers, prefer_server_ciphers, client_auth, client_auth_error, backend_tls, redirect_twin, contested_twin, snippet, by_pattern, routes, origin }
    Certificate { name, file, names }
    ClientAuth { trust, verify, depth, error_page, pass_to_backend, match_subject }
    HostRedirect { from, to, is_contested, certificate }
    Upstreams { keepalive_connections, keepalive_time, keepalive_timeout, keepalive_requests, load_balance, upstream_hash_by, upstream_hash_by_subset, upstream_hash_by_subset_size, service_upstream, retry_non_idempotent, tls_per_route_only }
    RouteDefaults { app_root, error_codes, keep_backend_errors, preserve_trailing_slash, ssl_redirect, force_ssl_redirect, redirect_code, use_port_in_redirects, relative_redirects, allow, deny, no_auth_paths, proxying }
    StreamDefaults { timeout, next_upstream, next_upstream_timeout, next_upstream_tries, responses }
    Listening { bind_address_ipv4, bind_address_ipv6, disable_ipv6, disable_ipv6_dns, http2, proxy_protocol, proxy_protocol_header_timeout }
    Client { keepalive_seconds, keepalive_requests, header_buffer, header_timeout, large_header_buffers, body_buffer, body_timeout, http2_max_field_size, http2_max_header_size, http2_max_requests, http2_max_concurrent_streams, underscores_in_headers, ignore_invalid_headers, grpc_buffer_size_kb }
    ClientAddress { enabled, from_headers, for_header, host_header, for_proxy_protocol_header, trusted, full_forwarded_for }
    Settings { process, listening, client, tables, tls, logging, compression, client_address, headers, filters, limits, global_limits, tracing, waf, geo, upstreams, route_defaults, stream_defaults, snippets, policy, global_auth, lua_dicts }
    Logging { off, http_off, stream_off, access_log_path, http_access_log_path, stream_access_log_path, access_log_params, error_log_path, error_log_level, escape_none, escape_json, format_http, format_stream, skip_urls, log_default_backend, log_auth, syslog, syslog_host, syslog_port }
    Tracing { enabled, config_path, operation_name, trust_incoming, collector_host, collector_port, service_name, sampler, sampler_ratio, sampler_parent_based, max_queue_size, schedule_delay_millis, max_export_batch_size }
    Process { workers, cpu_affinity, shutdown_timeout, serial_reloads, max_connections, max_open_files, multi_accept, aio_write, reuse_port, debug_connections, plugins }
    Tables { map_bucket, server_name_max, server_name_bucket, header_max, header_bucket, variable_bucket, variable_max }
    Filters { block_cidrs, block_user_agents, block_referers, status_ipv4, status_ipv6 }
    Limits { zone_variable, request_status, connection_status, rate, rate_after }
    GlobalLimits { host, port, connect_timeout, idle_timeout, pool_size, status }
    Waf { enabled, core_rules, rules }
    Geo { enabled, reload_minutes }
    Policy { allow_snippets, allow_cross_namespace, max_risk, word_blocklist, strict_path_type }
    Compression { gzip, gzip_level, gzip_min_length, gzip_types, gzip_disable, brotli, brotli_level, brotli_min_length, brotli_types }
    Headers { add_from, set_from, hide, pass_server, server_tokens, generate_request_id, original_uri, allowed_custom, default_type }
    Snippets { main, http, server, location, stream }
    Tls { protocols, ciphers, ecdh_curve, dh_param, dh_param_object, early_data, session_cache, session_cache_size, session_timeout, session_tickets, session_ticket_key, buffer_size, reject_handshake, ocsp, hsts, hsts_max_age, hsts_include_subdomains, hsts_preload, no_redirect_paths }
    Stream { transport, listen, namespace, service_name, port, accept_proxy_protocol, send_proxy_protocol, endpoints, service, origin }
    Upstream { name, port, service, tls_passthrough, endpoints, dns, unknown, affinity, hashing, algorithm, is_alternative, share, alternatives, origin }
    Endpoint { address, port }
    Affinity { kind, mode, cookie }
    AffinityCookie { name, expires, max_age, secure, path, domain, same_site, conditional_same_site_none, change_on_failure, locations }
    Hashing { key, subset, subset_size }
    TrafficShare { weight, total, header, header_value, header_pattern, cookie }
}
