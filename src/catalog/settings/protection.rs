//! Who is refused, how much one client gets, and what tenants may do.

use super::{Group, Reading, decode, flag, list, number, text};
use crate::catalog::key::Risk;
use crate::ir::Settings;

pub(super) static GROUP: Group = Group {
    name: "protection",
    doc: "Who is refused, how much one client gets, and what tenants may do.",
    settings: &[
        list("block-cidrs", |s| &mut s.filters.block_cidrs, "Addresses and networks that are refused.").governs(&["deny"]),
        list(
            "block-user-agents",
            |s| &mut s.filters.block_user_agents,
            "User agents that are refused: exact, or patterns with a leading `~`.",
        )
        .governs(&["map"]),
        list("block-referers", |s| &mut s.filters.block_referers, "Referers that are refused: exact, or patterns with a leading `~`.")
            .governs(&["map"]),
        list("nginx-status-ipv4-whitelist", |s| &mut s.filters.status_ipv4, "IPv4 networks that may read the status page.")
            .governs(&["allow"]),
        list("nginx-status-ipv6-whitelist", |s| &mut s.filters.status_ipv6, "IPv6 networks that may read the status page.")
            .governs(&["allow"]),
        text("limit-conn-zone-variable", |s| &mut s.limits.zone_variable, "What rate limits count by.").governs(&[
            "map",
            "limit_conn_zone",
            "limit_req_zone",
        ]),
        number("limit-req-status-code", |s| &mut s.limits.request_status, "Status of requests over the limit.")
            .governs(&["limit_req_status"]),
        number("limit-conn-status-code", |s| &mut s.limits.connection_status, "Status of connections over the limit.")
            .governs(&["limit_conn_status"]),
        number("limit-rate", |s| &mut s.limits.rate, "Kilobytes per second of each response; 0: no limit.").governs(&["limit_rate"]),
        number("limit-rate-after", |s| &mut s.limits.rate_after, "Kilobytes of each response before `limit-rate` counts.")
            .governs(&["limit_rate_after"]),
        flag("enable-modsecurity", |s| &mut s.waf.enabled, "Check all requests with ModSecurity.").governs(&["modsecurity"]).protects(),
        flag("enable-owasp-modsecurity-crs", |s| &mut s.waf.core_rules, "Check all requests with the core rule set of OWASP.")
            .needs(&[&["enable-modsecurity"]])
            .governs(&["modsecurity_rules_file"])
            .protects(),
        text("modsecurity-snippet", |s| &mut s.waf.rules, "Rules of ModSecurity, instead of its recommended file.")
            .protects()
            .needs(&[&["enable-modsecurity"]])
            .governs(&["modsecurity_rules"]),
        flag("use-geoip2", |s| &mut s.geo.enabled, "Look up addresses of clients in GeoIP2 databases; needs the databases in the pod.")
            .governs(&["geoip2"]),
        number("geoip2-autoreload-in-minutes", |s| &mut s.geo.reload_minutes, "Minutes between two looks for new databases; 0: never.")
            .needs(&[&["use-geoip2"]])
            .governs(&["geoip2"])
            .since(1, 11, 0)
            .also(1, 10, 1),
        flag("allow-snippet-annotations", |s| &mut s.policy.allow_snippets, "Let tenants write raw configuration in annotations."),
        flag(
            "allow-cross-namespace-resources",
            |s| &mut s.policy.allow_cross_namespace,
            "Let annotations name objects of other namespaces.",
        ),
        text(
            "annotations-risk-level",
            |s| &mut s.policy.max_risk,
            "Highest risk that an annotation may have: `Low`, `Medium`, `High` or `Critical`.",
        )
        .words(RISKS)
        .read_by(risk_level),
        text(
            "annotation-value-word-blocklist",
            |s| &mut s.policy.word_blocklist,
            "Words that no annotation may hold, separated by commas.",
        ),
        flag(
            "strict-validate-path-type",
            |s| &mut s.policy.strict_path_type,
            "Refuse paths with unusual characters in `Exact` and `Prefix` rules.",
        ),
    ],
};

/// The words for risks.
const RISKS: &[&str] = &[Risk::Low.name(), Risk::Medium.name(), Risk::High.name(), Risk::Critical.name()];

/// Quirk: a level that is none of the four is the lowest one.
fn risk_level(settings: &mut Settings, reading: &mut Reading) {
    reading.text.clone_into(&mut settings.policy.max_risk);
    if !RISKS.iter().any(|word| word.eq_ignore_ascii_case(reading.text)) {
        reading.misread(format!("{} is none of the four levels and counts as `Low`", decode::quoted(reading.text)));
    }
}
