//! Which lists of addresses, and which patterns of clients, can be asked for.

use std::net::IpAddr;

use super::super::dialect;
use crate::nginx::problem;

/// Whether a pattern of clients that are refused can be asked for.
pub(super) fn is_filter(entry: &str) -> bool {
    let pattern = entry.strip_prefix("~*").or_else(|| entry.strip_prefix('~'));
    !entry.chars().any(char::is_control) && pattern.is_none_or(|pattern| problem(pattern).is_none())
}

/// Whether all of a list can be told from other addresses.
pub(super) fn are_readable(all: &[String]) -> bool {
    let (ipv4, ipv6) = readable(all);
    let twice = all.iter().filter(|network| *network == "all").count();
    ipv4.len() + ipv6.len() == all.len() + twice
}

/// The networks of IPv4 and those of IPv6.
pub(super) fn readable(all: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut ipv4, mut ipv6) = (Vec::new(), Vec::new());
    for network in all {
        if network == "all" {
            ipv4.push(String::from("0.0.0.0/0"));
            ipv6.push(String::from("::/0"));
            continue;
        }
        match dialect::network(network) {
            Some(IpAddr::V4(_)) => ipv4.push(network.clone()),
            Some(IpAddr::V6(_)) => ipv6.push(network.clone()),
            None => {}
        }
    }
    (ipv4, ipv6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_readable_as_a_whole() {
        for (all, expected) in
            [(vec![], true), (vec!["10.0.0.1", "::/0", "all"], true), (vec!["10.0.0.1", "ten"], false), (vec!["10.0.0.0/33"], false)]
        {
            assert_eq!(are_readable(&all.iter().map(|network| (*network).to_owned()).collect::<Vec<_>>()), expected, "{all:?}");
        }
    }
}
