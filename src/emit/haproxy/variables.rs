//! Variables of the controller's proxy in values, as HAProxy knows them.

use super::words::{Format, argument};

/// What no header and no line of a request may hold, but what a client can say in a path or a name of TLS, is left out.
macro_rules! clean {
    ($sample:literal) => {
        concat!($sample, r#",regsub("[[:cntrl:]]","",g)"#)
    };
}

/// A value with variables as a format; the name of the first variable that HAProxy does not know is the error.
pub(super) fn format(value: &str) -> Result<Format, String> {
    with(value, sample)
}

/// A value with variables for a request to another service. What nginx calls the path is that of this request, not that of the client.
pub(super) fn for_service(value: &str) -> Result<Format, String> {
    with(value, |name| if matches!(name, "uri" | "document_uri") { None } else { sample(name) })
}

/// A value with variables that a function knows.
fn with(value: &str, sample: impl Fn(&str) -> Option<String>) -> Result<Format, String> {
    let mut format = Format::default();
    let mut rest = value;
    while let Some(at) = rest.find('$') {
        format.push_text(&rest[..at]);
        rest = &rest[at + 1..];
        let (name, after) = name(rest);
        if name.is_empty() {
            format.push_text("$");
        } else {
            format.push_sample(&sample(name).ok_or_else(|| name.to_owned())?);
        }
        rest = after;
    }
    format.push_text(rest);
    Ok(format)
}

/// The name of a variable at the start of a text, with or without braces, and what follows.
pub(super) fn name(text: &str) -> (&str, &str) {
    if let Some((name, rest)) = text.strip_prefix('{').and_then(|text| text.split_once('}')) {
        return (name, rest);
    }
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    text.split_at(end)
}

/// The expression that gives what a variable holds; none for variables that HAProxy has no word for.
pub(super) fn sample(name: &str) -> Option<String> {
    let fixed = match name {
        "host" => "var(txn.host)",
        "http_host" => "req.hdr(host)",
        "best_http_host" => "var(txn.best_host)",
        "request_uri" => "var(txn.uri)",
        "uri" | "document_uri" => clean!("var(txn.path)"),
        "args" | "query_string" => "query",
        "remote_addr" | "binary_remote_addr" | "the_real_ip" => "src",
        "remote_port" => "src_port",
        "scheme" => "ssl_fc,iif(https,http)",
        "pass_access_scheme" => "var(txn.scheme)",
        "https" => "ssl_fc,iif(on,)",
        "request_method" => "method",
        "server_port" => "dst_port",
        "server_addr" => "dst",
        "pass_port" | "pass_server_port" => "var(txn.port)",
        "server_protocol" => "req.ver,regsub(^,HTTP/)",
        "req_id" | "request_id" => "var(txn.request_id)",
        "ssl_client_s_dn" => "ssl_c_s_dn(,0,rfc2253)",
        "ssl_client_i_dn" => "ssl_c_i_dn(,0,rfc2253)",
        "ssl_server_name" => clean!("ssl_fc_sni"),
        "ssl_protocol" => "ssl_fc_protocol",
        "ssl_cipher" => "ssl_fc_cipher",
        "proxy_protocol_addr" | "realip_remote_addr" => "fc_src",
        "content_type" => "req.hdr(content-type)",
        "content_length" => "req.hdr(content-length)",
        "time_iso8601" => "date,ltime(%Y-%m-%dT%H:%M:%S%z)",
        "msec" => "date(0,ms)",
        "hostname" => "hostname",
        "escaped_request_uri" => "var(txn.uri),url_enc",
        _ => "",
    };
    if !fixed.is_empty() {
        return Some(fixed.to_owned());
    }
    let named = |prefix: &str| name.strip_prefix(prefix).filter(|rest| !rest.is_empty());
    if let Some(header) = named("http_") {
        return Some(format!("req.fhdr({})", argument(&header.replace('_', "-"))));
    }
    if let Some(cookie) = named("cookie_") {
        return Some(format!("req.cook({})", argument(cookie)));
    }
    named("arg_").map(|parameter| format!("url_param({})", argument(parameter)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_formats() {
        for (value, expected) in [
            ("plain 5%", Ok("plain 5%%")),
            ("https://$host$request_uri", Ok("https://%[var(txn.host)]%[var(txn.uri)]")),
            ("${http_x_user}!", Ok("%[req.fhdr(x-user)]!")),
            ("$cookie_a.$arg_b", Ok("%[req.cook(a)].%[url_param(b)]")),
            // Who is at the other end of the connection, whoever a header or the PROXY protocol names.
            ("$proxy_protocol_addr", Ok("%[fc_src]")),
            ("$realip_remote_addr", Ok("%[fc_src]")),
            ("$remote_addr $the_real_ip", Ok("%[src] %[src]")),
            ("a$", Ok("a$")),
            ("$$host", Ok("$%[var(txn.host)]")),
            ("$upstream_addr", Err("upstream_addr")),
            ("$uri", Ok(r#"%[var(txn.path),regsub("[[:cntrl:]]","",g)]"#)),
        ] {
            assert_eq!(format(value).as_ref().map(Format::as_str).map_err(String::as_str), expected, "{value}");
        }
        for (value, expected) in [("/$uri", Err("uri")), ("/${document_uri}", Err("document_uri")), ("$request_uri", Ok("%[var(txn.uri)]"))]
        {
            assert_eq!(for_service(value).as_ref().map(Format::as_str).map_err(String::as_str), expected, "{value}");
        }
    }
}
