//! Limits per client address.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, keys};
use crate::catalog::value::Check;
use crate::catalog::version::Version;

keys! {
    /// Connections at the same time.
    CONNECTIONS: i64 = "limit-connections" {
        gateway: gateway::RATES,
        example: "20",
        check: Check::Int,
        refused: Fate::IngressDropped,
        unreadable: Fate::FailsOpen,
        directives: &["limit_conn", "limit_conn_zone"],
    }
    /// Requests per second.
    PER_SECOND: i64 = "limit-rps" {
        gateway: gateway::RATES,
        example: "10",
        check: Check::Int,
        refused: Fate::IngressDropped,
        unreadable: Fate::FailsOpen,
        directives: &["limit_req", "limit_req_zone"],
    }
    /// Requests per minute.
    PER_MINUTE: i64 = "limit-rpm" {
        gateway: gateway::RATES,
        example: "300",
        check: Check::Int,
        refused: Fate::IngressDropped,
        unreadable: Fate::FailsOpen,
        directives: &["limit_req", "limit_req_zone"],
    }
    /// How many times the limit may come at once; 5 where nothing is said.
    BURST_MULTIPLIER: i64 = "limit-burst-multiplier" {
        gateway: gateway::RATES,
        example: "3",
        check: Check::Int,
        since: Some(Version::new(0, 40, 0)),
        needs: Needs::one_of(&["limit-rps", "limit-rpm"]),
        directives: &["limit_req"],
    }
    /// Kilobytes per second of each response.
    BANDWIDTH: i64 = "limit-rate" {
        gateway: gateway::RATES,
        example: "500",
        check: Check::Int,
        directives: &["limit_rate"],
    }
    /// Kilobytes of each response before `limit-rate` counts.
    BANDWIDTH_AFTER: i64 = "limit-rate-after" {
        gateway: gateway::RATES,
        example: "100",
        check: Check::Int,
        needs: Needs::one_of(&["limit-rate"]).or(|settings| settings.limits.rate > 0),
        directives: &["limit_rate_after"],
    }
    /// Addresses and networks that are not limited.
    EXEMPT: String = "limit-allowlist" {
        gateway: gateway::RATES,
        aliases: &["limit-whitelist"],
        example: "10.0.0.0/8",
        check: Check::Networks,
        refused: Fate::IngressDropped,
        unreadable: Fate::Ignored,
        needs: Needs::one_of(&["limit-rps", "limit-rpm", "limit-connections"]),
        directives: &["geo", "map"],
    }
}
