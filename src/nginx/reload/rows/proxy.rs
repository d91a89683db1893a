//! Passing requests on with HTTP.

use super::super::directives::Kind::{Any, By, Each, Flag, Size, Word, Words};
use super::super::directives::{Directive, HSL, LIMIT_EXCEPT, LOCATION, LOCATION_IF, MANY, often, once};
use super::super::{pass, rules};
use super::HASH;

/// When the next server is asked, or an old answer is given.
pub(super) const NEXT: &[&str] = &[
    "error",
    "timeout",
    "invalid_header",
    "non_idempotent",
    "http_500",
    "http_502",
    "http_503",
    "http_504",
    "http_403",
    "http_404",
    "http_429",
    "off",
    "updating",
];

/// When an old answer is given.
pub(super) const STALE: &[&str] = &[
    "error",
    "timeout",
    "invalid_header",
    "http_500",
    "http_502",
    "http_503",
    "http_504",
    "http_403",
    "http_404",
    "http_429",
    "off",
    "updating",
];

/// The releases of TLS.
pub(super) const PROTOCOLS: &[&str] = &["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

pub(in super::super) const ROWS: &[Directive] = &[
    once("proxy_pass", LOCATION | LOCATION_IF | LIMIT_EXCEPT, 1, 1, By(pass::refusal)),
    often("proxy_redirect", HSL, 1, 2),
    often("proxy_cookie_domain", HSL, 1, 2),
    often("proxy_cookie_path", HSL, 1, 2),
    often("proxy_cookie_flags", HSL, 1, 4).of(By(rules::cookie_flags)),
    once("proxy_send_lowat", HSL, 1, 1, Size),
    often("proxy_set_header", HSL, 2, 2),
    once("proxy_headers_hash_max_size", HSL, 1, 1, Each(HASH)),
    once("proxy_headers_hash_bucket_size", HSL, 1, 1, Each(HASH)),
    once("proxy_set_body", HSL, 1, 1, Any),
    once("proxy_method", HSL, 1, 1, Any),
    once("proxy_cache_use_stale", HSL, 1, MANY, Words(STALE)),
    once("proxy_cache_convert_head", HSL, 1, 1, Flag),
    once("proxy_next_upstream", HSL, 1, MANY, Words(NEXT)),
    once("proxy_http_version", HSL, 1, 1, Word(&["1.0", "1.1"])),
];
