//! Parameters of the Diffie-Hellman key exchange.

use base64::Engine;

/// The bits of the prime: the first number of the sequence; none where the text holds no parameters.
#[must_use]
pub fn prime_bits(pem: &str) -> Option<usize> {
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
