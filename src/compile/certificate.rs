//! A certificate for hosts that have none, as the controller makes one when it starts: nobody can trust it, but TLS can be spoken.

use rcgen::{CertificateParams, DnType, KeyPair};

/// A new key and a certificate that it signs itself, as one text. The first name is the common name.
///
/// # Errors
/// The system has no random numbers, or a name cannot stand in a certificate.
pub fn self_signed(names: &[String]) -> Result<String, rcgen::Error> {
    signed_by(&KeyPair::generate()?, names)
}

/// A certificate that a key signs, and the key: a new key for each of thousands takes longer than all the rest.
///
/// # Errors
/// As in [`self_signed`].
pub(super) fn signed_by(key: &KeyPair, names: &[String]) -> Result<String, rcgen::Error> {
    let (common, others) = names.split_first().map_or(("", names), |(first, rest)| (first.as_str(), rest));
    let mut params = CertificateParams::new(others.to_vec())?;
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, common);
    let certificate = params.self_signed(key)?;
    Ok(certificate.pem() + &key.serialize_pem())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_new() -> Result<(), rcgen::Error> {
        let names = [String::from("Nobody"), String::from("nobody.local")];
        let (one, other) = (self_signed(&names)?, self_signed(&names)?);
        assert!(one.contains("BEGIN CERTIFICATE") && one.contains("PRIVATE KEY"));
        assert_ne!(one, other);
        Ok(())
    }
}
