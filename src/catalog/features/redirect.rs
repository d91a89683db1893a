//! Redirects instead of answers.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, Risk, keys};
use crate::catalog::releases;
use crate::catalog::value::{Check, patterns};
use crate::catalog::version::Version;

keys! {
    /// Redirects the `www.` twin of the host to it, or the other way round.
    FROM_TWIN: bool = "from-to-www-redirect" {
        gateway: gateway::TWIN,
        example: "true",
        for_host: true,
        check: Check::Bool,
        refused: Fate::IngressDropped,
        unreadable: Fate::FeatureLost,
        directives: &["server", "return"],
    }
    /// Redirects every request to this URL, for now.
    TEMPORARY: String = "temporal-redirect" {
        gateway: gateway::REDIRECT,
        example: "https://new.example.com",
        risk: Risk::Medium,
        check: Check::Matches(&patterns::URL),
        before: &[(&releases::URL_COMMAS, Check::Matches(&patterns::URL_WITHOUT_COMMAS))],
        refused: Fate::IngressDropped,
        unreadable: Fate::FeatureLost,
        directives: &["return"],
    }
    /// Status of `temporal-redirect`, from 300 to 307; 302 where nothing is said.
    TEMPORARY_CODE: i64 = "temporal-redirect-code" {
        gateway: gateway::REDIRECT_CODE,
        example: "307",
        check: Check::Int,
        since: Some(Version::new(1, 12, 0)),
        refused: Fate::IngressDropped,
        unreadable: Fate::FeatureLost,
        needs: Needs::one_of(&["temporal-redirect"]),
        directives: &["return"],
    }
    /// Redirects every request to this URL, for good; does not count where `temporal-redirect` is set.
    PERMANENT: String = "permanent-redirect" {
        gateway: gateway::REDIRECT,
        example: "https://new.example.com",
        risk: Risk::Medium,
        check: Check::Matches(&patterns::URL),
        before: &[(&releases::URL_COMMAS, Check::Matches(&patterns::URL_WITHOUT_COMMAS))],
        refused: Fate::IngressDropped,
        unreadable: Fate::FeatureLost,
        directives: &["return"],
    }
    /// Status of `permanent-redirect`, from 300 to 308; 301 where nothing is said.
    PERMANENT_CODE: i64 = "permanent-redirect-code" {
        gateway: gateway::REDIRECT_CODE,
        example: "308",
        check: Check::Int,
        refused: Fate::IngressDropped,
        unreadable: Fate::FeatureLost,
        needs: Needs::one_of(&["permanent-redirect"]),
        directives: &["return"],
    }
    /// Makes the redirects of nginx name no host.
    RELATIVE: bool = "relative-redirects" {
        gateway: gateway::REDIRECT_MORE,
        example: "true",
        check: Check::Bool,
        since: Some(Version::new(1, 13, 0)),
        refused: Fate::IngressDropped,
        unreadable: Fate::FeatureLost,
        directives: &["absolute_redirect"],
    }
    /// Makes the redirects of nginx name the port.
    PORT: bool = "use-port-in-redirects" {
        gateway: gateway::REDIRECT_PORT,
        example: "true",
        check: Check::Bool,
        directives: &["port_in_redirect"],
    }
}
