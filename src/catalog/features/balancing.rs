//! How the endpoint of a request is chosen.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, Risk, Scope, keys};
use crate::catalog::value::{Check, patterns};

keys! {
    /// The algorithm.
    ALGORITHM: String = "load-balance" {
        gateway: gateway::BALANCING,
        example: "ewma",
        check: Check::Options(&["round_robin", "chash", "chashsubset", "sticky_balanced", "sticky_persistent", "ewma"]),
        refused: Fate::IngressDropped,
        on_canary: true,
    }
    /// Chooses by a hash of variables of nginx, as `$request_uri`.
    HASH_BY: String = "upstream-hash-by" {
        gateway: gateway::BALANCING,
        example: "$request_uri",
        risk: Risk::High,
        check: Check::MatchesWithoutSpaces(&patterns::VARIABLE),
        refused: Fate::IngressDropped,
        unreadable: Fate::FeatureLost,
        on_canary: true,
    }
    /// Hashes to a group of endpoints instead of one.
    HASH_SUBSET: bool = "upstream-hash-by-subset" {
        gateway: gateway::BALANCING,
        example: "true",
        check: Check::Bool,
        refused: Fate::IngressDropped,
        unreadable: Fate::FeatureLost,
        on_canary: true,
        needs: Needs::one_of(&["upstream-hash-by"]),
    }
    /// Endpoints in such a group; 3 where nothing is said.
    HASH_SUBSET_SIZE: i64 = "upstream-hash-by-subset-size" {
        gateway: gateway::BALANCING,
        example: "5",
        check: Check::Int,
        refused: Fate::IngressDropped,
        unreadable: Fate::FeatureLost,
        on_canary: true,
        needs: Needs::one_of(&["upstream-hash-by-subset"]).being("true"),
    }
    /// Sends requests to the cluster address of the Service instead of its endpoints.
    SERVICE_UPSTREAM: bool = "service-upstream" {
        gateway: gateway::BALANCING,
        example: "true",
        scope: Scope::Ingress,
        check: Check::Bool,
        on_canary: true,
    }
}
