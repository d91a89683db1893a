//! What a host or a location names outside of the configuration: nginx starts only where all of it is there.

use std::net::IpAddr;

use super::Build;

/// Directives that read or make files at start.
const FILES: &[&str] = &[
    "client_body_temp_path",
    "fastcgi_temp_path",
    "include",
    "proxy_temp_path",
    "scgi_temp_path",
    "ssl_conf_command",
    "ssl_dhparam",
    "ssl_password_file",
    "ssl_session_ticket_key",
    "uwsgi_temp_path",
];

/// Directives that look up the host of their first argument at start.
const HOSTS: &[&str] = &["proxy_bind", "resolver", "set_real_ip_from"];

/// Directives that read a file, which is beside the configuration where the configuration brings it.
const BESIDE: &[&str] = &["ssl_certificate", "ssl_certificate_key", "ssl_client_certificate", "ssl_crl", "ssl_trusted_certificate"];

/// Why an nginx of which nothing is known may refuse a directive of a host: only a snippet brings these.
pub(super) fn refusal(name: &str, args: &[&str], build: Build) -> Option<String> {
    if build == Build::Controller {
        return None;
    }
    let is_missing = match (name, args) {
        ("access_log" | "error_log", [target, ..]) => !is_log(target),
        (_, [file, ..]) if BESIDE.contains(&name) => file.starts_with('/'),
        _ => FILES.contains(&name),
    };
    if is_missing {
        return Some(format!("`{name}` needs what may not be there when the proxy starts"));
    }
    let first = args.first().filter(|first| HOSTS.contains(&name) && !is_address(first))?;
    Some(format!("`{name}` names `{first}`, which must be known when the proxy starts"))
}

/// Whether a log can be written wherever nginx runs, or where its packages have their folder for logs.
fn is_log(target: &str) -> bool {
    let is_in = |folder: &str| target.strip_prefix(folder).is_some_and(|name| !name.contains('/'));
    matches!(target, "off" | "stderr") || is_in("/dev/") || is_in("/var/log/nginx/")
}

/// Whether a text is an address, perhaps with a port or the length of a network, or is not known before a request comes.
fn is_address(text: &str) -> bool {
    let host = text.rsplit_once('/').map_or(text, |(host, _)| host);
    let is_host = |host: &str| host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok();
    is_host(host)
        || host.rsplit_once(':').is_some_and(|(host, port)| is_host(host) && port.parse::<u16>().is_ok())
        || matches!(text, "off" | "unix:")
        || text.contains('$')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_there_at_start_is_refused_where_nothing_is_known() {
        for (name, arg, is_refused) in [
            ("include", "/etc/nginx/more.conf", true),
            ("proxy_temp_path", "/srv/temp", true),
            ("resolver", "dns.example", true),
            ("resolver", "10.0.0.10:53", false),
            ("resolver", "[fd00::1]", false),
            ("set_real_ip_from", "10.0.0.0/8", false),
            ("set_real_ip_from", "proxy.example", true),
            ("proxy_bind", "$server_addr", false),
            ("proxy_bind", "off", false),
            ("access_log", "/srv/log/a.log", true),
            ("access_log", "syslog:server=log.example", true),
            ("access_log", "/dev/stdout", false),
            ("access_log", "off", false),
            ("ssl_certificate", "/srv/a.pem", true),
            ("ssl_certificate", "tls/a_a.pem", false),
            ("root", "/srv", false),
        ] {
            assert_eq!(refusal(name, &[arg], Build::Stock).is_some(), is_refused, "{name} {arg}");
            assert_eq!(refusal(name, &[arg], Build::Controller), None, "{name} {arg}");
        }
    }
}
