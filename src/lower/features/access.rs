//! Who may connect.

use super::reader::{Problem, Reader, Stop};
use crate::catalog::features::access as keys;
use crate::catalog::key::Key;
use crate::catalog::value::parse_networks;
use crate::ir::Satisfy;

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
    // Both are read before either denies, so that one run tells of both.
    let allow = networks(reader, &keys::ALLOW, &defaults.allow);
    let deny = networks(reader, &keys::DENY, &defaults.deny);
    Ok(Access { allow: allow?, deny: deny? })
}

/// Whether all checks of access must agree or any one of them; none: the default. Quirk: blanks around the word pass the check, and
/// keep it from being understood.
pub(in crate::lower) fn read_satisfy(reader: &mut Reader) -> Result<Option<Satisfy>, Stop> {
    Ok(match reader.get(&keys::SATISFY)?.as_deref() {
        Some("any") => Some(Satisfy::Any),
        Some("all") => Some(Satisfy::All),
        _ => None,
    })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lower::features::fixture::Fixture;

    #[test]
    fn lists_replace_those_of_the_settings() {
        for (annotations, allow, deny) in [
            (&[][..], "10.0.0.0/8 192.168.0.0/16", "203.0.113.7"),
            (&[("whitelist-source-range", "::1, 10.1.2.3/24")], "10.1.2.0/24 ::1", "203.0.113.7"),
            (&[("denylist-source-range", "198.51.100.0/24")], "10.0.0.0/8 192.168.0.0/16", "198.51.100.0/24"),
        ] {
            let mut fixture = Fixture::new(annotations);
            fixture.settings.route_defaults.allow = vec!["192.168.0.0/16".into(), "10.0.0.0/8".into()];
            fixture.settings.route_defaults.deny = vec!["203.0.113.7".into()];
            let access = fixture.read(|reader| reader.section(read)).0.unwrap_or_default();
            assert_eq!((access.allow.join(" ").as_str(), access.deny.join(" ").as_str()), (allow, deny), "{annotations:?}");
        }
    }

    #[test]
    fn both_bad_lists_are_told() {
        let annotations = [("allowlist-source-range", "10.0.0.0/33"), ("denylist-source-range", "")];
        let verdict = Fixture::new(&annotations).read(|reader| assert!(reader.section(read).is_none())).1;
        assert_eq!(verdict.denied.map(|denied| denied.value).as_deref(), Some("annotation allowlist-source-range contains invalid value"));
        assert_eq!(verdict.findings.len(), 2);
    }
}
