//! OpenTelemetry of a path.

use super::reader::{Reader, Stop};
use crate::catalog::features::tracing as keys;
use crate::ir::RouteTracing;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<RouteTracing, Stop> {
    let enabled = reader.get(&keys::ENABLED)?;
    // Quirk: the other annotations, good or bad, count for nothing unless this one switches OpenTelemetry on.
    if enabled != Some(true) {
        return Ok(RouteTracing { enabled, ..RouteTracing::default() });
    }
    Ok(RouteTracing {
        enabled,
        trust_incoming: reader.get(&keys::TRUST_INCOMING)?,
        operation_name: reader.get(&keys::OPERATION_NAME)?.unwrap_or_default(),
    })
}
