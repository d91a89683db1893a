//! Logs of a route.

use super::reader::{Reader, Stop};
use crate::catalog::features::logging as keys;
use crate::ir::RouteLogging;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<RouteLogging, Stop> {
    let mut logging = RouteLogging { access: true, rewrites: false };
    keys::fill(reader, &mut logging)?;
    Ok(logging)
}
