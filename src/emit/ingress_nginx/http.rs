//! What holds for all hosts.

use std::sync::Arc;

use super::super::dialect;
use super::super::view::{Raw, switch, view};
use super::geo::{self, DatabaseView};
use super::inline;
use super::limits::{self, Exempt, Zone};
use super::printer::{Printer, header_variable, quoted};
use super::shared::{LayoutView, Shared};
use crate::catalog::releases::JOINT_CLIENT_ADDRESS;
use crate::ir::{Logging, Proxy, Settings};

view! {
    /// What holds for all hosts.
    struct Http {
        layout: Arc<LayoutView>,
        lua: Option<Arc<inline::Lua>>,
        tracing_config: Option<Raw>,
        tracing_operation: Option<Raw>,
        tracing: bool,
        dictionaries: Vec<Raw>,
        real_ip: Option<Arc<RealIp>>,
        waf: bool,
        waf_rules: Option<Raw>,
        waf_core_rules: bool,
        databases: Vec<Arc<DatabaseView>>,
        aio_write: bool,
        client: Arc<ClientView>,
        hashes: Arc<Hashes>,
        limit_request_status: i64,
        limit_connection_status: i64,
        default_type: Raw,
        compression: Arc<CompressionView>,
        response_headers: Vec<Raw>,
        server_tokens: &'static str,
        hides_server: bool,
        log_escape: Option<&'static str>,
        log_format: Raw,
        not_logged: Vec<Raw>,
        access_log: Raw,
        error_log: Raw,
        resolver: Option<Raw>,
        empty_connection: Raw,
        generates_request_id: bool,
        full_forwarded_for: Option<Raw>,
        tls: Arc<TlsClients>,
        intercept_errors: bool,
        relative_redirects: bool,
        error_codes: Vec<i64>,
        passes_server: bool,
        hidden_headers: Vec<Raw>,
        snippet: Option<Raw>,
        keepalive: Option<Arc<Keepalive>>,
        exempt: Vec<Arc<Exempt>>,
        zones: Vec<Arc<Zone>>,
        blocked_networks: Vec<Raw>,
        blocked_agents: Vec<Raw>,
        blocked_referers: Vec<Raw>,
        status_port: u16,
        redirect_code: i64,
    }

    /// What stands behind the hosts that somebody declared.
    struct HttpEnd {
        layout: Arc<LayoutView>,
        waf: bool,
        ipv6: bool,
        reuse_port: bool,
        backlog: i64,
        default_port: u16,
        status_port: u16,
        health_path: Raw,
        configuration_size: Raw,
        global_tracing: bool,
    }

    /// Where the address of the client is read from.
    struct RealIp {
        header: Raw,
        trusted: Vec<Raw>,
        /// The header for the address where the PROXY protocol and forwarded headers are both in use.
        joint_header: Option<Raw>,
        forwarded: Raw,
    }

    /// Limits and timeouts towards the client.
    struct ClientView {
        keepalive: i64,
        keepalive_requests: i64,
        header_buffer: Raw,
        header_timeout: i64,
        large_buffers: Raw,
        body_buffer: Raw,
        body_timeout: i64,
        grpc_buffer: i64,
        http2_field: Option<Raw>,
        http2_header: Option<Raw>,
        http2_requests: i64,
        http2_streams: i64,
        underscores: &'static str,
        ignores_invalid: &'static str,
    }

    /// Sizes of hash tables.
    struct Hashes {
        name_max: i64,
        name_bucket: i64,
        map_bucket: i64,
        header_max: i64,
        header_bucket: i64,
        variable_bucket: i64,
        variable_max: i64,
    }

    /// Response compression.
    struct CompressionView {
        brotli: bool,
        brotli_level: i64,
        brotli_min_length: i64,
        brotli_types: Raw,
        gzip: bool,
        gzip_level: i64,
        gzip_min_length: i64,
        gzip_types: Raw,
        gzip_disable: Option<Raw>,
    }

    /// TLS towards clients.
    struct TlsClients {
        protocols: Raw,
        early_data: &'static str,
        session_cache: Option<Raw>,
        session_timeout: Raw,
        tickets: &'static str,
        ticket_key: Option<Raw>,
        buffer_size: Raw,
        ciphers: Option<Raw>,
        dh_param: Option<Raw>,
        curve: Raw,
        certificate: Raw,
    }

    /// Connections to backends that are kept open.
    struct Keepalive {
        connections: i64,
        time: Raw,
        timeout: i64,
        requests: i64,
    }
}

/// The part for HTTP up to the hosts, without the upstreams that they need for authentication.
pub(super) fn begin(proxy: &Proxy, shared: &Shared, printer: &mut Printer) -> Raw {
    let settings = &proxy.settings;
    let is_traced = is_traced(proxy);
    let tracing_operation = (is_traced && !settings.tracing.operation_name.is_empty())
        .then(|| printer.in_double_quotes("opentelemetry-operation-name", &settings.tracing.operation_name));
    let defaults = &settings.route_defaults;
    let view = Http {
        layout: Arc::clone(&shared.layout),
        lua: shared.lua.clone(),
        tracing_config: is_traced.then(|| printer.words("opentelemetry-config", &settings.tracing.config_path)),
        tracing_operation,
        tracing: is_traced,
        dictionaries: dictionaries(settings, printer),
        real_ip: real_ip(proxy, printer),
        waf: settings.waf.enabled,
        waf_rules: (!settings.waf.rules.is_empty()).then(|| printer.in_single_quotes("modsecurity-snippet", &settings.waf.rules)),
        waf_core_rules: settings.waf.core_rules,
        databases: if settings.geo.enabled { geo::databases(proxy) } else { Vec::new() },
        aio_write: settings.process.aio_write,
        client: client(settings, printer),
        hashes: hashes(settings),
        limit_request_status: settings.limits.request_status,
        limit_connection_status: settings.limits.connection_status,
        default_type: printer.words("default-type", &settings.headers.default_type),
        compression: compression(settings, printer),
        response_headers: proxy.response_headers.iter().map(|(name, value)| quoted(&format!("{name}: {value}"))).collect(),
        server_tokens: switch(settings.headers.server_tokens),
        hides_server: !settings.headers.server_tokens,
        log_escape: log_escape(&settings.logging),
        log_format: printer.in_single_quotes("log-format-upstream", &settings.logging.format_http),
        not_logged: settings.logging.skip_urls.iter().map(|url| printer.words("skip-access-log-urls", url)).collect(),
        access_log: access_log(&settings.logging, printer),
        error_log: error_log(&settings.logging, printer),
        resolver: resolver(proxy),
        empty_connection: Raw::new(if settings.upstreams.keepalive_connections > 0 { "''" } else { "close" }),
        generates_request_id: settings.headers.generate_request_id,
        full_forwarded_for: full_forwarded_for(settings),
        tls: tls(proxy, printer),
        intercept_errors: !defaults.error_codes.is_empty() && !defaults.keep_backend_errors,
        relative_redirects: defaults.relative_redirects,
        error_codes: defaults.error_codes.clone(),
        passes_server: settings.headers.pass_server,
        hidden_headers: settings.headers.hide.iter().map(|header| printer.words("hide-headers", header)).collect(),
        snippet: printer.directives("http-snippet", &settings.snippets.http),
        keepalive: keepalive(settings, printer),
        exempt: limits::exempt(proxy, printer),
        zones: limits::zones(proxy, printer),
        blocked_networks: settings.filters.block_cidrs.iter().map(|network| printer.words("block-cidrs", network.trim())).collect(),
        blocked_agents: settings.filters.block_user_agents.iter().map(|agent| printer.words("block-user-agents", agent.trim())).collect(),
        blocked_referers: settings.filters.block_referers.iter().map(|referer| printer.words("block-referers", referer.trim())).collect(),
        status_port: proxy.runtime.status_port,
        redirect_code: defaults.redirect_code,
    };
    printer.piece("ingress_nginx/http.conf", view)
}

/// The part for HTTP behind the hosts: what the controller adds for itself.
pub(super) fn end(proxy: &Proxy, shared: &Shared, printer: &mut Printer) -> Raw {
    let (settings, runtime) = (&proxy.settings, &proxy.runtime);
    let view = HttpEnd {
        layout: Arc::clone(&shared.layout),
        waf: settings.waf.enabled,
        ipv6: runtime.ipv6,
        reuse_port: settings.process.reuse_port,
        backlog: runtime.backlog,
        default_port: runtime.default_port,
        status_port: runtime.status_port,
        health_path: printer.words("health-check-path", &runtime.health_path),
        configuration_size: configuration_size(settings),
        global_tracing: settings.tracing.enabled,
    };
    printer.piece("ingress_nginx/http_end.conf", view)
}

/// Whether anything is traced with OpenTelemetry.
pub(super) fn is_traced(proxy: &Proxy) -> bool {
    let mut routes = proxy.servers.iter().flat_map(|server| &server.routes);
    proxy.settings.tracing.enabled || routes.any(|route| route.features.tracing.enabled == Some(true))
}

/// The parameters of `resolver`; none where the pod has no name servers.
pub(super) fn resolver(proxy: &Proxy) -> Option<Raw> {
    dialect::resolver(proxy).map(|words| Raw::new(words.join(" ")))
}

/// A size as the controller writes it for Lua: megabytes where it is a whole number of them.
fn dictionary_size(kilobytes: i64) -> String {
    if kilobytes % 1024 == 0 { format!("{}M", kilobytes / 1024) } else { format!("{kilobytes}K") }
}

fn dictionaries(settings: &Settings, printer: &mut Printer) -> Vec<Raw> {
    let line = |(name, size): (&String, &i64)| printer.words("lua-shared-dicts", &format!("{name} {}", dictionary_size(*size)));
    settings.lua_dicts.iter().map(line).collect()
}

/// The largest request that the controller sends to its Lua code: the larger one of the two tables that it fills, and a megabyte.
fn configuration_size(settings: &Settings) -> Raw {
    let size = |name: &str| settings.lua_dicts.get(name).copied().unwrap_or_default();
    Raw::new(dictionary_size(size("configuration_data").max(size("certificate_data")).saturating_add(1024)))
}

fn real_ip(proxy: &Proxy, printer: &mut Printer) -> Option<Arc<RealIp>> {
    let settings = &proxy.settings;
    let (address, proxy_protocol) = (&settings.client_address, settings.listening.proxy_protocol);
    if !address.from_headers && !proxy_protocol && !address.enabled {
        return None;
    }
    let joint_header = (address.from_headers && proxy_protocol && JOINT_CLIENT_ADDRESS.shows(proxy.form))
        .then(|| printer.words("forwarded-for-proxy-protocol-header", &address.for_proxy_protocol_header));
    let header = match &joint_header {
        Some(header) => header.clone(),
        None if proxy_protocol => Raw::new("proxy_protocol"),
        None => printer.words("forwarded-for-header", &address.for_header),
    };
    let trusted = address.trusted.iter().map(|network| printer.words("proxy-real-ip-cidr", network)).collect();
    let forwarded = header_variable(printer, "forwarded-for-header", &address.for_header);
    Some(Arc::new(RealIp { header, trusted, joint_header, forwarded }))
}

/// The variable that holds the address of the peer, where it is appended to the header instead of replacing it.
fn full_forwarded_for(settings: &Settings) -> Option<Raw> {
    let address = &settings.client_address;
    let peer = if settings.listening.proxy_protocol { "$proxy_protocol_addr" } else { "$realip_remote_addr" };
    (address.from_headers && address.full_forwarded_for).then(|| Raw::new(peer))
}

fn client(settings: &Settings, printer: &mut Printer) -> Arc<ClientView> {
    let client = &settings.client;
    // Quirk: each of the two counts only together with the other.
    let has_http2_sizes = !client.http2_max_field_size.is_empty() && !client.http2_max_header_size.is_empty();
    Arc::new(ClientView {
        keepalive: client.keepalive_seconds,
        keepalive_requests: client.keepalive_requests,
        header_buffer: printer.words("client-header-buffer-size", &client.header_buffer),
        header_timeout: client.header_timeout,
        large_buffers: printer.words("large-client-header-buffers", &client.large_header_buffers),
        body_buffer: printer.words("client-body-buffer-size", &client.body_buffer),
        body_timeout: client.body_timeout,
        grpc_buffer: client.grpc_buffer_size_kb.max(0),
        http2_field: has_http2_sizes.then(|| printer.words("http2-max-field-size", &client.http2_max_field_size)),
        http2_header: has_http2_sizes.then(|| printer.words("http2-max-header-size", &client.http2_max_header_size)),
        http2_requests: client.http2_max_requests.max(0),
        http2_streams: client.http2_max_concurrent_streams,
        underscores: switch(client.underscores_in_headers),
        ignores_invalid: switch(client.ignore_invalid_headers),
    })
}

fn hashes(settings: &Settings) -> Arc<Hashes> {
    let tables = &settings.tables;
    Arc::new(Hashes {
        name_max: tables.server_name_max,
        name_bucket: tables.server_name_bucket,
        map_bucket: tables.map_bucket,
        header_max: tables.header_max,
        header_bucket: tables.header_bucket,
        variable_bucket: tables.variable_bucket,
        variable_max: tables.variable_max,
    })
}

fn compression(settings: &Settings, printer: &mut Printer) -> Arc<CompressionView> {
    let compression = &settings.compression;
    let gzip_disable = (!compression.gzip_disable.is_empty()).then(|| printer.in_double_quotes("gzip-disable", &compression.gzip_disable));
    Arc::new(CompressionView {
        brotli: compression.brotli,
        brotli_level: compression.brotli_level,
        brotli_min_length: compression.brotli_min_length,
        brotli_types: printer.words("brotli-types", &compression.brotli_types),
        gzip: compression.gzip,
        gzip_level: compression.gzip_level,
        gzip_min_length: compression.gzip_min_length,
        gzip_types: printer.words("gzip-types", &compression.gzip_types),
        gzip_disable,
    })
}

fn log_escape(logging: &Logging) -> Option<&'static str> {
    match (logging.escape_none, logging.escape_json) {
        (true, _) => Some("escape=none"),
        (false, true) => Some("escape=json"),
        (false, false) => None,
    }
}

/// The parameters of `access_log`.
fn access_log(logging: &Logging, printer: &mut Printer) -> Raw {
    if logging.off || logging.http_off {
        return Raw::new("off");
    }
    if logging.syslog {
        let parameters = format!("syslog:server={}:{} upstreaminfo if=$loggable", logging.syslog_host, logging.syslog_port);
        return printer.words("syslog-host", &parameters);
    }
    let path = if logging.http_access_log_path.is_empty() { &logging.access_log_path } else { &logging.http_access_log_path };
    printer.words("access-log-path", &format!("{path} upstreaminfo {} if=$loggable", logging.access_log_params))
}

/// The parameters of `error_log`.
fn error_log(logging: &Logging, printer: &mut Printer) -> Raw {
    let Logging { syslog_host, syslog_port, error_log_path, error_log_level, .. } = logging;
    let place = if logging.syslog { format!("syslog:server={syslog_host}:{syslog_port}") } else { error_log_path.clone() };
    printer.words("error-log-path", &format!("{place} {error_log_level}"))
}

fn tls(proxy: &Proxy, printer: &mut Printer) -> Arc<TlsClients> {
    let tls = &proxy.settings.tls;
    Arc::new(TlsClients {
        protocols: printer.words("ssl-protocols", &tls.protocols),
        early_data: switch(tls.early_data),
        session_cache: tls.session_cache.then(|| printer.tail("ssl-session-cache-size", &tls.session_cache_size)),
        session_timeout: printer.words("ssl-session-timeout", &tls.session_timeout),
        tickets: switch(tls.session_tickets),
        ticket_key: (!tls.session_ticket_key.is_empty()).then(|| Raw::new(format!("{}/tickets.key", geo::state_folder(proxy.form)))),
        buffer_size: printer.words("ssl-buffer-size", &tls.buffer_size),
        ciphers: (!tls.ciphers.is_empty()).then(|| printer.in_single_quotes("ssl-ciphers", &tls.ciphers)),
        dh_param: printer.words_if_any("ssl-dh-param", &tls.dh_param),
        curve: printer.words("ssl-ecdh-curve", &tls.ecdh_curve),
        certificate: printer.words("default-ssl-certificate", &proxy.default_certificate.file),
    })
}

fn keepalive(settings: &Settings, printer: &mut Printer) -> Option<Arc<Keepalive>> {
    let upstreams = &settings.upstreams;
    (upstreams.keepalive_connections > 0).then(|| {
        Arc::new(Keepalive {
            connections: upstreams.keepalive_connections,
            time: printer.words("upstream-keepalive-time", &upstreams.keepalive_time),
            timeout: upstreams.keepalive_timeout,
            requests: upstreams.keepalive_requests,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_whole_megabytes_where_they_can_be() {
        assert_eq!(dictionary_size(20480), "20M");
        assert_eq!(dictionary_size(1500), "1500K");
    }
}
