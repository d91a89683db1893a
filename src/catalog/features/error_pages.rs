//! What answers when the backend fails.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, keys};
use crate::catalog::value::{Check, patterns};
use crate::catalog::version::Version;

keys! {
    /// Error codes of the backend that the default backend answers instead, separated by commas.
    CODES: String = "custom-http-errors" {
        gateway: gateway::ERROR_PAGES,
        example: "404,503",
        check: Check::MatchesWithoutSpaces(&patterns::ERROR_CODES),
        refused: Fate::IngressDropped,
        directives: &["error_page", "proxy_intercept_errors"],
    }
    /// Service in the namespace of the Ingress that answers when the backend has no endpoint, and for `custom-http-errors`.
    SERVICE: String = "default-backend" {
        gateway: gateway::ERROR_PAGES,
        example: "web",
        check: Check::ServiceName,
        refused: Fate::IngressDropped,
    }
    /// Shows the error pages of the backend, and uses `custom-http-errors` only where nginx itself fails.
    KEEP_BACKEND_ERRORS: bool = "disable-proxy-intercept-errors" {
        gateway: gateway::ERROR_PAGES,
        example: "true",
        check: Check::Bool,
        since: Some(Version::new(1, 9, 5)),
        directives: &["proxy_intercept_errors"],
    }
}
