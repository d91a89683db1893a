//! What changes or makes an answer, and is seldom written.

use super::super::directives::Kind::{Any, Buffers, By, Each, Flag, Number, Size, Words};
use super::super::directives::{Directive, HS, HSL, HTTP, LOCATION, LOCATION_IF, MANY, block, often, once};
use super::super::forms::{Form, Value};
use super::super::rules;

const HSLI: u16 = HSL | LOCATION_IF;

const FLAGS_OF_COOKIES: &[&str] = &["off", "secure", "httponly", "samesite=strict", "samesite=lax", "samesite=none"];

pub(in super::super) const ROWS: &[Directive] = &[
    block("charset_map", HTTP, 2, 2),
    often("ancient_browser", HSL, 1, MANY),
    once("ancient_browser_value", HSL, 1, 1, Any),
    once("modern_browser_value", HSL, 1, 1, Any),
    once("autoindex_exact_size", HSL, 1, 1, Flag),
    once("autoindex_localtime", HSL, 1, 1, Flag),
    once("disable_symlinks", HSL, 1, 2, By(rules::disable_symlinks)),
    once("gunzip_buffers", HSL, 2, 2, Buffers),
    once("gzip_window", HSL, 1, 1, By(rules::gzip_window)),
    once("gzip_hash", HSL, 1, 1, By(rules::gzip_hash)),
    once("gzip_no_buffer", HSL, 1, 1, Flag),
    once("postpone_gzipping", HSL, 1, 1, Size),
    once("open_file_cache_events", HSL, 1, 1, Flag),
    once("output_buffers", HSL, 2, 2, Buffers),
    once("post_action", HSLI, 1, 1, Any),
    once("ssi", HSLI, 1, 1, Flag),
    once("ssi_silent_errors", HSL, 1, 1, Flag),
    once("ssi_ignore_recycled_buffers", HSL, 1, 1, Flag),
    once("ssi_last_modified", HSL, 1, 1, Flag),
    once("ssi_min_file_chunk", HSL, 1, 1, Size),
    once("ssi_value_length", HSL, 1, 1, Size),
    often("ssi_types", HSL, 1, MANY),
    once("secure_link_secret", HSL, 1, 1, Any),
    once("ssl_stapling_file", HS, 1, 1, Any),
    once("ssl_ocsp_responder", HS, 1, 1, Any),
    once("ssl_stapling_responder", HS, 1, 1, Any),
    once("userid_service", HSL, 1, 1, Number),
    once("userid_name", HSL, 1, 1, Any),
    once("userid_domain", HSL, 1, 1, Any),
    once("userid_path", HSL, 1, 1, Any),
    once("userid_expires", HSL, 1, 1, Each(&[Form::Words(&["max", "off"]), Form::Is(Value::Seconds)])),
    once("userid_flags", HSL, 1, 3, Words(FLAGS_OF_COOKIES)),
    once("userid_p3p", HSL, 1, 1, Any),
    once("userid_mark", HSL, 1, 1, By(rules::userid_mark)),
    // Nothing reads the values of these any more.
    once("http2_idle_timeout", HS, 1, 1, Any),
    once("http2_recv_timeout", HS, 1, 1, Any),
    once("http2_max_field_size", HS, 1, 1, Any),
    once("http2_max_header_size", HS, 1, 1, Any),
    once("http2_max_requests", HS, 1, 1, Any),
    once("http2_max_concurrent_pushes", HS, 1, 1, Number),
    once("http2_push", HSL, 1, 1, Any),
];

/// Modules for files, which the controller's image has not.
pub(in super::super) const FILES: &[Directive] = &[
    once("slice", HSL, 1, 1, Size),
    once("random_index", LOCATION, 1, 1, Flag),
    often("flv", LOCATION, 0, 0),
    often("mp4", LOCATION, 0, 0),
    once("mp4_buffer_size", HSL, 1, 1, Size),
    once("mp4_max_buffer_size", HSL, 1, 1, Size),
    once("mp4_start_key_frame", HSL, 1, 1, Flag),
    once("dav_methods", HSL, 1, MANY, Words(&["off", "put", "delete", "mkcol", "copy", "move"])),
    once("dav_access", HSL, 1, 3, By(rules::access)),
    once("create_full_put_path", HSL, 1, 1, Flag),
    once("min_delete_depth", HSL, 1, 1, Number),
];
