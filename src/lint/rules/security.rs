//! Which rules are about what an attacker could use, and how much that would be: code scanning sorts by it.

/// How bad it is, in the bands of CVSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Danger {
    /// It helps somebody who has more.
    Low,
    /// It opens something under circumstances, or weakens what protects.
    Medium,
    /// It opens what was meant to be closed, or stops everybody's changes.
    High,
    /// Whoever may send a request breaks the proxy.
    Critical,
}

impl Danger {
    /// The number of such rules, from 0 to 10.
    #[must_use]
    pub fn score(self) -> &'static str {
        match self {
            Self::Low => "3.0",
            Self::Medium => "5.5",
            Self::High => "8.0",
            Self::Critical => "9.2",
        }
    }
}

/// The rules, by name.
const DANGERS: &[(&str, Danger)] = &[
    ("all-reading-controller", Danger::Low),
    ("auth-loop", Danger::Low),
    ("auth-without-proxy-header", Danger::Low),
    ("bad-annotation-value", Danger::Medium),
    ("blocked-reload", Danger::High),
    ("blocked-word", Danger::Medium),
    ("broken-shape", Danger::High),
    ("committed-private-key", Danger::Medium),
    ("contested-certificate", Danger::Medium),
    ("control-character", Danger::High),
    ("controller-crash", Danger::High),
    ("credentials-for-any-origin", Danger::High),
    ("dangerous-header", Danger::Medium),
    ("default-certificate", Danger::Medium),
    ("detection-only-firewall", Danger::Medium),
    ("disabled-snippet", Danger::Low),
    ("expired-certificate", Danger::Medium),
    ("exposed-store", Danger::High),
    ("fallen-open", Danger::High),
    ("foreign-canary", Danger::Medium),
    ("foreign-host", Danger::Low),
    ("foreign-pattern", Danger::Low),
    ("foreign-setting", Danger::Low),
    ("forgeable-address", Danger::High),
    ("greedy-alias", Danger::Medium),
    ("half-anchored-path", Danger::Low),
    ("host-outside-tls", Danger::Medium),
    ("idle-annotation", Danger::Medium),
    ("idle-on-passthrough", Danger::Medium),
    ("idle-protection", Danger::Medium),
    ("idle-setting", Danger::Low),
    ("ignored-on-canary", Danger::Medium),
    ("inherited-protection", Danger::Low),
    ("internal-address", Danger::Medium),
    ("known-fault", Danger::High),
    ("limit-per-replica", Danger::Low),
    ("loose-path", Danger::Low),
    ("loosened-policy", Danger::Medium),
    ("lost-client-address", Danger::Medium),
    ("many-ingress-writers", Danger::High),
    ("masked-refusal", Danger::Medium),
    ("missing-headers", Danger::Low),
    ("missing-tls", Danger::Low),
    ("mixed-upstreams", Danger::High),
    ("one-sided-proxy-protocol", Danger::Medium),
    ("open-allowlist", Danger::High),
    ("open-sister-path", Danger::Medium),
    ("optional-client-certificates", Danger::Medium),
    ("outside-auth-url", Danger::Low),
    ("overridden-alias", Danger::Low),
    ("overridden-path", Danger::Medium),
    ("password-without-tls", Danger::High),
    ("plain-behind-passthrough", Danger::Low),
    ("preflight-to-backend", Danger::Low),
    ("reachable-fault", Danger::Critical),
    ("refused-address", Danger::Medium),
    ("removed-annotation", Danger::Medium),
    ("risky-annotation", Danger::Medium),
    ("satisfied-by-one", Danger::Medium),
    ("secret-elsewhere", Danger::Low),
    ("shadowed-annotation", Danger::Low),
    ("shared-backend-tls", Danger::Medium),
    ("shared-client-certificates", Danger::Medium),
    ("skipped-client-certificates", Danger::High),
    ("suspicious-value", Danger::High),
    ("tenant-wildcard", Danger::Low),
    ("told-version", Danger::Low),
    ("two-protocols", Danger::Low),
    ("unchecked-certificates", Danger::High),
    ("uncovered-alias", Danger::Low),
    ("uncovered-redirect", Danger::Low),
    ("unguarded-path", Danger::High),
    ("unknown-annotation", Danger::Medium),
    ("unpatched-nginx", Danger::Low),
    ("unprefixed-annotation", Danger::Medium),
    ("unreachable-path", Danger::Low),
    ("unsafe-auth-url", Danger::Medium),
    ("unsafe-redirect", Danger::Medium),
    ("way-around-ingress", Danger::Medium),
    ("weak-certificate", Danger::Medium),
    ("wrong-annotation-prefix", Danger::Medium),
];

/// How dangerous what a rule tells of is; none where it is a mistake and no more.
#[must_use]
pub fn danger(rule: &str) -> Option<Danger> {
    DANGERS.binary_search_by_key(&rule, |(name, _)| name).ok().map(|at| DANGERS[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::rules::find;

    #[test]
    fn they_are_rules_and_sorted() {
        assert!(DANGERS.is_sorted_by(|a, b| a.0 < b.0));
        for (name, _) in DANGERS {
            assert!(find(name).is_some(), "{name}");
        }
        assert_eq!((danger("fallen-open"), danger("placeholder")), (Some(Danger::High), None));
    }
}
