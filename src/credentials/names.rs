//! Names whose values are secret: of headers, variables, keys, arguments and fields.

use std::sync::LazyLock;

use regex::Regex;

/// What in a name, written without separators, makes its value secret.
const SECRET: &str = "authorization|passw|passphrase|htpasswd|requirepass|masterauth|secret|token|credential|apikey|accesskey|\
                      privatekey|licensekey|signature|bearer|jwt|cookie|sessionid|sessionkey";

/// Last words of names that are about a secret and do not hold it.
const ABOUT: &[&str] = &[
    "age",
    "change",
    "class",
    "conditional",
    "count",
    "delimiter",
    "domain",
    "enabled",
    "expires",
    "expiry",
    "failure",
    "file",
    "files",
    "flags",
    "header",
    "headers",
    "host",
    "key_ref",
    "length",
    "limit",
    "max",
    "method",
    "methods",
    "mode",
    "name",
    "names",
    "namespace",
    "path",
    "policy",
    "port",
    "realm",
    "ref",
    "required",
    "samesite",
    "secure",
    "seconds",
    "size",
    "status",
    "timeout",
    "ttl",
    "type",
    "types",
    "uri",
    "url",
    "valid",
    "verify",
    "zone",
];

/// Words before `key` where that is no secret.
const OPEN_KEYS: &[&str] = &["cache", "certificate", "hash", "limit", "lookup", "map", "object", "partition", "public", "sort", "zone"];

#[expect(clippy::unwrap_used, reason = "a fixed pattern that a test compiles")]
static SECRET_NAME: LazyLock<Regex> = LazyLock::new(|| Regex::new(SECRET).unwrap());

/// Whether what has this name is secret.
#[must_use]
pub fn is_name(name: &str) -> bool {
    let words = words(name);
    let (Some(last), Some(first)) = (words.last(), words.first()) else { return false };
    if ABOUT.contains(&last.as_str()) || is_reference(name, &words) {
        return false;
    }
    let before = words.len().checked_sub(2).map(|at| words[at].as_str());
    let is_key = last == "key" && before.is_some_and(|before| !OPEN_KEYS.contains(&before));
    let is_pass = matches!(last.as_str(), "pass" | "pwd" | "pw" | "psk" | "passcode")
        && !matches!(first.as_str(), "proxy" | "grpc" | "fastcgi" | "uwsgi" | "scgi" | "memcached" | "ssl");
    let is_auth = words.windows(2).any(|pair| pair[0] == "x" && pair[1] == "auth") && !words.iter().any(|word| word == "request");
    is_key || is_pass || is_auth || SECRET_NAME.is_match(&words.concat())
}

/// Annotations name Secrets as `auth-tls-secret`.
fn is_reference(name: &str, words: &[String]) -> bool {
    let [.., of, last] = words else { return false };
    let is_plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || b"-./".contains(&byte));
    is_plain && last == "secret" && words[0] != "x" && matches!(of.as_str(), "auth" | "tls" | "ssl" | "crt" | "ca" | "certificate")
}

/// The words of a name in small letters: `X-Api-Key`, `apiKey` and `API_KEY` have the same.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_small = false;
    let mut begins = true;
    for character in name.chars() {
        if !character.is_ascii_alphanumeric() {
            begins = true;
            continue;
        }
        if begins || character.is_ascii_uppercase() && was_small {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(character.to_ascii_lowercase());
        }
        (begins, was_small) = (false, !character.is_ascii_uppercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart() {
        for name in ["Authorization", "X-Api-Key", "apiKey", "API_KEY", "db_pass", "x-auth", "client_secret", "AUTH_SECRET", "http_x_token"]
        {
            assert!(is_name(name), "{name}");
        }
        for name in
            ["", "Host", "key", "auth-secret", "tokenType", "secretName", "proxy_pass", "X-Auth-Request-User", "passthrough", "keyboard"]
        {
            assert!(!is_name(name), "{name}");
        }
    }
}
