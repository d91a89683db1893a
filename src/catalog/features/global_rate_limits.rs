//! Limits that all controllers count together, in memcached.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, Risk, Scope, keys};
use crate::catalog::value::{Check, patterns};
use crate::catalog::version::Version;

/// The first release without them.
const GONE: Option<Version> = Some(Version::new(1, 12, 0));

keys! {
    /// Requests that are let through in a window.
    REQUESTS: i64 = "global-rate-limit" {
        gateway: gateway::RATES,
        example: "100",
        scope: Scope::Ingress,
        check: Check::Int,
        gone: GONE,
        refused: Fate::ProtectionLost,
        unreadable: Fate::ProtectionLost,
    }
    /// Networks that are not limited, separated by commas.
    EXEMPT: String = "global-rate-limit-ignored-cidrs" {
        gateway: gateway::RATES,
        example: "10.0.0.0/8",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::Networks,
        gone: GONE,
        refused: Fate::ProtectionLost,
        unreadable: Fate::ProtectionLost,
        needs: Needs::one_of(&["global-rate-limit"]),
    }
    /// What requests are counted by; `$remote_addr` where nothing is said.
    KEY: String = "global-rate-limit-key" {
        gateway: gateway::RATES,
        example: "${remote_addr}-${http_x_client}",
        scope: Scope::Ingress,
        risk: Risk::High,
        check: Check::MatchesWithoutSpaces(&patterns::VARIABLE),
        gone: GONE,
        needs: Needs::one_of(&["global-rate-limit"]),
    }
    /// Length of a window.
    WINDOW: String = "global-rate-limit-window" {
        gateway: gateway::RATES,
        example: "1m",
        scope: Scope::Ingress,
        check: Check::Duration,
        gone: GONE,
        refused: Fate::LocationDenied,
        needs: Needs::one_of(&["global-rate-limit"]),
    }
}
