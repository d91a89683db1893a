//! Keys that the controller once knew and no longer does.

use super::{Setting, former};
use crate::catalog::releases::LATEST;
use crate::catalog::version::Version;

/// A key that was removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removed {
    /// The key.
    pub name: &'static str,
    /// The last release that knew it.
    pub last: Version,
    /// The key that took its place.
    pub instead: Option<&'static str>,
}

/// All removed keys, by name.
pub static REMOVED: &[Removed] = &[
    replaced("datadog-collector-host", 1, 9, 4, "otlp-collector-host"),
    replaced("datadog-collector-port", 1, 9, 4, "otlp-collector-port"),
    gone("datadog-environment", 1, 9, 4),
    gone("datadog-operation-name-override", 1, 9, 4),
    gone("datadog-priority-sampling", 1, 9, 0),
    replaced("datadog-sample-rate", 1, 9, 4, "otel-sampler-ratio"),
    replaced("datadog-service-name", 1, 9, 4, "otel-service-name"),
    replaced("disable-lua-resty-waf", 0, 26, 1, "enable-modsecurity"),
    gone("enable-dynamic-tls-records", 0, 25, 1),
    gone("enable-influxdb", 0, 35, 0),
    replaced("enable-opentracing", 1, 9, 4, "enable-opentelemetry"),
    replaced("enable-snippet-directives", 0, 49, 0, "allow-snippet-annotations"),
    replaced("enable-spdy", 0, 8, 3, "use-http2"),
    gone("enable-sticky-sessions", 0, 9, 0),
    gone("enable-vts-status", 0, 16, 0),
    former(&former::CONNECT_TIMEOUT),
    former(&former::HOST),
    former(&former::IDLE_TIMEOUT),
    former(&former::POOL_SIZE),
    former(&former::PORT),
    former(&former::STATUS),
    gone("jaeger-baggage-header", 1, 9, 4),
    replaced("jaeger-collector-host", 1, 9, 4, "otlp-collector-host"),
    replaced("jaeger-collector-port", 1, 9, 4, "otlp-collector-port"),
    gone("jaeger-debug-header", 1, 9, 4),
    replaced("jaeger-endpoint", 1, 9, 4, "otlp-collector-host"),
    gone("jaeger-propagation-format", 1, 9, 4),
    gone("jaeger-sampler-host", 1, 9, 4),
    replaced("jaeger-sampler-param", 1, 9, 4, "otel-sampler-ratio"),
    gone("jaeger-sampler-port", 1, 9, 4),
    replaced("jaeger-sampler-type", 1, 9, 4, "otel-sampler"),
    replaced("jaeger-service-name", 1, 9, 4, "otel-service-name"),
    gone("jaeger-trace-context-header-name", 1, 9, 4),
    gone("jaeger-tracer-baggage-header-prefix", 1, 9, 4),
    replaced("limit-req-status", 0, 10, 2, "limit-req-status-code"),
    gone("opentracing-location-operation-name", 1, 9, 4),
    replaced("opentracing-operation-name", 1, 9, 4, "opentelemetry-operation-name"),
    replaced("opentracing-trust-incoming-span", 1, 9, 4, "opentelemetry-trust-incoming-span"),
    former(&former::PLUGINS),
    replaced("proxy-buffer-number", 0, 23, 0, "proxy-buffers-number"),
    gone("proxy-pass-params", 0, 11, 0),
    gone("upstream-fail-timeout", 0, 20, 0),
    gone("upstream-max-fails", 0, 20, 0),
    replaced("use-brotli", 0, 9, 0, "enable-brotli"),
    replaced("use-geoip", 1, 9, 1, "use-geoip2"),
    gone("vts-default-filter-key", 0, 16, 0),
    gone("vts-status-zone-size", 0, 16, 0),
    gone("vts-sum-key", 0, 16, 0),
    replaced("zipkin-collector-host", 1, 9, 4, "otlp-collector-host"),
    replaced("zipkin-collector-port", 1, 9, 4, "otlp-collector-port"),
    replaced("zipkin-sample-rate", 1, 9, 4, "otel-sampler-ratio"),
    replaced("zipkin-service-name", 1, 9, 4, "otel-service-name"),
];

/// A key that is read for older releases.
const fn former(setting: &Setting) -> Removed {
    let last = match setting.until {
        Some(last) => last,
        None => LATEST,
    };
    Removed { name: setting.name, last, instead: None }
}

const fn gone(name: &'static str, major: u16, minor: u16, patch: u16) -> Removed {
    Removed { name, last: Version::new(major, minor, patch), instead: None }
}

const fn replaced(name: &'static str, major: u16, minor: u16, patch: u16, instead: &'static str) -> Removed {
    Removed { name, last: Version::new(major, minor, patch), instead: Some(instead) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::settings::find;

    #[test]
    fn removed_keys_are_sorted_and_gone_and_their_successors_exist() {
        assert!(REMOVED.is_sorted_by(|a, b| a.name < b.name));
        for removed in REMOVED {
            assert!(find(removed.name).is_none(), "{}", removed.name);
            assert!(removed.instead.is_none_or(|name| find(name).is_some()), "{}", removed.name);
        }
    }
}
