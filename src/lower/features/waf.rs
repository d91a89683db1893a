//! The web application firewall ModSecurity.

use super::reader::{Reader, Stop};
use crate::catalog::features::waf as keys;
use crate::ir::Firewall;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Firewall, Stop> {
    Ok(Firewall {
        enabled: reader.get(&keys::ENABLED)?,
        core_rules: reader.or(&keys::CORE_RULES, false)?,
        transaction_id: reader.get(&keys::TRANSACTION_ID)?.unwrap_or_default(),
        rules: reader.snippet(&keys::RULES)?.unwrap_or_default(),
    })
}
