//! Another release of the controller as the cause: the same manifests come to something else.

use super::declared::Query;
use super::governs::governs;
use super::short;
use crate::catalog::releases::{self, Change};
use crate::catalog::version::Version;
use crate::catalog::{features, settings};
use crate::diagnostic::{Cause, Reason};

/// Changes between releases that show in certain directives; those of values are known by the annotation that they are about.
const SHOWN_IN: [(&Change, &[&str]); 11] = [
    (&releases::HTTP2_DIRECTIVE, &["http2", "listen"]),
    (&releases::TRACING_MODULE, &["load_module"]),
    (&releases::GRPC_TIMEOUTS, &["grpc_connect_timeout", "grpc_send_timeout", "grpc_read_timeout"]),
    (&releases::ORIGINAL_HOST, &["proxy_set_header X-Original-Forwarded-Host", "grpc_set_header X-Original-Forwarded-Host"]),
    (&releases::JOINT_CLIENT_ADDRESS, &["real_ip_header", "set_real_ip_from"]),
    (&releases::AUTH_ERRORS, &["proxy_intercept_errors"]),
    (&releases::MODERN_BACKEND_TLS, &["proxy_ssl_protocols"]),
    (&releases::CIPHER_ORDER, &["ssl_ciphers"]),
    (&releases::AUTH_LUA_FILE, &["access_by_lua_block", "access_by_lua_file"]),
    (&releases::QUOTED_PATHS, &["location", "rewrite", "server_name", "set $location_path"]),
    (&releases::LUA_FILES, &["lua_package_path", "lua_add_variable"]),
];

/// Lua code is in files since a release: all directives with such a name.
const LUA: [&str; 2] = ["_by_lua_block", "_by_lua_file"];

/// Why two releases make different things of the same manifests. `subject` is the annotation or key that caused either.
#[must_use]
pub fn between(from: Version, to: Version, query: &Query, subject: &str) -> Option<Cause> {
    let differs = |change: &&Change| change.holds(from) != change.holds(to);
    let of_value = || {
        let spec = features::find_in(short(subject), from).or_else(|| features::find_in(short(subject), to))?;
        if spec.is_known_to(from) != spec.is_known_to(to) {
            let (verb, newer) = if spec.is_known_to(from.max(to)) { ("knows", from.max(to)) } else { ("no longer knows", from.max(to)) };
            return Some(format!("release {newer} {verb} the annotation `{}`", spec.name));
        }
        spec.before.iter().map(|(change, _)| *change).find(differs).map(|change| told(change, to))
    };
    let of_key = || {
        let setting = settings::find_in(subject, from).or_else(|| settings::find_in(subject, to))?;
        let knows =
            |version: Version| setting.since.is_none_or(|since| since <= version) && setting.until.is_none_or(|until| version <= until);
        (knows(from) != knows(to)).then(|| {
            let with = if knows(to) { to } else { from };
            format!("release {with} knows the key `{}`, and the other does not", setting.name)
        })
    };
    let of_directive = || {
        let is_lua = LUA.iter().any(|end| query.name.split(' ').next().is_some_and(|name| name.ends_with(end)));
        let by_name = SHOWN_IN.iter().filter(|(_, directives)| governs(directives, query.name)).map(|(change, _)| *change);
        by_name.chain(is_lua.then_some(&releases::LUA_FILES)).find(differs).map(|change| told(change, to))
    };
    let message = of_value().or_else(of_key).or_else(of_directive)?;
    Some(Cause { reason: Reason::Release, message, subject: to.to_string(), object: None, span: None })
}

/// Two releases make different things of the same manifests, and nothing says more.
#[must_use]
pub fn unknown(from: Version, to: Version) -> Cause {
    let message = format!("release {to} writes otherwise than {from}");
    Cause { reason: Reason::Release, message, subject: to.to_string(), object: None, span: None }
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
            let cause = between(from, to, &Query { name, ..Query::default() }, subject);
            let message = cause.map(|cause| cause.message).unwrap_or_default();
            assert!(message.starts_with(expected) && message.is_empty() == expected.is_empty(), "{from} {to} {name} {subject}: {message}");
        }
    }
}
