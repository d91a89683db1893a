//! Whether the certificate that `--default-ssl-certificate` names can be read.

use super::world::World;
use crate::diagnostic::Diagnostic;

const FLAG: &str = "--default-ssl-certificate";

/// Says that the Secret is missing or unreadable which the administrator names for hosts without a certificate. One that holds
/// authorities alone is read, and then refused by nginx.
pub(super) fn check(world: &World) -> Option<Diagnostic> {
    let key = world.controller.flags.default_ssl_certificate.as_str();
    if key.is_empty() {
        return None;
    }
    let own = "hosts without a certificate are served with the one that the controller makes itself";
    let Some(secret) = world.secret(key) else {
        let message = format!("`{FLAG}` names the Secret `{key}`, which is not in the input");
        let finding = Diagnostic::info("absent-object", message).on_demand().subject(FLAG);
        return Some(finding.note(format!("where the cluster does not have it either, {own}")));
    };
    let finding = Diagnostic::warning("default-certificate", world.certificate(key).err()?).note(own);
    Some(finding.at(secret.span(&["metadata", "name"])).subject(FLAG).object(secret.reference.clone()))
}
