//! Whether a private key belongs to a certificate.

use x509_cert::Certificate;
use x509_cert::der::asn1::{AnyRef, BitStringRef, ContextSpecific, OctetStringRef, UintRef};
use x509_cert::der::{Decode, Reader, SliceReader, Tag, TagNumber};
use x509_cert::spki::AlgorithmIdentifierRef;

/// What a private key tells of its public half.
enum Public<'a> {
    /// The modulus of an RSA key.
    Modulus(&'a [u8]),
    /// The point of an elliptic curve key.
    Point(&'a [u8]),
    /// Only arithmetic on the curve would tell.
    Untold,
}

/// Whether a private key in DER (PKCS#1, SEC 1 or PKCS#8) fits a certificate.
///
/// The public halves are compared where the private key holds its own, as the usual tools write it; a key that holds none is taken
/// on trust.
pub(super) fn fits(private: &[u8], certificate: &Certificate) -> bool {
    let public = certificate.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes();
    match pkcs8(private).or_else(|| pkcs1(private)).or_else(|| sec1(private)) {
        Some(Public::Modulus(modulus)) => rsa_modulus(public) == Some(modulus),
        Some(Public::Point(point)) => point == public,
        Some(Public::Untold) => true,
        None => false,
    }
}

/// The parts of a DER sequence.
pub(super) fn sequence<'a, T>(der: &'a [u8], read: impl FnOnce(&mut SliceReader<'a>) -> x509_cert::der::Result<T>) -> Option<T> {
    let outer = AnyRef::from_der(der).ok().filter(|outer| x509_cert::der::Tagged::tag(outer) == Tag::Sequence)?;
    read(&mut SliceReader::new(outer.value()).ok()?).ok()
}

fn pkcs8(der: &[u8]) -> Option<Public<'_>> {
    let inner = sequence(der, |reader| {
        reader.decode::<UintRef<'_>>()?;
        reader.decode::<AlgorithmIdentifierRef<'_>>()?;
        reader.decode::<&OctetStringRef>()
    })?;
    let inner = inner.as_bytes();
    Some(pkcs1(inner).or_else(|| sec1(inner)).unwrap_or(Public::Untold))
}

fn pkcs1(der: &[u8]) -> Option<Public<'_>> {
    sequence(der, |reader| {
        reader.decode::<UintRef<'_>>()?;
        reader.decode::<UintRef<'_>>()
    })
    .map(|modulus| Public::Modulus(modulus.as_bytes()))
}

fn sec1(der: &[u8]) -> Option<Public<'_>> {
    let point = sequence(der, |reader| {
        reader.decode::<UintRef<'_>>()?;
        reader.decode::<&OctetStringRef>()?;
        ContextSpecific::<AnyRef<'_>>::decode_explicit(reader, TagNumber(0))?;
        ContextSpecific::<BitStringRef<'_>>::decode_explicit(reader, TagNumber(1))
    })?;
    Some(point.map_or(Public::Untold, |point| Public::Point(point.value.raw_bytes())))
}

fn rsa_modulus(public: &[u8]) -> Option<&[u8]> {
    sequence(public, SliceReader::decode::<UintRef<'_>>).map(|modulus| modulus.as_bytes())
}
