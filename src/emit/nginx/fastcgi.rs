//! Parameters for `FastCGI`.

use super::lines::{Lines, put};
use crate::ir::FastCgi;

/// The parameters that nginx brings along in a file; written out, because not every installation has that file.
const USUAL: &[(&str, &str)] = &[
    ("QUERY_STRING", "$query_string"),
    ("REQUEST_METHOD", "$request_method"),
    ("CONTENT_TYPE", "$content_type"),
    ("CONTENT_LENGTH", "$content_length"),
    ("SCRIPT_NAME", "$fastcgi_script_name"),
    ("REQUEST_URI", "$request_uri"),
    ("DOCUMENT_URI", "$document_uri"),
    ("DOCUMENT_ROOT", "$document_root"),
    ("SERVER_PROTOCOL", "$server_protocol"),
    ("REQUEST_SCHEME", "$scheme"),
    ("GATEWAY_INTERFACE", "CGI/1.1"),
    ("SERVER_SOFTWARE", "nginx/$nginx_version"),
    ("REMOTE_ADDR", "$remote_addr"),
    ("REMOTE_PORT", "$remote_port"),
    ("REMOTE_USER", "$remote_user"),
    ("SERVER_ADDR", "$server_addr"),
    ("SERVER_PORT", "$server_port"),
    ("SERVER_NAME", "$server_name"),
    ("REDIRECT_STATUS", "200"),
];

/// Writes the index file and the parameters. Quirk: a parameter that is named twice is sent twice.
pub(super) fn write(fastcgi: &FastCgi, lines: &mut Lines) {
    for (name, value) in USUAL {
        put!(lines, "fastcgi_param", *name, *value);
    }
    // HTTPS is told only where it is in use.
    put!(lines, "fastcgi_param", "HTTPS", "$https", "if_not_empty");
    if !fastcgi.index.is_empty() {
        put!(lines, "fastcgi_index", &fastcgi.index);
    }
    for (name, value) in &fastcgi.params {
        put!(lines, "fastcgi_param", name, value);
    }
}
