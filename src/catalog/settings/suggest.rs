//! What somebody may have meant by a key that the controller does not know.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::{REMOVED, Removed, all, find};
use crate::catalog::spelling::{self, kebab};
use crate::catalog::{features, flags};

/// What an unknown key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The controller knew it once.
    Removed(&'static Removed),
    /// It is an argument of the controller, without the dashes.
    Argument(&'static str),
    /// It is an annotation, without the prefix.
    Annotation(&'static str),
    /// It is a directive of nginx, which this key governs.
    Directive(&'static str),
    /// It is much like this key.
    Like(&'static str),
    /// Nothing is like it.
    Stranger,
}

/// Names that people write by analogy, and the keys that they mean.
const ANALOGIES: &[(&str, &str)] = &[
    ("allowlist-source-range", "whitelist-source-range"),
    ("auth-signin-url", "global-auth-signin"),
    ("blacklist-source-range", "denylist-source-range"),
    ("body-size", "proxy-body-size"),
    ("brotli", "enable-brotli"),
    ("configuration-snippet", "location-snippet"),
    ("custom-headers", "proxy-set-headers"),
    ("enable-access-log", "disable-access-log"),
    ("enable-gzip", "use-gzip"),
    ("enable-hsts", "hsts"),
    ("enable-http2", "use-http2"),
    ("enable-owasp-core-rules", "enable-owasp-modsecurity-crs"),
    ("enable-proxy-protocol", "use-proxy-protocol"),
    ("gzip", "use-gzip"),
    ("http2", "use-http2"),
    ("keepalive", "keep-alive"),
    ("keepalive-timeout", "keep-alive"),
    ("limit-rate-status-code", "limit-req-status-code"),
    ("log-format", "log-format-upstream"),
    ("max-body-size", "proxy-body-size"),
    ("max-connections", "max-worker-connections"),
    ("modsecurity", "enable-modsecurity"),
    ("proxy-hide-headers", "hide-headers"),
    ("proxy-protocol", "use-proxy-protocol"),
    ("real-ip", "enable-real-ip"),
    ("server-snippets", "server-snippet"),
    ("set-headers", "proxy-set-headers"),
    ("tls-protocols", "ssl-protocols"),
    ("trusted-proxies", "proxy-real-ip-cidr"),
    ("whitelist", "whitelist-source-range"),
    ("worker-connections", "max-worker-connections"),
    ("x-forwarded-for", "use-forwarded-headers"),
];

/// What an unknown key is, as far as one can tell.
#[must_use]
pub fn explain(name: &str) -> Unknown {
    let plain = kebab(name);
    if let Some(known) = find(&plain) {
        return Unknown::Like(known.name);
    }
    if let Some(removed) = REMOVED.iter().find(|removed| removed.name == plain) {
        return Unknown::Removed(removed);
    }
    if let Some((_, key)) = ANALOGIES.iter().find(|(written, _)| *written == plain) {
        return Unknown::Like(key);
    }
    if let Some(flag) = flags::find(plain.trim_start_matches('-')) {
        return Unknown::Argument(flag.name);
    }
    if let Some(spec) = features::find(&plain) {
        return match find(&format!("global-{}", spec.name)) {
            Some(known) => Unknown::Like(known.name),
            None => Unknown::Annotation(spec.name),
        };
    }
    if let Some(key) = governor(&plain.replace('-', "_")) {
        return Unknown::Directive(key);
    }
    spelling::nearest(&plain, all().map(|setting| setting.name)).map_or(Unknown::Stranger, Unknown::Like)
}

/// The first key that governs a directive.
fn governor(directive: &str) -> Option<&'static str> {
    static BY_DIRECTIVE: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
        let mut governors = HashMap::new();
        for setting in all() {
            for directive in setting.directives {
                governors.entry(*directive).or_insert(setting.name);
            }
        }
        governors
    });
    BY_DIRECTIVE.get(directive).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_spellings_are_recognised() {
        let spellings = [
            ("upstreamKeepaliveTime", "upstream-keepalive-time"),
            ("SSL_PROTOCOLS", "ssl-protocols"),
            ("hide.headers", "hide-headers"),
            ("annotation-risk-level", "annotations-risk-level"),
            ("proxy-reed-timeout", "proxy-read-timeout"),
            ("allowlist-source-range", "whitelist-source-range"),
        ];
        for (written, key) in spellings {
            assert_eq!(explain(written), Unknown::Like(key), "{written}");
        }
    }

    #[test]
    fn directives_of_nginx_lead_to_their_keys() {
        assert_eq!(explain("client_max_body_size"), Unknown::Directive("proxy-body-size"));
        assert_eq!(explain("gzip-comp-level"), Unknown::Directive("gzip-level"));
    }

    #[test]
    fn arguments_and_removed_keys_are_told_apart() {
        assert_eq!(explain("enable-ssl-passthrough"), Unknown::Argument("enable-ssl-passthrough"));
        assert!(matches!(explain("zipkin-sample-rate"), Unknown::Removed(removed) if removed.instead == Some("otel-sampler-ratio")));
    }

    #[test]
    fn annotations_lead_to_the_key_for_the_same_or_to_nothing() {
        assert_eq!(explain("rewrite-target"), Unknown::Annotation("rewrite-target"));
        assert_eq!(explain("auth-url"), Unknown::Like("global-auth-url"));
        assert_eq!(explain("configurationSnippet"), Unknown::Like("location-snippet"));
    }

    #[test]
    fn what_is_far_from_everything_gets_no_suggestion() {
        for name in ["", "x", "ui", "log4j-level", "database-url"] {
            assert_eq!(explain(name), Unknown::Stranger, "{name}");
        }
    }

    #[test]
    fn analogies_lead_from_unknown_names_to_known_ones() {
        for (written, key) in ANALOGIES {
            assert!(find(written).is_none() && find(key).is_some(), "{written}");
        }
    }
}
