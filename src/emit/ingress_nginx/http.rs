//! What holds for all hosts.

use std::sync::Arc;

use super::super::dialect;
use super::super::view::{Raw, view};
use super::geo::{self, DatabaseView};
use super::inline;
use super::keys::Keys;
use super::limits::{self, Exempt, Zone};
use super::printer::{Printer, header_variable, quoted};
use super::shared::{LayoutView, Shared};
use crate::catalog::releases::JOINT_CLIENT_ADDRESS;
use crate::ir::{Logging, Proxy, Settings};

view! {
    /// What holds for all hosts.
    struct Http {
        keys: Arc<Keys>,
        layout: Arc<LayoutView>,
        lua: Option<Arc<inline::Lua>>,
        tracing_config: Option<Raw>,
        tracing_operation: Option<Raw>,
        tracing: bool,
        dictionaries: Vec<Raw>,
        real_ip: Option<Arc<RealIp>>,
        waf_rules: Option<Raw>,
        databases: Vec<Arc<DatabaseView>>,
        response_headers: Vec<Raw>,
        log_escape: Option<&'static str>,
        log_format: Raw,
        access_log: Raw,
        error_log: Raw,
        resolver: Option<Raw>,
        empty_connection: Raw,
        full_forwarded_for: Option<Raw>,
        http2_sizes: bool,
        gzip_disable: Option<Raw>,
        tls: Arc<TlsClients>,
        intercept_errors: bool,
        snippet: Option<Raw>,
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
        keys: Arc<Keys>,
        layout: Arc<LayoutView>,
        ipv6: bool,
        backlog: i64,
        default_port: u16,
        status_port: u16,
        health_path: Raw,
        configuration_size: Raw,
    }

    /// Where the address of the client is read from.
    struct RealIp {
        header: Raw,
        /// The header for the address where the PROXY protocol and forwarded headers are both in use.
        joint_header: Option<Raw>,
        forwarded: Raw,
    }

    /// TLS towards clients.
    struct TlsClients {
        session_cache: Option<Raw>,
        ticket_key: Option<Raw>,
        ciphers: Option<Raw>,
        certificate: Raw,
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
        keys: printer.keys(settings),
        layout: Arc::clone(&shared.layout),
        lua: shared.lua.clone(),
        tracing_config: is_traced.then(|| printer.words("opentelemetry-config", &settings.tracing.config_path)),
        tracing_operation,
        tracing: is_traced,
        dictionaries: dictionaries(settings, printer),
        real_ip: real_ip(proxy, printer),
        waf_rules: (!settings.waf.rules.is_empty()).then(|| printer.in_single_quotes("modsecurity-snippet", &settings.waf.rules)),
        databases: if settings.geo.enabled { geo::databases(proxy) } else { Vec::new() },
        response_headers: proxy.response_headers.iter().map(|(name, value)| quoted(&format!("{name}: {value}"))).collect(),
        log_escape: log_escape(&settings.logging),
        log_format: printer.in_single_quotes("log-format-upstream", &settings.logging.format_http),
        access_log: access_log(&settings.logging, printer),
        error_log: error_log(&settings.logging, printer),
        resolver: resolver(proxy),
        empty_connection: Raw::new(if settings.upstreams.keepalive_connections > 0 { "''" } else { "close" }),
        full_forwarded_for: full_forwarded_for(settings),
        // Quirk: each of the two counts only together with the other.
        http2_sizes: !settings.client.http2_max_field_size.is_empty() && !settings.client.http2_max_header_size.is_empty(),
        gzip_disable: (!settings.compression.gzip_disable.is_empty())
            .then(|| printer.in_double_quotes("gzip-disable", &settings.compression.gzip_disable)),
        tls: tls(proxy, printer),
        intercept_errors: !defaults.error_codes.is_empty() && !defaults.keep_backend_errors,
        snippet: printer.directives("http-snippet", &settings.snippets.http),
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
        keys: printer.keys(settings),
        layout: Arc::clone(&shared.layout),
        ipv6: runtime.ipv6,
        backlog: runtime.backlog,
        default_port: runtime.default_port,
        status_port: runtime.status_port,
        health_path: printer.words("health-check-path", &runtime.health_path),
        configuration_size: configuration_size(settings),
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
    let forwarded = header_variable(printer, "forwarded-for-header", &address.for_header);
    Some(Arc::new(RealIp { header, joint_header, forwarded }))
}

/// The variable that holds the address of the peer, where it is appended to the header instead of replacing it.
fn full_forwarded_for(settings: &Settings) -> Option<Raw> {
    let address = &settings.client_address;
    let peer = if settings.listening.proxy_protocol { "$proxy_protocol_addr" } else { "$realip_remote_addr" };
    (address.from_headers && address.full_forwarded_for).then(|| Raw::new(peer))
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
        session_cache: tls.session_cache.then(|| printer.tail("ssl-session-cache-size", &tls.session_cache_size)),
        ticket_key: (!tls.session_ticket_key.is_empty()).then(|| Raw::new(format!("{}/tickets.key", geo::state_folder(proxy.form)))),
        ciphers: (!tls.ciphers.is_empty()).then(|| printer.in_single_quotes("ssl-ciphers", &tls.ciphers)),
        certificate: printer.words("default-ssl-certificate", &proxy.default_certificate.file),
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
