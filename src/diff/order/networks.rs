//! The lines of `geo`: networks, of which the longest fits whatever the order, and ranges, of which the later one replaces.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

use super::Level;
use crate::conf::{Arg, Directive};

/// Lines that are no networks.
const SETTINGS: [&str; 3] = ["proxy", "proxy_recursive", "ranges"];

/// The groups of each line.
pub(super) fn keys<'a>(lines: &[Directive<'a>], level: &Level<'_, 'a>) -> Vec<Vec<Cow<'a, str>>> {
    if level.declared.iter().chain(level.live).any(|line| line.name() == "ranges") { ranges(lines) } else { networks(lines) }
}

/// The network that a line is about: `delete` takes away what was said before.
fn subject<'a>(line: Directive<'a>) -> Option<Cow<'a, str>> {
    match line.name() {
        name if SETTINGS.contains(&&*name) => None,
        name if name == "delete" => line.args().next().map(Arg::value),
        name => Some(name),
    }
}

fn networks<'a>(lines: &[Directive<'a>]) -> Vec<Vec<Cow<'a, str>>> {
    let own = |line: Directive<'a>| match subject(line) {
        Some(name) if name == "default" => vec![Cow::Borrowed("0.0.0.0/0"), Cow::Borrowed("::/0")],
        Some(name) => vec![network(&name).map_or(name, Cow::Owned)],
        None => Vec::new(),
    };
    let keys: Vec<Vec<Cow<'a, str>>> = lines.iter().map(|line| own(*line)).collect();
    if lines.iter().any(|line| line.name() == "include") {
        // What is in the file may be about any of them.
        return keys.into_iter().map(|own| if own.is_empty() { own } else { vec![Cow::Borrowed("")] }).collect();
    }
    keys
}

/// A network without the bits that do not count.
fn network(text: &str) -> Option<String> {
    let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let address: IpAddr = address.parse().ok()?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length: u32 = length.map_or(Some(most), |length| length.parse().ok()).filter(|length| *length <= most)?;
    let dropped = most - length;
    Some(match address {
        IpAddr::V4(address) => {
            let kept = u32::MAX.checked_shl(dropped).unwrap_or(0);
            format!("{}/{length}", Ipv4Addr::from(u32::from(address) & kept))
        }
        IpAddr::V6(address) => {
            let kept = u128::MAX.checked_shl(dropped).unwrap_or(0);
            format!("{}/{length}", std::net::Ipv6Addr::from(u128::from(address) & kept))
        }
    })
}

/// Ranges that overlap, by themselves or through others between them, are one group.
fn ranges<'a>(lines: &[Directive<'a>]) -> Vec<Vec<Cow<'a, str>>> {
    let mut keys: Vec<Vec<Cow<'a, str>>> = vec![Vec::new(); lines.len()];
    let is_unknown = |line: &Directive<'_>| subject(*line).is_some_and(|name| name != "default" && range(&name).is_none());
    if lines.iter().any(is_unknown) {
        let all = |line: &Directive<'a>| subject(*line).filter(|name| name != "default").map(|_| Cow::Borrowed("")).into_iter().collect();
        return lines.iter().map(all).collect();
    }
    let mut known: Vec<(u32, u32, usize)> = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if let Some((first, last)) = subject(*line).and_then(|name| range(&name)) {
            known.push((first, last, at));
        }
    }
    known.sort_unstable();
    let (mut group, mut end) = (0usize, None);
    for (first, last, at) in known {
        if end.is_some_and(|end| first > end) {
            group += 1;
        }
        end = Some(end.map_or(last, |end: u32| end.max(last)));
        keys[at].push(Cow::Owned(group.to_string()));
    }
    keys
}

fn range(text: &str) -> Option<(u32, u32)> {
    let (first, last) = text.split_once('-')?;
    let number = |text: &str| text.parse::<Ipv4Addr>().ok().map(u32::from);
    Some((number(first)?, number(last)?))
}

#[cfg(test)]
mod tests {
    use super::network;

    #[test]
    fn networks_are_known_in_every_spelling() {
        for (text, expected) in [
            ("10.0.0.1/8", Some("10.0.0.0/8")),
            ("10.0.0.1", Some("10.0.0.1/32")),
            ("1.2.3.4/0", Some("0.0.0.0/0")),
            ("FD00::1/64", Some("fd00::/64")),
            ("fd00:0::1", Some("fd00::1/128")),
            ("::1/0", Some("::/0")),
            ("10.0.0.1/33", None),
            ("a.example", None),
        ] {
            assert_eq!(network(text).as_deref(), expected, "{text}");
        }
    }
}
