//! The pass that closes Services outside of the cluster whose name is the proxy's own machine, for targets that keep tenants apart.
//!
//! The controller refuses `localhost` and loopback addresses as it reads them; what else leads there it passes on to DNS, which knows
//! none of it. The neutral targets ask the system, which reads `127.1` and `0` as addresses too.

use k8s_openapi::api::core::v1::Service;

use crate::catalog::value::{Inward, inward};
use crate::diagnostic::Diagnostic;
use crate::manifest::{Object, is_external};

/// Takes away the names that lead to the machine itself or to its link, and tells of them.
pub(super) fn close(services: &mut [Object<Service>]) -> Vec<Diagnostic> {
    services.iter_mut().filter_map(shut).collect()
}

fn shut(object: &mut Object<Service>) -> Option<Diagnostic> {
    if !is_external(&object.value) {
        return None;
    }
    let name = object.value.spec.as_ref()?.external_name.clone()?;
    let danger = match inward(&name)? {
        Inward::Machine => "the proxy's own machine",
        Inward::Link => "an address of the proxy's own link, where clouds hand out the credentials of a machine",
    };
    object.value.spec.as_mut()?.external_name = None;
    let finding = Diagnostic::error("internal-address", format!("`{name}` is {danger}"))
        .at(object.span(&["spec", "externalName"]))
        .subject("externalName")
        .object(object.reference.clone())
        .note("the Service leads nowhere")
        .help("name a host that is meant for it");
    Some(finding)
}
