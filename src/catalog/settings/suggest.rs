//! What somebody may have meant by a key that the controller does not know.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{REMOVED, Removed, all, find};
use crate::catalog::flags;

/// What an unknown key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    /// The controller knew it once.
    Removed(&'static Removed),
    /// It is an argument of the controller, without the dashes.
    Argument(&'static str),
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
    ("blacklist-source-range", "denylist-source-range"),
    ("body-size", "proxy-body-size"),
    ("custom-headers", "proxy-set-headers"),
    ("enable-gzip", "use-gzip"),
    ("enable-http2", "use-http2"),
    ("enable-proxy-protocol", "use-proxy-protocol"),
    ("max-body-size", "proxy-body-size"),
    ("max-connections", "max-worker-connections"),
    ("proxy-hide-headers", "hide-headers"),
    ("proxy-protocol", "use-proxy-protocol"),
    ("set-headers", "proxy-set-headers"),
    ("whitelist", "whitelist-source-range"),
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
    if let Some(key) = governor(&plain.replace('-', "_")) {
        return Unknown::Directive(key);
    }
    nearest(&plain).map_or(Unknown::Stranger, Unknown::Like)
}

/// The name as keys are written: `proxyBodySize`, `PROXY_BODY_SIZE` and `proxy.body.size` are `proxy-body-size`.
fn kebab(name: &str) -> String {
    let mut out = String::with_capacity(name.len() + 4);
    let mut after_lower = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && after_lower {
            out.push('-');
        }
        after_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
        out.push(if matches!(c, '_' | '.' | ' ') { '-' } else { c.to_ascii_lowercase() });
    }
    out
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

/// The key with the fewest changes, if they are few.
fn nearest(name: &str) -> Option<&'static str> {
    let few = match name.len() {
        0..=4 => return None,
        5..=8 => 1,
        9..=16 => 2,
        _ => 3,
    };
    let by_distance = all().map(|setting| (strsim::osa_distance(name, setting.name), setting.name));
    by_distance.filter(|(distance, _)| *distance <= few).min().map(|(_, name)| name)
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
