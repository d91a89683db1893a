//! How endpoints are chosen.

use super::reader::{Problem, Reader, Stop};
use crate::catalog::features::balancing as keys;
use crate::ir::Hashing;

/// Endpoints in a group where nothing is said.
const DEFAULT_SUBSET_SIZE: i64 = 3;

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Hashing, Stop> {
    let key = reader.get(&keys::HASH_BY)?.unwrap_or_default();
    let subset = reader.get(&keys::HASH_SUBSET)?.unwrap_or_default();
    let size = reader.get(&keys::HASH_SUBSET_SIZE)?.unwrap_or_default();
    Ok(Hashing { key, subset, subset_size: if size == 0 { DEFAULT_SUBSET_SIZE } else { size } })
}

/// The algorithm; empty: that of the proxy.
pub(in crate::lower) fn read_algorithm(reader: &mut Reader) -> Result<String, Stop> {
    Ok(reader.get(&keys::ALGORITHM)?.unwrap_or_default())
}

/// Whether requests go to the address of the Service. Quirk: a bad value means no, whatever the settings say.
pub(in crate::lower) fn read_service_upstream(reader: &mut Reader) -> Result<bool, Stop> {
    match reader.probe(&keys::SERVICE_UPSTREAM) {
        Ok(value) => Ok(value),
        Err(Problem::Missing) => Ok(reader.world.settings.upstreams.service_upstream),
        Err(problem) => reader.bad_value(&keys::SERVICE_UPSTREAM.spec, problem, Some(String::from("false"))).map(|()| false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::features::fixture::Fixture;

    #[test]
    fn a_bad_value_of_service_upstream_beats_the_settings() {
        for (annotations, expected) in [
            (&[][..], true),
            (&[("service-upstream", "false")], false),
            (&[("service-upstream", "on")], false),
            (&[("service-upstream", "")], false),
        ] {
            let mut fixture = Fixture::new(annotations);
            fixture.settings.upstreams.service_upstream = true;
            assert_eq!(fixture.read(|reader| reader.section(read_service_upstream)).0, Some(expected), "{annotations:?}");
        }
    }

    #[test]
    fn groups_have_a_size() {
        let key = ("upstream-hash-by", "$request_uri");
        for (annotations, expected) in [
            (&[][..], Some(("", 3))),
            (&[key, ("upstream-hash-by-subset-size", "0")], Some(("$request_uri", 3))),
            (&[key, ("upstream-hash-by-subset-size", "-2")], Some(("$request_uri", -2))),
            (&[key, ("upstream-hash-by-subset", "")], None),
            (&[key, ("upstream-hash-by-subset-size", "many")], None),
        ] {
            let hashing = Fixture::new(annotations).read(|reader| reader.section(read)).0;
            assert_eq!(hashing.as_ref().map(|hashing| (hashing.key.as_str(), hashing.subset_size)), expected, "{annotations:?}");
        }
    }
}
