//! Annotations that the controller no longer reads.

use super::features::global_rate_limits;
use super::key::Spec;
use super::version::Version;

/// An annotation that is read by no supported release any more.
#[derive(Debug)]
pub struct Removed {
    /// The name, without the prefix.
    pub name: &'static str,
    /// The first release that does not read it; none: none ever did.
    pub gone_in: Option<Version>,
    /// The annotation that took its place; empty: none.
    pub replaced_by: &'static str,
    /// What to do instead, as a full sentence without a full stop.
    pub advice: &'static str,
    /// It kept something from being open to everybody.
    pub protects: bool,
}

const fn entry(name: &'static str, gone_in: Version, replaced_by: &'static str, advice: &'static str) -> Removed {
    Removed { name, gone_in: Some(gone_in), replaced_by, advice, protects: false }
}

/// An annotation that is read for older releases.
const fn former(spec: &Spec, advice: &'static str) -> Removed {
    Removed { name: spec.name, gone_in: spec.gone, replaced_by: "", advice, protects: false }
}

impl Removed {
    const fn protects(mut self) -> Self {
        self.protects = true;
        self
    }
}

const LUA_WAF: &str = "use ModSecurity, with `enable-modsecurity`";
const INFLUX: &str = "send metrics with Prometheus, or traces with OpenTelemetry";
const GLOBAL_LIMIT: &str = "use `limit-rps`, which counts in each controller of its own";
const BASE_URL: &str = "let the backend write its own base URL; `x-forwarded-prefix` can tell it the prefix";
const KEEPALIVE: &str = "nothing takes its place: readiness probes decide which endpoints get requests";
const TRACING: &str = "use OpenTelemetry, with `enable-opentelemetry`";

/// All of them, by name.
pub static REMOVED: &[Removed] = &[
    entry("add-base-url", Version::new(0, 22, 0), "", BASE_URL),
    entry("auth-send-body", Version::new(0, 9, 0), "", "nothing takes its place: the service that decides never gets the body"),
    entry("base-url-scheme", Version::new(0, 22, 0), "", BASE_URL),
    entry("enable-influxdb", Version::new(1, 7, 1), "", INFLUX),
    entry("enable-opentracing", Version::new(1, 9, 5), "enable-opentelemetry", TRACING),
    former(&global_rate_limits::REQUESTS.spec, GLOBAL_LIMIT).protects(),
    former(&global_rate_limits::EXEMPT.spec, GLOBAL_LIMIT),
    former(&global_rate_limits::KEY.spec, GLOBAL_LIMIT),
    former(&global_rate_limits::WINDOW.spec, GLOBAL_LIMIT),
    entry("grpc-backend", Version::new(0, 21, 0), "backend-protocol", "set `backend-protocol` to `GRPC`"),
    entry("influxdb-host", Version::new(1, 7, 1), "", INFLUX),
    entry("influxdb-measurement", Version::new(1, 7, 1), "", INFLUX),
    entry("influxdb-port", Version::new(1, 7, 1), "", INFLUX),
    entry("influxdb-server-name", Version::new(1, 7, 1), "", INFLUX),
    entry("lua-resty-waf", Version::new(0, 27, 0), "", LUA_WAF).protects(),
    entry("lua-resty-waf-allow-unknown-content-types", Version::new(0, 27, 0), "", LUA_WAF),
    entry("lua-resty-waf-debug", Version::new(0, 27, 0), "", LUA_WAF),
    entry("lua-resty-waf-extra-rules", Version::new(0, 27, 0), "", LUA_WAF),
    entry("lua-resty-waf-ignore-rulesets", Version::new(0, 27, 0), "", LUA_WAF),
    entry("lua-resty-waf-process-multipart-body", Version::new(0, 27, 0), "", LUA_WAF),
    entry("lua-resty-waf-score-threshold", Version::new(0, 27, 0), "", LUA_WAF),
    entry("mirror-uri", Version::new(0, 29, 0), "mirror-target", "set `mirror-target` to the URL that gets the copy"),
    Removed {
        name: "opentelemetry-trust-incoming-spans",
        gone_in: None,
        replaced_by: "opentelemetry-trust-incoming-span",
        advice: "the documentation had the wrong name: it is `opentelemetry-trust-incoming-span`",
        protects: false,
    },
    entry("opentracing-trust-incoming-span", Version::new(1, 9, 5), "opentelemetry-trust-incoming-span", TRACING),
    entry("proxy-pass-params", Version::new(0, 12, 0), "", "nothing takes its place"),
    entry("rewrite-log", Version::new(0, 20, 0), "enable-rewrite-log", "set `enable-rewrite-log`"),
    entry("secure-backends", Version::new(0, 21, 0), "backend-protocol", "set `backend-protocol` to `HTTPS`"),
    entry("secure-verify-ca-secret", Version::new(0, 27, 0), "proxy-ssl-secret", "set `proxy-ssl-secret` and `proxy-ssl-verify`")
        .protects(),
    entry("session-cookie-hash", Version::new(0, 24, 0), "", "leave it out: the hash is fixed"),
    entry("upstream-fail-timeout", Version::new(0, 20, 0), "", KEEPALIVE),
    entry("upstream-max-fails", Version::new(0, 20, 0), "", KEEPALIVE),
    entry("vts-filter-key", Version::new(0, 16, 0), "", "use the metrics of the controller, with `--enable-metrics`"),
];

/// The entry of a name without the prefix.
#[must_use]
pub fn find(name: &str) -> Option<&'static Removed> {
    REMOVED.binary_search_by(|removed| removed.name.cmp(name)).ok().map(|at| &REMOVED[at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::features;

    #[test]
    fn removed_names_are_sorted_and_not_read_any_more() {
        assert!(REMOVED.is_sorted_by(|a, b| a.name < b.name));
        for removed in REMOVED {
            assert!(features::find(removed.name).is_none(), "{}", removed.name);
            assert!(removed.replaced_by.is_empty() || features::find(removed.replaced_by).is_some(), "{}", removed.name);
            assert!(find(removed.name).is_some());
        }
        assert!(find("auth-url").is_none());
    }
}
