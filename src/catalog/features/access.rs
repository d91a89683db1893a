//! Which addresses may connect, and how many of the checks must agree.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Risk, keys};
use crate::catalog::value::Check;
use crate::catalog::version::Version;

keys! {
    /// Addresses and networks that may connect; all others get 403.
    ALLOW: String = "allowlist-source-range" {
        gateway: gateway::ADDRESSES,
        aliases: &["whitelist-source-range"],
        example: "10.0.0.0/8,192.168.1.1",
        risk: Risk::Medium,
        check: Check::Networks,
        refused: Fate::LocationDenied,
        unreadable: Fate::LocationDenied,
        directives: &["allow", "deny"],
    }
    /// Addresses and networks that may not connect.
    DENY: String = "denylist-source-range" {
        gateway: gateway::ADDRESSES,
        example: "203.0.113.0/24",
        risk: Risk::Medium,
        check: Check::Networks,
        since: Some(Version::new(1, 6, 4)),
        refused: Fate::LocationDenied,
        unreadable: Fate::LocationDenied,
        directives: &["deny"],
    }
    /// Whether a request must pass all checks of access, or any one of them.
    SATISFY: String = "satisfy" {
        gateway: gateway::SATISFY,
        example: "any",
        check: Check::Options(&["any", "all"]),
        directives: &["satisfy"],
    }
}
