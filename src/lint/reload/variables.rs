//! Which variables nginx knows.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::conf::{Directive, Tree};

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

/// Directives that evaluate variables, with the first argument that they evaluate.
const EVALUATING: &[(&str, usize)] = &[
    ("access_log", 0),
    ("add_header", 1),
    ("add_trailer", 1),
    ("alias", 0),
    ("auth_basic", 0),
    ("auth_basic_user_file", 0),
    ("auth_request_set", 1),
    ("fastcgi_param", 1),
    ("fastcgi_pass", 0),
    ("geo", 0),
    ("grpc_pass", 0),
    ("grpc_set_header", 1),
    ("grpc_ssl_name", 0),
    ("hash", 0),
    ("limit_conn_zone", 0),
    ("limit_rate", 0),
    ("limit_rate_after", 0),
    ("limit_req_zone", 0),
    ("map", 0),
    ("modsecurity_transaction_id", 0),
    ("more_set_headers", 0),
    ("more_set_input_headers", 0),
    ("opentelemetry_operation_name", 0),
    ("proxy_bind", 0),
    ("proxy_cache_bypass", 0),
    ("proxy_cache_key", 0),
    ("proxy_cookie_domain", 1),
    ("proxy_cookie_path", 1),
    ("proxy_method", 0),
    ("proxy_no_cache", 0),
    ("proxy_pass", 0),
    ("proxy_redirect", 0),
    ("proxy_set_body", 0),
    ("proxy_set_header", 1),
    ("proxy_ssl_name", 0),
    ("return", 0),
    ("rewrite", 1),
    ("root", 0),
    ("set", 1),
    ("set_by_lua_file", 1),
    ("set_escape_uri", 1),
    ("split_clients", 0),
    ("sub_filter", 0),
    ("try_files", 0),
    ("log_format", 1),
];

/// The variables of one configuration.
#[derive(Debug)]
pub(super) struct Variables<'t> {
    defined: HashSet<Cow<'t, str>>,
}

impl<'t> Variables<'t> {
    /// All variables that the configuration defines.
    pub(super) fn of(tree: &'t Tree) -> Self {
        let mut defined = HashSet::new();
        let http = tree.directives().filter(|directive| directive.name() == "http");
        for directive in http.flat_map(Directive::descendants) {
            define(directive, &mut defined);
        }
        Self { defined }
    }

    /// Why nginx refuses the variables in a directive.
    pub(super) fn refusal(&self, name: &str, args: &[&str]) -> Option<String> {
        let is_unknown = |name: &&str| !is_builtin(name) && !self.defined.contains(name.to_ascii_lowercase().as_str());
        for text in evaluated(name, args) {
            let Some(names) = used(text) else { return Some(format!("a `$` in `{text}` is followed by no name of a variable")) };
            if let Some(unknown) = names.into_iter().find(is_unknown) {
                return Some(format!("there is no variable `${unknown}`"));
            }
        }
        None
    }
}

/// The arguments of a directive in which nginx evaluates variables.
fn evaluated<'a>(name: &str, args: &'a [&'a str]) -> &'a [&'a str] {
    static FIRST: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| EVALUATING.iter().copied().collect());
    match name {
        "if" => {
            let compares_text = args.iter().any(|word| matches!(*word, "=" | "!="));
            if compares_text { args } else { args.get(..1).unwrap_or_default() }
        }
        // With one argument, `geo` reads the address of the client into it.
        "geo" if args.len() == 1 => &[],
        "geo" | "map" | "split_clients" => args.get(..1).unwrap_or_default(),
        "error_page" => args.get(args.len().saturating_sub(1)..).unwrap_or_default(),
        _ => FIRST.get(name).and_then(|first| args.get(*first..)).unwrap_or_default(),
    }
}

fn define<'t>(directive: Directive<'t>, defined: &mut HashSet<Cow<'t, str>>) {
    let name = directive.name();
    let mut args = directive.args().map(|arg| arg.value());
    let target = match name.as_ref() {
        "map" | "split_clients" | "geo" => args.next_back(),
        "auth_request_set" => args.next(),
        name if name == "set" || name.starts_with("set_") => args.next(),
        name if name.starts_with('$') => Some(Cow::Owned(name.to_owned())),
        "location" | "if" | "rewrite" | "server_name" => {
            for arg in args.filter(|arg| arg.contains("(?")) {
                defined.extend(captures(&arg).map(|name| Cow::Owned(name.to_ascii_lowercase())));
            }
            None
        }
        _ => None,
    };
    if let Some(name) = target.as_deref().and_then(|target| target.strip_prefix('$')) {
        defined.insert(Cow::Owned(name.to_ascii_lowercase()));
    }
}

/// The names of captures in a regular expression.
fn captures(pattern: &str) -> impl Iterator<Item = &str> {
    pattern.split("(?").skip(1).filter_map(|rest| {
        let rest = rest.strip_prefix('P').unwrap_or(rest).strip_prefix(['<', '\''])?;
        rest.split(['>', '\'']).next().filter(|name| !name.is_empty() && !name.starts_with(['=', '!']))
    })
}

/// The names of variables that a text uses, without the dollar sign; numbered captures are left out. None where a dollar sign stands
/// before nothing that could be a name.
fn used(text: &str) -> Option<Vec<&str>> {
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
pub(super) fn is_builtin(name: &str) -> bool {
    static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| KNOWN.iter().copied().collect());
    let name = name.to_ascii_lowercase();
    NAMES.contains(name.as_str()) || FAMILIES.iter().any(|family| name.starts_with(family))
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
    fn captures_have_names() {
        assert_eq!(captures("^(?<a>x)(?P<b>y)(?:z)(?=u)(?<!v)(?'c'w)").collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn families_of_variables_are_known() {
        for name in ["http_x_y", "cookie_sid", "arg_q", "Request_URI", "upstream_http_location"] {
            assert!(is_builtin(name), "{name}");
        }
        assert!(!is_builtin("x"));
    }
}
