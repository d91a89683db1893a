//! Headers of the response.

use crate::catalog::gateway;
use crate::catalog::key::{Risk, keys};
use crate::catalog::value::{Check, patterns};
use crate::catalog::version::Version;

keys! {
    /// ConfigMap, as `namespace/name`, with headers for the response. The settings must allow each of them.
    HEADERS: String = "custom-headers" {
        gateway: gateway::RESPONSE_HEADERS,
        example: "shop/response-headers",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::BASIC),
        since: Some(Version::new(1, 11, 0)),
        also: Some(Version::new(1, 10, 1)),
        directives: &["more_set_headers"],
    }
}
