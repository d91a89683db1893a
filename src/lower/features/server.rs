//! What holds for a whole host.

use std::collections::BTreeSet;

use super::reader::{Reader, Stop};
use crate::catalog::features::server as keys;

/// Ciphers for clients of a host.
#[derive(Debug, Default)]
pub(in crate::lower) struct Ciphers {
    /// The ciphers; empty: those of the proxy.
    pub(in crate::lower) ciphers: String,
    /// Whose order counts; none: as for the proxy.
    pub(in crate::lower) prefer_server: Option<bool>,
}

/// Other names of the host, sorted.
pub(in crate::lower) fn read_aliases(reader: &mut Reader) -> Result<Vec<String>, Stop> {
    let list = reader.get(&keys::ALIASES)?.unwrap_or_default();
    let names: BTreeSet<&str> = list.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    Ok(names.into_iter().map(str::to_owned).collect())
}

pub(in crate::lower) fn read_ciphers(reader: &mut Reader) -> Result<Ciphers, Stop> {
    let prefer_server = reader.get(&keys::PREFER_SERVER_CIPHERS)?;
    Ok(Ciphers { ciphers: reader.get(&keys::CIPHERS)?.unwrap_or_default(), prefer_server })
}

/// Whether TLS is passed to the backend unopened.
pub(in crate::lower) fn read_passthrough(reader: &mut Reader) -> Result<bool, Stop> {
    let is_wanted = reader.or(&keys::TLS_PASSTHROUGH, false)?;
    if is_wanted && !reader.world.controller.flags.enable_ssl_passthrough {
        reader.idle(&keys::TLS_PASSTHROUGH, "--enable-ssl-passthrough");
    }
    Ok(is_wanted)
}
