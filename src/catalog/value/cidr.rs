//! Addresses and networks, read and written as Go does.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Reads a list of addresses and networks, separated by commas; sorted, each once. None if one is neither.
#[must_use]
pub fn parse_networks(list: &str) -> Option<Vec<String>> {
    let found: Option<BTreeSet<String>> = list.split(',').map(|item| parse_one(item.trim())).collect();
    found.map(|found| found.into_iter().collect())
}

fn parse_one(item: &str) -> Option<String> {
    match item.split_once('/') {
        Some((address, length)) => parse_network(address.parse().ok()?, length),
        None => item.parse().ok().map(|address: IpAddr| address.to_canonical().to_string()),
    }
}

/// A network with the bits behind its prefix cleared. Quirk: an IPv4 network in IPv6 form is written as IPv4.
fn parse_network(address: IpAddr, length: &str) -> Option<String> {
    if length.is_empty() || !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let length: u32 = length.parse().ok()?;
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32_u32.checked_sub(length)?).unwrap_or(0);
            Some(format!("{}/{length}", Ipv4Addr::from_bits(address.to_bits() & mask)))
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128_u32.checked_sub(length)?).unwrap_or(0);
            let network = Ipv6Addr::from_bits(address.to_bits() & mask);
            Some(match network.to_ipv4_mapped() {
                Some(network) => format!("{network}/{}", length.saturating_sub(96)),
                None => format!("{network}/{length}"),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_cleaned_sorted_and_unique() {
        for (list, expected) in [
            ("10.1.2.3/8,10.0.0.0/8", "10.0.0.0/8"),
            ("192.168.1.1, 10.0.0.0/08", "10.0.0.0/8 192.168.1.1"),
            ("::1,2001:DB8::1/32,0.0.0.0/0,::/0", "0.0.0.0/0 2001:db8::/32 ::/0 ::1"),
            ("::ffff:1.2.3.4/120", "1.2.3.0/24"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("::ffff:1.2.3.4/64", "::/64"),
        ] {
            assert_eq!(parse_networks(list).map(|found| found.join(" ")).as_deref(), Some(expected), "{list}");
        }
    }

    #[test]
    fn one_bad_item_spoils_the_list() {
        for list in [
            "",
            ",",
            "10.0.0.0/8,",
            "10.0.0.1/33",
            "::/129",
            "10.0.0.1/",
            "10.0.0.1/-1",
            "010.0.0.1",
            "300.1.1.1",
            "fe80::1%eth0",
            "localhost",
            "1.2.3",
        ] {
            assert_eq!(parse_networks(list), None, "{list}");
        }
    }
}
