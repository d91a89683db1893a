//! The words of the controller's admission webhook.

use crate::diagnostic::Diagnostic;

/// What the webhook says in front of its reason.
const DENIED: &str = "admission webhook \"validate.nginx.ingress.kubernetes.io\" denied the request";

/// Adds to a finding that the webhook refuses the object for it, in its words.
pub(super) fn quote(finding: Diagnostic, reason: &str) -> Diagnostic {
    finding.note(format!("{DENIED}: {reason}"))
}
