//! Where a server listens: the address, and what stands behind it.

use super::forms::{Form, Value, unfit};
use super::pass::{address, is_port};
use super::{Build, units};

const SOCKETS: &[Form] = &[
    Form::Words(&["bind", "deferred", "reuseport", "ssl", "proxy_protocol", "ipv6only=on", "ipv6only=off"]),
    Form::With("backlog=", Value::From(1)),
    Form::With("fastopen=", Value::From(0)),
    Form::With("rcvbuf=", Value::Size),
    Form::With("sndbuf=", Value::Size),
];
const HTTP: &[Form] = &[Form::Words(&["default_server", "default", "http2"])];
const RECENT: &[Form] = &[Form::Words(&["quic"])];
const STREAM: &[Form] = &[Form::Words(&["udp"])];

/// Why nginx refuses where a server for HTTP listens.
pub(super) fn refusal(_: &str, args: &[&str], build: Build) -> Option<String> {
    let recent = if build == Build::Stock { &[] } else { RECENT };
    judge(args, [SOCKETS, HTTP, recent])
}

/// Why nginx refuses where a server for TCP or UDP listens.
pub(super) fn stream_refusal(_: &str, args: &[&str], _: Build) -> Option<String> {
    let place = args.first()?;
    let has_port = place.starts_with("unix:") || place.rsplit(':').next().is_some_and(is_range);
    if !has_port {
        return Some(format!("`listen` names no port in `{place}`"));
    }
    judge(args, [SOCKETS, STREAM, &[]])
}

fn judge(args: &[&str], forms: [&'static [Form]; 3]) -> Option<String> {
    let (place, parameters) = args.split_first()?;
    if let Some(problem) = problem(place) {
        return Some(format!("`listen` cannot take `{place}`: {problem}"));
    }
    let known: Vec<Form> = forms.into_iter().flatten().copied().collect();
    let others = parameters.iter().copied().filter(|parameter| !is_keepalive(parameter));
    let unknown = unfit(&others.collect::<Vec<_>>(), &known).map(str::to_owned)?;
    Some(format!("`listen` takes no parameter `{unknown}`"))
}

fn problem(place: &str) -> Option<&'static str> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if is_number(place) {
        return (!is_range(place)).then_some("the port is no number from 1 to 65535");
    }
    match place.rsplit_once(':') {
        Some((host, ports)) if is_number(ports) && !place.starts_with("unix:") => {
            let first = if is_range(ports) { "1" } else { "0" };
            address(&format!("{host}:{first}"), false).err()
        }
        _ => address(place, false).err(),
    }
}

fn is_range(text: &str) -> bool {
    match text.split_once('-') {
        Some((first, last)) => is_port(first) && is_port(last) && first.parse::<u16>().ok() <= last.parse::<u16>().ok(),
        None => is_port(text),
    }
}

fn is_keepalive(parameter: &str) -> bool {
    let Some(value) = parameter.strip_prefix("so_keepalive=") else { return false };
    let parts: Vec<&str> = value.split(':').collect();
    let is_part = |at: usize| match parts.get(at) {
        None | Some(&"") => true,
        Some(part) if at == 2 => units::is_number(part),
        Some(part) => units::is_time(part, true),
    };
    let is_written = parts.iter().any(|part| !part.trim_matches('0').is_empty());
    matches!(value, "on" | "off") || parts.len() <= 3 && is_written && (0..3).all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_parameters_are_judged() {
        for good in [
            "80",
            "8080-8090",
            "*:80",
            "127.0.0.1:80 ssl http2",
            "[::]:80 ipv6only=on default_server",
            "unix:/run/x",
            "80 backlog=511 so_keepalive=30m::10",
            "localhost:80",
            "443 ssl so_keepalive=on",
        ] {
            assert_eq!(refusal("", &good.split(' ').collect::<Vec<_>>(), Build::Stock), None, "{good}");
        }
        for bad in [
            "0",
            "99999",
            "90-80",
            "*:0",
            "[::1:80",
            "unix:",
            "80 backlog=0",
            "80 backlog=-1",
            "80 Default_server",
            "80 so_keepalive=",
            "80 so_keepalive=a",
            "80 quic",
            "80 x",
            "80 rcvbuf=1g",
        ] {
            assert!(refusal("", &bad.split(' ').collect::<Vec<_>>(), Build::Stock).is_some(), "{bad}");
        }
        for (place, is_refused) in [("53 udp", false), ("127.0.0.1:53", false), ("127.0.0.1", true), ("80 default_server", true)] {
            assert_eq!(stream_refusal("", &place.split(' ').collect::<Vec<_>>(), Build::Stock).is_some(), is_refused, "{place}");
        }
    }
}
