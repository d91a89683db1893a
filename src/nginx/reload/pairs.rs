//! Directives that nginx takes alone, but not beside each other, or not without another one.

use hashbrown::HashSet;

use super::Build;
use crate::conf::Directive;

/// A block, and those around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a, 't> {
    /// What stands in it.
    pub(super) directives: &'a [Directive<'t>],
    /// What is around it.
    pub(super) outer: Option<&'a Around<'a, 't>>,
}

impl Around<'_, '_> {
    /// Whether this block, or one around it, has a directive.
    fn says(&self, name: &str) -> bool {
        self.directives.iter().any(|directive| directive.name() == name) || self.outer.is_some_and(|outer| outer.says(name))
    }
}

/// Directives that exclude each other in a block, where neither is `off`.
const EXCLUDING: &[(&str, &str)] = &[
    ("alias", "root"),
    ("secure_link_secret", "secure_link"),
    ("secure_link_secret", "secure_link_md5"),
    ("proxy_store", "proxy_cache"),
    ("fastcgi_store", "fastcgi_cache"),
    ("uwsgi_store", "uwsgi_cache"),
    ("scgi_store", "scgi_cache"),
];

/// Directives that need another one in the block or around it, unless they are `off`.
const NEEDING: &[(&str, &str)] = &[
    ("ssl_verify_client", "ssl_client_certificate"),
    ("proxy_ssl_verify", "proxy_ssl_trusted_certificate"),
    ("grpc_ssl_verify", "grpc_ssl_trusted_certificate"),
    ("uwsgi_ssl_verify", "uwsgi_ssl_trusted_certificate"),
];

/// Directives that may be repeated, but not for the same thing.
const ONE_EACH: &[&str] = &["limit_req", "limit_conn", "mirror"];

/// Why nginx refuses directives of a block, each with the directive that it is about.
pub(super) fn refusals<'t>(around: &Around<'_, 't>, build: Build) -> Vec<(Directive<'t>, String)> {
    let first = |directive: &Directive| directive.args().next().map(|arg| arg.value().into_owned()).unwrap_or_default();
    let mut found = Vec::new();
    let mut seen: HashSet<(&str, String)> = HashSet::new();
    for directive in around.directives {
        let name = directive.name();
        let is_off = || matches!(first(directive).as_str(), "off" | "optional_no_ca");
        for (one, other) in EXCLUDING.iter().filter(|(one, other)| *one == name || *other == name) {
            let second = if *one == name { other } else { one };
            let has_other = || around.directives.iter().any(|directive| directive.name() == *second && first(directive) != "off");
            // Told once, at the first of the two names.
            if *one == name && !is_off() && has_other() {
                found.push((*directive, format!("`{one}` and `{other}` exclude each other")));
            }
        }
        // That of the controller may get a certificate elsewhere, or never use TLS there.
        for (_, needed) in NEEDING.iter().filter(|(one, _)| *one == name && !build.is_controller()) {
            if !is_off() && !around.says(needed) {
                found.push((*directive, format!("`{name}` needs `{needed}`")));
            }
        }
        if let Some(one) = ONE_EACH.iter().find(|one| **one == name) {
            let zone = directive.args().map(|arg| arg.value().into_owned()).find(|arg| arg.starts_with("zone="));
            let thing = zone.unwrap_or_else(|| first(directive));
            // A mirror may be named twice, but `off` stands alone.
            let is_twice = match *one {
                "mirror" => {
                    thing == "off" && seen.iter().any(|(name, _)| *name == "mirror") || seen.contains(&("mirror", "off".to_owned()))
                }
                _ => seen.contains(&(*one, thing.clone())),
            };
            if is_twice {
                found.push((*directive, format!("`{name}` stands twice for `{thing}` in one block")));
            }
            seen.insert((one, thing));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{Build, refusals};

    #[test]
    fn directives_are_judged_beside_each_other() {
        for (location, is_refused) in [
            ("root /a;", false),
            ("root /a; alias /b;", true),
            ("alias /b; root /a;", true),
            ("proxy_store on; proxy_cache off;", false),
            ("proxy_store off; proxy_cache a;", false),
            ("proxy_store on; proxy_cache a;", true),
            ("limit_req zone=r; limit_req zone=r burst=1;", true),
            ("limit_conn c 1; limit_conn c 2;", true),
            ("limit_conn c 1; limit_conn d 2;", false),
            ("mirror /a; mirror /b;", false),
            ("mirror off; mirror /b;", true),
            ("secure_link_secret a; secure_link b;", true),
            ("proxy_ssl_verify on;", true),
            ("proxy_ssl_verify off;", false),
            ("proxy_ssl_verify on; proxy_ssl_trusted_certificate a.pem;", false),
        ] {
            let zones = "limit_req_zone $host zone=r:1m rate=1r/s; limit_conn_zone $host zone=c:1m; limit_conn_zone $uri zone=d:1m; \
                         proxy_cache_path /tmp/x keys_zone=a:1m;";
            let text = format!("events {{ }} http {{ {zones} server {{ location / {{ {location} }} }} }}");
            assert_eq!(!refusals(&text, Build::Stock).is_empty(), is_refused, "{location}");
        }
        for (http, server, is_refused) in [
            ("", "ssl_verify_client on;", true),
            ("", "ssl_verify_client optional_no_ca;", false),
            ("", "ssl_verify_client on; ssl_client_certificate a.pem;", false),
            ("ssl_client_certificate a.pem;", "ssl_verify_client on;", false),
        ] {
            let text = format!("events {{ }} http {{ {http} server {{ {server} }} }}");
            assert_eq!(!refusals(&text, Build::Stock).is_empty(), is_refused, "{http} {server}");
        }
    }
}
