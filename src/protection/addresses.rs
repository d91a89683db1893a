//! Sets of client addresses, as nginx's modules evaluate lists of networks.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

/// Numbers from the first to the last.
type Range = (u128, u128);

/// Ranges that touch none of each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Ranges(BTreeMap<u128, u128>);

impl Ranges {
    /// Adds a range and returns what of it is new. All calls together take n log n steps: what is covered is merged away.
    fn claim(&mut self, (first, last): Range) -> Vec<Range> {
        let start = self.0.range(..=first).next_back().filter(|(_, end)| **end >= first).map_or(first, |(start, _)| *start);
        let hit: Vec<Range> = self.0.range(start..=last).map(|(start, end)| (*start, *end)).collect();
        let (mut low, mut high, mut next, mut fresh) = (first, last, Some(first), Vec::new());
        for (start, end) in hit {
            if let Some(at) = next.filter(|at| *at < start) {
                fresh.push((at, start - 1));
            }
            next = next.and_then(|at| end.checked_add(1).map(|behind| at.max(behind)));
            (low, high) = (low.min(start), high.max(end));
            self.0.remove(&start);
        }
        if let Some(at) = next.filter(|at| *at <= last) {
            fresh.push((at, last));
        }
        self.0.insert(low, high);
        fresh
    }

    /// The same with ranges joined that touch, so that equal sets look equal.
    fn joined(&self) -> Self {
        let mut joined: Vec<Range> = Vec::new();
        for (&start, &end) in &self.0 {
            match joined.last_mut() {
                Some((_, last)) if last.checked_add(1) == Some(start) => *last = end,
                _ => joined.push((start, end)),
            }
        }
        Self(joined.into_iter().collect())
    }

    fn complement(&self, last: u128) -> Self {
        let mut out = BTreeMap::new();
        let mut next = Some(0);
        for (&start, &end) in &self.0 {
            if let Some(at) = next.filter(|at| *at < start) {
                out.insert(at, start - 1);
            }
            next = end.checked_add(1);
        }
        if let Some(at) = next.filter(|at| *at <= last) {
            out.insert(at, last);
        }
        Self(out)
    }

    fn meets(&self, other: &Self) -> bool {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        while let (Some((start, end)), Some((first, last))) = (ours.peek(), theirs.peek()) {
            if end < first {
                ours.next();
            } else if last < start {
                theirs.next();
            } else {
                return true;
            }
        }
        false
    }
}

/// A set of addresses: of IPv4, of IPv6, and those that come over a socket of the machine.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Addresses {
    v4: Ranges,
    v6: Ranges,
    local: bool,
}

const LAST_V4: u128 = u32::MAX as u128;

impl Addresses {
    /// Those of some networks; what is none is left out.
    pub(super) fn of<'n>(networks: impl IntoIterator<Item = &'n str>) -> Self {
        let mut set = Self::default();
        for network in networks {
            if let Some(network) = Network::read(network) {
                set.claim(network);
            }
        }
        set.joined()
    }

    /// Adds a network and returns what of it is new.
    fn claim(&mut self, network: Network) -> Self {
        let mut fresh = Self::default();
        for (ranges, added, range) in [(&mut self.v4, &mut fresh.v4, network.v4), (&mut self.v6, &mut fresh.v6, network.v6)] {
            added.0.extend(range.map(|range| ranges.claim(range)).unwrap_or_default());
        }
        fresh.local = network.local && !self.local;
        self.local |= network.local;
        fresh
    }

    fn extend(&mut self, other: Self) {
        self.v4.0.extend(other.v4.0);
        self.v6.0.extend(other.v6.0);
        self.local |= other.local;
    }

    fn joined(&self) -> Self {
        Self { v4: self.v4.joined(), v6: self.v6.joined(), local: self.local }
    }

    /// All others.
    pub(super) fn complement(&self) -> Self {
        Self { v4: self.v4.complement(LAST_V4), v6: self.v6.complement(u128::MAX), local: !self.local }
    }

    /// Whether both have one in common.
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.local && other.local || self.v4.meets(&other.v4) || self.v6.meets(&other.v6)
    }

    /// Whether all of these are in the other set.
    pub(super) fn is_within(&self, other: &Self) -> bool {
        !self.meets(&other.complement())
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it is every one.
    pub(super) fn is_all(&self) -> bool {
        self.complement().is_empty()
    }
}

/// A network in the words of nginx: `all`, `unix:`, an address, an address with the length of its prefix.
#[derive(Debug, Clone, Copy)]
struct Network {
    v4: Option<Range>,
    v6: Option<Range>,
    local: bool,
}

impl Network {
    fn read(word: &str) -> Option<Self> {
        let none = Self { v4: None, v6: None, local: false };
        match word {
            "all" => return Some(Self { v4: Some((0, LAST_V4)), v6: Some((0, u128::MAX)), local: true }),
            "unix:" => return Some(Self { local: true, ..none }),
            _ => {}
        }
        let (address, prefix) = word.split_once('/').map_or((word, None), |(address, prefix)| (address, Some(prefix)));
        if let Ok(address) = address.parse::<Ipv4Addr>() {
            let mask = mask(prefix, 32)?;
            let first = u128::from(u32::from(address)) & !mask;
            return Some(Self { v4: Some((first, first | mask)), ..none });
        }
        let address = u128::from(address.parse::<Ipv6Addr>().ok()?);
        let mask = mask(prefix, 128)?;
        Some(Self { v6: Some((address & !mask, address | mask)), ..none })
    }
}

/// The bits of an address that a prefix leaves open. Of IPv4 nginx takes a mask in four numbers, too.
fn mask(prefix: Option<&str>, bits: u32) -> Option<u128> {
    let Some(prefix) = prefix else { return Some(0) };
    if let Some(dotted) = prefix.parse::<Ipv4Addr>().ok().filter(|_| bits == 32) {
        return Some(u128::from(!u32::from(dotted)));
    }
    let open = bits.checked_sub(prefix.parse().ok()?)?;
    Some(if open == 128 { u128::MAX } else { (1 << open) - 1 })
}

/// What a list of rules comes to, of which the first that fits decides.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Rules {
    /// Those that a rule lets in.
    pub(super) allowed: Addresses,
    /// Those that a rule keeps out.
    pub(super) denied: Addresses,
}

impl Rules {
    /// Of rules in their order: whether it lets in, and whom.
    pub(super) fn read<'n>(rules: impl IntoIterator<Item = (bool, &'n str)>) -> Self {
        let mut decided = Addresses::default();
        let mut outcome = Self::default();
        for (allows, network) in rules {
            let Some(network) = Network::read(network) else { continue };
            let fresh = decided.claim(network);
            if allows { outcome.allowed.extend(fresh) } else { outcome.denied.extend(fresh) }
        }
        Self { allowed: outcome.allowed.joined(), denied: outcome.denied.joined() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_compared_as_sets() {
        for (one, other, is_within) in [
            (&["10.0.0.0/8"][..], &["0.0.0.0/0"][..], true),
            (&["0.0.0.0/0"], &["10.0.0.0/8"], false),
            (&["10.0.0.0/9", "10.128.0.0/9"], &["10.0.0.0/8"], true),
            (&["10.0.0.0/8"], &["10.128.0.0/9", "10.0.0.0/9"], true),
            (&["10.0.0.5/8"], &["10.0.0.0/8"], true),
            (&["::/0"], &["0.0.0.0/0"], false),
            (&["2001:db8::1"], &["2001:db8::/32"], true),
            (&["0.0.0.0/0", "::/0"], &["all"], true),
            (&["all"], &["0.0.0.0/0", "::/0"], false),
            (&["all"], &["0.0.0.0/0", "::/0", "unix:"], true),
            (&[], &["10.0.0.1"], true),
            (&["10.0.0.0/255.0.0.0"], &["10.0.0.0/8"], true),
            (&["255.255.255.255"], &["255.0.0.0/8"], true),
        ] {
            let (one_set, other_set) = (Addresses::of(one.iter().copied()), Addresses::of(other.iter().copied()));
            assert_eq!(one_set.is_within(&other_set), is_within, "{one:?} in {other:?}");
        }
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let admitted = |rules: &[(bool, &str)]| Rules::read(rules.iter().copied()).denied.complement();
        let only = |networks: &[&str]| Addresses::of(networks.iter().copied());
        assert_eq!(admitted(&[(true, "10.0.0.0/8"), (false, "all")]), only(&["10.0.0.0/8"]));
        assert_eq!(admitted(&[(false, "all"), (true, "10.0.0.0/8")]), only(&[]));
        assert!(admitted(&[(true, "all"), (false, "10.0.0.1")]).is_all());
        let holed = admitted(&[(false, "10.0.0.1"), (true, "10.0.0.0/8"), (false, "all")]);
        assert!(!only(&["10.0.0.1"]).meets(&holed) && only(&["10.0.0.0", "10.0.0.2"]).is_within(&holed));
        assert!(admitted(&[]).is_all());
    }
}
