//! Logs and traces.

use super::{Group, flag, fraction, list, number, small_number, text};

pub(super) static GROUP: Group = Group {
    name: "observing",
    doc: "Logs and traces.",
    settings: &[
        flag("disable-access-log", |s| &mut s.logging.off, "Write no access log.").governs(&["access_log"]),
        flag("disable-http-access-log", |s| &mut s.logging.http_off, "Write no access log for HTTP.").governs(&["access_log"]),
        flag("disable-stream-access-log", |s| &mut s.logging.stream_off, "Write no access log for TCP and UDP.").governs(&["access_log"]),
        text("access-log-path", |s| &mut s.logging.access_log_path, "File of the access log.").governs(&["access_log"]),
        text("http-access-log-path", |s| &mut s.logging.http_access_log_path, "File of the access log for HTTP; empty: `access-log-path`.")
            .governs(&["access_log"]),
        text(
            "stream-access-log-path",
            |s| &mut s.logging.stream_access_log_path,
            "File of the access log for TCP and UDP; empty: `access-log-path`.",
        )
        .governs(&["access_log"]),
        text("access-log-params", |s| &mut s.logging.access_log_params, "More parameters of the access log.").governs(&["access_log"]),
        text("error-log-path", |s| &mut s.logging.error_log_path, "File of the error log.").governs(&["error_log"]),
        text("error-log-level", |s| &mut s.logging.error_log_level, "Least severe messages in the error log.").governs(&["error_log"]),
        flag("log-format-escape-none", |s| &mut s.logging.escape_none, "Write variables into the access log without escaping.")
            .governs(&["log_format"]),
        flag("log-format-escape-json", |s| &mut s.logging.escape_json, "Escape variables in the access log for JSON.")
            .governs(&["log_format"]),
        text("log-format-upstream", |s| &mut s.logging.format_http, "Format of the access log for HTTP.").governs(&["log_format"]),
        text("log-format-stream", |s| &mut s.logging.format_stream, "Format of the access log for TCP and UDP.").governs(&["log_format"]),
        list("skip-access-log-urls", |s| &mut s.logging.skip_urls, "URIs that are not logged.").governs(&["map"]),
        flag("enable-access-log-for-default-backend", |s| &mut s.logging.log_default_backend, "Log requests for the default backend.")
            .governs(&["access_log"]),
        flag("enable-auth-access-log", |s| &mut s.logging.log_auth, "Log requests to external authentication.").governs(&["access_log"]),
        flag("enable-syslog", |s| &mut s.logging.syslog, "Send logs to a syslog server instead of files.")
            .governs(&["access_log", "error_log"]),
        text("syslog-host", |s| &mut s.logging.syslog_host, "Host of the syslog server.")
            .needs(&[&["enable-syslog"]])
            .governs(&["access_log", "error_log"]),
        number("syslog-port", |s| &mut s.logging.syslog_port, "Port of the syslog server.")
            .needs(&[&["enable-syslog"]])
            .governs(&["access_log", "error_log"]),
        flag("enable-opentelemetry", |s| &mut s.tracing.enabled, "Trace requests with OpenTelemetry.").governs(&["opentelemetry"]),
        text("opentelemetry-config", |s| &mut s.tracing.config_path, "File with the settings of OpenTelemetry.")
            .governs(&["opentelemetry_config"]),
        text("opentelemetry-operation-name", |s| &mut s.tracing.operation_name, "Name of the spans.")
            .governs(&["opentelemetry_operation_name"]),
        flag("opentelemetry-trust-incoming-span", |s| &mut s.tracing.trust_incoming, "Continue the trace that the client names.")
            .governs(&["opentelemetry_trust_incoming_spans"]),
        text("otlp-collector-host", |s| &mut s.tracing.collector_host, "Host of the OpenTelemetry collector."),
        text("otlp-collector-port", |s| &mut s.tracing.collector_port, "Port of the OpenTelemetry collector."),
        text("otel-service-name", |s| &mut s.tracing.service_name, "Name of the service in traces."),
        text("otel-sampler", |s| &mut s.tracing.sampler, "Which requests are traced: `AlwaysOn`, `AlwaysOff` or `TraceIdRatioBased`."),
        fraction("otel-sampler-ratio", |s| &mut s.tracing.sampler_ratio, "Share of the requests that are traced."),
        flag("otel-sampler-parent-based", |s| &mut s.tracing.sampler_parent_based, "Trace what the parent span traces."),
        small_number("otel-max-queuesize", |s| &mut s.tracing.max_queue_size, "Spans that wait for export at most."),
        small_number("otel-schedule-delay-millis", |s| &mut s.tracing.schedule_delay_millis, "Milliseconds between two exports of spans."),
        small_number("otel-max-export-batch-size", |s| &mut s.tracing.max_export_batch_size, "Spans in one export at most."),
    ],
};
