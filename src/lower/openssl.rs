//! Certificates and keys as the OpenSSL of other proxies takes them, in the form in which it reads them.
//!
//! A proxy starts with all of its certificates or not at all. So whatever OpenSSL would refuse, as most distributions set it (security
//! level 2), is refused here, and so is what cannot be proven without it: curves other than P-256 and P-384, and parameters of RSA-PSS
//! other than the usual ones.

use ring::agreement::{self, EphemeralPrivateKey, UnparsedPublicKey};
use ring::rand::SystemRandom;
use ring::signature::{self, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use x509_cert::Certificate;
use x509_cert::crl::CertificateList;
use x509_cert::der::asn1::{BitStringRef, ContextSpecific, ObjectIdentifier, OctetStringRef, UintRef};
use x509_cert::der::{Decode, Reader, TagNumber};
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, SubjectKeyIdentifier};
use x509_cert::spki::AlgorithmIdentifierRef;

use super::pem::{self, Block};
use super::private_key::sequence;

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// Signatures over hashes of at least 224 bits: with RSA, with elliptic curves, and Edwards curves.
const STRONG: [&str; 10] = [
    "1.2.840.113549.1.1.11",
    "1.2.840.113549.1.1.12",
    "1.2.840.113549.1.1.13",
    "1.2.840.113549.1.1.14",
    "1.2.840.10045.4.3.1",
    "1.2.840.10045.4.3.2",
    "1.2.840.10045.4.3.3",
    "1.2.840.10045.4.3.4",
    "1.3.101.112",
    "1.3.101.113",
];

/// Fewest and most bits of the modulus of an RSA key.
const BITS: std::ops::RangeInclusive<usize> = 2048..=16384;

/// What stands before the 32 bytes of an Ed25519 key in PKCS#8.
const ED25519_HEAD: [u8; 16] = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];

/// A certificate with its chain and its key.
///
/// # Errors
/// What is wrong with them.
pub(super) fn pair(certificates: &[u8], private: &[u8]) -> Result<String, &'static str> {
    let chain = parsed(certificates);
    let (Some((_, first)), Some(block)) = (chain.first(), pem::blocks(private).into_iter().find(is_private_key)) else {
        return Err("it holds no certificate or no key");
    };
    for (at, (_, certificate)) in chain.iter().enumerate() {
        let Some(public) = Public::of(certificate) else {
            return Err(if at == 0 {
                "its key is short, or of an uncommon kind"
            } else {
                "the key of an authority is short, or of an uncommon kind"
            });
        };
        if !is_well_signed(certificate, &public) {
            return Err("it is signed over a weak hash, such as SHA-1");
        }
    }
    let key = Public::of(first).and_then(|public| public.key(&block.contents)).ok_or("its private key does not fit")?;
    Ok(chain.iter().map(|(block, _)| pem::text(block)).chain([pem::text(&key)]).collect())
}

/// Certificates of authorities.
pub(super) fn authorities(bytes: &[u8]) -> Option<String> {
    Some(parsed(bytes).iter().map(|(block, _)| pem::text(block)).collect()).filter(|text: &String| !text.is_empty())
}

/// Lists of revoked certificates; none where one of them cannot be read, as what it revokes would be trusted.
pub(super) fn revocations(bytes: &[u8]) -> Option<String> {
    let blocks = pem::blocks(bytes);
    let is_list =
        |block: &Block| block.label == "X509 CRL" && CertificateList::<x509_cert::certificate::Rfc5280>::from_der(&block.contents).is_ok();
    let is_whole = !blocks.is_empty() && blocks.len() == String::from_utf8_lossy(bytes).matches("-----BEGIN ").count();
    (is_whole && blocks.iter().all(is_list)).then(|| blocks.iter().map(pem::text).collect())
}

fn parsed(bytes: &[u8]) -> Vec<(Block, Certificate)> {
    let blocks = pem::blocks(bytes).into_iter().filter(|block| block.label == "CERTIFICATE");
    blocks.filter_map(|block| Certificate::from_der(&block.contents).ok().map(|certificate| (block, certificate))).collect()
}

pub(super) fn is_private_key(block: &Block) -> bool {
    block.label == "PRIVATE KEY" || block.label.ends_with(" PRIVATE KEY")
}

/// The key of a certificate that OpenSSL takes for sure.
enum Public<'a> {
    /// Modulus and exponent.
    Rsa(&'a [u8], &'a [u8]),
    Point(Curve, &'a [u8]),
    Edwards(&'a [u8]),
}

impl<'a> Public<'a> {
    fn of(certificate: &'a Certificate) -> Option<Self> {
        let info = certificate.tbs_certificate().subject_public_key_info();
        let bytes = info.subject_public_key.raw_bytes();
        let parameters = info.algorithm.parameters.as_ref();
        if info.algorithm.oid == RSA {
            let (modulus, exponent) = sequence(bytes, |reader| {
                let numbers = (reader.decode::<UintRef<'_>>()?, reader.decode::<UintRef<'_>>()?);
                Ok(reader.is_finished().then_some(numbers))
            })??;
            let (modulus, exponent) = (modulus.as_bytes(), exponent.as_bytes());
            let bits = modulus.len() * 8 - modulus.first()?.leading_zeros() as usize;
            return BITS.contains(&bits).then_some(Self::Rsa(modulus, exponent));
        }
        if info.algorithm.oid == ED25519 {
            return (bytes.len() == 32 && parameters.is_none()).then_some(Self::Edwards(bytes));
        }
        let curve = (info.algorithm.oid == EC).then(|| parameters?.decode_as().ok()).flatten().and_then(Curve::of)?;
        curve.has(bytes).then_some(Self::Point(curve, bytes))
    }

    /// The private key that fits, in a form that OpenSSL reads.
    fn key(&self, private: &[u8]) -> Option<Block> {
        let inner = pkcs8(private);
        let is_of = |kind: ObjectIdentifier| inner.as_ref().is_none_or(|(algorithm, _)| algorithm.oid == kind);
        let bytes = inner.as_ref().map_or(private, |(_, inner)| *inner);
        let found =
            |label: &str, contents: &[u8]| Some(Block { label: label.to_owned(), contents: contents.to_vec(), is_encrypted: false });
        match *self {
            Self::Rsa(modulus, exponent) if is_of(RSA) => {
                let numbers = pkcs1(bytes)?;
                let fits = numbers[1].as_bytes() == modulus && numbers[2].as_bytes() == exponent;
                let is_plain = inner.as_ref().is_some_and(|(algorithm, _)| algorithm.parameters.is_some_and(|null| null.is_null()));
                let has_form = fits && numbers[0].as_bytes() == [0];
                has_form.then(|| if is_plain { found("PRIVATE KEY", private) } else { found("RSA PRIVATE KEY", bytes) })?
            }
            Self::Point(curve, point) if is_of(EC) => {
                let outer = match &inner {
                    Some((algorithm, _)) => Some(algorithm.parameters?.decode_as::<ObjectIdentifier>().ok()?),
                    None => None,
                };
                let named = curve.fits(bytes, point)?;
                let is_right = [outer, named].into_iter().flatten().all(|oid| oid == curve.oid());
                let label = if outer.is_some() { "PRIVATE KEY" } else { "EC PRIVATE KEY" };
                (is_right && (outer.is_some() || named.is_some())).then(|| found(label, private))?
            }
            Self::Edwards(public) if inner.is_some() && is_of(ED25519) => {
                let seed = <&OctetStringRef>::from_der(bytes).ok()?.as_bytes();
                let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
                (pair.public_key().as_ref() == public).then(|| found("PRIVATE KEY", &[&ED25519_HEAD, seed].concat()))?
            }
            _ => None,
        }
    }
}

#[derive(Clone, Copy)]
enum Curve {
    P256,
    P384,
}

impl Curve {
    fn of(oid: ObjectIdentifier) -> Option<Self> {
        match oid {
            P256 => Some(Self::P256),
            P384 => Some(Self::P384),
            _ => None,
        }
    }

    fn oid(self) -> ObjectIdentifier {
        match self {
            Self::P256 => P256,
            Self::P384 => P384,
        }
    }

    /// Whether a point is on the curve: only then can a secret be agreed with it.
    fn has(self, point: &[u8]) -> bool {
        let algorithm = match self {
            Self::P256 => &agreement::ECDH_P256,
            Self::P384 => &agreement::ECDH_P384,
        };
        let own = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new());
        own.is_ok_and(|own| agreement::agree_ephemeral(own, &UnparsedPublicKey::new(algorithm, point), |_| ()).is_ok())
    }

    /// Whether a key in SEC 1 fits the point: the curve that it names, if any.
    fn fits(self, der: &[u8], point: &[u8]) -> Option<Option<ObjectIdentifier>> {
        let (version, number, named, own) = sequence(der, |reader| {
            let version = reader.decode::<UintRef<'_>>()?;
            let number = reader.decode::<&OctetStringRef>()?;
            let named = ContextSpecific::<ObjectIdentifier>::decode_explicit(reader, TagNumber(0))?;
            let own = ContextSpecific::<BitStringRef<'_>>::decode_explicit(reader, TagNumber(1))?;
            Ok(reader.is_finished().then_some((version, number, named, own)))
        })??;
        let (algorithm, length) = match self {
            Self::P256 => (&signature::ECDSA_P256_SHA256_ASN1_SIGNING, 32),
            Self::P384 => (&signature::ECDSA_P384_SHA384_ASN1_SIGNING, 48),
        };
        // Some tools leave out leading zeros.
        let number = [&vec![0; usize::saturating_sub(length, number.as_bytes().len())], number.as_bytes()].concat();
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, &number, point, &SystemRandom::new());
        let fits = version.as_bytes() == [1] && pair.is_ok() && own.is_none_or(|own| own.value.raw_bytes() == point);
        fits.then(|| named.map(|named| named.value))
    }
}

/// The kind of a key in PKCS#8, and the key.
fn pkcs8(der: &[u8]) -> Option<(AlgorithmIdentifierRef<'_>, &[u8])> {
    sequence(der, |reader| {
        reader.decode::<UintRef<'_>>()?;
        let algorithm = reader.decode::<AlgorithmIdentifierRef<'_>>()?;
        Ok((algorithm, reader.decode::<&OctetStringRef>()?.as_bytes()))
    })
}

/// The version and the eight numbers of an RSA key.
fn pkcs1(der: &[u8]) -> Option<Vec<UintRef<'_>>> {
    sequence(der, |reader| {
        let numbers = (0..9).map(|_| reader.decode()).collect::<Result<_, _>>()?;
        Ok(reader.is_finished().then_some(numbers))
    })?
}

/// Whether a certificate is signed over a strong hash. It may be SHA-1 where it certifies itself, as nobody relies on that.
fn is_well_signed(certificate: &Certificate, public: &Public) -> bool {
    let algorithm = certificate.signature_algorithm();
    if algorithm.oid == RSA_PSS {
        return algorithm.parameters.as_ref().is_some_and(|parameters| is_usual_pss(parameters.value()));
    }
    let is_weak_but_own = || algorithm.oid == RSA_SHA1 && matches!(public, Public::Rsa(..)) && certifies_itself(certificate);
    STRONG.contains(&algorithm.oid.to_string().as_str()) || is_weak_but_own()
}

fn certifies_itself(certificate: &Certificate) -> bool {
    let tbs = certificate.tbs_certificate();
    let own = tbs.get_extension::<SubjectKeyIdentifier>().map(|found| found.map(|(_, own)| own.0));
    let of_issuer = tbs.get_extension::<AuthorityKeyIdentifier>().map(|found| found.map(|(_, issuer)| issuer));
    let is_own = match (own, of_issuer) {
        (Ok(_), Ok(None)) => true,
        (Ok(own), Ok(Some(issuer))) => {
            issuer.authority_cert_issuer.is_none() && issuer.authority_cert_serial_number.is_none() && issuer.key_identifier == own
        }
        _ => false,
    };
    tbs.subject() == tbs.issuer() && is_own
}

/// Whether parameters of RSA-PSS name the same strong hash twice, and its length for the salt.
fn is_usual_pss(parameters: &[u8]) -> bool {
    [(1, 0x20), (2, 0x30), (3, 0x40)].into_iter().any(|(hash, salt)| {
        let hash = [0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, hash, 5, 0];
        let mask = [0xa1, 0x1c, 0x30, 0x1a, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 8];
        parameters == [&[0xa0, 15][..], &hash, &mask, &hash, &[0xa2, 3, 2, 1, salt]].concat()
    })
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, Issuer, KeyPair as Pair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ED25519};

    use super::*;

    /// A certificate with a modulus of 1,024 bits.
    const SHORT: &str = "MIIB9jCCAV+gAwIBAgIUfSN0A/h7usvHLVFCw6pYc1wuLe4wDQYJKoZIhvcNAQELBQAwDDEKMAgGA1UEAwwBYTAgFw0yNjExMjcwNzEzMDBaGA8yMTI2\
        MTEwMzA3MTMwMFowDDEKMAgGA1UEAwwBYTCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAobBWiwKeGlXvU57h9cnMURmU1KZ7/L6PDG7Fl+wGz2ic\
        cb/EHjXU6iQj/Ss+rync452v1YpzRcAsdbksdtgDtlNoE0cstqo9RBjgAotBeEHkE04SQNKInh2tg+XCaXrx5Hsn8zqetkOAQRPANuDFuaN41vUIyzLm\
        upmmXf8XcdMCAwEAAaNTMFEwHQYDVR0OBBYEFFL7ni+rD8nURFXVnaXjI1M4yEpRMB8GA1UdIwQYMBaAFFL7ni+rD8nURFXVnaXjI1M4yEpRMA8GA1Ud\
        EwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEAYgdhYvYKCHhYWzcw7tyE65ywtJtwYLg+GXPGjGYnag4pvX67Muy7hdAEP5IA4dG4g5iv1OSZ5QGu\
        IfBnsB9b4IKlqFnJHS+ZnjgNK30OeQShplywnMdVJ2yK9wdM5HcxBnChlCnEBp+BII+Rd9p2ceTMs9LUBdlZACBmoGz8YS8=";

    fn certificate(key: &Pair) -> Vec<u8> {
        CertificateParams::new(vec![String::from("a.example")]).and_then(|of| of.self_signed(key)).expect("it is complete").der().to_vec()
    }

    fn pem(label: &str, contents: &[u8]) -> String {
        pem::text(&Block { label: label.to_owned(), contents: contents.to_vec(), is_encrypted: false })
    }

    #[test]
    fn a_certificate_certifies_itself_by_name_and_by_key() {
        let named = |name: &str| {
            let mut params = CertificateParams::new(vec![String::from("a.example")]).expect("it is a name");
            params.distinguished_name.push(DnType::CommonName, name);
            params
        };
        let [own, other] = [(); 2].map(|()| Pair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("it is known"));
        let by_other = |name: &str, names_key: bool| {
            let mut params = named(name);
            params.use_authority_key_identifier_extension = names_key;
            params.signed_by(&own, &Issuer::new(named("a"), &other)).expect("it is complete").der().to_vec()
        };
        for (what, der, expected) in [
            ("its own", named("a").self_signed(&own).expect("it is complete").der().to_vec(), true),
            ("one of another name", by_other("b", false), false),
            ("one of another key", by_other("a", true), false),
            // Without a word about the key, the name is all that there is.
            ("one of the same name", by_other("a", false), true),
        ] {
            assert_eq!(certifies_itself(&Certificate::from_der(&der).expect("it is one")), expected, "{what}");
        }
    }

    #[test]
    fn pairs_pass_that_openssl_takes_and_are_written_as_it_reads_them() {
        use base64::Engine;
        let [own, other] = [(); 2].map(|()| Pair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("it is known"));
        let [edwards, foreign] = [(); 2].map(|()| Pair::generate_for(&PKCS_ED25519).expect("it is known"));
        let large = Pair::generate_for(&PKCS_ECDSA_P384_SHA384).expect("it is known");
        let of = |key: &Pair| pem("CERTIFICATE", &certificate(key));
        let der = certificate(&own);
        let patched = |from: &[u8], to: &[u8]| {
            let at = der.windows(from.len()).rposition(|window| window == from).expect("it is there");
            pem("CERTIFICATE", &[&der[..at], to, &der[at + from.len()..]].concat())
        };
        let point = own.public_key_raw();
        let mut off_curve = point.to_vec();
        *off_curve.last_mut().expect("it has bytes") ^= 1;
        let short = pem("CERTIFICATE", &base64::engine::general_purpose::STANDARD.decode(SHORT).expect("it is base64"));
        let broken = "-----BEGIN CERTIFICATE-----\n????\n-----END CERTIFICATE-----\n";
        let good = of(&own);
        for (what, chain, key, is_taken) in [
            ("P-256", good.clone(), &own, true),
            ("P-384", of(&large), &large, true),
            ("Ed25519", of(&edwards), &edwards, true),
            ("the key of another", good.clone(), &other, false),
            ("the key of another, which does not tell its public half", of(&edwards), &foreign, false),
            ("a broken block behind", format!("{good}{broken}"), &own, true),
            ("a broken block before", format!("{broken}{good}"), &own, true),
            ("a key behind", format!("{good}{}", other.serialize_pem()), &own, true),
            ("blanks before lines", good.replace('\n', "\n  "), &own, true),
            ("a short key of an authority", format!("{good}{short}"), &own, false),
            ("a short key", format!("{short}{good}"), &own, false),
            (
                "another hash",
                patched(&[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2], &[6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 9]),
                &own,
                false,
            ),
            ("a point beside the curve", patched(point, &off_curve), &own, false),
        ] {
            let found = pair(chain.as_bytes(), key.serialize_pem().as_bytes());
            assert_eq!(found.is_ok(), is_taken, "{what}");
            let Ok(text) = found else { continue };
            let blocks = pem::blocks(text.as_bytes());
            assert_eq!(text, blocks.iter().map(pem::text).collect::<String>(), "{what}");
            assert_eq!(blocks.iter().map(|block| block.label.as_str()).collect::<Vec<_>>(), ["CERTIFICATE", "PRIVATE KEY"], "{what}");
        }
    }

    #[test]
    fn lists_of_the_revoked_are_whole_and_authorities_are_those_that_can_be_read() {
        assert_eq!(revocations(b"words"), None);
        assert_eq!(revocations(pem("X509 CRL", b"words").as_bytes()), None);
        let own = Pair::generate_for(&PKCS_ECDSA_P256_SHA256).expect("it is known");
        let authority = pem("CERTIFICATE", &certificate(&own));
        assert_eq!(authorities(format!("  {authority}-----BEGIN CERTIFICATE-----\n").as_bytes()), Some(authority));
    }
}
