//! What is done to responses.

use super::{Group, Reading, decode, flag, list, number, text};
use crate::ir::Settings;

pub(super) static GROUP: Group = Group {
    name: "response",
    doc: "What is done to responses.",
    settings: &[
        flag("use-gzip", |s| &mut s.compression.gzip, "Compress responses with gzip.").governs(&["gzip"]),
        number("gzip-level", |s| &mut s.compression.gzip_level, "Effort of gzip, from 1 to 9.")
            .needs(&[&["use-gzip"]])
            .governs(&["gzip_comp_level"]),
        number("gzip-min-length", |s| &mut s.compression.gzip_min_length, "Bytes that a response needs to be compressed with gzip.")
            .needs(&[&["use-gzip"]])
            .governs(&["gzip_min_length"]),
        text("gzip-types", |s| &mut s.compression.gzip_types, "Media types that are compressed with gzip, besides `text/html`.")
            .needs(&[&["use-gzip"]])
            .governs(&["gzip_types"]),
        text("gzip-disable", |s| &mut s.compression.gzip_disable, "User agents that get no compressed response.")
            .needs(&[&["use-gzip"]])
            .governs(&["gzip_disable"]),
        flag("enable-brotli", |s| &mut s.compression.brotli, "Compress responses with Brotli.").governs(&["brotli"]),
        number("brotli-level", |s| &mut s.compression.brotli_level, "Effort of Brotli, from 0 to 11.")
            .needs(&[&["enable-brotli"]])
            .governs(&["brotli_comp_level"]),
        number("brotli-min-length", |s| &mut s.compression.brotli_min_length, "Bytes that a response needs to be compressed with Brotli.")
            .needs(&[&["enable-brotli"]])
            .governs(&["brotli_min_length"]),
        text("brotli-types", |s| &mut s.compression.brotli_types, "Media types that are compressed with Brotli.")
            .needs(&[&["enable-brotli"]])
            .governs(&["brotli_types"]),
        text("add-headers", |s| &mut s.headers.add_from, "ConfigMap `namespace/name` with headers for every response.")
            .governs(&["more_set_headers"]),
        text("proxy-set-headers", |s| &mut s.headers.set_from, "ConfigMap `namespace/name` with headers for every request to a backend.")
            .governs(&["proxy_set_header"]),
        list("hide-headers", |s| &mut s.headers.hide, "Headers of backends that clients do not see.").governs(&["proxy_hide_header"]),
        flag("allow-backend-server-header", |s| &mut s.headers.pass_server, "Pass the `Server` header of the backend.")
            .governs(&["proxy_pass_header"]),
        flag("server-tokens", |s| &mut s.headers.server_tokens, "Name nginx and its version in responses.").governs(&["server_tokens"]),
        flag("generate-request-id", |s| &mut s.headers.generate_request_id, "Give each request without `X-Request-ID` a random one.")
            .governs(&["map"]),
        flag(
            "proxy-add-original-uri-header",
            |s| &mut s.headers.original_uri,
            "Tell backends the URI before rewriting in `X-Original-Uri`.",
        )
        .governs(&["proxy_set_header"]),
        list("global-allowed-response-headers", |s| &mut s.headers.allowed_custom, "Headers that the annotation `custom-headers` may set.")
            .read_by(allowed_headers)
            .since(1, 11, 0)
            .also(1, 10, 1),
        text("default-type", |s| &mut s.headers.default_type, "Media type of responses that have none.").governs(&["default_type"]),
    ],
};

fn allowed_headers(settings: &mut Settings, reading: &mut Reading) {
    let (good, bad): (Vec<_>, Vec<_>) = decode::split(reading.text).into_iter().partition(|header| decode::is_header_name(header));
    settings.headers.allowed_custom = good;
    for header in bad {
        reading.refuse_item(format!("{} is not the name of a header", decode::quoted(&header)));
    }
}
