//! TLS towards the backend.

use super::reader::{Reader, Stop};
use super::{fallbacks, objects};
use crate::catalog::features::backend_tls as keys;
use crate::catalog::value::patterns;
use crate::ir::BackendTls;

const DEFAULT_CIPHERS: &str = "DEFAULT";
const DEFAULT_PROTOCOLS: &str = "TLSv1.2";

pub(super) fn read(reader: &mut Reader) -> Result<Option<BackendTls>, Stop> {
    let Some(reference) = reader.get(&keys::SECRET)? else { return Ok(None) };
    Ok(Some(BackendTls {
        trust: objects::trust_store(reader, &keys::SECRET, &reference)?,
        ciphers: reader.or(&keys::CIPHERS, String::from(DEFAULT_CIPHERS))?,
        protocols: sorted_protocols(&reader.or(&keys::PROTOCOLS, String::from(DEFAULT_PROTOCOLS))?),
        name: reader.get(&keys::NAME)?.unwrap_or_default(),
        verify: fallbacks::word(reader, &keys::VERIFY, "off")?,
        depth: fallbacks::depth(reader, &keys::DEPTH)?,
        send_name: fallbacks::word(reader, &keys::SEND_NAME, "off")?,
    }))
}

/// The known protocols of a list, sorted; the default where none is known.
fn sorted_protocols(list: &str) -> String {
    let words = list.split(' ').map(str::trim);
    let mut known: Vec<&str> = words.filter(|word| !word.is_empty() && patterns::BACKEND_PROTOCOLS.is_match(word)).collect();
    if known.is_empty() {
        return String::from(DEFAULT_PROTOCOLS);
    }
    known.sort_unstable();
    known.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_are_sorted() {
        for (list, expected) in [
            ("TLSv1.2", "TLSv1.2"),
            ("TLSv1.3  TLSv1.2", "TLSv1.2 TLSv1.3"),
            ("TLSv1.3 TLSv1.3", "TLSv1.3 TLSv1.3"),
            ("TLSv1.3TLSv1.2", "TLSv1.3TLSv1.2"),
            ("SSLv3 TLSv1.3", "TLSv1.3"),
            ("SSLv3", "TLSv1.2"),
            ("", "TLSv1.2"),
        ] {
            assert_eq!(sorted_protocols(list), expected, "{list}");
        }
    }
}
