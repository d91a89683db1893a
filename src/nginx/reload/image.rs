//! What is in the image of the controller: which release brought a directive, and which module has to be loaded for it.
//!
//! The source is the script that builds the image of each release. What it compiles in is always there; other modules lie in the image
//! and are there only where the configuration loads them.

use crate::conf::Tree;

/// A release of the controller.
pub type Release = (u16, u16, u16);

/// The last release.
const LATEST: Release = (u16::MAX, 0, 0);

/// Directives that only some images have: the beginning of their names, the first release that has them and the first without.
const SOME: &[(&str, Release, Release)] = &[
    ("ajp_", (0, 0, 0), (1, 9, 2)),
    ("geoip_", (0, 0, 0), (1, 9, 5)),
    ("subs_filter", (0, 0, 0), (1, 13, 0)),
    ("server_rewrite_by_lua", (1, 9, 1), LATEST),
    ("http2", (1, 10, 0), LATEST),
    ("lua_ssl_certificate", (1, 10, 5), LATEST),
    ("lua_ssl_certificate_key", (1, 10, 5), LATEST),
    ("http3", (1, 10, 2), LATEST),
    ("http3_", (1, 10, 2), LATEST),
    ("quic_", (1, 10, 2), LATEST),
    ("balancer_keepalive", (1, 13, 0), LATEST),
    ("lua_ssl_key_log", (1, 13, 0), LATEST),
];

/// Modules that have to be loaded: the beginning of the names of their directives, and a part of the name of the file.
const LOADED: &[(&str, &str)] = &[
    ("auth_digest", "auth_digest"),
    ("brotli", "brotli"),
    ("geoip2", "geoip2"),
    ("modsecurity", "modsecurity"),
    ("opentelemetry", "otel"),
];

/// Whether the image of a release has a directive.
pub(super) fn has(release: Release, name: &str) -> bool {
    let is_it = |start: &str| {
        if start.ends_with('_') || start == "subs_filter" || start == "server_rewrite_by_lua" {
            name.starts_with(start)
        } else {
            name == start
        }
    };
    SOME.iter().filter(|(start, ..)| is_it(start)).all(|(_, since, until)| (*since..*until).contains(&release))
}

/// The modules that a configuration loads.
#[derive(Debug, Default)]
pub(super) struct Modules(Vec<String>);

impl Modules {
    pub(super) fn of(tree: &Tree) -> Self {
        let loads = tree.directives().filter(|directive| directive.name() == "load_module");
        Self(loads.filter_map(|directive| Some(directive.args().next()?.value().into_owned())).collect())
    }

    /// The module that a directive needs, and that is not loaded.
    pub(super) fn missing_for(&self, name: &str) -> Option<&'static str> {
        let (_, part) =
            LOADED.iter().find(|(start, _)| name == *start || name.strip_prefix(start).is_some_and(|rest| rest.starts_with('_')))?;
        (!self.0.iter().any(|file| file.contains(part))).then_some(part)
    }

    /// Whether a module is loaded of which nobody knows which directives it brings.
    pub(super) fn has_strangers(&self) -> bool {
        self.0.iter().any(|file| !LOADED.iter().any(|(_, part)| file.contains(part)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Build, refusals};
    use super::*;

    #[test]
    fn images_have_what_their_build_scripts_say() {
        for (name, release, expected) in [
            ("subs_filter", (1, 12, 8), true),
            ("subs_filter_types", (1, 13, 0), false),
            ("set_md5", (1, 9, 0), true),
            ("http2", (1, 9, 6), false),
            ("http2_body_preread_size", (1, 9, 6), true),
            ("http3", (1, 10, 1), false),
            ("quic_retry", (1, 15, 1), true),
            ("geoip_country", (1, 9, 4), true),
            ("geoip_country", (1, 9, 5), false),
            ("geoip2", (1, 15, 1), true),
        ] {
            assert_eq!(has(release, name), expected, "{name} {release:?}");
        }
    }

    #[test]
    fn directives_are_judged_by_the_image() {
        let is_refused = |inside: &str, main: &str, release| {
            let text = format!("{main} events {{ }} http {{ server {{ location / {{ {inside} }} }} }}");
            !refusals(&text, Build::Controller(release)).is_empty()
        };
        for (inside, main, release, expected) in [
            ("set_md5 $a b;", "", (1, 15, 1), false),
            ("set_md5 $a b c;", "", (1, 15, 1), true),
            ("set_hmac_sha1 $a b c;", "", (1, 15, 1), false),
            ("set_random $a 1;", "", (1, 15, 1), true),
            ("access_by_lua 'return';", "", (1, 15, 1), false),
            ("lua_http10_buffering off;", "", (1, 15, 1), false),
            ("precontent_by_lua_block { }", "", (1, 15, 1), true),
            ("ssi on; memcached_bind 127.0.0.1;", "", (1, 15, 1), false),
            ("echo hello;", "", (1, 9, 0), true),
            ("slice 1m;", "", (1, 15, 1), true),
            ("random_index on;", "", (1, 15, 1), true),
            ("subs_filter a b;", "", (1, 12, 0), false),
            ("subs_filter a b;", "", (1, 13, 0), true),
            ("brotli on;", "", (1, 15, 1), true),
            ("brotli on;", "load_module modules/ngx_http_brotli_filter_module.so;", (1, 15, 1), false),
            ("js_content a;", "", (1, 15, 1), true),
            ("js_content a;", "load_module modules/ngx_http_js_module.so;", (1, 15, 1), false),
        ] {
            assert_eq!(is_refused(inside, main, release), expected, "{inside} {release:?}");
        }
    }
}
