//! Values of single directives that nginx judges by rules of their own.

use std::net::IpAddr;

use super::{Build, ciphers};
use crate::conf::Directive;

/// Why nginx refuses the arguments of a directive.
pub(super) fn refusal(name: &str, args: &[&str], build: Build) -> Option<String> {
    match (name, args) {
        ("proxy_cookie_path" | "proxy_cookie_domain", [one]) if *one != "off" => {
            Some(format!("`{name}` takes `off`, or what to replace and what by, not `{one}` alone"))
        }
        ("proxy_redirect", [one]) if !matches!(*one, "off" | "default") => {
            Some(format!("`proxy_redirect` takes `off`, `default`, or what to replace and what by, not `{one}` alone"))
        }
        ("allow" | "deny", [address]) if *address != "all" && *address != "unix:" && !is_network(address) => {
            Some(format!("`{name}` takes an address or a network, not `{address}`"))
        }
        ("limit_req", args) => args.iter().find_map(|arg| burst(arg)),
        ("limit_req_zone", args) => args.iter().find_map(|arg| rate(arg)),
        ("limit_conn", [_, count]) if !count.parse::<u32>().is_ok_and(|count| (1..=65535).contains(&count)) => {
            Some(format!("`limit_conn` takes a number of connections from 1 to 65535, not `{count}`"))
        }
        ("access_log" | "error_log", [path, ..]) => log(name, path, build),
        ("ssl_ciphers" | "proxy_ssl_ciphers" | "grpc_ssl_ciphers", [list]) if !ciphers::leave_one(list) => {
            Some(format!("OpenSSL knows none of the ciphers in `{list}`"))
        }
        ("modsecurity_rules", [rules]) => rule(rules).map(|line| format!("`{line}` is no rule of ModSecurity")),
        ("return", [code, ..]) => return_code(code, args.len()),
        ("gzip_comp_level", [level]) => in_range(name, level, 1..=9),
        ("brotli_comp_level", [level]) => in_range(name, level, 0..=11),
        ("limit_req_status" | "limit_conn_status", [code]) => in_range(name, code, 400..=599),
        ("keepalive", ["0"]) => Some(String::from("`keepalive` takes a number of connections above 0")),
        _ => None,
    }
}

/// An address, or a network by its prefix length or mask.
pub(super) fn is_network(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return text.parse::<IpAddr>().is_ok() };
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(_)) => length.parse::<u8>().is_ok_and(|length| length <= 32) || length.parse::<std::net::Ipv4Addr>().is_ok(),
        Ok(IpAddr::V6(_)) => length.parse::<u8>().is_ok_and(|length| length <= 128),
        Err(_) => false,
    }
}

fn burst(arg: &str) -> Option<String> {
    let value = arg.strip_prefix("burst=")?;
    let is_good = value.parse::<i32>().is_ok_and(|burst| burst > 0);
    (!is_good).then(|| format!("`limit_req` takes a burst above 0, not `{value}`"))
}

fn rate(arg: &str) -> Option<String> {
    let value = arg.strip_prefix("rate=")?;
    let number = value.strip_suffix("r/s").or_else(|| value.strip_suffix("r/m"));
    let is_good = number.is_some_and(|number| number.parse::<i32>().is_ok_and(|rate| rate > 0));
    (!is_good).then(|| format!("`limit_req_zone` takes a rate above 0, not `{value}`"))
}

/// Where the user of the controller's image may write.
const WRITABLE: &[&str] =
    &["/dev/std", "/var/log/nginx/", "/tmp/", "/etc/nginx/", "/etc/ingress-controller/", "/proc/self/fd/", "/dev/null"];

fn log(name: &str, path: &str, build: Build) -> Option<String> {
    if let Some(server) = path.strip_prefix("syslog:server=") {
        let host = server.split(',').next().unwrap_or_default();
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        return name.is_empty().then(|| String::from("the syslog server has no host"));
    }
    if !build.is_controller() {
        let is_known = path.starts_with('/') && !path.ends_with('/')
            || matches!(path, "off" | "stderr")
            || path.starts_with("memory:")
            || path.starts_with('$');
        return (!is_known).then(|| format!("`{name}` takes a path from the root on, not `{path}`"));
    }
    let is_file = path.starts_with('/') && !path.contains('$');
    (is_file && !WRITABLE.iter().any(|prefix| path.starts_with(prefix))).then(|| format!("`{name}`: nginx may not write to `{path}`"))
}

/// The first line that is no directive of ModSecurity.
fn rule(rules: &str) -> Option<&str> {
    let mut goes_on = false;
    rules.lines().map(str::trim).find(|line| {
        let is_start = !std::mem::replace(&mut goes_on, line.ends_with('\\'));
        let is_rule = line.is_empty() || line.starts_with('#') || line.starts_with("Sec") || line.starts_with("Include");
        is_start && !is_rule
    })
}

fn return_code(code: &str, count: usize) -> Option<String> {
    let is_text = ["http://", "https://", "$scheme"].iter().any(|start| code.starts_with(start));
    let is_code = code.len() <= 3 && !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
    (!is_code && (count > 1 || !is_text)).then(|| format!("`return` takes a code up to 999, not `{code}`"))
}

fn in_range(name: &str, text: &str, range: std::ops::RangeInclusive<i64>) -> Option<String> {
    let is_good = text.parse::<i64>().is_ok_and(|number| range.contains(&number));
    (!is_good).then(|| format!("`{name}` takes a number from {} to {}, not `{text}`", range.start(), range.end()))
}

/// Why nginx cannot derive `proxy_redirect` in a location: it needs a `proxy_pass` before it that has no variables.
pub(super) fn default_redirect(directives: &[Directive]) -> Option<String> {
    let redirects =
        |directive: &Directive| directive.name() == "proxy_redirect" && directive.args().next().is_some_and(|arg| arg.value() == "default");
    let at = directives.iter().position(redirects)?;
    match directives[..at].iter().find(|directive| directive.name() == "proxy_pass") {
        None => Some(String::from("`proxy_redirect default` needs a `proxy_pass` before it")),
        Some(pass) if pass.args().next().is_some_and(|url| url.value().contains('$')) => {
            Some(String::from("`proxy_redirect default` cannot be used with a `proxy_pass` that has variables"))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_judged_by_their_directive() {
        let good: &[(&str, &[&str])] = &[
            ("proxy_cookie_path", &["off"]),
            ("allow", &["10.0.0.0/255.0.0.0"]),
            ("limit_req", &["zone=a", "burst=5", "nodelay"]),
            ("access_log", &["/var/log/nginx/a.log", "main"]),
            ("access_log", &["/$host.log"]),
            ("error_log", &["syslog:server=[::1]:514"]),
            ("return", &["https://$host"]),
            ("return", &["204"]),
            ("modsecurity_rules", &["SecRule A \\\n  B\n# c\n"]),
        ];
        for (name, args) in good {
            assert_eq!(refusal(name, args, Build::Controller((1, 15, 1))), None, "{name} {args:?}");
        }
        let bad: &[(&str, &[&str])] = &[
            ("proxy_cookie_path", &["/a"]),
            ("proxy_redirect", &["http://x/"]),
            ("deny", &["10.0.0.0/33"]),
            ("limit_req", &["zone=a", "burst=0"]),
            ("limit_req_zone", &["$a", "zone=a:5m", "rate=0r/s"]),
            ("limit_conn", &["a", "0"]),
            ("access_log", &["/x.log"]),
            ("error_log", &["syslog:server=:514"]),
            ("return", &["abc"]),
            ("return", &["1000", "x"]),
            ("modsecurity_rules", &["\nadd_header A b;\n"]),
            ("gzip_comp_level", &["10"]),
        ];
        for (name, args) in bad {
            assert!(refusal(name, args, Build::Controller((1, 15, 1))).is_some(), "{name} {args:?}");
        }
    }
}
