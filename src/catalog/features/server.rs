//! What holds for a host as a whole.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Risk, Scope, keys};
use crate::catalog::releases;
use crate::catalog::value::{Check, patterns};

keys! {
    /// Other names of the host, separated by commas; regular expressions start with `~`.
    ALIASES: String = "server-alias" {
        gateway: gateway::ALIAS,
        example: "www.example.org, *.example.net",
        scope: Scope::Ingress,
        for_host: true,
        risk: Risk::High,
        check: Check::HostPatterns,
        refused: Fate::IngressDropped,
        directives: &["server_name"],
    }
    /// Ciphers for clients, as OpenSSL names them.
    CIPHERS: String = "ssl-ciphers" {
        gateway: gateway::TLS_OPTIONS,
        example: "HIGH:!aNULL:!MD5",
        scope: Scope::Ingress,
        for_host: true,
        check: Check::MatchesWithoutSpaces(&patterns::CIPHERS),
        before: &[(&releases::CIPHER_STRENGTHS, Check::MatchesWithoutSpaces(&patterns::CIPHER_NAMES)), (&releases::CIPHER_UNDERSCORES, Check::MatchesWithoutSpaces(&patterns::CIPHERS_WITHOUT_UNDERSCORES))],
        refused: Fate::IngressDropped,
        directives: &["ssl_ciphers"],
    }
    /// Whether the controller's order of ciphers counts, or the client's.
    PREFER_SERVER_CIPHERS: bool = "ssl-prefer-server-ciphers" {
        gateway: gateway::TLS_OPTIONS,
        example: "true",
        scope: Scope::Ingress,
        for_host: true,
        check: Check::Bool,
        directives: &["ssl_prefer_server_ciphers"],
    }
    /// Passes TLS connections to the backend unopened, where `--enable-ssl-passthrough` is set.
    TLS_PASSTHROUGH: bool = "ssl-passthrough" {
        gateway: gateway::PASSTHROUGH,
        example: "true",
        scope: Scope::Ingress,
        for_host: true,
        check: Check::Bool,
        refused: Fate::IngressDropped,
    }
}
