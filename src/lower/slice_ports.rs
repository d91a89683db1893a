//! The numbers of ports in slices, for targets that connect to them: an API server lets slices have any.

use k8s_openapi::api::discovery::v1::EndpointSlice;

use crate::diagnostic::Diagnostic;
use crate::manifest::Object;

/// Whether a number can be that of a port.
pub(super) fn fits(number: i32) -> bool {
    (1..=65_535).contains(&number)
}

/// Tells of the ports of a slice that none can be. The controller passes them on; HAProxy takes a sign for a distance to another port.
pub(super) fn unfit(slice: &Object<EndpointSlice>) -> impl Iterator<Item = Diagnostic> {
    let numbers = slice.value.ports.iter().flatten().enumerate().filter_map(|(at, port)| Some((at, port.port?)));
    // Zero stands for the port of the Service.
    numbers.filter(|(_, number)| *number != 0 && !fits(*number)).map(|(at, number)| {
        let finding = Diagnostic::error("unfit-value", format!("`{number}` is no number of a port: nobody answers there"));
        let finding = finding.at(slice.span(&["ports", &at.to_string(), "port"])).subject("port").object(slice.reference.clone());
        finding.note("no request goes to the endpoints under this port")
    })
}
