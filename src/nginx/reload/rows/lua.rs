//! Lua, for HTTP and for streams: the table of each module up to the release that the controller's image holds.

use super::super::directives::Kind::{Any, Flag, Milliseconds, Number, Size, Words};
use super::super::directives::{
    Directive, HS, HSL, HTTP, LOCATION, LOCATION_IF, MANY, Places, SERVER, SERVER_IF, SS, STREAM, STREAM_SERVER, STREAM_UPSTREAM, UPSTREAM,
    block, often, once,
};

const HSLI: Places = HSL | LOCATION_IF;
const IN_LOCATIONS: Places = LOCATION | LOCATION_IF;
const PROTOCOLS: &[&str] = &["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

/// Code in a text, in a file and in a block.
macro_rules! code {
    ($phase:literal, $places:expr) => {
        &[
            once(concat!($phase, "_by_lua"), $places, 1, 1, Any),
            once(concat!($phase, "_by_lua_file"), $places, 1, 1, Any),
            block(concat!($phase, "_by_lua_block"), $places, 0, 0).alone(),
        ]
    };
}

/// Code in a file and in a block.
macro_rules! newer_code {
    ($phase:literal, $places:expr) => {
        &[once(concat!($phase, "_by_lua_file"), $places, 1, 1, Any), block(concat!($phase, "_by_lua_block"), $places, 0, 0).alone()]
    };
}

/// What both modules have, at the top of each, in its servers, and in locations.
macro_rules! settings {
    ($top:expr, $inside:expr) => {
        &[
            once("lua_load_resty_core", $top, 1, 1, Flag),
            once("lua_max_running_timers", $top, 1, 1, Number),
            once("lua_max_pending_timers", $top, 1, 1, Number),
            often("lua_shared_dict", $top, 2, 2),
            once("lua_sa_restart", $top, 1, 1, Flag),
            once("lua_capture_error_log", $top, 1, 1, Size),
            once("lua_regex_cache_max_entries", $top, 1, 1, Number),
            once("lua_regex_match_limit", $top, 1, 1, Number),
            once("lua_package_path", $top, 1, 1, Any),
            once("lua_package_cpath", $top, 1, 1, Any),
            once("lua_malloc_trim", $top, 1, 1, Number),
            once("lua_code_cache", $inside, 1, 1, Flag),
            once("lua_socket_log_errors", $inside, 1, 1, Flag),
            once("lua_socket_keepalive_timeout", $inside, 1, 1, Milliseconds),
            once("lua_socket_connect_timeout", $inside, 1, 1, Milliseconds),
            once("lua_socket_send_timeout", $inside, 1, 1, Milliseconds),
            once("lua_socket_read_timeout", $inside, 1, 1, Milliseconds),
            once("lua_socket_send_lowat", $inside, 1, 1, Size),
            once("lua_socket_buffer_size", $inside, 1, 1, Size),
            once("lua_socket_pool_size", $inside, 1, 1, Number),
            once("lua_check_client_abort", $inside, 1, 1, Flag),
        ]
    };
}

/// TLS of sockets that code opens.
macro_rules! tls {
    ($places:expr) => {
        &[
            once("lua_ssl_protocols", $places, 1, MANY, Words(PROTOCOLS)),
            once("lua_ssl_ciphers", $places, 1, 1, Any),
            once("lua_ssl_verify_depth", $places, 1, 1, Number),
            once("lua_ssl_certificate", $places, 1, 1, Any),
            once("lua_ssl_certificate_key", $places, 1, 1, Any),
            once("lua_ssl_trusted_certificate", $places, 1, 1, Any),
            once("lua_ssl_crl", $places, 1, 1, Any),
            once("lua_ssl_key_log", $places, 1, 1, Any),
            often("lua_ssl_conf_command", $places, 2, 2),
        ]
    };
}

pub(in super::super) const ALL: &[&[Directive]] = &[
    settings!(HTTP, HSLI),
    tls!(HSL),
    code!("init", HTTP),
    code!("init_worker", HTTP),
    newer_code!("exit_worker", HTTP),
    newer_code!("server_rewrite", HS),
    code!("rewrite", HSLI),
    code!("access", HSLI),
    code!("content", IN_LOCATIONS),
    code!("log", HSLI),
    code!("header_filter", HSLI),
    code!("body_filter", HSLI),
    newer_code!("balancer", UPSTREAM),
    newer_code!("ssl_client_hello", HS),
    newer_code!("ssl_certificate", HS),
    newer_code!("ssl_session_store", HTTP),
    newer_code!("ssl_session_fetch", HTTP),
    &[
        often("set_by_lua", SERVER | SERVER_IF | IN_LOCATIONS, 2, MANY),
        often("set_by_lua_file", SERVER | SERVER_IF | IN_LOCATIONS, 2, MANY),
        block("set_by_lua_block", SERVER | SERVER_IF | IN_LOCATIONS, 1, 1),
        once("rewrite_by_lua_no_postpone", HTTP, 1, 1, Flag),
        once("access_by_lua_no_postpone", HTTP, 1, 1, Flag),
        once("lua_thread_cache_max_entries", HTTP, 1, 1, Number),
        once("lua_worker_thread_vm_pool_size", HTTP, 1, 1, Number),
        once("lua_need_request_body", HSLI, 1, 1, Flag),
        once("lua_transform_underscores_in_response_headers", HSLI, 1, 1, Flag),
        once("lua_http10_buffering", HSLI, 1, 1, Flag),
        once("lua_use_default_type", HSLI, 1, 1, Flag),
        once("balancer_keepalive", UPSTREAM, 1, 1, Any),
    ],
    settings!(STREAM, SS),
    tls!(SS),
    code!("init", STREAM),
    code!("init_worker", STREAM),
    newer_code!("preread", SS),
    code!("content", STREAM_SERVER),
    newer_code!("log", SS),
    newer_code!("balancer", STREAM_UPSTREAM),
    newer_code!("ssl_client_hello", SS),
    newer_code!("ssl_certificate", SS),
    &[once("preread_by_lua_no_postpone", STREAM, 1, 1, Flag), often("lua_add_variable", STREAM, 1, 1)],
];
