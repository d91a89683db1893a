//! What answers when the backend fails.

use super::reader::{Reader, Stop, shown};
use crate::catalog::features::error_pages as keys;
use crate::catalog::releases::ERROR_CODE_BLANKS;
use crate::catalog::value::parse_int;
use crate::catalog::version::Version;
use crate::lower::world::key_of;

/// Error codes of the backend that are replaced by a page, and whether the backend's own page is shown all the same.
pub(in crate::lower) fn read(reader: &mut Reader) -> Result<(Vec<i64>, bool), Stop> {
    let codes = match reader.get(&keys::CODES)? {
        None => Vec::new(),
        Some(list) => parse_codes(&list, reader.world.controller.version).unwrap_or_else(|| {
            reader.ignore(&keys::CODES, "it must be a list of numbers that are separated by commas");
            Vec::new()
        }),
    };
    Ok((codes, reader.or(&keys::KEEP_BACKEND_ERRORS, false)?))
}

/// `namespace/name` of the Service that answers when no endpoint does; none where there is no such Service.
pub(in crate::lower) fn read_default_backend(reader: &mut Reader) -> Result<Option<String>, Stop> {
    let Some(name) = reader.get(&keys::SERVICE)? else { return Ok(None) };
    let key = key_of(reader.namespace(), &name);
    if reader.world.service(&key).is_some() {
        return Ok(Some(key));
    }
    let namespace = reader.namespace();
    match reader.world.cluster.services.iter().any(|service| service.reference.namespace == namespace) {
        true => reader.ignore(&keys::SERVICE, &format!("there is no Service `{}`", shown(&key))),
        // Of a namespace without Services in the input, nobody knows which ones the cluster has.
        false => reader.absent(&keys::SERVICE, "Service", &shown(&key)),
    }
    Ok(None)
}

/// Numbers that are separated by commas; none if one item is something else. Quirk: they need not be codes of HTTP. Blanks and empty items
/// may be skipped.
fn parse_codes(list: &str, version: Version) -> Option<Vec<i64>> {
    if !ERROR_CODE_BLANKS.holds(version) {
        return list.split(',').map(parse_int).collect();
    }
    list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(parse_int).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::releases::LATEST;

    #[test]
    fn codes_are_separated_by_commas() {
        for (list, expected, before) in [
            ("404,503", Some(vec![404, 503]), Some(vec![404, 503])),
            ("503,404,503", Some(vec![503, 404, 503]), Some(vec![503, 404, 503])),
            ("404503", Some(vec![404_503]), Some(vec![404_503])),
            ("404, 503", Some(vec![404, 503]), None),
            (",23,", Some(vec![23]), None),
            ("", Some(vec![]), None),
            ("404 503", None, None),
            ("40450340450340450340", None, None),
        ] {
            assert_eq!(parse_codes(list, LATEST), expected, "{list}");
            assert_eq!(parse_codes(list, Version::new(1, 11, 8)), before, "{list} in 1.11");
        }
    }
}
