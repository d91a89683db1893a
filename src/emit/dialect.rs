//! What all targets for nginx have in common: the controller's ways that do not depend on how a configuration is laid out.

use std::net::IpAddr;

use crate::ir::Proxy;

/// Units of sizes in memory.
pub(super) const MEMORY_UNITS: &[u8] = b"kKmM";

/// Units of sizes of files and bodies.
pub(super) const OFFSET_UNITS: &[u8] = b"kKmMgG";

/// Browsers that take `SameSite=None` for something else, by what fits their names, as the controller knows them.
pub(super) const UNFIT_FOR_SAME_SITE_NONE: [&str; 4] =
    ["Chrome/[456]", "CPU iPhone OS 12", "iPad; CPU OS 12", "^(?=.*Macintosh)(?=.*Intel Mac OS X 10_14)(?=.*Safari)(?!.*Chrome)"];

/// Whether the controller takes a text for a size. Quirk: blanks around it do not count.
pub(super) fn is_size(text: &str, units: &[u8]) -> bool {
    let digits = text.trim().trim_end_matches(|c: char| u8::try_from(c).is_ok_and(|byte| units.contains(&byte)));
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number && text.trim().len() - digits.len() <= 1
}

/// The conditions for trying the next endpoint; the one about requests that are not idempotent stands last.
pub(super) fn next_upstream(conditions: &str, retry_non_idempotent: bool) -> String {
    const NON_IDEMPOTENT: &str = "non_idempotent";
    let all = || conditions.split(' ').filter(|word| !word.is_empty());
    let mut words: Vec<&str> = all().filter(|word| *word != NON_IDEMPOTENT).collect();
    if retry_non_idempotent || all().any(|word| word == NON_IDEMPOTENT) {
        words.push(NON_IDEMPOTENT);
    }
    words.join(" ")
}

/// The addresses of a list, or all; where none of the list can be read, nobody from outside is let in.
pub(super) fn listen_addresses(list: &[String], all: &str, nobody: &str) -> Vec<String> {
    if list.is_empty() {
        return vec![all.to_owned()];
    }
    let found: Vec<String> = list.iter().filter(|address| is_address(address)).cloned().collect();
    if found.is_empty() { vec![nobody.to_owned()] } else { found }
}

/// Whether an address can be listened on.
pub(super) fn is_address(address: &str) -> bool {
    address.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>().is_ok()
}

/// Whether a text is an address, or a network of addresses.
pub(super) fn is_network(text: &str) -> bool {
    network(text).is_some()
}

/// The address of a text that is one, or a network of addresses.
pub(super) fn network(text: &str) -> Option<IpAddr> {
    let (address, bits) = text.split_once('/').map_or((text, None), |(address, bits)| (address, Some(bits)));
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128_u8 };
    let fits = |bits: &str| bits.parse::<u8>().is_ok_and(|bits| bits <= most) && !bits.starts_with('+');
    bits.is_none_or(fits).then_some(address)
}

/// The name of a host as nginx takes it: a wildcard becomes a regular expression, because it stands for one label only.
pub(super) fn server_name(hostname: &str) -> String {
    if !hostname.starts_with('*') {
        return hostname.to_owned();
    }
    let parent = hostname.replacen("*.", "", 1).replace('.', "\\.");
    format!("~^(?<subdomain>[\\w-]+)\\.{parent}$")
}

/// One regular expression for origins. Quirk: a separator follows each origin but the last, even where that one is empty.
pub(super) fn origins_pattern(origins: &[String]) -> String {
    let mut pattern = String::new();
    for (at, origin) in origins.iter().enumerate() {
        let origin = origin.trim();
        if origin.is_empty() {
            continue;
        }
        // A star stands for one part of a host name.
        let literal = regex_literal(origin).replacen("\\*", "[A-Za-z0-9\\-]+", 1);
        pattern.push('(');
        pattern.push_str(&literal);
        pattern.push(')');
        if at + 1 < origins.len() {
            pattern.push('|');
        }
    }
    pattern
}

/// The text with the characters escaped that Go escapes.
pub(super) fn regex_literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if r"\.+*?()|[]{}^$".contains(character) {
            literal.push('\\');
        }
        literal.push(character);
    }
    literal
}

/// A path as nginx writes it into a redirect of its own.
pub(super) fn escaped_path(path: &str) -> String {
    let mut escaped = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_graphic() && !b"\"#%<>?\\^`{|}".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

/// The parameters of `resolver`; none where the pod has no name servers.
pub(super) fn resolver(proxy: &Proxy) -> Option<Vec<String>> {
    let no_ipv6 = proxy.settings.listening.disable_ipv6_dns;
    let mut words = Vec::new();
    for address in &proxy.runtime.resolvers {
        match address {
            IpAddr::V4(address) => words.push(address.to_string()),
            IpAddr::V6(_) if no_ipv6 => {}
            IpAddr::V6(address) => words.push(format!("[{address}]")),
        }
    }
    words.push(String::from("valid=30s"));
    if no_ipv6 {
        words.push(String::from("ipv6=off"));
    }
    (!proxy.runtime.resolvers.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_idempotent_stands_last() {
        assert_eq!(next_upstream("error  timeout", false), "error timeout");
        assert_eq!(next_upstream("non_idempotent error", false), "error non_idempotent");
        assert_eq!(next_upstream("error", true), "error non_idempotent");
    }

    #[test]
    fn origins_become_one_pattern() {
        let pattern = |origins: &[&str]| origins_pattern(&origins.iter().map(|origin| (*origin).to_owned()).collect::<Vec<_>>());
        assert_eq!(pattern(&["https://a.com"]), r"(https://a\.com)");
        assert_eq!(pattern(&["https://*.a.com", "http://b"]), r"(https://[A-Za-z0-9\-]+\.a\.com)|(http://b)");
        assert_eq!(pattern(&["a", ""]), "(a)|");
    }

    #[test]
    fn networks_are_told_from_other_texts() {
        for text in ["10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "::1", "fc00::/7"] {
            assert!(is_network(text), "{text}");
        }
        for text in ["", "10.0.0.0/33", "10.0.0.0/", "::/129", "10.0.0.0/+8", "10.0.0.0/8/8", "ten", "all", " 10.0.0.1", "10.0.0"] {
            assert!(!is_network(text), "{text}");
        }
    }

    #[test]
    fn paths_in_redirects_are_escaped() {
        assert_eq!(escaped_path("/a b/ü/100%?#+&"), "/a%20b/%C3%BC/100%25%3F%23+&");
    }

    #[test]
    fn wildcards_stand_for_one_label() {
        assert_eq!(server_name("a.example"), "a.example");
        assert_eq!(server_name("*.b.example"), r"~^(?<subdomain>[\w-]+)\.b\.example$");
    }
}
