//! Requests of scripts from other origins.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, Risk, Scope, keys};
use crate::catalog::releases;
use crate::catalog::value::{Check, patterns};
use crate::catalog::version::Version;
use crate::ir::Cors;

const DIRECTIVES: &[&str] = &["more_set_headers"];

keys! {
    of Cors;

    /// Answers requests of scripts from other origins.
    ENABLED: bool = "enable-cors" {
        gateway: gateway::CORS,
        example: "true",
        scope: Scope::Ingress,
        check: Check::Bool,
        directives: &["if", "more_set_headers", "return"],
    }
    /// Origins that may ask, separated by commas; `*` where nothing is said.
    ORIGINS: String = "cors-allow-origin" {
        gateway: gateway::CORS,
        example: "https://app.example.com,https://*.example.org",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::ORIGINS),
        before: &[(&releases::ORIGIN_SCHEMES, Check::MatchesWithoutSpaces(&patterns::HTTP_ORIGINS)), (&releases::NULL_ORIGIN, Check::MatchesWithoutSpaces(&patterns::ORIGINS_WITHOUT_NULL))],
        refused: Fate::FailsOpen,
        unreadable: Fate::FailsOpen,
        needs: Needs::one_of(&["enable-cors"]).being("true"),
        directives: &["if", "set", "more_set_headers"],
    }
    /// Request headers that may be sent, separated by commas.
    HEADERS: String = "cors-allow-headers" {
        gateway: gateway::CORS,
        example: "X-Token, Content-Type",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::HEADERS),
        needs: Needs::one_of(&["enable-cors"]).being("true"),
        directives: DIRECTIVES,
    }
    /// Methods that may be used, separated by commas.
    METHODS: String = "cors-allow-methods" {
        gateway: gateway::CORS,
        example: "GET, POST",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::METHODS),
        needs: Needs::one_of(&["enable-cors"]).being("true"),
        directives: DIRECTIVES,
    }
    /// Whether cookies may be sent; they may where nothing is said.
    CREDENTIALS: bool = "cors-allow-credentials" => credentials {
        gateway: gateway::CORS,
        example: "false",
        scope: Scope::Ingress,
        check: Check::Bool,
        refused: Fate::FailsOpen,
        unreadable: Fate::FailsOpen,
        needs: Needs::one_of(&["enable-cors"]).being("true"),
        directives: DIRECTIVES,
    }
    /// Response headers that scripts may read, separated by commas.
    EXPOSE_HEADERS: String = "cors-expose-headers" {
        gateway: gateway::CORS,
        example: "X-Total",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::EXPOSED_HEADERS),
        since: Some(Version::new(0, 40, 0)),
        needs: Needs::one_of(&["enable-cors"]).being("true"),
        directives: DIRECTIVES,
    }
    /// Seconds that a browser may remember the answer to a preflight request.
    MAX_AGE: i64 = "cors-max-age" => max_age {
        gateway: gateway::CORS,
        example: "600",
        scope: Scope::Ingress,
        check: Check::Int,
        needs: Needs::one_of(&["enable-cors"]).being("true"),
        directives: DIRECTIVES,
    }
}
