//! How requests and responses are passed on.

use super::reader::{Reader, Stop};
use crate::catalog::features::proxying as keys;
use crate::ir::Proxying;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Proxying, Stop> {
    let mut proxying = reader.world.settings.route_defaults.proxying.clone();
    keys::fill(reader, &mut proxying)?;
    Ok(proxying)
}
