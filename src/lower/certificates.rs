//! Certificates, authorities and parameters that the controller reads from Secrets.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::Arc;

use k8s_openapi::api::core::v1::Secret;
use x509_cert::Certificate as X509;
use x509_cert::crl::CertificateList;
use x509_cert::der::Decode;
use x509_cert::der::asn1::{Ia5StringRef, PrintableStringRef, Utf8StringRef};
use x509_cert::der::oid::db::rfc4519::COMMON_NAME;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use super::dh_parameters::prime_bits;
use super::openssl::{self, is_private_key};
use super::pem::{self, Block};
use super::private_key;
use crate::ir::{Certificate, TrustStore};

/// Where the controller writes files that it makes of Secrets.
const FOLDER: &str = "/etc/ingress-controller/ssl";

/// What the controller reads from one Secret.
#[derive(Debug)]
pub(super) struct StoredCertificate {
    /// The certificate as the proxy names it.
    pub(super) certificate: Arc<Certificate>,
    /// Files for checking the certificates of others.
    pub(super) trust: TrustStore,
    /// Whom the certificate is for; none where the Secret holds authorities alone.
    pub(super) identity: Option<Identity>,
}

/// Whom a certificate is for.
#[derive(Debug, Default)]
pub(super) struct Identity {
    common_name: String,
    dns_names: Vec<String>,
    addresses: Vec<IpAddr>,
}

impl Identity {
    /// Whether the certificate is for a host by the rules of RFC 6125; the common name does not count. Where the host or a name of
    /// the certificate is no host name, as a wildcard is none, the two must be the same.
    pub(super) fn covers(&self, host: &str) -> bool {
        if let Some(address) = address_of(host) {
            return self.addresses.contains(&address);
        }
        let is_name = is_host_name(host, false);
        let covers = |name: &String| {
            if is_name && is_host_name(name, true) { name_covers(name, host) } else { is_very_name(name, host) }
        };
        self.dns_names.iter().any(covers)
    }

    /// The controller's second look: the common name counts where there are no other names.
    pub(super) fn covers_by_any_name(&self, host: &str) -> bool {
        if address_of(host).is_some() {
            return self.covers(host);
        }
        let names = if self.dns_names.is_empty() { std::slice::from_ref(&self.common_name) } else { &self.dns_names };
        names.iter().any(|name| name_covers(name, host))
    }
}

fn address_of(host: &str) -> Option<IpAddr> {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host).parse().ok()
}

/// Whether Go's library takes a text for a host name, or for a pattern with a first label `*`.
fn is_host_name(name: &str, is_pattern: bool) -> bool {
    let name = if is_pattern { name } else { name.strip_suffix('.').unwrap_or(name) };
    let is_label = |(at, label): (usize, &str)| {
        let fits = |(at, byte): (usize, u8)| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' && at > 0;
        is_pattern && at == 0 && label == "*" || !label.is_empty() && label.bytes().enumerate().all(fits)
    };
    name != "*" && name.split('.').enumerate().all(is_label)
}

/// Whether a name of a certificate is the host to the letter, whatever the case.
fn is_very_name(name: &str, host: &str) -> bool {
    !matches!(name, "" | ".") && name.eq_ignore_ascii_case(host)
}

/// Whether a name of a certificate, which may start with `*`, covers a host.
#[must_use]
pub fn name_covers(name: &str, host: &str) -> bool {
    let cut = |name: &str| name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
    let (name, host) = (cut(name), cut(host));
    if name.is_empty() || host.is_empty() || name.split('.').count() != host.split('.').count() {
        return false;
    }
    let mut labels = name.split('.').zip(host.split('.')).enumerate();
    labels.all(|(at, (pattern, label))| at == 0 && pattern == "*" || pattern == label)
}

/// Reads the Secret of the name `namespace/name`. Where another OpenSSL reads it, less passes.
///
/// # Errors
/// Why the controller makes nothing of it; no value of the Secret is in the words.
pub(super) fn read(key: &str, secret: &Secret, is_default: bool, is_strict: bool) -> Result<StoredCertificate, String> {
    let value = |name: &str| secret.data.as_ref().and_then(|data| data.get(name)).map(|bytes| bytes.0.as_slice());
    let own_file = format!("{FOLDER}/{}.pem", file_name(key));
    let authorities = value("ca.crt").filter(|bytes| !bytes.is_empty());
    let mut stored = match (value("tls.crt"), value("tls.key"), authorities) {
        (Some(certificate), Some(private), authorities) => {
            let mut stored = pair(key, certificate, private)?;
            if is_strict {
                let refused = |reason| {
                    format!("the certificate in the Secret `{key}` is left out, because the proxy may not start with it: {reason}")
                };
                openssl::pair(certificate, private).map_err(refused)?;
            }
            if let Some(authorities) = authorities {
                check_authorities(authorities, is_strict)?;
                // Quirk: only a Secret that holds authorities too becomes a file.
                stored.trust = TrustStore { authorities: own_file.clone(), certificate: own_file.clone(), ..TrustStore::default() };
            }
            stored
        }
        (_, _, Some(authorities)) => {
            check_authorities(authorities, is_strict)?;
            let trust = TrustStore { authorities: format!("{FOLDER}/ca-{}.pem", file_name(key)), ..TrustStore::default() };
            let certificate = Certificate { name: key.to_owned(), ..Certificate::default() };
            StoredCertificate { certificate: Arc::new(certificate), trust, identity: None }
        }
        _ => return Err(missing_keys(key, value)),
    };
    if let Some(revoked) = value("ca.crl").filter(|bytes| !bytes.is_empty() && authorities.is_some()) {
        check_revocations(revoked)?;
        if is_strict && openssl::revocations(revoked).is_none() {
            return Err(format!("`ca.crl` of the Secret `{key}` holds a block that is no list of revoked certificates"));
        }
        stored.trust.revocations = format!("{FOLDER}/crl-{}.pem", file_name(key));
    }
    if is_default {
        Arc::make_mut(&mut stored.certificate).file.clone_from(&own_file);
        stored.trust.certificate = own_file;
    }
    Ok(stored)
}

/// From when until when the certificate of a Secret is valid, in seconds since 1970; none where it cannot be read.
#[must_use]
pub fn validity(secret: &Secret) -> Option<(i64, i64)> {
    let bytes = secret.data.as_ref()?.get("tls.crt")?;
    let block = pem::blocks(&bytes.0).into_iter().next()?;
    let certificate = X509::from_der(&block.contents).ok()?;
    let validity = certificate.tbs_certificate().validity();
    let seconds = |time: &x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).ok();
    Some((seconds(&validity.not_before)?, seconds(&validity.not_after)?))
}

/// Whether the certificate of a Secret is for a host; none where it cannot be read.
#[must_use]
pub fn is_for(secret: &Secret, host: &str) -> Option<bool> {
    let bytes = secret.data.as_ref()?.get("tls.crt")?;
    let block = pem::blocks(&bytes.0).into_iter().next()?;
    let certificate = X509::from_der(&block.contents).ok()?;
    Some(identity(&certificate).covers_by_any_name(host))
}

fn missing_keys<'a>(key: &str, value: impl Fn(&str) -> Option<&'a [u8]>) -> String {
    match (value("tls.crt"), value("tls.key")) {
        (Some(_), None) => format!("the Secret `{key}` has no `tls.key`, and no `ca.crt` either"),
        (None, Some(_)) => format!("the Secret `{key}` has no `tls.crt`"),
        _ => format!("the Secret `{key}` holds no certificate: neither `tls.crt` with `tls.key` nor `ca.crt`"),
    }
}

/// The file that the controller writes Diffie-Hellman parameters of a Secret to. Where another OpenSSL reads them, fewer pass.
///
/// # Errors
/// Why the controller goes without; no value of the Secret is in the words.
pub(super) fn dh_parameters(key: &str, secret: &Secret, is_strict: bool) -> Result<String, String> {
    let found = secret.data.as_ref().and_then(|data| data.get("dhparam.pem"));
    let bytes = found.ok_or_else(|| format!("the Secret `{key}` has no `dhparam.pem`"))?;
    match pem::blocks(&bytes.0).first() {
        Some(block) if block.label == "DH PARAMETERS" && is_strict && !is_long(&bytes.0) => {
            Err(format!("`dhparam.pem` of the Secret `{key}` holds a prime of fewer than {FEWEST_BITS} bits, or none that can be read"))
        }
        Some(block) if block.label == "DH PARAMETERS" => Ok(format!("{FOLDER}/{}.pem", file_name(key))),
        _ => Err(format!("`dhparam.pem` of the Secret `{key}` holds no Diffie-Hellman parameters")),
    }
}

/// Fewest bits of a prime that OpenSSL takes as most distributions set it, at security level 2.
const FEWEST_BITS: usize = 2048;

fn is_long(pem: &[u8]) -> bool {
    std::str::from_utf8(pem).ok().and_then(prime_bits).is_some_and(|bits| bits >= FEWEST_BITS)
}

fn file_name(key: &str) -> String {
    key.replace('/', "-")
}

fn pair(key: &str, certificate: &[u8], private: &[u8]) -> Result<StoredCertificate, String> {
    let blocks = pem::blocks(certificate);
    let Some(first) = blocks.first() else {
        return Err(format!("`tls.crt` of the Secret `{key}` is not PEM"));
    };
    if first.label != "CERTIFICATE" {
        return Err(format!("`tls.crt` of the Secret `{key}` does not start with a certificate"));
    }
    let parsed = X509::from_der(&first.contents).map_err(|_| format!("the certificate in the Secret `{key}` cannot be read"))?;
    let Some(private) = pem::blocks(private).into_iter().find(is_private_key) else {
        return Err(format!("`tls.key` of the Secret `{key}` holds no private key"));
    };
    if !private_key::fits(&private.contents, &parsed) {
        return Err(misfit(key, &private, &blocks));
    }
    let identity = identity(&parsed);
    let names: BTreeSet<String> = std::iter::once(&identity.common_name).chain(&identity.dns_names).cloned().collect();
    let certificate = Certificate { name: key.to_owned(), file: String::new(), names: names.into_iter().collect() };
    Ok(StoredCertificate { certificate: Arc::new(certificate), trust: TrustStore::default(), identity: Some(identity) })
}

/// Why the controller cannot use a private key with the first certificate.
fn misfit(key: &str, private: &Block, certificates: &[Block]) -> String {
    if private.is_encrypted {
        return format!("the private key in the Secret `{key}` is encrypted, and the controller has no password for it");
    }
    let fits = |block: &Block| X509::from_der(&block.contents).is_ok_and(|certificate| private_key::fits(&private.contents, &certificate));
    match certificates.iter().skip(1).any(fits) {
        true => {
            format!("the private key in the Secret `{key}` does not fit its first certificate, but a later one, which has to be the first")
        }
        false => format!("the private key in the Secret `{key}` does not fit its certificate"),
    }
}

/// Quirk: the controller takes certificates under any label, of which OpenSSL reads those that are called so.
fn check_authorities(bytes: &[u8], is_strict: bool) -> Result<(), String> {
    let blocks = pem::blocks(bytes);
    if blocks.is_empty() || blocks.iter().any(|block| X509::from_der(&block.contents).is_err()) {
        return Err(String::from("`ca.crt` holds no certificates, or one that cannot be read"));
    }
    if is_strict && openssl::authorities(bytes).is_none() {
        return Err(String::from("`ca.crt` holds no block that is called `CERTIFICATE`: the proxy would find no authorities in it"));
    }
    Ok(())
}

fn check_revocations(bytes: &[u8]) -> Result<(), String> {
    match pem::blocks(bytes).first() {
        Some(block)
            if block.label == "X509 CRL" && CertificateList::<x509_cert::certificate::Rfc5280>::from_der(&block.contents).is_ok() =>
        {
            Ok(())
        }
        _ => Err(String::from("`ca.crl` is not a list of revoked certificates")),
    }
}

fn identity(certificate: &X509) -> Identity {
    let tbs = certificate.tbs_certificate();
    let mut identity = Identity { common_name: common_name(tbs.subject()), ..Identity::default() };
    let names = tbs.get_extension::<SubjectAltName>().ok().flatten().map(|(_, names)| names.0).unwrap_or_default();
    for name in &names {
        match name {
            GeneralName::DnsName(name) => identity.dns_names.push(name.to_string()),
            GeneralName::IpAddress(bytes) => identity.addresses.extend(address(bytes.as_bytes())),
            _ => {}
        }
    }
    identity
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// The common name of somebody; empty: none.
pub(super) fn common_name(subject: &x509_cert::name::Name) -> String {
    // Of several common names the last counts, as in Go's library.
    let mut found = String::new();
    for attribute in subject.iter().filter(|attribute| attribute.oid == COMMON_NAME) {
        let value = &attribute.value;
        let text = value.decode_as::<Utf8StringRef<'_>>().map(|text| text.as_str().to_owned());
        let text = text.or_else(|_| value.decode_as::<PrintableStringRef<'_>>().map(|text| text.as_str().to_owned()));
        let text = text.or_else(|_| value.decode_as::<Ia5StringRef<'_>>().map(|text| text.as_str().to_owned()));
        found = text.unwrap_or(found);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certificates_cover_hosts_as_in_go() {
        let identity =
            |names: &[&str]| Identity { dns_names: names.iter().map(|name| (*name).to_owned()).collect(), ..Identity::default() };
        for (names, host, expected) in [
            (&["shop.example"][..], "shop.example", true),
            (&["shop.example"], "SHOP.example.", true),
            (&["*.shop.example"], "a.shop.example", true),
            (&["*.shop.example"], "a.b.shop.example", false),
            (&["*.shop.example"], "shop.example", false),
            // What is no host name must be the very name.
            (&["*.shop.example"], "*.shop.example", true),
            (&["*.Shop.example"], "*.shop.example", true),
            (&["*.example"], "*.shop.example", false),
            (&["shop.example"], "*.shop.example", false),
            (&["*"], "*", true),
            (&["*.*.example"], "a.b.example", false),
            (&[""], "", false),
            (&["."], ".", false),
        ] {
            assert_eq!(identity(names).covers(host), expected, "{names:?} {host}");
        }
    }

    #[test]
    fn short_primes_are_left_out_where_another_openssl_reads_them() {
        use base64::Engine;
        for (bytes, is_strict, is_taken) in [(120_u8, false, true), (120, true, false), (0, true, false)] {
            // A sequence of a prime of so many bytes and the generator 2.
            let der = [&[0x30, bytes.wrapping_add(5), 0x02, bytes][..], &vec![0x7f; usize::from(bytes)], &[2, 1, 2]].concat();
            let body = base64::engine::general_purpose::STANDARD.encode(der);
            let pem = format!("-----BEGIN DH PARAMETERS-----\n{body}\n-----END DH PARAMETERS-----\n");
            let data = [(String::from("dhparam.pem"), k8s_openapi::ByteString(pem.into_bytes()))];
            let secret = Secret { data: Some(data.into_iter().collect()), ..Secret::default() };
            assert_eq!(dh_parameters("a/dh", &secret, is_strict).is_ok(), is_taken, "{bytes} {is_strict}");
        }
    }

    #[test]
    fn authorities_are_called_certificates_where_another_openssl_reads_them() {
        let own = rcgen::generate_simple_self_signed([String::from("ca.test")]).expect("it is a name").cert.pem();
        let other = own.replace("CERTIFICATE", "TRUSTED CERTIFICATE");
        for (authorities, is_strict, is_taken) in
            [(&own, true, true), (&other, false, true), (&other, true, false), (&format!("{other}{own}"), true, true)]
        {
            let data = [(String::from("ca.crt"), k8s_openapi::ByteString(authorities.clone().into_bytes()))];
            let secret = Secret { data: Some(data.into_iter().collect()), ..Secret::default() };
            assert_eq!(read("a/ca", &secret, false, is_strict).is_ok(), is_taken, "{authorities} {is_strict}");
        }
    }
}
