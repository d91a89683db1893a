//! Modules of others in the controller's image besides Lua and set-misc: ModSecurity, OpenTelemetry, GeoIP2, Brotli, headers-more, digest
//! authentication and what old images had.

use super::super::directives::Kind::{Any, Flag, Number, Offset, Seconds, Size};
use super::super::directives::{Directive, HSL, HTTP, LOCATION, LOCATION_IF, MANY, block, often, once};

const HSLI: u16 = HSL | LOCATION_IF;

/// What the controller's image does not have alone.
pub(in super::super) const HEADERS_MORE: &[Directive] = &[
    often("more_set_headers", HSLI, 1, MANY),
    often("more_clear_headers", HSLI, 1, MANY),
    often("more_set_input_headers", HSLI, 1, MANY),
    often("more_clear_input_headers", HSLI, 1, MANY),
];

pub(in super::super) const ROWS: &[Directive] = &[
    once("modsecurity", HSL, 1, 1, Flag),
    often("modsecurity_rules_file", HSL, 1, 1),
    often("modsecurity_rules", HSL, 1, 1),
    once("modsecurity_rules_remote", HSL, 2, 2, Any),
    once("modsecurity_transaction_id", HSL, 1, 1, Any),
    once("modsecurity_use_error_log", HSL, 1, 1, Flag),
    once("opentelemetry", HSL, 1, 1, Any),
    once("opentelemetry_config", HTTP, 1, 1, Any),
    once("opentelemetry_operation_name", HSL, 1, 1, Any),
    once("opentelemetry_trust_incoming_spans", HSL, 1, 1, Flag),
    once("opentelemetry_propagate", HSL, 0, 1, Any),
    once("opentelemetry_capture_headers", HSL, 1, 1, Flag),
    often("opentelemetry_attribute", HSL, 2, 2),
    once("brotli", HSLI, 1, 1, Flag),
    once("brotli_comp_level", HSL, 1, 1, Number),
    once("brotli_min_length", HSL, 1, 1, Size),
    often("brotli_types", HSL, 1, MANY),
    once("brotli_static", HSL, 1, 1, Any),
    once("auth_digest", HSL, 1, 1, Any),
    once("auth_digest_user_file", HSL, 1, 1, Any),
    once("auth_digest_timeout", HSL, 1, 1, Seconds),
    once("auth_digest_shm_size", HTTP, 1, 1, Offset),
    once("geoip2_proxy_recursive", HTTP, 1, 1, Flag),
    block("geoip2", HTTP, 1, 1),
    often("geoip2_proxy", HTTP, 1, 1),
    often("subs_filter", HSL, 2, 3),
    often("subs_filter_types", HSL, 1, MANY),
    often("subs_filter_bypass", HSL, 1, MANY),
    once("geoip_country", HTTP, 1, 2, Any),
    once("geoip_city", HTTP, 1, 2, Any),
    once("geoip_org", HTTP, 1, 2, Any),
    often("geoip_proxy", HTTP, 1, 1),
    once("geoip_proxy_recursive", HTTP, 1, 1, Flag),
    often("ajp_pass", LOCATION | LOCATION_IF, 1, 1),
    once("ajp_keep_conn", HSL, 1, 1, Flag),
];
