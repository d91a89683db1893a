//! Hosts that are addresses, in whatever form, and those that lead to the machine itself.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Names that files of hosts give the machine itself.
const OWN_NAMES: &[&str] = &["localhost", "localhost.localdomain", "localhost4", "localhost6", "ip6-localhost", "ip6-loopback"];

/// Where a host leads that is not out into the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inward {
    /// The machine itself.
    Machine,
    /// Its link, where clouds answer machines about themselves.
    Link,
}

/// Whether a host is the machine that asks for it, or on its link, in all the ways that these can be written.
#[must_use]
pub fn inward(host: &str) -> Option<Inward> {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    if OWN_NAMES.contains(&name.as_str()) || name.ends_with(".localhost") {
        return Some(Inward::Machine);
    }
    let address = read_address(name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&name))?;
    let is_of_link = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    match address {
        _ if is_of_link => Some(Inward::Link),
        // Systems take the whole network of zero for the machine itself, or for nothing.
        IpAddr::V4(address) if address.octets()[0] == 0 => Some(Inward::Machine),
        _ => (address.is_loopback() || address.is_unspecified()).then_some(Inward::Machine),
    }
}

/// The address that a host stands for, in all the ways that the resolver of the system reads: `127.1` and `0x7f000001` too.
#[must_use]
pub fn read_address(host: &str) -> Option<IpAddr> {
    if let Ok(address) = host.parse::<Ipv6Addr>() {
        return Some(address.to_canonical());
    }
    let parts: Vec<u32> = host.split('.').map(number).collect::<Option<_>>()?;
    let (last, first) = parts.split_last().filter(|(_, first)| first.len() < 4)?;
    if first.iter().any(|part| *part > 0xff) {
        return None;
    }
    // The last part fills all bytes that are left.
    let free = 8 * (4 - first.len());
    if free < 32 && last >> free != 0 {
        return None;
    }
    let bits = first.iter().zip([24, 16, 8]).fold(*last, |bits, (part, shift)| bits | part << shift);
    Some(IpAddr::V4(Ipv4Addr::from_bits(bits)))
}

fn number(part: &str) -> Option<u32> {
    match part.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None if part.len() > 1 && part.starts_with('0') => u32::from_str_radix(part, 8).ok(),
        None => part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse().ok())?,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_in_every_form() {
        for (host, expected) in [
            ("127.0.0.1", Some("127.0.0.1")),
            ("127.1", Some("127.0.0.1")),
            ("2130706433", Some("127.0.0.1")),
            ("0x7f000001", Some("127.0.0.1")),
            ("0177.0.0.1", Some("127.0.0.1")),
            ("169.254.43518", Some("169.254.169.254")),
            ("0", Some("0.0.0.0")),
            ("::ffff:169.254.169.254", Some("169.254.169.254")),
            ("::ffff:127.0.0.1", Some("127.0.0.1")),
            ("fe80::1", Some("fe80::1")),
            ("1.2.3.4.5", None),
            ("256.1.1.1", None),
            ("1.2.3.256", None),
            ("a.example", None),
            ("1.example", None),
            ("", None),
        ] {
            assert_eq!(read_address(host), expected.and_then(|text| text.parse().ok()), "{host}");
        }
    }

    #[test]
    fn the_machine_itself_has_many_names() {
        let (machine, link) = (Some(Inward::Machine), Some(Inward::Link));
        for (host, expected) in [
            ("localhost", machine),
            ("LocalHost.", machine),
            ("a.localhost", machine),
            ("ip6-loopback", machine),
            ("127.0.0.1", machine),
            ("127.9.9.9.", machine),
            ("127.1", machine),
            ("0x7f.1", machine),
            ("0X7F.1", machine),
            ("0177.1", machine),
            ("2130706433", machine),
            ("0", machine),
            ("0.0.0.0", machine),
            ("0.1.2.3", machine),
            ("::", machine),
            ("[::]", machine),
            ("::1", machine),
            ("::ffff:127.0.0.1", machine),
            ("::ffff:0.0.0.0", machine),
            ("169.254.169.254", link),
            ("0xa9fea9fe", link),
            ("fe80::1", link),
            ("128.0.0.1", None),
            ("10.0.0.1", None),
            ("fd00::1", None),
            ("localhost.example", None),
            ("notlocalhost", None),
            ("127.0.0.1.example", None),
            ("", None),
        ] {
            assert_eq!(inward(host), expected, "{host}");
        }
    }
}
