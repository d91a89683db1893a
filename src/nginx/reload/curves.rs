//! Lists of curves and groups as OpenSSL 3 reads them: one name that it does not know, and it takes none.

use hashbrown::HashSet;

/// Names of groups, with all that each goes by.
const GROUPS: &[&[&str]] = &[
    &["X25519", "x25519"],
    &["X448", "x448"],
    &["secp256r1", "prime256v1", "P-256"],
    &["secp384r1", "P-384"],
    &["secp521r1", "P-521"],
    &["secp224r1", "P-224"],
    &["secp192r1", "prime192v1", "P-192"],
    &["secp224k1"],
    &["secp256k1"],
    &["brainpoolP256r1"],
    &["brainpoolP384r1"],
    &["brainpoolP512r1"],
    &["ffdhe2048"],
    &["ffdhe3072"],
    &["ffdhe4096"],
    &["ffdhe6144"],
    &["ffdhe8192"],
];

/// Whether OpenSSL takes a list: known names, each group once.
#[must_use]
pub fn is_curve_list(list: &str) -> bool {
    let mut seen = HashSet::new();
    list.split(':').all(|name| GROUPS.iter().position(|names| names.contains(&name)).is_some_and(|group| seen.insert(group)))
}

#[cfg(test)]
mod tests {
    use super::is_curve_list;

    #[test]
    fn every_name_must_be_known() {
        for good in ["X25519", "prime256v1:secp384r1", "X25519:P-256:X448"] {
            assert!(is_curve_list(good), "{good}");
        }
        for bad in ["", "auto", "X25519:", "x", "P-256:prime256v1", "X25519 P-256", "brainpoolp256r1"] {
            assert!(!is_curve_list(bad), "{bad}");
        }
    }
}
