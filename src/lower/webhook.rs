//! The words of the controller's admission webhook.

use crate::diagnostic::{Diagnostic, Effect};

/// What the webhook says in front of its reason.
const DENIED: &str = "admission webhook \"validate.nginx.ingress.kubernetes.io\" denied the request";

/// Adds to a finding that the webhook refuses the object for it, in its words.
pub(super) fn quote(finding: Diagnostic, reason: &str) -> Diagnostic {
    finding.note(format!("{DENIED}: {reason}"))
}

/// Makes the refusal of the webhook the fate of what it is quoted for: people meet that before the Ingress could be dropped. Whether
/// there is any.
pub(super) fn settle(findings: &mut [Diagnostic]) -> bool {
    let mut is_denied = false;
    for finding in findings.iter_mut().filter(|finding| finding.notes.iter().any(|note| note.starts_with(DENIED))) {
        finding.effect = Some(Effect::AdmissionDenied);
        is_denied = true;
    }
    is_denied
}
