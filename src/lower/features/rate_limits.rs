//! Limits per client address.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::reader::{Reader, Stop};
use crate::catalog::features::rate_limits as keys;
use crate::catalog::key::Key;
use crate::catalog::value::parse_networks;
use crate::ir::RateLimits;

/// How many times a limit may come at once where nothing is said.
const DEFAULT_BURST_MULTIPLIER: i64 = 5;
/// Megabytes of each table with counters.
const TABLE_SIZE: i64 = 5;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<RateLimits, Stop> {
    let defaults = &reader.world.settings.limits;
    let bandwidth = reader.or(&keys::BANDWIDTH, defaults.rate)?.max(0);
    let bandwidth_after = reader.or(&keys::BANDWIDTH_AFTER, defaults.rate_after)?.max(0);
    let per_minute = limit(reader, &keys::PER_MINUTE)?;
    let per_second = limit(reader, &keys::PER_SECOND)?;
    let connections = limit(reader, &keys::CONNECTIONS)?;
    let multiplier = reader.or(&keys::BURST_MULTIPLIER, DEFAULT_BURST_MULTIPLIER)?;
    let exempt = exempt(reader)?;
    let bandwidth_only = RateLimits { bandwidth, bandwidth_after, ..RateLimits::default() };
    if [per_minute, per_second, connections] == [0, 0, 0] {
        return Ok(bandwidth_only);
    }
    let object = &reader.object.reference;
    let name = format!("{}_{}_{}", object.namespace, object.name, reader.uid());
    Ok(RateLimits {
        id: variable_part(&name),
        name,
        connections: connections.max(0),
        per_second: per_second.max(0),
        per_second_burst: burst(per_second, multiplier),
        per_minute: per_minute.max(0),
        per_minute_burst: burst(per_minute, multiplier),
        table_size: TABLE_SIZE,
        exempt,
        ..bandwidth_only
    })
}

/// A limit; zero where there is none. Quirk: a negative one limits nothing, and yet has the addresses counted.
fn limit(reader: &mut Reader, key: &'static Key<i64>) -> Result<i64, Stop> {
    let limit = reader.or(key, 0)?;
    if limit < 0 {
        reader.fail_open(key, "a negative number limits nothing");
    }
    Ok(limit)
}

/// Addresses that are not limited. The check has read them before, unless checks are switched off.
fn exempt(reader: &mut Reader) -> Result<Vec<String>, Stop> {
    let Some(list) = reader.get(&keys::EXEMPT)? else { return Ok(Vec::new()) };
    parse_networks(&list).ok_or_else(|| {
        reader.fail_open(&keys::EXEMPT, "it holds something else than addresses and networks, which removes all limits of the Ingress");
        Stop::Absent
    })
}

/// Requests that may come at once. Quirk: numbers that are too large wrap around, as in the controller.
fn burst(limit: i64, multiplier: i64) -> i64 {
    limit.wrapping_mul(multiplier)
}

/// A name as a part of the name of a variable. Quirk: it may hold `-`, where a variable ends.
fn variable_part(name: &str) -> String {
    URL_SAFE_NO_PAD.encode(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_are_multiples() {
        for (limit, multiplier, expected) in [(10, 5, 50), (0, 5, 0), (10, 0, 0), (10, -1, -10), (i64::MAX, 2, -2)] {
            assert_eq!(burst(limit, multiplier), expected, "{limit} times {multiplier}");
        }
    }

    #[test]
    fn names_become_parts_of_variables() {
        for (name, expected) in [("shop_web_", "c2hvcF93ZWJf"), ("a", "YQ"), ("shop_web_1", "c2hvcF93ZWJfMQ"), ("", "")] {
            assert_eq!(variable_part(name), expected, "{name}");
        }
    }
}
