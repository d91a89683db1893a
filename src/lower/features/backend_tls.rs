//! TLS towards the backend.

use std::sync::Arc;

use super::reader::{Reader, Stop};
use super::{fallbacks, objects};
use crate::catalog::features::backend_tls as keys;
use crate::catalog::releases::{BACKEND_PROTOCOLS, MODERN_BACKEND_TLS};
use crate::catalog::value::{Pattern, patterns};
use crate::catalog::version::Version;
use crate::ir::BackendTls;

const DEFAULT_CIPHERS: &str = "DEFAULT";

pub(in crate::lower) fn read(reader: &mut Reader) -> Result<Option<BackendTls>, Stop> {
    let Some(reference) = reader.get(&keys::SECRET)? else { return Ok(None) };
    let protocols = Protocols::of(reader.world.controller.version);
    Ok(Some(BackendTls {
        trust: objects::trust_store(reader, &keys::SECRET, &reference)?,
        ciphers: reader.or(&keys::CIPHERS, String::from(DEFAULT_CIPHERS))?,
        protocols: protocols.sort(&reader.or(&keys::PROTOCOLS, String::from(protocols.default))?),
        name: reader.get(&keys::NAME)?.unwrap_or_default(),
        verifies: fallbacks::word(reader, &keys::VERIFY, "off")? == "on",
        depth: fallbacks::depth(reader, &keys::DEPTH)?,
        sends_name: Some(fallbacks::word(reader, &keys::SEND_NAME, "off")? == "on"),
    }))
}

/// What an Ingress asks for, as its hosts have it for all of their routes. Quirk: there a name counts only together with authorities, and
/// whether it is sent only together with a name.
pub(in crate::lower) fn of_host(asked: &Arc<BackendTls>) -> Arc<BackendTls> {
    if asked.trust.authorities.is_empty() || asked.name.is_empty() {
        return Arc::new(BackendTls { name: String::new(), sends_name: None, ..BackendTls::clone(asked) });
    }
    Arc::clone(asked)
}

/// Versions of TLS that a release of the controller knows.
struct Protocols {
    known: &'static Pattern,
    default: &'static str,
}

impl Protocols {
    fn of(version: Version) -> Self {
        let (old, new) = (&patterns::OLD_BACKEND_PROTOCOLS, &patterns::BACKEND_PROTOCOLS);
        Self {
            known: if BACKEND_PROTOCOLS.holds(version) { new } else { old },
            default: if MODERN_BACKEND_TLS.holds(version) { "TLSv1.2" } else { "TLSv1 TLSv1.1 TLSv1.2" },
        }
    }

    /// The known protocols of a list, sorted; the default where none is known.
    fn sort(&self, list: &str) -> String {
        let words = list.split(' ').map(str::trim);
        let mut known: Vec<&str> = words.filter(|word| !word.is_empty() && self.known.is_match(word)).collect();
        if known.is_empty() {
            return String::from(self.default);
        }
        known.sort_unstable();
        known.join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::TrustStore;

    #[test]
    fn a_host_takes_a_name_only_together_with_authorities() {
        for (authorities, name, expected) in [
            ("ca", "web.internal", ("web.internal", Some(true))),
            ("", "web.internal", ("", None)),
            ("ca", "", ("", None)),
            ("", "", ("", None)),
        ] {
            let trust = TrustStore { authorities: authorities.into(), certificate: String::from("crt"), ..TrustStore::default() };
            let asked = Arc::new(BackendTls { trust, name: name.into(), sends_name: Some(true), depth: 3, ..BackendTls::default() });
            let found = of_host(&asked);
            assert_eq!((found.name.as_str(), found.sends_name), expected, "{authorities:?} {name:?}");
            assert_eq!((&found.trust, found.depth), (&asked.trust, 3), "all else holds");
        }
    }

    #[test]
    fn protocols_are_sorted() {
        for (version, list, expected) in [
            ((1, 15), "TLSv1.2", "TLSv1.2"),
            ((1, 15), "TLSv1.3  TLSv1.2", "TLSv1.2 TLSv1.3"),
            ((1, 15), "TLSv1.3 TLSv1.3", "TLSv1.3 TLSv1.3"),
            ((1, 15), "TLSv1.3TLSv1.2", "TLSv1.3TLSv1.2"),
            ((1, 11), "SSLv3 TLSv1.3", "TLSv1.3"),
            ((1, 11), "SSLv3", "TLSv1.2"),
            ((1, 11), "", "TLSv1.2"),
            ((1, 9), "TLSv1.2 foo  SSLv3 TLSv1.2", "SSLv3 TLSv1.2 TLSv1.2"),
            ((1, 9), "foo", "TLSv1 TLSv1.1 TLSv1.2"),
        ] {
            let (major, minor) = version;
            assert_eq!(Protocols::of(Version::new(major, minor, 0)).sort(list), expected, "{list} in {major}.{minor}");
        }
    }
}
