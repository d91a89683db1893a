//! A service that decides whether a request may pass.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, Risk, keys};
use crate::catalog::releases;
use crate::catalog::value::{Check, patterns};
use crate::catalog::version::Version;

keys! {
    /// URL of the service that decides.
    URL: String = "auth-url" {
        gateway: gateway::EXTERNAL_AUTH,
        example: "http://auth.example.com/check",
        risk: Risk::High,
        check: Check::MatchesWithoutSpaces(&patterns::URL_WITH_VARIABLES),
        before: &[(&releases::AUTH_URL_COMMAS, Check::MatchesWithoutSpaces(&patterns::URL_WITH_VARIABLES_ONLY))],
        refused: Fate::IngressDropped,
        unreadable: Fate::FailsOpen,
        directives: &["auth_request", "proxy_pass", "set $target"],
    }
    /// Method of the request to the service; that of the client where nothing is said.
    METHOD: String = "auth-method" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "GET",
        check: Check::MatchesWithoutSpaces(&patterns::METHOD),
        before: &[(&releases::AUTH_METHOD, Check::MatchesWithoutSpaces(&patterns::METHOD_WITHIN))],
        refused: Fate::LocationDenied,
        needs: Needs::one_of(&["auth-url"]),
        directives: &["proxy_method"],
    }
    /// Where to send people who are not signed in.
    SIGNIN: String = "auth-signin" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "https://auth.example.com/start?rd=$escaped_request_uri",
        risk: Risk::High,
        check: Check::MatchesWithoutSpaces(&patterns::URL_WITH_VARIABLES),
        before: &[(&releases::AUTH_URL_COMMAS, Check::MatchesWithoutSpaces(&patterns::URL_WITH_VARIABLES_ONLY))],
        needs: Needs::one_of(&["auth-url"]),
        guards: true,
        directives: &["error_page", "return"],
    }
    /// Name of the parameter that carries the way back to the sign-in page; `rd` where nothing is said.
    SIGNIN_REDIRECT_PARAM: String = "auth-signin-redirect-param" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "back",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::URL),
        before: &[(&releases::URL_COMMAS, Check::MatchesWithoutSpaces(&patterns::URL_WITHOUT_COMMAS))],
        since: Some(Version::new(0, 42, 0)),
        needs: Needs::one_of(&["auth-url"]),
        directives: &["return"],
    }
    /// Configuration of nginx for the request to the service.
    SNIPPET: String = "auth-snippet" {
        gateway: gateway::RAW,
        example: "proxy_set_header X-Shop yes;",
        risk: Risk::Critical,
        check: Check::Nothing,
        needs: Needs::one_of(&["auth-url"]),
    }
    /// Remembers answers of the service under this key, which may hold variables of nginx.
    CACHE_KEY: String = "auth-cache-key" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "$cookie_session$host",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::VARIABLE),
        needs: Needs::one_of(&["auth-url"]),
        directives: &["proxy_cache", "proxy_cache_key", "set $cache_key", "set $tmp_cache_key"],
    }
    /// Connections to the service that are kept open; none where nothing is said.
    KEEPALIVE: i64 = "auth-keepalive" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "10",
        check: Check::Int,
        since: Some(Version::new(1, 2, 0)),
        needs: Needs::one_of(&["auth-url"]),
        directives: &["keepalive"],
    }
    /// Shares variables of nginx between the request of the client and that to the service.
    KEEPALIVE_SHARE_VARS: bool = "auth-keepalive-share-vars" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "true",
        check: Check::Bool,
        since: Some(Version::new(1, 9, 1)),
        needs: Needs::one_of(&["auth-url"]),
        directives: &["set"],
    }
    /// Requests that pass through one kept connection at most; 1000 where nothing is said.
    KEEPALIVE_REQUESTS: i64 = "auth-keepalive-requests" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "500",
        check: Check::Int,
        since: Some(Version::new(1, 2, 0)),
        needs: Needs::one_of(&["auth-url"]),
        directives: &["keepalive_requests"],
    }
    /// Seconds that a kept connection may idle; 60 where nothing is said.
    KEEPALIVE_TIMEOUT: i64 = "auth-keepalive-timeout" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "30",
        check: Check::Int,
        since: Some(Version::new(1, 2, 0)),
        needs: Needs::one_of(&["auth-url"]),
        directives: &["keepalive_timeout"],
    }
    /// How long answers are remembered, by status, as `200 202 30m`; several are separated by commas.
    CACHE_DURATION: String = "auth-cache-duration" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "200 202 30m, 401 1m",
        risk: Risk::Medium,
        check: Check::Matches(&patterns::EXTENDED),
        refused: Fate::ProtectionLost,
        needs: Needs::one_of(&["auth-url"]),
        directives: &["proxy_cache_valid"],
    }
    /// Headers of the service's answer that are passed to the backend, separated by commas.
    RESPONSE_HEADERS: String = "auth-response-headers" {
        gateway: gateway::EXTERNAL_AUTH,
        example: "X-Auth-User, X-Auth-Email",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::HEADERS),
        refused: Fate::LocationDenied,
        needs: Needs::one_of(&["auth-url"]),
        directives: &["auth_request_set", "proxy_set_header", "set"],
    }
    /// ConfigMap, as `namespace/name`, with headers for the request to the service.
    REQUEST_HEADERS: String = "auth-proxy-set-headers" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "shop/headers",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::BASIC),
        needs: Needs::one_of(&["auth-url"]),
        directives: &["proxy_set_header"],
    }
    /// Value of the header `X-Auth-Request-Redirect`; the URI of the request where nothing is said.
    REQUEST_REDIRECT: String = "auth-request-redirect" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "https://app.example.com/",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::URL),
        before: &[(&releases::URL_COMMAS, Check::MatchesWithoutSpaces(&patterns::URL_WITHOUT_COMMAS))],
        refused: Fate::ProtectionLost,
        needs: Needs::one_of(&["auth-url"]),
        directives: &["proxy_set_header"],
    }
    /// Passes the cookie of the service on with every answer, not only with successful ones.
    ALWAYS_SET_COOKIE: bool = "auth-always-set-cookie" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "true",
        check: Check::Bool,
        since: Some(Version::new(1, 2, 1)),
        refused: Fate::ProtectionLost,
        needs: Needs::one_of(&["auth-url"]),
        directives: &["add_header"],
    }
    /// Whether the external authentication of the whole controller applies; it does where nothing is said.
    GLOBAL: bool = "enable-global-auth" {
        gateway: gateway::EXTERNAL_AUTH_MORE,
        example: "false",
        check: Check::Bool,
        directives: &["auth_request"],
    }
}
