//! The annotations of ingress-nginx, one file per feature.

pub mod access;
pub mod affinity;
pub mod backend_tls;
pub mod balancing;
pub mod canary;
pub mod client_auth;
pub mod cors;
pub mod error_pages;
pub mod external_auth;
pub mod fastcgi;
pub mod forwarding;
pub mod global_rate_limits;
pub mod logging;
pub mod mirror;
pub mod password_auth;
pub mod proxying;
pub mod rate_limits;
pub mod redirect;
pub mod response_headers;
pub mod rewrite;
pub mod server;
pub mod snippets;
pub mod tracing;
pub mod waf;

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::key::Spec;
use super::version::Version;

/// Annotations that belong together.
#[derive(Debug)]
pub struct Feature {
    /// The name, kebab-case.
    pub name: &'static str,
    /// The annotations.
    pub keys: &'static [&'static Spec],
}

/// All features.
pub static FEATURES: &[Feature] = &[
    Feature { name: "access", keys: access::KEYS },
    Feature { name: "affinity", keys: affinity::KEYS },
    Feature { name: "backend-tls", keys: backend_tls::KEYS },
    Feature { name: "balancing", keys: balancing::KEYS },
    Feature { name: "canary", keys: canary::KEYS },
    Feature { name: "client-auth", keys: client_auth::KEYS },
    Feature { name: "cors", keys: cors::KEYS },
    Feature { name: "error-pages", keys: error_pages::KEYS },
    Feature { name: "external-auth", keys: external_auth::KEYS },
    Feature { name: "fastcgi", keys: fastcgi::KEYS },
    Feature { name: "forwarding", keys: forwarding::KEYS },
    Feature { name: "logging", keys: logging::KEYS },
    Feature { name: "mirror", keys: mirror::KEYS },
    Feature { name: "password-auth", keys: password_auth::KEYS },
    Feature { name: "proxying", keys: proxying::KEYS },
    Feature { name: "rate-limits", keys: rate_limits::KEYS },
    Feature { name: "redirect", keys: redirect::KEYS },
    Feature { name: "response-headers", keys: response_headers::KEYS },
    Feature { name: "rewrite", keys: rewrite::KEYS },
    Feature { name: "server", keys: server::KEYS },
    Feature { name: "snippets", keys: snippets::KEYS },
    Feature { name: "tracing", keys: tracing::KEYS },
    Feature { name: "waf", keys: waf::KEYS },
];

/// Features that the last release no longer has.
pub static FORMER: &[Feature] = &[Feature { name: "global-rate-limits", keys: global_rate_limits::KEYS }];

/// The annotations of all features.
pub fn all() -> impl Iterator<Item = &'static Spec> {
    FEATURES.iter().flat_map(|feature| feature.keys).copied()
}

/// The annotations of all features, those that the last release no longer has behind the others.
pub fn all_ever() -> impl Iterator<Item = &'static Spec> {
    all().chain(FORMER.iter().flat_map(|feature| feature.keys).copied())
}

/// The annotation of a name without the prefix, which may be an older name of it.
#[must_use]
pub fn find(name: &str) -> Option<&'static Spec> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static Spec>> = LazyLock::new(|| {
        let names = |spec: &'static Spec| std::iter::once(&spec.name).chain(spec.aliases).map(move |name| (*name, spec));
        all().flat_map(names).collect()
    });
    BY_NAME.get(name).copied()
}

/// The annotation of a name without the prefix, among those that some release has. Releases that do not know it are the matter of
/// [`Spec::is_known_to`].
#[must_use]
pub fn find_in(name: &str, version: Version) -> Option<&'static Spec> {
    let former = || FORMER.iter().flat_map(|feature| feature.keys).copied().find(|spec| spec.name == name);
    find(name).or_else(|| former().filter(|spec| spec.is_known_to(version)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::catalog::key::Kind;
    use crate::catalog::value::Check;

    fn is_kebab_case(name: &str) -> bool {
        name.split('-').all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
    }

    #[test]
    fn names_are_unique_and_are_found() {
        let mut seen = BTreeSet::new();
        for spec in all() {
            for name in std::iter::once(&spec.name).chain(spec.aliases) {
                assert!(seen.insert(*name), "{name} stands twice");
                assert!(is_kebab_case(name), "{name}");
                assert!(find(name).is_some_and(|found| std::ptr::eq(found, spec)), "{name}");
            }
        }
        assert!(find("auth-urls").is_none() && find("").is_none());
    }

    #[test]
    fn features_are_sorted() {
        let names: Vec<&str> = FEATURES.iter().map(|feature| feature.name).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert!(names.iter().all(|name| is_kebab_case(name)));
    }

    #[test]
    fn entries_are_complete_and_agree_with_themselves() {
        for spec in all() {
            let name = spec.name;
            assert!(spec.doc.trim().ends_with('.'), "{name} has no documentation");
            assert!(!spec.example.is_empty() && spec.check.accepts(spec.example), "{name} has no good example");
            assert!(spec.needs.names.iter().all(|needed| find(needed).is_some()), "{name} needs an annotation that nobody knows");
            let kind = match spec.check {
                Check::Bool => Kind::Bool,
                Check::Int => Kind::Int,
                _ => Kind::Text,
            };
            assert_eq!(spec.kind, kind, "{name} is checked as one type and read as another");
        }
    }
}
