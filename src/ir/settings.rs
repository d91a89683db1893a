//! Settings that hold for the whole proxy, grouped by what they are about.
//!
//! The defaults are those of ingress-nginx 1.15.1. Sizes and times that are `String` are printed as the administrator wrote
//! them; plain numbers carry their unit in the field's documentation.

use std::collections::BTreeMap;

use super::route::ExternalAuth;

/// All settings of the proxy.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    /// The worker processes and their event loop.
    pub process: Process,
    /// Addresses and protocols that clients connect with.
    pub listening: Listening,
    /// Limits and timeouts towards the client.
    pub client: Client,
    /// Sizes of hash tables.
    pub tables: Tables,
    /// TLS towards the client.
    pub tls: Tls,
    /// Access and error logs.
    pub logging: Logging,
    /// Response compression.
    pub compression: Compression,
    /// Where the address of the client is read from.
    pub client_address: ClientAddress,
    /// Headers that are added, passed or hidden.
    pub headers: Headers,
    /// Who is refused before any route is looked at.
    pub filters: Filters,
    /// Rate limiting for all routes.
    pub limits: Limits,
    /// OpenTelemetry.
    pub tracing: Tracing,
    /// The web application firewall ModSecurity.
    pub waf: Waf,
    /// Lookup of the client address in GeoIP2 databases.
    pub geo: Geo,
    /// Connections to backends and defaults of every route.
    pub upstreams: Upstreams,
    /// What a route does when its manifest says nothing.
    pub route_defaults: RouteDefaults,
    /// TCP and UDP services.
    pub stream_defaults: StreamDefaults,
    /// Raw configuration of the administrator, printed as it is.
    pub snippets: Snippets,
    /// What the administrator lets tenants do.
    pub policy: Policy,
    /// External authentication for every route that does not bring its own.
    pub global_auth: Option<ExternalAuth>,
    /// Shared memory of Lua by name, in kilobytes.
    pub lua_dicts: BTreeMap<String, i64>,
}

/// The worker processes and their event loop.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    /// `worker-processes`
    pub workers: String,
    /// `worker-cpu-affinity`
    pub cpu_affinity: String,
    /// `worker-shutdown-timeout`
    pub shutdown_timeout: String,
    /// `enable-serial-reloads`
    pub serial_reloads: bool,
    /// `max-worker-connections`
    pub max_connections: i64,
    /// `max-worker-open-files`
    pub max_open_files: i64,
    /// `enable-multi-accept`
    pub multi_accept: bool,
    /// `enable-aio-write`
    pub aio_write: bool,
    /// `reuse-port`
    pub reuse_port: bool,
    /// `debug-connections`
    pub debug_connections: Vec<String>,
}

impl Default for Process {
    fn default() -> Self {
        Self {
            workers: String::new(),
            cpu_affinity: String::new(),
            shutdown_timeout: "240s".into(),
            serial_reloads: false,
            max_connections: 16384,
            max_open_files: 0,
            multi_accept: true,
            aio_write: true,
            reuse_port: true,
            debug_connections: Vec::new(),
        }
    }
}

/// Addresses and protocols that clients connect with.
#[derive(Debug, Clone, PartialEq)]
pub struct Listening {
    /// `bind-address-ipv4`
    pub bind_address_ipv4: Vec<String>,
    /// `bind-address-ipv6`
    pub bind_address_ipv6: Vec<String>,
    /// `disable-ipv6`
    pub disable_ipv6: bool,
    /// `disable-ipv6-dns`
    pub disable_ipv6_dns: bool,
    /// `use-http2`
    pub http2: bool,
    /// `use-proxy-protocol`
    pub proxy_protocol: bool,
    /// `proxy-protocol-header-timeout`
    pub proxy_protocol_header_timeout: String,
}

impl Default for Listening {
    fn default() -> Self {
        Self {
            bind_address_ipv4: Vec::new(),
            bind_address_ipv6: Vec::new(),
            disable_ipv6: false,
            disable_ipv6_dns: false,
            http2: true,
            proxy_protocol: false,
            proxy_protocol_header_timeout: "5s".into(),
        }
    }
}

/// Limits and timeouts towards the client.
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// `keep-alive`
    pub keepalive_seconds: i64,
    /// `keep-alive-requests`
    pub keepalive_requests: i64,
    /// `client-header-buffer-size`
    pub header_buffer: String,
    /// `client-header-timeout`
    pub header_timeout: i64,
    /// `large-client-header-buffers`
    pub large_header_buffers: String,
    /// `client-body-buffer-size`
    pub body_buffer: String,
    /// `client-body-timeout`
    pub body_timeout: i64,
    /// `http2-max-field-size`
    pub http2_max_field_size: String,
    /// `http2-max-header-size`
    pub http2_max_header_size: String,
    /// `http2-max-requests`
    pub http2_max_requests: i64,
    /// `http2-max-concurrent-streams`
    pub http2_max_concurrent_streams: i64,
    /// `enable-underscores-in-headers`
    pub underscores_in_headers: bool,
    /// `ignore-invalid-headers`
    pub ignore_invalid_headers: bool,
    /// `grpc-buffer-size-kb`
    pub grpc_buffer_size_kb: i64,
}

impl Default for Client {
    fn default() -> Self {
        Self {
            keepalive_seconds: 75,
            keepalive_requests: 1000,
            header_buffer: "1k".into(),
            header_timeout: 60,
            large_header_buffers: "4 8k".into(),
            body_buffer: "8k".into(),
            body_timeout: 60,
            http2_max_field_size: String::new(),
            http2_max_header_size: String::new(),
            http2_max_requests: 0,
            http2_max_concurrent_streams: 128,
            underscores_in_headers: false,
            ignore_invalid_headers: true,
            grpc_buffer_size_kb: 0,
        }
    }
}

/// Sizes of hash tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Tables {
    /// `map-hash-bucket-size`
    pub map_bucket: i64,
    /// `server-name-hash-max-size`
    pub server_name_max: i64,
    /// `server-name-hash-bucket-size`
    pub server_name_bucket: i64,
    /// `proxy-headers-hash-max-size`
    pub header_max: i64,
    /// `proxy-headers-hash-bucket-size`
    pub header_bucket: i64,
    /// `variables-hash-bucket-size`
    pub variable_bucket: i64,
    /// `variables-hash-max-size`
    pub variable_max: i64,
}

impl Default for Tables {
    fn default() -> Self {
        Self {
            map_bucket: 64,
            server_name_max: 1024,
            server_name_bucket: 0,
            header_max: 512,
            header_bucket: 64,
            variable_bucket: 256,
            variable_max: 2048,
        }
    }
}

/// TLS towards the client.
#[derive(Debug, Clone, PartialEq)]
pub struct Tls {
    /// `ssl-protocols`
    pub protocols: String,
    /// `ssl-ciphers`
    pub ciphers: String,
    /// `ssl-ecdh-curve`
    pub ecdh_curve: String,
    /// `ssl-dh-param`
    pub dh_param: String,
    /// `ssl-early-data`
    pub early_data: bool,
    /// `ssl-session-cache`
    pub session_cache: bool,
    /// `ssl-session-cache-size`
    pub session_cache_size: String,
    /// `ssl-session-timeout`
    pub session_timeout: String,
    /// `ssl-session-tickets`
    pub session_tickets: bool,
    /// `ssl-session-ticket-key`
    pub session_ticket_key: String,
    /// `ssl-buffer-size`
    pub buffer_size: String,
    /// `ssl-reject-handshake`
    pub reject_handshake: bool,
    /// `enable-ocsp`
    pub ocsp: bool,
    /// `hsts`
    pub hsts: bool,
    /// `hsts-max-age`
    pub hsts_max_age: String,
    /// `hsts-include-subdomains`
    pub hsts_include_subdomains: bool,
    /// `hsts-preload`
    pub hsts_preload: bool,
    /// `no-tls-redirect-locations`
    pub no_redirect_paths: String,
}

impl Default for Tls {
    fn default() -> Self {
        Self {
            protocols: "TLSv1.2 TLSv1.3".into(),
            ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256".into(),
            ecdh_curve: "auto".into(),
            dh_param: String::new(),
            early_data: false,
            session_cache: true,
            session_cache_size: "10m".into(),
            session_timeout: "10m".into(),
            session_tickets: false,
            session_ticket_key: String::new(),
            buffer_size: "4k".into(),
            reject_handshake: false,
            ocsp: false,
            hsts: true,
            hsts_max_age: "31536000".into(),
            hsts_include_subdomains: true,
            hsts_preload: false,
            no_redirect_paths: "/.well-known/acme-challenge".into(),
        }
    }
}

/// Access and error logs.
#[derive(Debug, Clone, PartialEq)]
pub struct Logging {
    /// `disable-access-log`
    pub off: bool,
    /// `disable-http-access-log`
    pub http_off: bool,
    /// `disable-stream-access-log`
    pub stream_off: bool,
    /// `access-log-path`
    pub access_log_path: String,
    /// `http-access-log-path`
    pub http_access_log_path: String,
    /// `stream-access-log-path`
    pub stream_access_log_path: String,
    /// `access-log-params`
    pub access_log_params: String,
    /// `error-log-path`
    pub error_log_path: String,
    /// `error-log-level`
    pub error_log_level: String,
    /// `log-format-escape-none`
    pub escape_none: bool,
    /// `log-format-escape-json`
    pub escape_json: bool,
    /// `log-format-upstream`
    pub format_http: String,
    /// `log-format-stream`
    pub format_stream: String,
    /// `skip-access-log-urls`
    pub skip_urls: Vec<String>,
    /// `enable-access-log-for-default-backend`
    pub log_default_backend: bool,
    /// `enable-auth-access-log`
    pub log_auth: bool,
    /// `enable-syslog`
    pub syslog: bool,
    /// `syslog-host`
    pub syslog_host: String,
    /// `syslog-port`
    pub syslog_port: i64,
}

impl Default for Logging {
    fn default() -> Self {
        Self {
            off: false,
            http_off: false,
            stream_off: false,
            access_log_path: "/var/log/nginx/access.log".into(),
            http_access_log_path: String::new(),
            stream_access_log_path: String::new(),
            access_log_params: String::new(),
            error_log_path: "/var/log/nginx/error.log".into(),
            error_log_level: "notice".into(),
            escape_none: false,
            escape_json: false,
            format_http: r#"$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" $request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr $upstream_response_length $upstream_response_time $upstream_status $req_id"#.into(),
            format_stream: r#"[$remote_addr] [$time_local] $protocol $status $bytes_sent $bytes_received $session_time"#.into(),
            skip_urls: Vec::new(),
            log_default_backend: false,
            log_auth: false,
            syslog: false,
            syslog_host: String::new(),
            syslog_port: 514,
        }
    }
}

/// Response compression.
#[derive(Debug, Clone, PartialEq)]
pub struct Compression {
    /// `use-gzip`
    pub gzip: bool,
    /// `gzip-level`
    pub gzip_level: i64,
    /// `gzip-min-length`
    pub gzip_min_length: i64,
    /// `gzip-types`
    pub gzip_types: String,
    /// `gzip-disable`
    pub gzip_disable: String,
    /// `enable-brotli`
    pub brotli: bool,
    /// `brotli-level`
    pub brotli_level: i64,
    /// `brotli-min-length`
    pub brotli_min_length: i64,
    /// `brotli-types`
    pub brotli_types: String,
}

impl Default for Compression {
    fn default() -> Self {
        Self {
            gzip: false,
            gzip_level: 1,
            gzip_min_length: 256,
            gzip_types: "application/atom+xml application/javascript application/x-javascript application/json application/rss+xml application/vnd.ms-fontobject application/x-font-ttf application/x-web-app-manifest+json application/xhtml+xml application/xml font/opentype image/svg+xml image/x-icon text/css text/javascript text/plain text/x-component".into(),
            gzip_disable: String::new(),
            brotli: false,
            brotli_level: 4,
            brotli_min_length: 20,
            brotli_types: "application/xml+rss application/atom+xml application/javascript application/x-javascript application/json application/rss+xml application/vnd.ms-fontobject application/x-font-ttf application/x-web-app-manifest+json application/xhtml+xml application/xml font/opentype image/svg+xml image/x-icon text/css text/javascript text/plain text/x-component".into(),
        }
    }
}

/// Where the address of the client is read from.
#[derive(Debug, Clone, PartialEq)]
pub struct ClientAddress {
    /// `enable-real-ip`
    pub enabled: bool,
    /// `use-forwarded-headers`
    pub from_headers: bool,
    /// `forwarded-for-header`
    pub for_header: String,
    /// `forwarded-host-header`
    pub host_header: String,
    /// `forwarded-for-proxy-protocol-header`
    pub for_proxy_protocol_header: String,
    /// `proxy-real-ip-cidr`
    pub trusted: Vec<String>,
    /// `compute-full-forwarded-for`
    pub full_forwarded_for: bool,
}

impl Default for ClientAddress {
    fn default() -> Self {
        Self {
            enabled: false,
            from_headers: false,
            for_header: "X-Forwarded-For".into(),
            host_header: "X-Forwarded-Host".into(),
            for_proxy_protocol_header: "X-Forwarded-For-Proxy-Protocol".into(),
            trusted: vec!["0.0.0.0/0".into()],
            full_forwarded_for: false,
        }
    }
}

/// Headers that are added, passed or hidden.
#[derive(Debug, Clone, PartialEq)]
pub struct Headers {
    /// `add-headers`
    pub add_from: String,
    /// `proxy-set-headers`
    pub set_from: String,
    /// `hide-headers`
    pub hide: Vec<String>,
    /// `allow-backend-server-header`
    pub pass_server: bool,
    /// `server-tokens`
    pub server_tokens: bool,
    /// `generate-request-id`
    pub generate_request_id: bool,
    /// `proxy-add-original-uri-header`
    pub original_uri: bool,
    /// `global-allowed-response-headers`
    pub allowed_custom: Vec<String>,
    /// `default-type`
    pub default_type: String,
}

impl Default for Headers {
    fn default() -> Self {
        Self {
            add_from: String::new(),
            set_from: String::new(),
            hide: Vec::new(),
            pass_server: false,
            server_tokens: false,
            generate_request_id: true,
            original_uri: false,
            allowed_custom: Vec::new(),
            default_type: "text/html".into(),
        }
    }
}

/// Who is refused before any route is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Filters {
    /// `block-cidrs`
    pub block_cidrs: Vec<String>,
    /// `block-user-agents`
    pub block_user_agents: Vec<String>,
    /// `block-referers`
    pub block_referers: Vec<String>,
    /// `nginx-status-ipv4-whitelist`
    pub status_ipv4: Vec<String>,
    /// `nginx-status-ipv6-whitelist`
    pub status_ipv6: Vec<String>,
}

impl Default for Filters {
    fn default() -> Self {
        Self {
            block_cidrs: Vec::new(),
            block_user_agents: Vec::new(),
            block_referers: Vec::new(),
            status_ipv4: vec!["127.0.0.1".into()],
            status_ipv6: vec!["::1".into()],
        }
    }
}

/// Rate limiting for all routes.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// `limit-conn-zone-variable`
    pub zone_variable: String,
    /// `limit-req-status-code`
    pub request_status: i64,
    /// `limit-conn-status-code`
    pub connection_status: i64,
    /// `limit-rate`
    pub rate: i64,
    /// `limit-rate-after`
    pub rate_after: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { zone_variable: "$binary_remote_addr".into(), request_status: 503, connection_status: 503, rate: 0, rate_after: 0 }
    }
}

/// OpenTelemetry.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracing {
    /// `enable-opentelemetry`
    pub enabled: bool,
    /// `opentelemetry-config`
    pub config_path: String,
    /// `opentelemetry-operation-name`
    pub operation_name: String,
    /// `opentelemetry-trust-incoming-span`
    pub trust_incoming: bool,
    /// `otlp-collector-host`
    pub collector_host: String,
    /// `otlp-collector-port`
    pub collector_port: String,
    /// `otel-service-name`
    pub service_name: String,
    /// `otel-sampler`
    pub sampler: String,
    /// `otel-sampler-ratio`
    pub sampler_ratio: f32,
    /// `otel-sampler-parent-based`
    pub sampler_parent_based: bool,
    /// `otel-max-queuesize`
    pub max_queue_size: i64,
    /// `otel-schedule-delay-millis`
    pub schedule_delay_millis: i64,
    /// `otel-max-export-batch-size`
    pub max_export_batch_size: i64,
}

impl Default for Tracing {
    fn default() -> Self {
        Self {
            enabled: false,
            config_path: "/etc/ingress-controller/telemetry/opentelemetry.toml".into(),
            operation_name: String::new(),
            trust_incoming: true,
            collector_host: String::new(),
            collector_port: "4317".into(),
            service_name: "nginx".into(),
            sampler: "AlwaysOn".into(),
            sampler_ratio: 0.01,
            sampler_parent_based: true,
            max_queue_size: 2048,
            schedule_delay_millis: 5000,
            max_export_batch_size: 512,
        }
    }
}

/// The web application firewall ModSecurity.
#[derive(Debug, Clone, PartialEq)]
#[derive(Default)]
pub struct Waf {
    /// `enable-modsecurity`
    pub enabled: bool,
    /// `enable-owasp-modsecurity-crs`
    pub core_rules: bool,
    /// `modsecurity-snippet`
    pub rules: String,
}


/// Lookup of the client address in GeoIP2 databases.
#[derive(Debug, Clone, PartialEq)]
#[derive(Default)]
pub struct Geo {
    /// `use-geoip2`
    pub enabled: bool,
    /// `geoip2-autoreload-in-minutes`
    pub reload_minutes: i64,
}


/// Connections to backends and defaults of every route.
#[derive(Debug, Clone, PartialEq)]
pub struct Upstreams {
    /// `upstream-keepalive-connections`
    pub keepalive_connections: i64,
    /// `upstream-keepalive-time`
    pub keepalive_time: String,
    /// `upstream-keepalive-timeout`
    pub keepalive_timeout: i64,
    /// `upstream-keepalive-requests`
    pub keepalive_requests: i64,
    /// `load-balance`
    pub load_balance: String,
    /// `upstream-hash-by`
    pub upstream_hash_by: String,
    /// `upstream-hash-by-subset`
    pub upstream_hash_by_subset: bool,
    /// `upstream-hash-by-subset-size`
    pub upstream_hash_by_subset_size: i64,
    /// `service-upstream`
    pub service_upstream: bool,
    /// `retry-non-idempotent`
    pub retry_non_idempotent: bool,
    /// `proxy-ssl-location-only`
    pub tls_per_route_only: bool,
}

impl Default for Upstreams {
    fn default() -> Self {
        Self {
            keepalive_connections: 320,
            keepalive_time: "1h".into(),
            keepalive_timeout: 60,
            keepalive_requests: 10000,
            load_balance: String::new(),
            upstream_hash_by: String::new(),
            upstream_hash_by_subset: false,
            upstream_hash_by_subset_size: 0,
            service_upstream: false,
            retry_non_idempotent: false,
            tls_per_route_only: false,
        }
    }
}

/// What a route does when its manifest says nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteDefaults {
    /// `app-root`
    pub app_root: String,
    /// `custom-http-errors`
    pub error_codes: Vec<i64>,
    /// `disable-proxy-intercept-errors`
    pub keep_backend_errors: bool,
    /// `preserve-trailing-slash`
    pub preserve_trailing_slash: bool,
    /// `ssl-redirect`
    pub ssl_redirect: bool,
    /// `force-ssl-redirect`
    pub force_ssl_redirect: bool,
    /// `http-redirect-code`
    pub redirect_code: i64,
    /// `use-port-in-redirects`
    pub use_port_in_redirects: bool,
    /// `relative-redirects`
    pub relative_redirects: bool,
    /// `whitelist-source-range`
    pub allow: Vec<String>,
    /// `denylist-source-range`
    pub deny: Vec<String>,
    /// `no-auth-locations`
    pub no_auth_paths: String,
    /// `proxy-body-size`
    pub body_size: String,
    /// `proxy-connect-timeout`
    pub connect_timeout: i64,
    /// `proxy-read-timeout`
    pub read_timeout: i64,
    /// `proxy-send-timeout`
    pub send_timeout: i64,
    /// `proxy-buffers-number`
    pub buffers_number: i64,
    /// `proxy-buffer-size`
    pub buffer_size: String,
    /// `proxy-busy-buffers-size`
    pub busy_buffers_size: String,
    /// `proxy-cookie-path`
    pub cookie_path: String,
    /// `proxy-cookie-domain`
    pub cookie_domain: String,
    /// `proxy-next-upstream`
    pub next_upstream: String,
    /// `proxy-next-upstream-timeout`
    pub next_upstream_timeout: i64,
    /// `proxy-next-upstream-tries`
    pub next_upstream_tries: i64,
    /// `proxy-redirect-from`
    pub redirect_from: String,
    /// `proxy-redirect-to`
    pub redirect_to: String,
    /// `proxy-request-buffering`
    pub request_buffering: String,
    /// `proxy-buffering`
    pub buffering: String,
    /// `proxy-http-version`
    pub http_version: String,
    /// `proxy-max-temp-file-size`
    pub max_temp_file_size: String,
}

impl Default for RouteDefaults {
    fn default() -> Self {
        Self {
            app_root: String::new(),
            error_codes: Vec::new(),
            keep_backend_errors: false,
            preserve_trailing_slash: false,
            ssl_redirect: true,
            force_ssl_redirect: false,
            redirect_code: 308,
            use_port_in_redirects: false,
            relative_redirects: false,
            allow: Vec::new(),
            deny: Vec::new(),
            no_auth_paths: "/.well-known/acme-challenge".into(),
            body_size: "1m".into(),
            connect_timeout: 5,
            read_timeout: 60,
            send_timeout: 60,
            buffers_number: 4,
            buffer_size: "4k".into(),
            busy_buffers_size: String::new(),
            cookie_path: "off".into(),
            cookie_domain: "off".into(),
            next_upstream: "error timeout".into(),
            next_upstream_timeout: 0,
            next_upstream_tries: 3,
            redirect_from: "off".into(),
            redirect_to: "off".into(),
            request_buffering: "on".into(),
            buffering: "off".into(),
            http_version: "1.1".into(),
            max_temp_file_size: "1024m".into(),
        }
    }
}

/// TCP and UDP services.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamDefaults {
    /// `proxy-stream-timeout`
    pub timeout: String,
    /// `proxy-stream-next-upstream`
    pub next_upstream: bool,
    /// `proxy-stream-next-upstream-timeout`
    pub next_upstream_timeout: String,
    /// `proxy-stream-next-upstream-tries`
    pub next_upstream_tries: i64,
    /// `proxy-stream-responses`
    pub responses: i64,
}

impl Default for StreamDefaults {
    fn default() -> Self {
        Self { timeout: "600s".into(), next_upstream: true, next_upstream_timeout: "600s".into(), next_upstream_tries: 3, responses: 1 }
    }
}

/// Raw configuration of the administrator, printed as it is.
#[derive(Debug, Clone, PartialEq)]
#[derive(Default)]
pub struct Snippets {
    /// `main-snippet`
    pub main: String,
    /// `http-snippet`
    pub http: String,
    /// `server-snippet`
    pub server: String,
    /// `location-snippet`
    pub location: String,
    /// `stream-snippet`
    pub stream: String,
}


/// What the administrator lets tenants do.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// `allow-snippet-annotations`
    pub allow_snippets: bool,
    /// `allow-cross-namespace-resources`
    pub allow_cross_namespace: bool,
    /// `annotations-risk-level`
    pub max_risk: String,
    /// `annotation-value-word-blocklist`
    pub word_blocklist: String,
    /// `strict-validate-path-type`
    pub strict_path_type: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            allow_snippets: false,
            allow_cross_namespace: false,
            max_risk: "High".into(),
            word_blocklist: String::new(),
            strict_path_type: true,
        }
    }
}
