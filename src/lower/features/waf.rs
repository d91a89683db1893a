//! The web application firewall ModSecurity.

use super::reader::{Reader, Stop};
use crate::catalog::features::waf as keys;
use crate::ir::Firewall;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Firewall, Stop> {
    let mut firewall = Firewall { enabled: reader.get(&keys::ENABLED)?, ..Firewall::default() };
    keys::fill(reader, &mut firewall)?;
    firewall.rules = reader.snippet(&keys::RULES)?.unwrap_or_default();
    Ok(firewall)
}
