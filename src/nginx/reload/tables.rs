//! Entries of tables: `map`, `geo`, `split_clients`, `types` and `charset_map` hold no directives, but words of their own.

use std::net::{IpAddr, Ipv4Addr};

use hashbrown::HashSet;

use super::super::problem;
use super::hashes::Hashes;
use super::pattern::is_server_name;
use super::values::is_network;

/// What a table has been told so far.
pub(super) struct Table<'h> {
    kind: &'static str,
    hashes: &'h Hashes,
    keys: HashSet<String>,
    has_hostnames: bool,
    has_ranges: bool,
    total: u64,
}

const KINDS: &[&str] = &["map", "geo", "split_clients", "types", "charset_map"];

impl<'h> Table<'h> {
    /// The table that a directive of this name brings; none where it brings none.
    pub(super) fn of(name: &str, hashes: &'h Hashes) -> Option<Self> {
        let kind = KINDS.iter().find(|kind| **kind == name)?;
        Some(Self { kind, hashes, keys: HashSet::new(), has_hostnames: false, has_ranges: false, total: 0 })
    }

    /// The argument of an entry that may hold variables.
    pub(super) fn evaluated<'a>(&self, name: &str, args: &'a [&'a str]) -> &'a [&'a str] {
        let is_value = self.kind == "map" && name != "include";
        if is_value { args.get(..1).unwrap_or_default() } else { &[] }
    }

    /// Why nginx refuses an entry.
    pub(super) fn refusal(&mut self, name: &str, args: &[&str]) -> Option<String> {
        if name == "include" && args.len() == 1 {
            return None;
        }
        match self.kind {
            "map" => self.map(name, args),
            "geo" => self.geo(name, args),
            "split_clients" => self.split(name, args),
            "types" => args.iter().find_map(|ending| self.hashes.refusal_of_type(ending)),
            _ => self.charset(name, args),
        }
    }

    fn count(&self, name: &str, args: &[&str]) -> Option<String> {
        (args.len() != 1).then(|| format!("the entry `{name}` of a `{}` has {} values", self.kind, args.len()))
    }

    fn map(&mut self, name: &str, args: &[&str]) -> Option<String> {
        match (name, args) {
            ("hostnames", []) => {
                self.has_hostnames = true;
                return None;
            }
            ("volatile", []) => return None,
            _ => {}
        }
        if let Some(message) = self.count(name, args) {
            return Some(message);
        }
        if let Some(pattern) = name.strip_prefix('~') {
            let problem = problem(pattern.strip_prefix('*').unwrap_or(pattern))?;
            return Some(format!("`{name}` is no regular expression: {problem}"));
        }
        if name != "default" {
            let key = name.strip_prefix('\\').unwrap_or(name);
            if let Some(message) = self.hashes.refusal_of_key(key) {
                return Some(message);
            }
            if self.has_hostnames && !is_server_name(key) {
                return Some(format!("the key `{key}` of a `map` is no name of a host"));
            }
        }
        self.twice(name)
    }

    /// A dot at the beginning stands for a host and all below it.
    fn twice(&mut self, name: &str) -> Option<String> {
        let key =
            if name == "default" { String::from("default") } else { format!("={}", name.trim_start_matches('\\').to_ascii_lowercase()) };
        let mut keys = vec![key.clone()];
        if let Some(host) = key.strip_prefix("=.").filter(|_| self.has_hostnames) {
            keys = vec![format!("={host}"), format!("=*.{host}")];
        }
        // Each of them counts, also where the first is there already.
        let old = keys.into_iter().filter(|key| !self.keys.insert(key.clone())).count();
        (old > 0).then(|| format!("the key `{name}` of a `{}` stands twice", self.kind))
    }

    fn geo(&mut self, name: &str, args: &[&str]) -> Option<String> {
        match (name, args) {
            ("ranges", []) if self.keys.is_empty() => {
                self.has_ranges = true;
                return None;
            }
            ("ranges", []) => return Some(String::from("`ranges` stands behind entries of a `geo`")),
            ("proxy_recursive", []) => return None,
            _ => {}
        }
        if let Some(message) = self.count(name, args) {
            return Some(message);
        }
        if name == "default" {
            self.keys.extend((!self.has_ranges).then(|| name.to_owned()));
            return None;
        }
        let network = if matches!(name, "delete" | "proxy") { args[0] } else { name };
        let is_good = if self.has_ranges && name != "proxy" { is_range(network) } else { is_network(network) };
        self.keys.insert(String::from("a network"));
        (!is_good).then(|| format!("a `geo` takes no network `{network}`"))
    }

    fn split(&mut self, name: &str, args: &[&str]) -> Option<String> {
        if let Some(message) = self.count(name, args) {
            return Some(message);
        }
        if name == "*" {
            return None;
        }
        let share = name.strip_suffix('%').and_then(hundredths).filter(|share| *share > 0);
        let Some(share) = share else { return Some(format!("`{name}` is no share of `split_clients`")) };
        self.total = self.total.saturating_add(share);
        (self.total > 100 * 100).then(|| String::from("the shares of `split_clients` are more than 100%"))
    }

    fn charset(&self, name: &str, args: &[&str]) -> Option<String> {
        let is_byte = |text: &str, most: usize| (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_good = args.len() == 1 && is_byte(name, 2) && is_byte(args[0], 2);
        (!is_good).then(|| format!("`{name}` is no entry of a `charset_map`"))
    }
}

fn is_range(text: &str) -> bool {
    text.split_once('-').is_some_and(|(first, last)| match (first.parse::<Ipv4Addr>(), last.parse::<Ipv4Addr>()) {
        (Ok(first), Ok(last)) => IpAddr::from(first) <= IpAddr::from(last),
        _ => false,
    })
}

/// A number with at most two places, in hundredths.
fn hundredths(text: &str) -> Option<u64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || part.len() > 2 || !is_number(whole) || !is_number(part) {
        return None;
    }
    format!("{whole}{part:0<2}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::super::{Build, refusals};

    #[test]
    fn entries_are_judged_as_nginx_does() {
        for (table, is_refused) in [
            ("map $host $a { default 1; a 2; b 2; }", false),
            ("map $host $a { a 1; A 2; }", true),
            ("map $host $a { default 1; default 1; }", true),
            ("map $host $a { a 1; \\default 2; default 3; }", false),
            ("map $host $a { hostnames; *.a 1; a 2; b.* 3; }", false),
            ("map $host $a { hostnames; .a 1; a 2; }", true),
            ("map $host $a { hostnames; a*b 1; }", true),
            ("map $host $a { a $nosuch; }", true),
            ("map $host $a { a $uri; }", false),
            ("map $host $a { ~( 1; }", true),
            ("map $host $a { ~^(?<b>x) $b; }", false),
            ("map $host $a { a; }", true),
            ("map $host $a { volatile; a b c; }", true),
            ("map $host a { }", true),
            ("map $host $uri { }", true),
            ("geo $a { default 0; 10.0.0.0/8 1; delete 10.1.0.0/16; ::/0 2; }", false),
            ("geo $a { 10.0.0.0/8 1; 10.0.0.0/8 2; }", false),
            ("geo $remote_addr $a { nobody 1; }", true),
            ("geo $a { 10.0.0.0/8; }", true),
            ("geo $a { ranges; 10.0.0.0-10.0.0.255 1; }", false),
            ("geo $a { ranges; 10.0.0.9-10.0.0.1 1; }", true),
            ("geo $a { 10.0.0.0/8 1; ranges; }", true),
            ("split_clients $uri $a { 50% x; 0.5% y; * z; }", false),
            ("split_clients $uri $a { 0% x; }", true),
            ("split_clients $uri $a { 60% x; 60% y; }", true),
            ("split_clients $uri $a { 1.234% x; }", true),
            ("split_clients $uri $a { half x; }", true),
            ("types { text/html html htm; text/plain txt; }", false),
            ("charset_map a b { 80 81; }", false),
            ("charset_map a b { xyz 81; }", true),
        ] {
            let text = format!("events {{ }} http {{ {table} }}");
            assert_eq!(!refusals(&text, Build::Stock).is_empty(), is_refused, "{table}");
        }
    }
}
