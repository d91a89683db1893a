//! Who may connect.

use super::reader::{Problem, Reader, Stop};
use crate::catalog::features::access as keys;
use crate::catalog::key::Key;
use crate::catalog::value::parse_networks;

/// Addresses that may connect, and those that may not; both sorted.
#[derive(Debug, Default)]
pub(in crate::lower) struct Access {
    /// Addresses that may connect; empty: all.
    pub(in crate::lower) allow: Vec<String>,
    /// Addresses that may not.
    pub(in crate::lower) deny: Vec<String>,
}

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Access, Stop> {
    let defaults = &reader.world.settings.route_defaults;
    Ok(Access { allow: networks(reader, &keys::ALLOW, &defaults.allow)?, deny: networks(reader, &keys::DENY, &defaults.deny)? })
}

/// Whether all checks of access must agree or any one of them; empty: the default. Quirk: blanks around the word pass the check, and
/// keep it from being understood.
pub(in crate::lower) fn read_satisfy(reader: &mut Reader) -> Result<String, Stop> {
    let word = reader.get(&keys::SATISFY)?.unwrap_or_default();
    Ok(if matches!(word.as_str(), "any" | "all") { word } else { String::new() })
}

fn networks(reader: &mut Reader, key: &'static Key<String>, default: &[String]) -> Result<Vec<String>, Stop> {
    match reader.probe(key) {
        Ok(list) => parse_networks(&list)
            .ok_or(Problem::Unreadable)
            .or_else(|problem| reader.bad_value(&key.spec, problem, None).map(|()| Vec::new())),
        Err(Problem::Missing) => {
            let mut networks = default.to_vec();
            networks.sort();
            Ok(networks)
        }
        Err(problem) => reader.bad_value(&key.spec, problem, None).map(|()| Vec::new()),
    }
}
