//! The web application firewall ModSecurity.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, Risk, Scope, keys};
use crate::catalog::value::{Check, patterns};
use crate::ir::Firewall;

keys! {
    of Firewall;

    /// Switches the firewall on or off.
    ENABLED: bool = "enable-modsecurity" {
        gateway: gateway::FIREWALL,
        example: "true",
        scope: Scope::Ingress,
        check: Check::Bool,
        refused: Fate::FailsOpen,
        unreadable: Fate::FailsOpen,
        directives: &["modsecurity"],
    }
    /// Adds the core rule set of OWASP.
    CORE_RULES: bool = "enable-owasp-core-rules" => core_rules {
        gateway: gateway::FIREWALL,
        example: "true",
        scope: Scope::Ingress,
        check: Check::Bool,
        refused: Fate::FailsOpen,
        unreadable: Fate::FailsOpen,
        needs: Needs::one_of(&["enable-modsecurity"]).being("true").or(|settings| settings.waf.enabled),
        guards: true,
        directives: &["modsecurity_rules_file"],
    }
    /// Identity of a transaction, with variables of nginx.
    TRANSACTION_ID: String = "modsecurity-transaction-id" => transaction_id {
        gateway: gateway::FIREWALL,
        example: "$request_id",
        scope: Scope::Ingress,
        risk: Risk::High,
        check: Check::MatchesWithoutSpaces(&patterns::VARIABLE),
        needs: Needs::one_of(&["enable-modsecurity"]).being("true").or(|settings| settings.waf.enabled),
        directives: &["modsecurity_transaction_id"],
    }
    /// Rules of the firewall.
    RULES: String = "modsecurity-snippet" {
        gateway: gateway::FIREWALL,
        example: "SecRuleEngine On",
        scope: Scope::Ingress,
        risk: Risk::Critical,
        check: Check::Nothing,
        needs: Needs::one_of(&["enable-modsecurity"]).being("true").or(|settings| settings.waf.enabled),
        guards: true,
        directives: &["modsecurity_rules"],
    }
}
