//! What came after release 1.22.

use super::super::directives::Kind::{Flag, Word};
use super::super::directives::{Directive, HS, MANY, STREAM_SERVER, often, once};

pub(in super::super) const ROWS: &[Directive] = &[
    once("http2", HS, 1, 1, Flag),
    once("http3", HS, 1, 1, Flag),
    once("ssl_ocsp", HS, 1, 1, Word(&["on", "off", "leaf"])),
    often("server_name", STREAM_SERVER, 1, MANY),
];
