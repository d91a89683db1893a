//! A copy of each request for another service.

use crate::catalog::gateway;
use crate::catalog::key::{Needs, Risk, Scope, keys};
use crate::catalog::value::{Check, patterns};

keys! {
    /// URL that gets a copy of each request.
    TARGET: String = "mirror-target" {
        gateway: gateway::MIRROR,
        example: "https://mirror.example.com$request_uri",
        scope: Scope::Ingress,
        risk: Risk::High,
        check: Check::HostPattern,
        directives: &["mirror", "proxy_pass"],
    }
    /// Value of the header `Host` of the copy; the host of the target where nothing is said.
    HOST: String = "mirror-host" {
        gateway: gateway::MIRROR_MORE,
        example: "mirror.example.com",
        scope: Scope::Ingress,
        risk: Risk::High,
        check: Check::HostPattern,
        needs: Needs::one_of(&["mirror-target"]),
        directives: &["proxy_set_header"],
    }
    /// Whether the copy has the body of the request; it has where nothing is said.
    REQUEST_BODY: String = "mirror-request-body" {
        gateway: gateway::MIRROR_MORE,
        example: "off",
        scope: Scope::Ingress,
        check: Check::MatchesWithoutSpaces(&patterns::ON_OFF),
        needs: Needs::one_of(&["mirror-target"]),
        directives: &["mirror_request_body", "proxy_pass_request_body", "proxy_set_header"],
    }
}
