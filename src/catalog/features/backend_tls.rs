//! TLS towards the backend.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, Risk, Scope, keys};
use crate::catalog::releases;
use crate::catalog::value::{Check, patterns};

keys! {
    /// Secret, as `namespace/name`, with the authorities that the backend must be signed by (`ca.crt`) and the own certificate
    /// (`tls.crt`, `tls.key`).
    SECRET: String = "proxy-ssl-secret" {
        gateway: gateway::BACKEND_CERTIFICATE,
        example: "shop/ca",
        scope: Scope::Ingress,
        for_host: true,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::BASIC),
        refused: Fate::IngressDropped,
        unreadable: Fate::FailsOpen,
        on_canary: true,
        directives: &["proxy_ssl_certificate", "proxy_ssl_certificate_key", "proxy_ssl_trusted_certificate", "proxy_ssl_crl"],
    }
    /// Ciphers for the backend, as OpenSSL names them.
    CIPHERS: String = "proxy-ssl-ciphers" {
        gateway: gateway::BACKEND_TLS_OPTIONS,
        example: "HIGH:!aNULL:!MD5",
        scope: Scope::Ingress,
        for_host: true,
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::BACKEND_CIPHERS),
        needs: Needs::one_of(&["proxy-ssl-secret"]),
        on_canary: true,
        directives: &["proxy_ssl_ciphers"],
    }
    /// Versions of TLS for the backend.
    PROTOCOLS: String = "proxy-ssl-protocols" {
        gateway: gateway::BACKEND_TLS_OPTIONS,
        example: "TLSv1.2 TLSv1.3",
        scope: Scope::Ingress,
        for_host: true,
        check: Check::MatchesWithoutSpaces(&patterns::BACKEND_PROTOCOLS),
        before: &[(&releases::BACKEND_PROTOCOLS, Check::MatchesWithoutSpaces(&patterns::OLD_BACKEND_PROTOCOLS))],
        needs: Needs::one_of(&["proxy-ssl-secret"]),
        on_canary: true,
        directives: &["proxy_ssl_protocols"],
    }
    /// Name that the certificate of the backend must have, also sent by SNI.
    NAME: String = "proxy-ssl-name" {
        gateway: gateway::BACKEND_NAME,
        example: "backend.example.com",
        scope: Scope::Ingress,
        for_host: true,
        risk: Risk::High,
        check: Check::HostPattern,
        needs: Needs::one_of(&["proxy-ssl-secret"]),
        on_canary: true,
        directives: &["proxy_ssl_name"],
    }
    /// Whether the certificate of the backend is checked.
    VERIFY: String = "proxy-ssl-verify" {
        gateway: gateway::BACKEND_VERIFY,
        example: "on",
        scope: Scope::Ingress,
        for_host: true,
        check: Check::MatchesWithoutSpaces(&patterns::ON_OFF),
        refused: Fate::FailsOpen,
        unreadable: Fate::FailsOpen,
        needs: Needs::one_of(&["proxy-ssl-secret"]),
        on_canary: true,
        guards: true,
        directives: &["proxy_ssl_verify"],
    }
    /// Longest chain of certificates that is accepted.
    DEPTH: i64 = "proxy-ssl-verify-depth" {
        gateway: gateway::BACKEND_TLS_OPTIONS,
        example: "2",
        scope: Scope::Ingress,
        for_host: true,
        check: Check::Int,
        needs: Needs::one_of(&["proxy-ssl-secret"]),
        on_canary: true,
        directives: &["proxy_ssl_verify_depth"],
    }
    /// Whether the name is sent by SNI.
    SEND_NAME: String = "proxy-ssl-server-name" {
        gateway: gateway::BACKEND_VERIFY,
        example: "on",
        scope: Scope::Ingress,
        for_host: true,
        check: Check::MatchesWithoutSpaces(&patterns::ON_OFF),
        needs: Needs::one_of(&["proxy-ssl-secret"]),
        on_canary: true,
        directives: &["proxy_ssl_server_name"],
    }
}
