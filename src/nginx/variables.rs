//! Which variables nginx knows, and which a text uses.

use std::sync::LazyLock;

use hashbrown::HashSet;

/// Variables of nginx 1.27 and of the modules in the controller's image, without the dollar sign.
const KNOWN: &[&str] = &[
    "ancient_browser",
    "ancient_browser_value",
    "arg",
    "args",
    "binary_remote_addr",
    "body_bytes_sent",
    "bytes_received",
    "bytes_sent",
    "connection",
    "connection_requests",
    "connection_time",
    "connections_active",
    "connections_reading",
    "connections_waiting",
    "connections_writing",
    "content_length",
    "content_type",
    "date_gmt",
    "date_local",
    "document_root",
    "document_uri",
    "fastcgi_path_info",
    "fastcgi_script_name",
    "geoip_area_code",
    "gzip_ratio",
    "host",
    "hostname",
    "http2",
    "http3",
    "https",
    "invalid_referer",
    "is_args",
    "is_request_port",
    "limit_conn_status",
    "limit_rate",
    "limit_req_status",
    "memcached_key",
    "modern_browser",
    "modern_browser_value",
    "msec",
    "msie",
    "nginx_version",
    "pid",
    "pipe",
    "protocol",
    "proxy_add_x_forwarded_for",
    "proxy_host",
    "proxy_internal_body_length",
    "proxy_internal_chunked",
    "proxy_port",
    "proxy_protocol_addr",
    "proxy_protocol_port",
    "proxy_protocol_server_addr",
    "proxy_protocol_server_port",
    "query_string",
    "realip_remote_addr",
    "realip_remote_port",
    "realpath_root",
    "remote_addr",
    "remote_port",
    "remote_user",
    "request",
    "request_body",
    "request_body_file",
    "request_completion",
    "request_filename",
    "request_id",
    "request_length",
    "request_method",
    "request_time",
    "request_uri",
    "scheme",
    "secure_link",
    "secure_link_expires",
    "server_addr",
    "server_name",
    "server_port",
    "server_protocol",
    "session_log_binary_id",
    "session_log_id",
    "session_time",
    "slice_range",
    "spdy",
    "spdy_request_priority",
    "ssl_alpn_protocol",
    "ssl_cipher",
    "ssl_ciphers",
    "ssl_client_cert",
    "ssl_client_escaped_cert",
    "ssl_client_fingerprint",
    "ssl_client_i_dn",
    "ssl_client_i_dn_legacy",
    "ssl_client_raw_cert",
    "ssl_client_s_dn",
    "ssl_client_s_dn_legacy",
    "ssl_client_serial",
    "ssl_client_v_end",
    "ssl_client_v_remain",
    "ssl_client_v_start",
    "ssl_client_verify",
    "ssl_curve",
    "ssl_curves",
    "ssl_early_data",
    "ssl_preread_alpn_protocols",
    "ssl_preread_protocol",
    "ssl_preread_server_name",
    "ssl_protocol",
    "ssl_server_name",
    "ssl_session_id",
    "ssl_session_reused",
    "status",
    "tcpinfo_rcv_space",
    "tcpinfo_rtt",
    "tcpinfo_rttvar",
    "tcpinfo_snd_cwnd",
    "time_iso8601",
    "time_local",
    "uid_got",
    "uid_reset",
    "uid_set",
    "upstream_addr",
    "upstream_bytes_received",
    "upstream_bytes_sent",
    "upstream_cache_age",
    "upstream_cache_last_modified",
    "upstream_cache_status",
    "upstream_connect_time",
    "upstream_first_byte_time",
    "upstream_header_time",
    "upstream_last_server_name",
    "upstream_queue_time",
    "upstream_response_length",
    "upstream_response_time",
    "upstream_session_time",
    "upstream_status",
    "uri",
    "opentelemetry_context_traceparent",
    "opentelemetry_context_b3",
    "opentelemetry_span_id",
    "opentelemetry_trace_id",
    "otel_parent_id",
    "otel_parent_sampled",
    "otel_span_id",
    "otel_trace_id",
    "brotli_ratio",
];

/// Those of them that a configuration may set, and those that only TCP and UDP or other modules have.
const SETTABLE: &[&str] = &[
    "ancient_browser",
    "args",
    "bytes_received",
    "invalid_referer",
    "limit_rate",
    "memcached_key",
    "modern_browser",
    "msie",
    "protocol",
    "proxy_host",
    "proxy_internal_body_length",
    "proxy_internal_chunked",
    "proxy_port",
    "session_time",
    "uid_got",
    "uid_reset",
    "uid_set",
];
const BEGINNINGS_OF_SETTABLE: &[&str] =
    &["ssl_", "geoip_", "opentelemetry_", "otel_", "brotli_", "upstream_first_", "upstream_session_", "session_log_", "spdy"];

/// Beginnings of variables that nginx makes of requests and responses.
const FAMILIES: &[&str] = &[
    "http_",
    "sent_http_",
    "sent_trailer_",
    "upstream_http_",
    "upstream_trailer_",
    "upstream_cookie_",
    "cookie_",
    "arg_",
    "proxy_protocol_tlv_",
    "opentelemetry_context_",
];

/// The names of variables that a text uses, without the dollar sign; numbered captures are left out. None where a dollar sign stands
/// before nothing that could be a name.
#[must_use]
pub fn used(text: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'$', rest.as_bytes()) {
        rest = &rest[at + 1..];
        let braced = rest.strip_prefix('{');
        let body = braced.unwrap_or(rest);
        if braced.is_none() && body.starts_with(|c: char| ('1'..='9').contains(&c)) {
            rest = &body[1..];
            continue;
        }
        let end = body.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(body.len());
        let (name, next) = body.split_at(end);
        if name.is_empty() || braced.is_some() && !next.starts_with('}') {
            return None;
        }
        if !name.bytes().all(|byte| byte.is_ascii_digit()) {
            found.push(name);
        }
        rest = next;
    }
    Some(found)
}

/// Whether nginx itself has a variable; names are compared without regard to case, as nginx does.
#[must_use]
pub fn is_builtin(name: &str) -> bool {
    static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| KNOWN.iter().copied().collect());
    let name = name.to_ascii_lowercase();
    NAMES.contains(name.as_str()) || FAMILIES.iter().any(|family| name.starts_with(family))
}

/// Variables of TCP and UDP in nginx 1.22.
const OF_STREAMS: &[&str] = &[
    "binary_remote_addr",
    "bytes_received",
    "bytes_sent",
    "connection",
    "hostname",
    "limit_conn_status",
    "msec",
    "nginx_version",
    "pid",
    "protocol",
    "proxy_protocol_addr",
    "proxy_protocol_port",
    "proxy_protocol_server_addr",
    "proxy_protocol_server_port",
    "realip_remote_addr",
    "realip_remote_port",
    "remote_addr",
    "remote_port",
    "server_addr",
    "server_port",
    "session_time",
    "status",
    "time_iso8601",
    "time_local",
    "upstream_addr",
    "upstream_bytes_received",
    "upstream_bytes_sent",
    "upstream_connect_time",
    "upstream_first_byte_time",
    "upstream_session_time",
];

/// Whether nginx itself has a variable for TCP and UDP.
#[must_use]
pub fn is_builtin_of_streams(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    OF_STREAMS.contains(&name.as_str()) || name.starts_with("ssl_") && is_builtin(&name)
}

/// Whether a variable is one that nginx alone sets.
#[must_use]
pub fn is_fixed(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let name = name.as_str();
    KNOWN.contains(&name) && !SETTABLE.contains(&name) && !BEGINNINGS_OF_SETTABLE.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_found_in_text() {
        assert_eq!(used("$a-${b}c $1$9x$d_e"), Some(vec!["a", "b", "d_e"]));
        assert_eq!(used("no variable"), Some(Vec::new()));
        for bad in ["$", "a$ b", "$$a", "${a", "${}"] {
            assert_eq!(used(bad), None, "{bad}");
        }
    }

    #[test]
    fn families_of_variables_are_known() {
        for name in ["http_x_y", "cookie_sid", "arg_q", "Request_URI", "upstream_http_location"] {
            assert!(is_builtin(name), "{name}");
        }
        assert!(!is_builtin("x"));
        assert!(is_builtin_of_streams("remote_addr") && is_builtin_of_streams("ssl_preread_server_name"));
        assert!(!is_builtin_of_streams("http_host") && !is_builtin_of_streams("uri"));
        assert!(is_fixed("host") && is_fixed("URI"));
        for name in ["args", "limit_rate", "http_x", "arg_a", "x"] {
            assert!(!is_fixed(name), "{name}");
        }
    }
}
