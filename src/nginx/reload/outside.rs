//! What a snippet names outside of the configuration: files, hosts and ports. nginx starts only where all of it is there, and where it
//! can read the snippet.

use hashbrown::HashSet;

use super::pass;
use crate::conf::{self, Directive};
use crate::source::FileId;

/// Directives that read or make files at the start, open what only the system can give, or need a host there.
const NEEDING: &[&str] = &[
    "include",
    "listen",
    "load_module",
    "lock_file",
    "pid",
    "source_charset",
    "ssl_dhparam",
    "ssl_engine",
    "ssl_ocsp_responder",
    "ssl_session_ticket_key",
    "ssl_stapling_file",
    "ssl_stapling_responder",
    "user",
    "working_directory",
];

/// The same of every protocol that passes requests on.
const NEEDING_OF_ALL: &[&str] = &[
    "temp_path",
    "ssl_certificate",
    "ssl_certificate_key",
    "ssl_client_certificate",
    "ssl_conf_command",
    "ssl_crl",
    "ssl_password_file",
    "ssl_trusted_certificate",
];

/// What of a snippet nginx cannot read, or what it names that may not be there when the proxy starts, as a sentence; none where nginx
/// needs nothing of the kind.
///
/// Blocks of `upstream` have these names, and who decides for all hosts may say where they listen.
#[must_use]
pub fn outside(text: &str, upstreams: &HashSet<String>, may_listen: bool) -> Option<String> {
    // The text has no place among the sources: its spans never leave this function.
    let tree = conf::parse(FileId(u32::MAX), text);
    if let Some(unreadable) = tree.diagnostics.first() {
        return Some(unreadable.message.clone());
    }
    let mut all = tree.value.directives().flat_map(|directive| std::iter::once(directive).chain(directive.descendants()));
    all.find_map(|directive| one(directive, upstreams, may_listen))
}

/// The names of the blocks of `upstream` in a text.
#[must_use]
pub fn upstreams(text: &str) -> HashSet<String> {
    let tree = conf::parse(FileId(u32::MAX), text);
    let groups = tree.value.directives().filter(|directive| directive.name() == "upstream");
    groups.filter_map(|group| Some(group.args().next()?.value().to_ascii_lowercase())).collect()
}

fn one(directive: Directive, upstreams: &HashSet<String>, may_listen: bool) -> Option<String> {
    let name = directive.name();
    let args: Vec<_> = directive.args().map(|arg| arg.value()).collect();
    let args: Vec<&str> = args.iter().map(AsRef::as_ref).collect();
    let first = *args.first()?;
    let looked_up = match name.as_ref() {
        "access_log" | "error_log" if !is_log(first) => {
            return Some(format!("`{name}` writes to what may not be there when the proxy starts"));
        }
        "listen" if may_listen => (!is_place(first)).then_some(first),
        "resolver" => args.iter().copied().find(|arg| !arg.contains('=') && !pass::is_address(arg)),
        "set_real_ip_from" => Some(first).filter(|from| *from != "unix:" && !is_network(from)),
        "server" => Some(first).filter(|place| !place.starts_with("unix:") && !pass::is_address(place)),
        name if name.ends_with("_bind") => Some(first).filter(|from| *from != "off" && !from.contains('$') && !pass::is_address(from)),
        name if name.ends_with("_pass") => {
            pass::name_to_look_up(name, first).filter(|host| !upstreams.contains(&host.to_ascii_lowercase()))
        }
        name if name.ends_with("_cache_path") => (!is_temporary(first)).then_some(first),
        name if needs(name) => return Some(format!("`{name}` needs what may not be there when the proxy starts")),
        _ => None,
    };
    if let Some(host) = looked_up {
        return Some(format!("`{name}` names `{host}`, which must be known when the proxy starts"));
    }
    let large = args.iter().find(|arg| is_large(&name, arg))?;
    Some(format!("`{name}` asks for memory at the start, and `{large}` may be more than there is"))
}

fn needs(name: &str) -> bool {
    let is_one = |suffix: &str| name.strip_suffix(suffix).is_some_and(|start| start.is_empty() || start.ends_with('_'));
    NEEDING.contains(&name) || NEEDING_OF_ALL.iter().any(|suffix| is_one(suffix))
}

/// Whether a log can be written wherever nginx runs, or where its packages have their folder for logs.
fn is_log(target: &str) -> bool {
    let is_in = |folder: &str| target.strip_prefix(folder).is_some_and(|name| !name.is_empty() && !name.contains('/'));
    matches!(target, "off" | "stderr" | "/dev/null" | "/dev/stdout" | "/dev/stderr") || is_in("/var/log/nginx/")
}

/// Whether a folder can be made wherever nginx runs.
fn is_temporary(folder: &str) -> bool {
    let is_in = |start: &str| folder.strip_prefix(start).is_some_and(|name| !name.trim_end_matches('/').contains('/') && !name.is_empty());
    is_in("/tmp/") || is_in("/dev/shm/")
}

/// Whether a server can listen there on any machine: all addresses, or its own.
fn is_place(place: &str) -> bool {
    let (host, port) = place.rsplit_once(':').unwrap_or(("*", place));
    matches!(host, "*" | "0.0.0.0" | "[::]" | "127.0.0.1" | "[::1]") && pass::is_port(port)
}

fn is_network(text: &str) -> bool {
    let host = text.rsplit_once('/').map_or(text, |(host, _)| host);
    host.parse::<std::net::IpAddr>().is_ok()
}

/// Whether a number or a zone takes more than a gigabyte, or numbers of things that come near it.
fn is_large(name: &str, arg: &str) -> bool {
    const MOST: u64 = 1 << 20;
    let is_table = name.ends_with("_hash_max_size") || name.ends_with("_hash_bucket_size") || name == "keepalive";
    let is_number = || arg.parse::<u64>().is_ok_and(|number| number > MOST);
    let zone = arg.rsplit_once(':').map_or(arg, |(_, bytes)| bytes);
    let is_zone = name.ends_with("_zone") || name.ends_with("_cache_path") || matches!(name, "ssl_session_cache" | "zone");
    is_table && is_number() || is_zone && super::units::size(zone, true).is_some_and(|bytes| bytes > MOST << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_without_a_name_are_found() {
        for (text, expected) in [
            ("", false),
            ("a;", false),
            ("a {} b;", false),
            ("a # c;\n b;", false),
            ("# ;\na;", false),
            ("x_by_lua_block { ; }", false),
            (";", true),
            ("a;;", true),
            ("a {};", true),
            ("a { ; }", true),
            ("{ a; }", true),
            ("a; # c\n ;", true),
        ] {
            assert_eq!(outside(text, &HashSet::new(), false).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn what_must_be_there_at_start_is_found() {
        let known = upstreams("upstream Known { server 10.0.0.1; }");
        for (text, is_found) in [
            ("include /etc/nginx/more.conf;", true),
            ("proxy_temp_path /srv/temp;", true),
            ("resolver dns.example;", true),
            ("resolver 10.0.0.10:53 valid=10s;", false),
            ("resolver [fd00::1] dns.example;", true),
            ("set_real_ip_from 10.0.0.0/8;", false),
            ("set_real_ip_from proxy.example;", true),
            ("proxy_bind $server_addr;", false),
            ("proxy_bind off;", false),
            ("grpc_bind host.example;", true),
            ("access_log /srv/log/a.log;", true),
            ("access_log syslog:server=log.example;", true),
            ("access_log /dev/stdout;", false),
            ("access_log off;", false),
            ("ssl_certificate tls/a_a.pem;", true),
            ("proxy_ssl_trusted_certificate /srv/a.pem;", true),
            ("root /srv;", false),
            ("location /a { proxy_pass http://app.example; }", true),
            ("proxy_pass http://known;", false),
            ("if ($a) { fastcgi_pass php:9000; }", true),
            ("uwsgi_pass 10.0.0.1:3031;", false),
            ("proxy_pass http://$host;", false),
            ("listen 8080;", true),
            ("proxy_headers_hash_max_size 99999999;", true),
            ("proxy_headers_hash_max_size 1024;", false),
            ("upstream x { server app.example:80; }", true),
            ("server { server_name a.example; }", false),
            ("map $host $a { include /x; }", true),
            ("proxy_cache_path /tmp/x keys_zone=a:10m;", false),
            ("proxy_cache_path /srv/x keys_zone=a:10m;", true),
            ("limit_req_zone $host zone=a:9999999m rate=1r/s;", true),
        ] {
            assert_eq!(outside(text, &known, false).is_some(), is_found, "{text}");
        }
        for (text, is_found) in
            [("server { listen 8080; }", false), ("server { listen 10.9.8.7:80; }", true), ("server { listen unix:/x; }", true)]
        {
            assert_eq!(outside(text, &known, true).is_some(), is_found, "{text}");
        }
    }
}
