//! Logs of a route.

use super::reader::{Reader, Stop};
use crate::catalog::features::logging as keys;
use crate::ir::RouteLogging;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<RouteLogging, Stop> {
    Ok(RouteLogging { access: reader.or(&keys::ACCESS, true)?, rewrites: reader.or(&keys::REWRITES, false)? })
}
