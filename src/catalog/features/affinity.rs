//! Keeps a client on one endpoint.

use crate::catalog::gateway;
use crate::catalog::key::{Needs, Risk, Scope, keys};
use crate::catalog::releases;
use crate::catalog::value::{Check, patterns};
use crate::catalog::version::Version;
use crate::ir::AffinityCookie;

keys! {
    of AffinityCookie;

    /// Keeps a client on one endpoint with a cookie.
    KIND: String = "affinity" {
        gateway: gateway::SESSIONS,
        example: "cookie",
        scope: Scope::Ingress,
        check: Check::Options(&["cookie"]),
    }
    /// Whether some clients move to new endpoints (`balanced`) or none do (`persistent`).
    MODE: String = "affinity-mode" {
        gateway: gateway::SESSION_COOKIE,
        example: "persistent",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::Options(&["balanced", "persistent"]),
        needs: Needs::one_of(&["affinity"]),
    }
    /// Whether clients of a canary stay with it (`sticky`) or not (`legacy`).
    CANARY_BEHAVIOR: String = "affinity-canary-behavior" {
        gateway: gateway::SESSION_COOKIE,
        example: "sticky",
        scope: Scope::Ingress,
        check: Check::Options(&["sticky", "legacy"]),
        since: Some(Version::new(0, 49, 0)),
        on_canary: true,
    }
    /// Name of the cookie; `INGRESSCOOKIE` where nothing is said.
    COOKIE_NAME: String = "session-cookie-name" => name {
        gateway: gateway::SESSIONS,
        example: "route",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::BASIC),
        needs: Needs::one_of(&["affinity"]),
    }
    /// Marks the cookie `Secure`, whatever the request came by.
    COOKIE_SECURE: bool = "session-cookie-secure" => secure {
        gateway: gateway::SESSION_COOKIE,
        example: "true",
        scope: Scope::Ingress,
        check: Check::Bool,
        since: Some(Version::new(1, 0, 1)),
        needs: Needs::one_of(&["affinity"]),
    }
    /// Seconds until the cookie expires, for old browsers.
    COOKIE_EXPIRES: String = "session-cookie-expires" {
        gateway: gateway::SESSIONS,
        example: "172800",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::COOKIE_AGE),
        needs: Needs::one_of(&["affinity"]),
    }
    /// Seconds until the cookie expires.
    COOKIE_MAX_AGE: String = "session-cookie-max-age" {
        gateway: gateway::SESSIONS,
        example: "172800",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::Matches(&patterns::COOKIE_AGE),
        needs: Needs::one_of(&["affinity"]),
    }
    /// Path of the cookie; must be set where paths are regular expressions.
    COOKIE_PATH: String = "session-cookie-path" => path {
        gateway: gateway::SESSION_COOKIE,
        example: "/app",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::URL),
        before: &[(&releases::URL_COMMAS, Check::MatchesWithoutSpaces(&patterns::URL_WITHOUT_COMMAS))],
        needs: Needs::one_of(&["affinity"]),
    }
    /// Domain of the cookie.
    COOKIE_DOMAIN: String = "session-cookie-domain" => domain {
        gateway: gateway::SESSION_COOKIE,
        example: "example.com",
        scope: Scope::Ingress,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::BASIC),
        since: Some(Version::new(1, 4, 0)),
        needs: Needs::one_of(&["affinity"]),
    }
    /// `SameSite` of the cookie.
    COOKIE_SAME_SITE: String = "session-cookie-samesite" => same_site {
        gateway: gateway::SESSION_COOKIE,
        example: "Lax",
        scope: Scope::Ingress,
        check: Check::OptionsAnyCase(&["none", "lax", "strict"]),
        // Quirk: the value was put into small letters, and compared with words in capitals.
        before: &[(&releases::SAME_SITE_WORDS, Check::OptionsAnyCase(&[]))],
        needs: Needs::one_of(&["affinity"]),
    }
    /// Leaves out `SameSite=None` for browsers that do not understand it.
    COOKIE_CONDITIONAL_SAME_SITE_NONE: bool = "session-cookie-conditional-samesite-none" => conditional_same_site_none {
        gateway: gateway::SESSION_COOKIE,
        example: "true",
        scope: Scope::Ingress,
        check: Check::Bool,
        needs: Needs::one_of(&["affinity"]),
    }
    /// Chooses another endpoint when the one of the cookie fails.
    COOKIE_CHANGE_ON_FAILURE: bool = "session-cookie-change-on-failure" => change_on_failure {
        gateway: gateway::SESSION_COOKIE,
        example: "true",
        scope: Scope::Ingress,
        check: Check::Bool,
        needs: Needs::one_of(&["affinity"]),
    }
}
