//! What older forms tell Lua code within the configuration.

use std::sync::Arc;

use super::super::view::{Raw, view};
use super::printer::{Printer, quoted};
use crate::catalog::releases::LUA_FILES;
use crate::ir::{GlobalLimit, Proxy, Route};

view! {
    /// The settings of the proxy.
    struct Lua {
        from_headers: Raw,
        /// The same as a condition.
        trusts_headers: bool,
        proxy_protocol: Raw,
        tls_passthrough: Raw,
        tls_proxy_port: u16,
        https_port: u16,
        /// The port that redirects name; none: the usual one.
        redirect_port: Option<i64>,
        hsts: Raw,
        hsts_max_age: Raw,
        hsts_include_subdomains: Raw,
        hsts_preload: Raw,
        memcached_host: Raw,
        memcached_port: i64,
        memcached_connect_timeout: i64,
        memcached_idle_timeout: i64,
        memcached_pool_size: i64,
        throttle_status: i64,
        ocsp: Raw,
        metrics: bool,
        metrics_batch: i64,
        plugins: Raw,
    }

    /// Limits of a route that all controllers count together.
    #[derive(PartialEq, Eq, Hash)]
    struct Throttle {
        namespace: Raw,
        limit: i64,
        window: i64,
        key: Raw,
        exempt: Raw,
    }
}

/// The settings of the proxy; none where Lua code reads them from a file.
pub(super) fn lua(proxy: &Proxy, printer: &mut Printer) -> Option<Arc<Lua>> {
    if LUA_FILES.shows(proxy.form) {
        return None;
    }
    let (settings, runtime) = (&proxy.settings, &proxy.runtime);
    let store = &settings.global_limits;
    let plugins: Vec<String> = settings.process.plugins.iter().map(|plugin| quoted(plugin).as_str().to_owned()).collect();
    Some(Arc::new(Lua {
        from_headers: flag(settings.client_address.from_headers),
        trusts_headers: settings.client_address.from_headers,
        proxy_protocol: flag(settings.listening.proxy_protocol),
        tls_passthrough: flag(runtime.tls_passthrough),
        tls_proxy_port: runtime.tls_proxy_port,
        https_port: runtime.https_port,
        redirect_port: (runtime.https_port != 443).then(|| i64::from(runtime.https_port)),
        hsts: flag(settings.tls.hsts),
        hsts_max_age: printer.lua("hsts-max-age", &settings.tls.hsts_max_age),
        hsts_include_subdomains: flag(settings.tls.hsts_include_subdomains),
        hsts_preload: flag(settings.tls.hsts_preload),
        memcached_host: printer.in_double_quotes("global-rate-limit-memcached-host", &store.host),
        memcached_port: store.port,
        memcached_connect_timeout: store.connect_timeout,
        memcached_idle_timeout: store.idle_timeout,
        memcached_pool_size: store.pool_size,
        throttle_status: store.status,
        ocsp: flag(settings.tls.ocsp),
        metrics: runtime.metrics,
        metrics_batch: runtime.metrics_batch,
        plugins: Raw::new(plugins.join(",")),
    }))
}

/// The limits of a route; none where Lua code knows of no such limits.
pub(super) fn throttle(route: &Route, proxy: &Proxy, printer: &mut Printer) -> Option<Arc<Throttle>> {
    if LUA_FILES.shows(proxy.form) {
        return None;
    }
    let limit = route.steps.global_limit.as_deref().map_or_else(GlobalLimit::default, |limit| (**limit).clone());
    let exempt: Vec<String> = limit.exempt.iter().map(|network| string(network)).collect();
    let parts: Vec<String> = key_parts(&limit.key).iter().map(|part| table(part)).collect();
    // The parts are texts of the annotation between quotes of Lua.
    printer.in_double_quotes("global-rate-limit-key", &limit.key);
    Some(Arc::new(Throttle {
        namespace: Raw::new(limit.namespace),
        limit: limit.requests,
        window: limit.window,
        key: Raw::new(table(&parts)),
        exempt: Raw::new(table(&exempt)),
    }))
}

fn flag(value: bool) -> Raw {
    Raw::new(if value { "true" } else { "false" })
}

fn string(text: &str) -> String {
    format!("\"{text}\"")
}

/// A list as a table of Lua.
fn table(items: &[String]) -> String {
    let mut table = String::from("{ ");
    for item in items {
        table.push_str(item);
        table.push_str(", ");
    }
    table.push('}');
    table
}

/// What a key is made of. Each part has four places, of which one is filled: an escaped variable, a variable in braces, a variable,
/// plain text. Quirk: a backslash that escapes no variable vanishes.
fn key_parts(key: &str) -> Vec<[String; 4]> {
    let mut parts = Vec::new();
    let mut rest = key;
    while let Some(first) = rest.chars().next() {
        let name = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
        let (place, text, length) = match first {
            '\\' => match rest[1..].strip_prefix('$').map(name) {
                Some(length) if length > 0 => (Some(0), &rest[..length + 2], length + 2),
                _ => (None, "", 1),
            },
            '$' => {
                let braced = rest[1..].strip_prefix('{').map(|inner| (inner, name(inner)));
                match (braced, name(&rest[1..])) {
                    (Some((inner, length)), _) if length > 0 && inner[length..].starts_with('}') => (Some(1), &inner[..length], length + 3),
                    (_, length) if length > 0 => (Some(2), &rest[1..=length], length + 1),
                    _ => (Some(3), "$", 1),
                }
            }
            _ => {
                let length = rest.find(['$', '\\']).unwrap_or(rest.len());
                (Some(3), &rest[..length], length)
            }
        };
        if let Some(place) = place {
            let mut part = [const { String::new() }; 4].map(|_| String::from("nil"));
            part[place] = string(text);
            parts.push(part);
        }
        rest = &rest[length..];
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_tables() {
        for (key, expected) in [
            ("", "{ }"),
            ("$remote_addr", r#"{ { nil, nil, "remote_addr", nil, }, }"#),
            ("a${b}-$c", r#"{ { nil, nil, nil, "a", }, { nil, "b", nil, nil, }, { nil, nil, nil, "-", }, { nil, nil, "c", nil, }, }"#),
            (r"\$a$", r#"{ { "\$a", nil, nil, nil, }, { nil, nil, nil, "$", }, }"#),
            (r"\x", r#"{ { nil, nil, nil, "x", }, }"#),
            ("${a", r#"{ { nil, nil, nil, "$", }, { nil, nil, nil, "{a", }, }"#),
        ] {
            let parts: Vec<String> = key_parts(key).iter().map(|part| table(part)).collect();
            assert_eq!(table(&parts), expected, "{key}");
        }
    }
}
