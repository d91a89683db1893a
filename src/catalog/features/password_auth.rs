//! Users and passwords.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, Risk, keys};
use crate::catalog::value::{Check, patterns};

keys! {
    /// Asks for a user and a password, by the scheme `basic` or `digest`.
    SCHEME: String = "auth-type" {
        gateway: gateway::PASSWORDS,
        example: "basic",
        check: Check::MatchesWithoutSpaces(&patterns::AUTH_TYPE),
        refused: Fate::IngressDropped,
        unreadable: Fate::FailsOpen,
        directives: &["auth_basic", "auth_digest"],
    }
    /// Secret with users and passwords, as `name` or `namespace/name`.
    SECRET: String = "auth-secret" {
        gateway: gateway::PASSWORDS,
        example: "users",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::BASIC),
        refused: Fate::LocationDenied,
        unreadable: Fate::LocationDenied,
        needs: Needs::one_of(&["auth-type"]),
        guards: true,
        directives: &["auth_basic_user_file", "auth_digest_user_file"],
    }
    /// Whether the Secret holds one file (`auth-file`, under the key `auth`) or a password hash per user (`auth-map`).
    SECRET_TYPE: String = "auth-secret-type" {
        gateway: gateway::PASSWORDS,
        example: "auth-file",
        check: Check::MatchesWithoutSpaces(&patterns::AUTH_SECRET_TYPE),
        refused: Fate::IngressDropped,
        needs: Needs::one_of(&["auth-type"]),
        directives: &["auth_basic_user_file", "auth_digest_user_file"],
    }
    /// What the password is asked for.
    REALM: String = "auth-realm" {
        gateway: gateway::PASSWORDS,
        example: "Shop admin",
        risk: Risk::Medium,
        check: Check::Matches(&patterns::BASIC_AND_SPACE),
        refused: Fate::IngressDropped,
        needs: Needs::one_of(&["auth-type"]),
        directives: &["auth_basic", "auth_digest"],
    }
}
