//! How strong a certificate is, and whether those that vouch for it are beside it.

use k8s_openapi::api::core::v1::Secret;
use x509_cert::Certificate;
use x509_cert::der::Decode;
use x509_cert::der::asn1::UintRef;
use x509_cert::der::{Reader, SliceReader};
use x509_cert::ext::pkix::SubjectAltName;

use super::certificates::common_name;
use super::pem;
use super::private_key::sequence;

/// The key algorithm RSA.
const RSA: &str = "1.2.840.113549.1.1.1";
/// Fewest bits of an RSA key that authorities and browsers still take.
const FEWEST_BITS: usize = 2048;
/// Elliptic curves of fewer than 224 bits.
const SHORT_CURVES: [&str; 2] = ["1.2.840.10045.3.1.1", "1.3.132.0.8"];
/// Signatures over hashes that can be forged.
const FORGEABLE: [(&str, &str); 5] = [
    ("1.2.840.113549.1.1.2", "MD2"),
    ("1.2.840.113549.1.1.4", "MD5"),
    ("1.2.840.113549.1.1.5", "SHA-1"),
    ("1.2.840.10040.4.3", "SHA-1"),
    ("1.2.840.10045.4.1", "SHA-1"),
];

/// The certificates of a Secret under a key, in order.
fn certificates(secret: &Secret, key: &str) -> Vec<Certificate> {
    let bytes = secret.data.as_ref().and_then(|data| data.get(key));
    let blocks = bytes.map(|bytes| pem::blocks(&bytes.0)).unwrap_or_default();
    blocks.iter().filter_map(|block| Certificate::from_der(&block.contents).ok()).collect()
}

/// Why clients may refuse the certificate of a Secret however long it is valid; none where nothing is known against it.
#[must_use]
pub fn weakness(secret: &Secret) -> Option<String> {
    let certificate = certificates(secret, "tls.crt").into_iter().next()?;
    let info = certificate.tbs_certificate().subject_public_key_info();
    if info.algorithm.oid.to_string() == RSA {
        let read = |reader: &mut SliceReader<'_>| {
            let modulus = reader.decode::<UintRef<'_>>()?;
            Ok(bits(modulus.as_bytes()))
        };
        if let Some(bits) = sequence(info.subject_public_key.raw_bytes(), read).filter(|bits| *bits < FEWEST_BITS) {
            return Some(format!("is weak: its RSA key has {bits} bits, and fewer than {FEWEST_BITS} can be broken"));
        }
    }
    let curve =
        info.algorithm.parameters.as_ref().and_then(|parameters| parameters.decode_as::<x509_cert::der::asn1::ObjectIdentifier>().ok());
    if curve.is_some_and(|curve| SHORT_CURVES.contains(&curve.to_string().as_str())) {
        return Some(String::from("is weak: its elliptic curve has fewer than 224 bits"));
    }
    let signature = certificate.signature_algorithm().oid.to_string();
    if let Some((_, hash)) = FORGEABLE.iter().find(|(oid, _)| *oid == signature) {
        return Some(format!("is weak: it is signed over {hash}, which can be forged"));
    }
    let has_names = certificate.tbs_certificate().get_extension::<SubjectAltName>().is_ok_and(|found| found.is_some());
    let name = common_name(certificate.tbs_certificate().subject());
    (!has_names && !name.is_empty()).then(|| format!("names `{name}` only as its common name, which browsers do not read"))
}

/// How many bits a number has.
fn bits(bytes: &[u8]) -> usize {
    bytes.len() * 8 - bytes.first().map_or(0, |byte| byte.leading_zeros() as usize)
}

/// Who signed the certificate of a Secret, where neither is the signer beside it nor is it known to be a root.
#[must_use]
pub fn missing_signer(secret: &Secret) -> Option<String> {
    let chain = certificates(secret, "tls.crt");
    let (first, others) = chain.split_first()?;
    let tbs = first.tbs_certificate();
    let is_signer = |certificate: &Certificate| certificate.tbs_certificate().subject() == tbs.issuer();
    let is_root = |certificate: &Certificate| is_signer(certificate) && certificate.tbs_certificate().issuer() == tbs.issuer();
    // An authority that stands before what it signed is a chain in the wrong order, and refused as such.
    if others.iter().any(|certificate| certificate.tbs_certificate().issuer() == tbs.subject()) {
        return None;
    }
    if tbs.issuer() == tbs.subject() || others.iter().any(is_signer) || certificates(secret, "ca.crt").iter().any(is_root) {
        return None;
    }
    let name = common_name(tbs.issuer());
    Some(if name.is_empty() { tbs.issuer().to_string() } else { name })
}

#[cfg(test)]
mod tests {
    use super::bits;

    #[test]
    fn bits_are_counted_from_the_first_that_is_set() {
        for (bytes, expected) in [(&[][..], 0), (&[1], 1), (&[0x7f, 0], 15), (&[0x80, 0], 16), (&[1, 0, 0], 17)] {
            assert_eq!(bits(bytes), expected, "{bytes:?}");
        }
    }
}
