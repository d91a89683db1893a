//! Diffie-Hellman parameters that OpenSSL does not take.

use crate::ir::Proxy;
use crate::manifest::Cluster;
use crate::nginx::Refusal;

/// Fewest bits of the prime in Diffie-Hellman parameters that OpenSSL takes.
const FEWEST_BITS: usize = 1024;

/// Parameters that are too small.
pub(super) fn check(cluster: &Cluster, proxy: &Proxy) -> Option<Refusal> {
    let file = &proxy.settings.tls.dh_param;
    let stem = file.rsplit('/').next()?.strip_suffix(".pem").filter(|stem| !stem.is_empty())?;
    let named = |name: &str, namespace: &str| format!("{namespace}-{name}") == stem;
    let secret = cluster.secrets.iter().find(|secret| named(&secret.reference.name, &secret.reference.namespace))?;
    let text = secret.value.data.as_ref()?.get("dhparam.pem")?;
    let bits = prime_bits(std::str::from_utf8(&text.0).ok()?)?;
    let message = format!("the Diffie-Hellman parameters have {bits} bits, and OpenSSL takes no fewer than {FEWEST_BITS}");
    (bits < FEWEST_BITS).then(|| Refusal { message, directive: String::from("ssl_dhparam"), ..Refusal::default() })
}

/// The bits of the prime: the first number of the sequence.
fn prime_bits(pem: &str) -> Option<usize> {
    use base64::Engine;
    let body = pem.split("-----BEGIN DH PARAMETERS-----").nth(1)?.split("-----END").next()?;
    let der = base64::engine::general_purpose::STANDARD.decode(body.split_whitespace().collect::<String>()).ok()?;
    let (tag, content) = element(&der)?;
    let (inner, number) = element(content)?;
    let number = number.strip_prefix(&[0]).unwrap_or(number);
    (tag == 0x30 && inner == 0x02).then(|| number.len() * 8 - number.first().map_or(0, |first| first.leading_zeros() as usize))
}

/// The tag and the content of a DER element.
fn element(der: &[u8]) -> Option<(u8, &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&short, rest) = rest.split_first()?;
    if short < 0x80 {
        return Some((tag, rest.get(..usize::from(short))?));
    }
    let (length, rest) = rest.split_at_checked(usize::from(short & 0x7f).min(4))?;
    let length = length.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
    Some((tag, rest.get(..length)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn primes_are_measured() {
        assert_eq!(prime_bits("-----BEGIN DH PARAMETERS-----\nMAYCAQMCAQI=\n-----END DH PARAMETERS-----"), Some(2));
        assert_eq!(prime_bits("-----BEGIN DH PARAMETERS-----\n????\n-----END DH PARAMETERS-----"), None);
    }
}
