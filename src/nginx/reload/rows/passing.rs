//! What all protocols that pass requests on have in common, and what FastCGI, gRPC, memcached, uwsgi and SCGI have beyond that.

use super::super::directives::Kind::{Any, Buffers, By, Each, Flag, Milliseconds, Number, Offset, Rest, Size, Words};
use super::super::directives::{Directive, HSL, HTTP, LOCATION, LOCATION_IF, MANY, often, once};
use super::super::forms::{Form, Value};
use super::super::{pass, rules};
use super::SIZE;
use super::proxy::{NEXT, PROTOCOLS};

const TRANSPARENT: &[Form] = &[Form::Words(&["transparent"])];
const BYTE: &[Form] = &[Form::Is(Value::Range(0, 255))];

/// When another server is asked: FastCGI, uwsgi and SCGI know fewer codes.
const NEXT_GATEWAY: &[&str] = &[
    "error",
    "timeout",
    "invalid_header",
    "non_idempotent",
    "http_500",
    "http_503",
    "http_403",
    "http_404",
    "http_429",
    "updating",
    "off",
];

const STALE_GATEWAY: &[&str] =
    &["error", "timeout", "invalid_header", "http_500", "http_503", "http_403", "http_404", "http_429", "updating", "off"];

const IGNORED: &[&str] = &[
    "X-Accel-Redirect",
    "X-Accel-Expires",
    "X-Accel-Limit-Rate",
    "X-Accel-Buffering",
    "X-Accel-Charset",
    "Expires",
    "Cache-Control",
    "Set-Cookie",
    "Vary",
];

/// Connections, of all protocols.
macro_rules! connections {
    ($name:literal) => {
        &[
            once(concat!($name, "_bind"), HSL, 1, 2, Rest(TRANSPARENT)),
            once(concat!($name, "_socket_keepalive"), HSL, 1, 1, Flag),
            once(concat!($name, "_connect_timeout"), HSL, 1, 1, Milliseconds),
            once(concat!($name, "_send_timeout"), HSL, 1, 1, Milliseconds),
            once(concat!($name, "_read_timeout"), HSL, 1, 1, Milliseconds),
            once(concat!($name, "_buffer_size"), HSL, 1, 1, Size),
            once(concat!($name, "_next_upstream_tries"), HSL, 1, 1, Number),
            once(concat!($name, "_next_upstream_timeout"), HSL, 1, 1, Milliseconds),
        ]
    };
}

/// Headers, of all protocols that have some.
macro_rules! headers {
    ($name:literal) => {
        &[
            once(concat!($name, "_intercept_errors"), HSL, 1, 1, Flag),
            often(concat!($name, "_pass_header"), HSL, 1, 1),
            often(concat!($name, "_hide_header"), HSL, 1, 1),
            once(concat!($name, "_ignore_headers"), HSL, 1, MANY, Words(IGNORED)),
        ]
    };
}

/// Buffers, files and caches.
macro_rules! buffers_and_caches {
    ($name:literal) => {
        &[
            once(concat!($name, "_store"), HSL, 1, 1, Any),
            once(concat!($name, "_store_access"), HSL, 1, 3, By(rules::access)),
            once(concat!($name, "_buffering"), HSL, 1, 1, Flag),
            once(concat!($name, "_request_buffering"), HSL, 1, 1, Flag),
            once(concat!($name, "_ignore_client_abort"), HSL, 1, 1, Flag),
            once(concat!($name, "_pass_request_headers"), HSL, 1, 1, Flag),
            once(concat!($name, "_pass_request_body"), HSL, 1, 1, Flag),
            once(concat!($name, "_buffers"), HSL, 2, 2, Buffers),
            once(concat!($name, "_busy_buffers_size"), HSL, 1, 1, Size),
            once(concat!($name, "_force_ranges"), HSL, 1, 1, Flag),
            once(concat!($name, "_limit_rate"), HSL, 1, 1, Each(SIZE)),
            once(concat!($name, "_temp_path"), HSL, 1, 4, Any),
            once(concat!($name, "_max_temp_file_size"), HSL, 1, 1, Size),
            once(concat!($name, "_temp_file_write_size"), HSL, 1, 1, Size),
            often(concat!($name, "_cache_path"), HTTP, 2, MANY).of(By(rules::cache_path)),
            once(concat!($name, "_cache"), HSL, 1, 1, Any),
            once(concat!($name, "_cache_key"), HSL, 1, 1, Any),
            often(concat!($name, "_cache_bypass"), HSL, 1, MANY),
            often(concat!($name, "_no_cache"), HSL, 1, MANY),
            often(concat!($name, "_cache_valid"), HSL, 1, MANY).of(By(rules::cache_valid)),
            once(concat!($name, "_cache_min_uses"), HSL, 1, 1, Number),
            once(concat!($name, "_cache_max_range_offset"), HSL, 1, 1, Offset),
            once(concat!($name, "_cache_methods"), HSL, 1, MANY, Words(&["GET", "HEAD", "POST"])),
            once(concat!($name, "_cache_lock"), HSL, 1, 1, Flag),
            once(concat!($name, "_cache_lock_timeout"), HSL, 1, 1, Milliseconds),
            once(concat!($name, "_cache_lock_age"), HSL, 1, 1, Milliseconds),
            once(concat!($name, "_cache_revalidate"), HSL, 1, 1, Flag),
            once(concat!($name, "_cache_background_update"), HSL, 1, 1, Flag),
        ]
    };
}

/// TLS to the backends.
macro_rules! tls {
    ($name:literal) => {
        &[
            once(concat!($name, "_ssl_session_reuse"), HSL, 1, 1, Flag),
            once(concat!($name, "_ssl_protocols"), HSL, 1, MANY, Words(PROTOCOLS)),
            once(concat!($name, "_ssl_ciphers"), HSL, 1, 1, Any),
            once(concat!($name, "_ssl_name"), HSL, 1, 1, Any),
            once(concat!($name, "_ssl_server_name"), HSL, 1, 1, Flag),
            once(concat!($name, "_ssl_verify"), HSL, 1, 1, Flag),
            once(concat!($name, "_ssl_verify_depth"), HSL, 1, 1, Number),
            once(concat!($name, "_ssl_trusted_certificate"), HSL, 1, 1, Any),
            once(concat!($name, "_ssl_crl"), HSL, 1, 1, Any),
            once(concat!($name, "_ssl_certificate"), HSL, 1, 1, Any),
            once(concat!($name, "_ssl_certificate_key"), HSL, 1, 1, Any),
            once(concat!($name, "_ssl_password_file"), HSL, 1, 1, Any),
            often(concat!($name, "_ssl_conf_command"), HSL, 2, 2),
        ]
    };
}

/// For every build.
pub(in super::super) const ALL: &[&[Directive]] = &[
    connections!("proxy"),
    headers!("proxy"),
    buffers_and_caches!("proxy"),
    tls!("proxy"),
    connections!("grpc"),
    headers!("grpc"),
    tls!("grpc"),
    connections!("fastcgi"),
    headers!("fastcgi"),
    buffers_and_caches!("fastcgi"),
    connections!("memcached"),
    OTHERS,
];

const OTHERS: &[Directive] = &[
    once("grpc_pass", LOCATION | LOCATION_IF, 1, 1, By(pass::refusal)),
    once("grpc_next_upstream", HSL, 1, MANY, Words(NEXT)),
    often("grpc_set_header", HSL, 2, 2),
    once("fastcgi_pass", LOCATION | LOCATION_IF, 1, 1, By(pass::refusal)),
    once("fastcgi_index", HSL, 1, 1, Any),
    once("fastcgi_split_path_info", LOCATION, 1, 1, By(rules::split_path_info)),
    often("fastcgi_param", HSL, 2, 3).of(By(rules::if_not_empty)),
    once("fastcgi_keep_conn", HSL, 1, 1, Flag),
    once("fastcgi_send_lowat", HSL, 1, 1, Size),
    often("fastcgi_catch_stderr", HSL, 1, 1),
    once("fastcgi_next_upstream", HSL, 1, MANY, Words(NEXT_GATEWAY)),
    once("fastcgi_cache_use_stale", HSL, 1, MANY, Words(STALE_GATEWAY)),
    once("memcached_pass", LOCATION | LOCATION_IF, 1, 1, By(pass::refusal)),
    once("memcached_next_upstream", HSL, 1, MANY, Words(&["error", "timeout", "invalid_response", "not_found", "off"])),
    once("memcached_gzip_flag", HSL, 1, 1, Number),
];

/// Protocols that the controller's image leaves out.
pub(in super::super) const GATEWAYS: &[&[Directive]] = &[
    connections!("uwsgi"),
    headers!("uwsgi"),
    buffers_and_caches!("uwsgi"),
    tls!("uwsgi"),
    connections!("scgi"),
    headers!("scgi"),
    buffers_and_caches!("scgi"),
    &[
        once("uwsgi_pass", LOCATION | LOCATION_IF, 1, 1, By(pass::refusal)),
        once("uwsgi_modifier1", HSL, 1, 1, Each(BYTE)),
        once("uwsgi_modifier2", HSL, 1, 1, Each(BYTE)),
        once("uwsgi_string", HSL, 1, 1, Any),
        often("uwsgi_param", HSL, 2, 3).of(By(rules::if_not_empty)),
        once("uwsgi_next_upstream", HSL, 1, MANY, Words(NEXT_GATEWAY)),
        once("uwsgi_cache_use_stale", HSL, 1, MANY, Words(STALE_GATEWAY)),
        once("scgi_pass", LOCATION | LOCATION_IF, 1, 1, By(pass::refusal)),
        often("scgi_param", HSL, 2, 3).of(By(rules::if_not_empty)),
        once("scgi_next_upstream", HSL, 1, MANY, Words(NEXT_GATEWAY)),
        once("scgi_cache_use_stale", HSL, 1, MANY, Words(STALE_GATEWAY)),
    ],
];
