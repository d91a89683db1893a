//! Certificates that clients must show.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, Risk, keys};
use crate::catalog::releases;
use crate::catalog::value::{Check, patterns};
use crate::catalog::version::Version;

keys! {
    /// Secret, as `namespace/name`, with the authorities that clients must be signed by (`ca.crt`).
    SECRET: String = "auth-tls-secret" {
        gateway: gateway::CLIENT_CERTIFICATE,
        example: "shop/ca",
        for_host: true,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::BASIC),
        refused: Fate::IngressDropped,
        unreadable: Fate::FailsOpen,
        on_canary: true,
        directives: &["ssl_client_certificate", "ssl_crl"],
    }
    /// Whether a certificate must be shown.
    VERIFY: String = "auth-tls-verify-client" {
        gateway: gateway::CLIENT_CERTIFICATE,
        example: "optional",
        for_host: true,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::VERIFY_CLIENT),
        before: &[(&releases::VERIFY_CLIENT, Check::MatchesWithoutSpaces(&patterns::VERIFY_CLIENT_WITHIN))],
        needs: Needs::one_of(&["auth-tls-secret"]),
        on_canary: true,
        guards: true,
        directives: &["ssl_verify_client"],
    }
    /// Longest chain of certificates that is accepted; 1 where nothing is said.
    DEPTH: i64 = "auth-tls-verify-depth" {
        gateway: gateway::CLIENT_CERTIFICATE_MORE,
        example: "2",
        for_host: true,
        check: Check::Int,
        needs: Needs::one_of(&["auth-tls-secret"]),
        on_canary: true,
        directives: &["ssl_verify_depth"],
    }
    /// Page for clients whose certificate is refused.
    ERROR_PAGE: String = "auth-tls-error-page" {
        gateway: gateway::CLIENT_CERTIFICATE_MORE,
        example: "https://example.com/error",
        for_host: true,
        risk: Risk::High,
        check: Check::MatchesWithoutSpaces(&patterns::ERROR_PAGE),
        before: &[(&releases::ERROR_PAGE_PATHS, Check::MatchesWithoutSpaces(&patterns::ERROR_PAGE_SHORT_URL)), (&releases::NAMED_ERROR_PAGE, Check::MatchesWithoutSpaces(&patterns::ERROR_PAGE_URL))],
        refused: Fate::IngressDropped,
        needs: Needs::one_of(&["auth-tls-secret"]),
        on_canary: true,
        directives: &["error_page"],
    }
    /// Sends the certificate to the backend in the header `ssl-client-cert`.
    PASS_TO_BACKEND: bool = "auth-tls-pass-certificate-to-upstream" {
        gateway: gateway::CLIENT_CERTIFICATE_MORE,
        example: "true",
        for_host: true,
        check: Check::Bool,
        refused: Fate::IngressDropped,
        needs: Needs::one_of(&["auth-tls-secret"]),
        on_canary: true,
        directives: &["proxy_set_header"],
    }
    /// `CN=` and a regular expression that the common name of the client must match.
    MATCH_SUBJECT: String = "auth-tls-match-cn" {
        gateway: gateway::CLIENT_CERTIFICATE_MORE,
        example: "CN=client-[0-9]+",
        for_host: true,
        risk: Risk::High,
        check: Check::CommonName,
        before: &[(&releases::COMMON_NAME_PATTERNS, Check::MatchesWithoutSpaces(&patterns::COMMON_NAME))],
        since: Some(Version::new(1, 2, 0)),
        refused: Fate::IngressDropped,
        unreadable: Fate::FailsOpen,
        needs: Needs::one_of(&["auth-tls-secret"]),
        on_canary: true,
        guards: true,
        directives: &["if", "return"],
    }
}
