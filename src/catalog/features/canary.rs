//! A second Ingress for the same host and path that takes a share of the requests.

use crate::catalog::gateway;
use crate::catalog::key::{Needs, Risk, Scope, keys};
use crate::catalog::value::{Check, patterns};
use crate::catalog::version::Version;
use crate::ir::TrafficShare;

keys! {
    of TrafficShare;

    /// Makes the Ingress a canary of the one that declares the same host and path.
    ENABLED: bool = "canary" {
        gateway: gateway::WEIGHTS,
        example: "true",
        scope: Scope::Ingress,
        check: Check::Bool,
        on_canary: true,
    }
    /// Share of the requests, out of `canary-weight-total`.
    WEIGHT: i64 = "canary-weight" => weight {
        gateway: gateway::WEIGHTS,
        example: "20",
        scope: Scope::Ingress,
        check: Check::Int,
        on_canary: true,
    }
    /// What the weight is a share of; 100 where nothing is said.
    WEIGHT_TOTAL: i64 = "canary-weight-total" => total {
        gateway: gateway::WEIGHTS,
        example: "1000",
        scope: Scope::Ingress,
        check: Check::Int,
        since: Some(Version::new(1, 1, 1)),
        on_canary: true,
        needs: Needs::one_of(&["canary-weight"]),
    }
    /// Header that leads to the canary when it is `always`, and away from it when it is `never`.
    HEADER: String = "canary-by-header" => header {
        gateway: gateway::HEADER_MATCH,
        example: "X-Canary",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::BASIC),
        on_canary: true,
    }
    /// Value of that header that leads to the canary, instead of `always`.
    HEADER_VALUE: String = "canary-by-header-value" => header_value {
        gateway: gateway::HEADER_VALUE,
        example: "beta",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::BASIC),
        on_canary: true,
        needs: Needs::one_of(&["canary-by-header"]),
    }
    /// Regular expression for values of that header that lead to the canary; does not count where a value is given.
    HEADER_PATTERN: String = "canary-by-header-pattern" => header_pattern {
        gateway: gateway::HEADER_PATTERN,
        example: "^beta-[0-9]+$",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::Matches(&patterns::HOST_PATTERN),
        on_canary: true,
        needs: Needs::one_of(&["canary-by-header"]),
    }
    /// Cookie that leads to the canary when it is `always`, and away from it when it is `never`.
    COOKIE: String = "canary-by-cookie" => cookie {
        gateway: gateway::COOKIE_MATCH,
        example: "canary",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::BASIC),
        on_canary: true,
    }
}
