//! OpenTelemetry of a path.

use crate::catalog::gateway;
use crate::catalog::key::{Fate, Needs, Risk, keys};
use crate::catalog::value::{Check, patterns};
use crate::catalog::version::Version;

keys! {
    /// Switches OpenTelemetry on or off.
    ENABLED: bool = "enable-opentelemetry" {
        gateway: gateway::TRACING,
        example: "true",
        check: Check::Bool,
        since: Some(Version::new(1, 7, 0)),
        directives: &["opentelemetry", "opentelemetry_propagate"],
    }
    /// Whether spans of the client are trusted.
    TRUST_INCOMING: bool = "opentelemetry-trust-incoming-span" {
        gateway: gateway::TRACING,
        example: "false",
        check: Check::Bool,
        since: Some(Version::new(1, 7, 0)),
        needs: Needs::one_of(&["enable-opentelemetry"]).being("true").or(|settings| settings.tracing.enabled),
        directives: &["opentelemetry_trust_incoming_spans"],
    }
    /// Name of the operation.
    OPERATION_NAME: String = "opentelemetry-operation-name" {
        gateway: gateway::TRACING,
        example: "checkout",
        risk: Risk::Medium,
        check: Check::MatchesWithoutSpaces(&patterns::PLAIN_NAME),
        since: Some(Version::new(1, 7, 0)),
        refused: Fate::IngressDropped,
        needs: Needs::one_of(&["enable-opentelemetry"]).being("true").or(|settings| settings.tracing.enabled),
        directives: &["opentelemetry_operation_name"],
    }
}
