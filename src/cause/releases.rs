//! Another release of the controller as the cause: the same manifests come to something else.

use super::governs::governs;
use super::query::Query;
use super::short;
use crate::catalog::releases::{self, Change};
use crate::catalog::version::Version;
use crate::catalog::{features, settings};
use crate::diagnostic::{Cause, Reason};

/// Changes between releases that show in certain directives; those of values are known by the annotation that they are about.
const SHOWN_IN: [(&Change, &[&str]); 14] = [
    (&releases::HTTP2_DIRECTIVE, &["http2", "listen"]),
    (&releases::TRACING_MODULE, &["load_module"]),
    (&releases::GRPC_TIMEOUTS, &["grpc_connect_timeout", "grpc_send_timeout", "grpc_read_timeout"]),
    (&releases::ORIGINAL_HOST, &["proxy_set_header X-Original-Forwarded-Host", "grpc_set_header X-Original-Forwarded-Host"]),
    (&releases::JOINT_CLIENT_ADDRESS, &["real_ip_header", "set_real_ip_from"]),
    (&releases::AUTH_ERRORS, &["proxy_intercept_errors"]),
    (&releases::MODERN_BACKEND_TLS, &["proxy_ssl_protocols"]),
    (&releases::CIPHER_ORDER, &["ssl_ciphers"]),
    (&releases::AUTH_LUA_FILE, &["access_by_lua_block", "access_by_lua_file"]),
    (&releases::QUOTED_PATHS, &["location", "server_name", "set $location_path"]),
    (&releases::ESCAPED_REWRITES, &["rewrite"]),
    (&releases::STATE_FOLDER, &["geoip2", "ssl_session_ticket_key"]),
    (&releases::OPTIONAL_BUSY_BUFFERS, &["proxy_busy_buffers_size"]),
    (&releases::LUA_FILES, &["lua_package_path", "lua_add_variable"]),
];

/// Lua code is in files since a release: all directives with such a name.
const LUA: [&str; 2] = ["_by_lua_block", "_by_lua_file"];

/// The change between two releases that shows in a directive.
#[must_use]
pub fn of_directive(from: Version, to: Version, query: &Query) -> Option<Cause> {
    let is_lua = LUA.iter().any(|end| query.name.split(' ').next().is_some_and(|name| name.ends_with(end)));
    let by_name = SHOWN_IN.iter().filter(|(_, directives)| governs(directives, query.name)).map(|(change, _)| *change);
    let change = by_name.chain(is_lua.then_some(&releases::LUA_FILES)).find(|change| differs(change, from, to))?;
    Some(cause(told(change, to), to))
}

/// What two releases make of an annotation or a key.
#[must_use]
pub fn of_subject(from: Version, to: Version, subject: &str) -> Option<Cause> {
    let message = of_annotation(from, to, short(subject)).or_else(|| of_key(from, to, subject))?;
    Some(cause(message, to))
}

fn of_annotation(from: Version, to: Version, name: &str) -> Option<String> {
    let spec = features::find_in(name, from).or_else(|| features::find_in(name, to))?;
    if let Some(message) = known(spec.name, "annotation", from, to, |version| spec.is_known_to(version)) {
        return Some(message);
    }
    spec.before.iter().find(|(change, _)| differs(change, from, to)).map(|(change, _)| told(change, to))
}

fn of_key(from: Version, to: Version, name: &str) -> Option<String> {
    let setting = settings::find_in(name, from).or_else(|| settings::find_in(name, to))?;
    known(setting.name, "key", from, to, |version| setting.is_known_to(version))
}

/// That only one of two releases knows a name.
fn known(name: &str, what: &str, from: Version, to: Version, is_known: impl Fn(Version) -> bool) -> Option<String> {
    let (newer, older) = (from.max(to), from.min(to));
    (is_known(newer) != is_known(older)).then(|| match is_known(newer) {
        true => format!("release {newer} knows the {what} `{name}`, and {older} does not"),
        false => format!("release {newer} no longer knows the {what} `{name}`"),
    })
}

fn differs(change: &Change, from: Version, to: Version) -> bool {
    change.holds(from) != change.holds(to)
}

fn cause(message: String, to: Version) -> Cause {
    Cause { reason: Reason::Release, message, subject: to.to_string(), object: None, span: None }
}

/// Two releases make different things of the same manifests, and nothing says more.
#[must_use]
pub fn unknown(from: Version, to: Version) -> Cause {
    cause(format!("release {to} writes otherwise than {from}"), to)
}

/// A change in words: `since 1.12.0: …`, or that a release is older.
fn told(change: &Change, to: Version) -> String {
    let since: Vec<String> = change.since.iter().map(ToString::to_string).collect();
    let since = since.join(" and ");
    let doc = change.doc.trim_end_matches('.');
    if change.holds(to) { format!("since {since}: {doc}") } else { format!("not before {since}: {doc}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_causes_where_they_differ() {
        let version = |minor, patch| Version::new(1, minor, patch);
        for (from, to, name, subject, expected) in [
            (version(9, 6), version(15, 1), "http2", "", "since 1.10.0: HTTP/2 is a directive of its own"),
            (version(15, 1), version(9, 6), "http2", "", "not before 1.10.0: HTTP/2 is a directive of its own"),
            (version(11, 8), version(12, 8), "log_by_lua_block", "", "since 1.12.0: Lua code lies in files"),
            (version(9, 6), version(15, 1), "x", "nginx.ingress.kubernetes.io/auth-tls-match-cn", ""),
            (version(9, 5), version(9, 6), "x", "nginx.ingress.kubernetes.io/auth-tls-match-cn", "since 1.9.6: `auth-tls-match-cn`"),
            (version(15, 1), version(15, 1), "http2", "", ""),
            (version(9, 6), version(15, 1), "proxy_read_timeout", "", ""),
        ] {
            let cause = of_directive(from, to, &Query { name, ..Query::default() }).or_else(|| of_subject(from, to, subject));
            let message = cause.map(|cause| cause.message).unwrap_or_default();
            assert!(message.starts_with(expected) && message.is_empty() == expected.is_empty(), "{from} {to} {name} {subject}: {message}");
        }
    }
}
