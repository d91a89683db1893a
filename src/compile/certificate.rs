//! A certificate for hosts that have none, as the controller makes one when it starts: nobody can trust it, but TLS can be spoken.

use rcgen::{CertificateParams, DnType, Error, KeyPair, PublicKeyData, SignatureAlgorithm, SigningKey};

/// A new key and a certificate that it signs itself, as one text. The first name is the common name.
///
/// # Errors
/// The system has no random numbers, or a name cannot stand in a certificate.
pub fn self_signed(names: &[String]) -> Result<String, Error> {
    let key = KeyPair::generate()?;
    Ok(certificate(&key, names)? + &key.serialize_pem())
}

fn certificate(key: &impl SigningKey, names: &[String]) -> Result<String, Error> {
    let (common, others) = names.split_first().map_or(("", names), |(first, rest)| (first.as_str(), rest));
    let mut params = CertificateParams::new(others.to_vec())?;
    params.distinguished_name.remove(DnType::CommonName);
    params.distinguished_name.push(DnType::CommonName, common);
    Ok(params.self_signed(key)?.pem())
}

/// A key for certificates that are only supposed to be there. Nobody is served with them, and nobody asks who signed them: one key does
/// for all of them, and it signs none, as to sign thousands takes longer than all the rest.
pub(super) struct Placeholder {
    key: KeyPair,
    /// The key as a text.
    pub(super) pem: String,
}

impl Placeholder {
    /// A new key.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub(super) fn new() -> Result<Self, Error> {
        let key = KeyPair::generate()?;
        Ok(Self { pem: key.serialize_pem(), key })
    }

    /// A certificate of the key that nobody has signed, as a text. The first name is the common name.
    ///
    /// # Errors
    /// A name cannot stand in a certificate.
    pub(super) fn certificate(&self, names: &[String]) -> Result<String, Error> {
        certificate(self, names)
    }
}

impl PublicKeyData for Placeholder {
    fn der_bytes(&self) -> &[u8] {
        self.key.der_bytes()
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.key.algorithm()
    }
}

impl SigningKey for Placeholder {
    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_is_new() -> Result<(), Error> {
        let names = [String::from("Nobody"), String::from("nobody.local")];
        let (one, other) = (self_signed(&names)?, self_signed(&names)?);
        assert!(one.contains("BEGIN CERTIFICATE") && one.contains("PRIVATE KEY"));
        assert_ne!(one, other);
        Ok(())
    }
}
