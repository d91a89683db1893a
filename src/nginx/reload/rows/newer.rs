//! What came after release 1.22.

use super::super::directives::Kind::{Any, Flag, Number, Size, Word};
use super::super::directives::{Directive, HS, MAIN, MANY, STREAM_SERVER, often, once};

pub(in super::super) const ROWS: &[Directive] = &[
    once("http2", HS, 1, 1, Flag),
    once("http3", HS, 1, 1, Flag),
    once("ssl_ocsp", HS, 1, 1, Word(&["on", "off", "leaf"])),
    often("server_name", STREAM_SERVER, 1, MANY),
    once("http3_hq", HS, 1, 1, Flag),
    once("http3_max_concurrent_streams", HS, 1, 1, Number),
    once("http3_stream_buffer_size", HS, 1, 1, Size),
    once("quic_active_connection_id_limit", HS, 1, 1, Number),
    once("quic_bpf", MAIN, 1, 1, Flag),
    once("quic_gso", HS, 1, 1, Flag),
    once("quic_host_key", HS, 1, 1, Any),
    once("quic_retry", HS, 1, 1, Flag),
];
