//! Logs and traces.

/// Access and error logs.
#[derive(Debug, Clone, PartialEq)]
pub struct Logging {
    /// Write no access log.
    pub off: bool,
    /// Write no access log for HTTP.
    pub http_off: bool,
    /// Write no access log for TCP and UDP.
    pub stream_off: bool,
    /// File of the access log.
    pub access_log_path: String,
    /// File of the access log for HTTP; empty: `access_log_path`.
    pub http_access_log_path: String,
    /// File of the access log for TCP and UDP; empty: `access_log_path`.
    pub stream_access_log_path: String,
    /// More parameters of the access log.
    pub access_log_params: String,
    /// File of the error log.
    pub error_log_path: String,
    /// Least severe messages in the error log.
    pub error_log_level: String,
    /// Write variables into the access log without escaping.
    pub escape_none: bool,
    /// Escape variables in the access log for JSON.
    pub escape_json: bool,
    /// Format of the access log for HTTP.
    pub format_http: String,
    /// Format of the access log for TCP and UDP.
    pub format_stream: String,
    /// URIs that are not logged.
    pub skip_urls: Vec<String>,
    /// Log requests for the default backend.
    pub log_default_backend: bool,
    /// Log requests to external authentication.
    pub log_auth: bool,
    /// Send logs to a syslog server instead of files.
    pub syslog: bool,
    /// Host of the syslog server.
    pub syslog_host: String,
    /// Port of the syslog server.
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

/// OpenTelemetry.
#[derive(Debug, Clone, PartialEq)]
pub struct Tracing {
    /// Trace requests with OpenTelemetry.
    pub enabled: bool,
    /// File with the settings of OpenTelemetry.
    pub config_path: String,
    /// Name of the spans.
    pub operation_name: String,
    /// Continue the trace that the client names.
    pub trust_incoming: bool,
    /// Host of the OpenTelemetry collector.
    pub collector_host: String,
    /// Port of the OpenTelemetry collector.
    pub collector_port: String,
    /// Name of the service in traces.
    pub service_name: String,
    /// Which requests are traced: `AlwaysOn`, `AlwaysOff` or `TraceIdRatioBased`.
    pub sampler: String,
    /// Share of the requests that are traced.
    pub sampler_ratio: f32,
    /// Trace what the parent span traces.
    pub sampler_parent_based: bool,
    /// Spans that wait for export at most.
    pub max_queue_size: i64,
    /// Milliseconds between two exports of spans.
    pub schedule_delay_millis: i64,
    /// Spans in one export at most.
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
