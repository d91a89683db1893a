//! The table of rules: a line here and the page of the same name.

use super::Rule;
use crate::diagnostic::Severity::{Error, Info, Warning};

/// Declares rules, each with the page of its name.
macro_rules! rules {
    ($($severity:ident $name:literal,)+) => {
        /// All rules, by name.
        pub static RULES: &[Rule] = &[
            $(Rule { name: $name, severity: $severity, text: include_str!(concat!($name, ".md")) },)+
        ];
    };
}

rules! {
    Info "absent-object",
    Error "admission",
    Error "alias-limit",
    Error "alias-loop",
    Info "assumed-configmap",
    Warning "bad-annotation-value",
    Error "bad-key",
    Error "bad-merge",
    Error "bad-settings",
    Error "blocked-reload",
    Error "blocked-word",
    Error "broken-shape",
    Error "cannot-render",
    Info "catch-all-disabled",
    Info "changed-behaviour",
    Warning "changed-default",
    Warning "changed-route",
    Error "control-character",
    Error "controller-crash",
    Warning "dangerous-header",
    Warning "default-backend-without-port",
    Warning "default-certificate",
    Error "disabled-snippet",
    Error "duplicate-key",
    Warning "duplicate-object",
    Info "expressed-differently",
    Info "foreign-annotation",
    Warning "foreign-canary",
    Info "foreign-class",
    Info "foreign-host",
    Warning "foreign-pattern",
    Warning "foreign-setting",
    Warning "greedy-alias",
    Error "helm-template",
    Warning "idle-annotation",
    Warning "idle-canary",
    Warning "idle-setting",
    Warning "ignored-argument",
    Warning "ignored-controller",
    Warning "ignored-link",
    Warning "internal-address",
    Warning "invalid-argument",
    Warning "invalid-setting",
    Error "json-syntax",
    Info "lifted-finding",
    Warning "lonely-canary",
    Warning "lost-document",
    Error "malformed-annotation",
    Error "malformed-host",
    Error "malformed-name",
    Error "malformed-path",
    Warning "miscased-setting",
    Warning "misplaced-annotation",
    Warning "misread-setting",
    Error "missing-api-version",
    Info "missing-class",
    Warning "missing-dh-parameters",
    Warning "missing-geo-databases",
    Info "missing-headers",
    Error "missing-name",
    Error "missing-path-type",
    Error "mixed-upstreams",
    Error "nginx-conf-syntax",
    Warning "not-a-manifest",
    Warning "not-expressible",
    Info "other-namespace",
    Warning "overridden-alias",
    Warning "overridden-annotation",
    Warning "overridden-path",
    Warning "overridden-redirect",
    Warning "passed-over-path",
    Error "path-lost-to-canary",
    Error "refused-address",
    Error "refused-object",
    Warning "removed-annotation",
    Warning "removed-api",
    Warning "removed-setting",
    Warning "replaced-arguments",
    Error "risky-annotation",
    Error "several-controllers",
    Warning "shadowed-annotation",
    Warning "stream-not-served",
    Error "suspicious-value",
    Error "too-deep",
    Warning "too-new-annotation",
    Warning "uncovered-redirect",
    Error "unfit-value",
    Warning "unknown-annotation",
    Warning "unknown-argument",
    Warning "unknown-controller-version",
    Warning "unknown-field",
    Warning "unknown-rule",
    Warning "unknown-setting",
    Warning "unprefixed-annotation",
    Error "unproven-controller",
    Error "unreadable-input",
    Warning "unsafe-redirect",
    Warning "unsupported-annotation",
    Warning "unsupported-setting",
    Warning "unused-suppression",
    Warning "wrong-annotation-prefix",
    Error "wrong-type",
    Error "yaml-syntax",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_and_kebab_case() {
        assert!(RULES.is_sorted_by(|a, b| a.name < b.name));
        for Rule { name, .. } in RULES {
            let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
            assert!(name.split('-').all(is_word), "{name}");
        }
    }
}
