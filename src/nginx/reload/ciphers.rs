//! Lists of ciphers as OpenSSL reads them, as far as it takes to see whether one cipher is left.

/// Words of a list that stand for several ciphers.
const GROUPS: &[&str] = &[
    "ALL",
    "COMPLEMENTOFALL",
    "COMPLEMENTOFDEFAULT",
    "DEFAULT",
    "HIGH",
    "MEDIUM",
    "LOW",
    "eNULL",
    "NULL",
    "aNULL",
    "kRSA",
    "aRSA",
    "RSA",
    "kDHE",
    "kEDH",
    "DH",
    "DHE",
    "EDH",
    "ADH",
    "kEECDH",
    "kECDHE",
    "ECDH",
    "ECDHE",
    "EECDH",
    "AECDH",
    "aDSS",
    "DSS",
    "aECDSA",
    "ECDSA",
    "TLSv1.2",
    "TLSv1.0",
    "TLSv1",
    "SSLv3",
    "AES128",
    "AES256",
    "AES",
    "AESGCM",
    "AESCCM",
    "AESCCM8",
    "ARIA128",
    "ARIA256",
    "ARIA",
    "CAMELLIA128",
    "CAMELLIA256",
    "CAMELLIA",
    "CHACHA20",
    "3DES",
    "DES",
    "RC4",
    "RC2",
    "IDEA",
    "SEED",
    "MD5",
    "SHA1",
    "SHA",
    "SHA256",
    "SHA384",
    "PSK",
    "kPSK",
    "kECDHEPSK",
    "kDHEPSK",
    "kRSAPSK",
    "aPSK",
    "SUITEB128",
    "SUITEB128ONLY",
    "SUITEB192",
    "kSRP",
    "SRP",
    "aSRP",
    "CBC",
];

/// Parts of the name of one cipher.
const PARTS: &[&str] = &[
    "ECDHE",
    "ECDSA",
    "RSA",
    "DHE",
    "EDH",
    "DSS",
    "ADH",
    "AECDH",
    "PSK",
    "SRP",
    "AES",
    "AES128",
    "AES256",
    "GCM",
    "CCM",
    "CCM8",
    "CHACHA20",
    "POLY1305",
    "CAMELLIA128",
    "CAMELLIA256",
    "ARIA128",
    "ARIA256",
    "DES",
    "CBC3",
    "CBC",
    "RC4",
    "SEED",
    "IDEA",
    "NULL",
    "MD5",
    "SHA",
    "SHA256",
    "SHA384",
    "128",
    "256",
    "3DES",
];

/// Whether a list leaves at least one cipher.
pub(super) fn leave_one(list: &str) -> bool {
    let items = list.split([':', ',', ' ', ';']).filter(|item| !item.is_empty());
    items.clone().any(|item| !item.starts_with(['!', '-', '@', '+']) && is_known(item))
}

fn is_known(item: &str) -> bool {
    // `ECDHE+AESGCM` means the ciphers that are both.
    item.split('+').all(|word| GROUPS.contains(&word) || word.contains('-') && word.split('-').all(|part| PARTS.contains(&part)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cipher_must_be_left() {
        for good in [
            "ECDHE-RSA-AES128-GCM-SHA256",
            "HIGH:!aNULL:!MD5",
            "ECDHE+AESGCM",
            "X:AES256-SHA",
            "ALL:!EXPORT:@STRENGTH",
            "DEFAULT@SECLEVEL=1:HIGH",
        ] {
            assert!(leave_one(good), "{good}");
        }
        for bad in ["X", "", "!aNULL", "TLS_AES_128_GCM_SHA256", "FOO-BAR"] {
            assert!(!leave_one(bad), "{bad}");
        }
    }
}
