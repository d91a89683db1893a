//! Where requests are passed on to, as nginx reads it: what it cannot read, and which host it has to look up.

use std::net::{IpAddr, Ipv6Addr};

use super::Build;

/// The place of a directive that passes requests on, behind its scheme.
fn place<'a>(name: &str, url: &'a str) -> Result<&'a str, &'static str> {
    let behind = |scheme: &str| url.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme)).map(|_| &url[scheme.len()..]);
    match name {
        "proxy_pass" => behind("http://").or_else(|| behind("https://")).ok_or("it has no scheme"),
        "grpc_pass" => Ok(behind("grpc://").or_else(|| behind("grpcs://")).unwrap_or(url)),
        "uwsgi_pass" => Ok(behind("uwsgi://").or_else(|| behind("suwsgi://")).unwrap_or(url)),
        _ => Ok(url),
    }
}

/// Why nginx cannot read where requests are passed on to.
pub(super) fn refusal(name: &str, args: &[&str], _: Build) -> Option<String> {
    let url = args.first().filter(|url| !url.contains('$'))?;
    let problem = match place(name, url) {
        Ok(place) => address(place, name == "proxy_pass").err(),
        Err(problem) => Some(problem),
    };
    problem.map(|problem| format!("`{name}` cannot pass to `{url}`: {problem}"))
}

/// Why nginx cannot read where streams are passed on to: an address has a port, and a group of servers a name.
pub(super) fn stream_refusal(name: &str, args: &[&str], _: Build) -> Option<String> {
    let place = args.first().filter(|place| !place.contains('$'))?;
    let problem = match address(place, false) {
        Ok(()) if is_host(place) => Some("it has no port"),
        Ok(()) => None,
        Err(problem) => Some(problem),
    };
    problem.map(|problem| format!("`{name}` cannot pass to `{place}`: {problem}"))
}

/// Whether a text is an address without a port.
fn is_host(host: &str) -> bool {
    match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(host) => host.parse::<Ipv6Addr>().is_ok(),
        None => host.parse::<IpAddr>().is_ok(),
    }
}

/// The URI of where requests are passed on to; empty where there is none.
pub(super) fn uri<'a>(name: &str, url: &'a str) -> &'a str {
    let place = place(name, url).unwrap_or_default();
    match place.strip_prefix("unix:") {
        Some(path) => path.split_once(':').map_or("", |(_, uri)| uri),
        None => place.find(['/', '?']).map_or("", |at| &place[at..]),
    }
}

/// The host that nginx looks up at the start, with its port; none where it is an address or not known then.
pub(super) fn name_to_look_up<'a>(directive: &str, url: &'a str) -> Option<&'a str> {
    // Streams are passed on without a scheme.
    let place = Some(place(directive, url).unwrap_or(url)).filter(|place| !place.contains('$') && !place.starts_with("unix:"))?;
    let host = place.split(['/', '?']).next().unwrap_or_default();
    (!is_address(host)).then_some(host)
}

/// Whether a text is an address, perhaps with a port.
pub(super) fn is_address(text: &str) -> bool {
    is_host(text) || text.rsplit_once(':').is_some_and(|(host, port)| is_host(host) && is_port(port))
}

/// Whether a text is the number of a port.
pub(super) fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}

/// Reads a host, a port and a URI.
pub(super) fn address(text: &str, has_uri: bool) -> Result<(), &'static str> {
    if let Some(path) = text.strip_prefix("unix:") {
        let path = path.split(':').next().unwrap_or_default();
        let is_good = !path.is_empty() && path.len() < 108 && (has_uri || text[5..] == *path);
        return if is_good { Ok(()) } else { Err("the path of the socket cannot be read") };
    }
    let end = text.find(['/', '?']).unwrap_or(text.len());
    if end < text.len() && !has_uri {
        return Err("it is no host");
    }
    let text = &text[..end];
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, rest) = rest.split_once(']').ok_or("a `[` is not closed")?;
            host.parse::<Ipv6Addr>().map_err(|_| "it is no address of IPv6")?;
            (host, rest.strip_prefix(':').or_else(|| (!rest.is_empty()).then_some("")))
        }
        None => text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port))),
    };
    if host.is_empty() {
        return Err("it has no host");
    }
    port.is_none_or(is_port).then_some(()).ok_or("the port is no number from 1 to 65535")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_nginx_reads_them() {
        for (name, url, is_refused, looked_up) in [
            ("proxy_pass", "http://10.0.0.1:8080/x", false, None),
            ("proxy_pass", "HTTPS://[::1]:8443", false, None),
            ("proxy_pass", "http://app.example", false, Some("app.example")),
            ("proxy_pass", "http://app.example:80/x", false, Some("app.example:80")),
            ("proxy_pass", "http://unix:/run/x.sock:/y", false, None),
            ("proxy_pass", "http://$host", false, None),
            ("proxy_pass", "app.example", true, Some("app.example")),
            ("proxy_pass", "http://", true, Some("")),
            ("proxy_pass", "http://a:0", true, Some("a:0")),
            ("proxy_pass", "http://[::1", true, Some("[::1")),
            ("proxy_pass", "http://[::1]:99999", true, Some("[::1]:99999")),
            ("grpc_pass", "grpc://10.0.0.1:50051", false, None),
            ("fastcgi_pass", "php:9000", false, Some("php:9000")),
            ("fastcgi_pass", "unix:/run/php.sock", false, None),
            ("fastcgi_pass", "10.0.0.1:9000/x", true, None),
        ] {
            assert_eq!(refusal(name, &[url], Build::Stock).is_some(), is_refused, "{name} {url}");
            assert_eq!(name_to_look_up(name, url), looked_up, "{name} {url}");
        }
        for (place, is_refused) in [("10.0.0.1:80", false), ("group", false), ("$x", false), ("10.0.0.1", true), ("10.0.0.1:0", true)] {
            assert_eq!(stream_refusal("proxy_pass", &[place], Build::Stock).is_some(), is_refused, "{place}");
        }
        for (url, expected) in [("http://a", ""), ("http://a/b?c", "/b?c"), ("http://a?c", "?c"), ("http://unix:/x:/y", "/y")] {
            assert_eq!(uri("proxy_pass", url), expected, "{url}");
        }
    }
}
