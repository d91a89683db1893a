//! Names that OpenSSL knows: with a list that holds none of them HAProxy does not start.

/// Ciphers up to TLS 1.2, without what the key is agreed on by.
const CIPHERS: &[&str] = &[
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
    "AES128-SHA256",
    "AES256-SHA256",
    "AES256-SHA384",
    "AES128-SHA",
    "AES256-SHA",
    "CHACHA20-POLY1305",
];

/// Groups of ciphers that never come out empty.
const GROUPS: &[&str] =
    &["ALL", "HIGH", "DEFAULT", "AES", "AESGCM", "AES128", "AES256", "ECDHE", "EECDH", "DHE", "EDH", "RSA", "TLSv1.2", "CHACHA20"];

/// Whether a list of ciphers holds one at least that nothing in the list takes away again.
pub(super) fn is_cipher_list(list: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"-+_.@=!".contains(&byte);
    let all = || list.split([':', ',']).filter(|item| !item.is_empty());
    let fits = |item: &str| item.bytes().all(is_word) && (!item.contains('@') || item == "@STRENGTH" || level(item));
    all().all(fits)
        && all().any(|item| is_cipher(item) && !all().filter_map(|item| item.strip_prefix(['!', '-'])).any(|out| takes(out, item)))
}

/// `@SECLEVEL=0`, alone or behind a group.
fn level(item: &str) -> bool {
    item.split_once('@').is_some_and(|(_, level)| matches!(level.strip_prefix("SECLEVEL="), Some("0" | "1" | "2")))
}

fn is_cipher(item: &str) -> bool {
    let item = item.split('@').next().unwrap_or_default();
    let body = ["ECDHE-RSA-", "ECDHE-ECDSA-", "DHE-RSA-"].iter().find_map(|key| item.strip_prefix(key)).unwrap_or(item);
    CIPHERS.contains(&body) || !item.is_empty() && item.split('+').all(|part| GROUPS.contains(&part))
}

/// Whether what a list takes away may be the cipher or the group.
fn takes(out: &str, item: &str) -> bool {
    const ALL: &[&str] = &["ALL", "HIGH", "DEFAULT", "COMPLEMENTOFNULL", "TLSv1.2", "TLSv1", "SSLv3", "FIPS", "aRSA"];
    ALL.contains(&out) || out == item || item.split(['-', '+']).any(|part| part == out || part == "SHA" && out == "SHA1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_cipher_has_to_be_left() {
        for list in [
            "HIGH:!aNULL:!MD5",
            "ECDHE-RSA-AES128-GCM-SHA256:ECDHE+AESGCM",
            "foo:AES128-SHA",
            "DEFAULT:@SECLEVEL=0",
            "DEFAULT@SECLEVEL=1",
            "ECDHE-ECDSA-CHACHA20-POLY1305:!kRSA:@STRENGTH",
        ] {
            assert!(is_cipher_list(list), "{list}");
        }
        for list in
            ["", "or", "foo-bar", "if", "AES128-SHA:!AES128-SHA", "HIGH:!ALL", "AES128-SHA:!SHA1", "TLS_AES_128_GCM_SHA256", "HIGH:@FOO=1"]
        {
            assert!(!is_cipher_list(list), "{list}");
        }
        assert!(!is_cipher_list("HIGH ]") && !is_cipher_list("HIGH\n") && !is_cipher_list("!HIGH"));
    }
}
