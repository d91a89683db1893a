//! The order of servers: on one address regular expressions are tried in their order, the first of several with one name has it, and
//! the first of all takes what nobody else does.

use std::borrow::Cow;

use hashbrown::{HashMap, HashSet};

use super::table::MOST_MEMBERS;
use super::{Level, Pair};
use crate::conf::{Arg, Directive};

/// What an address is without a word about it.
const NO_LISTENER: &str = "*:80";

/// The groups of each server; none where all are one.
pub(super) fn keys<'a>(servers: &[Directive<'a>]) -> Option<Vec<Vec<Cow<'a, str>>>> {
    let names: Vec<Vec<String>> = servers.iter().map(|server| names(*server)).collect();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for name in names.iter().flatten() {
        *seen.entry(name).or_default() += 1;
    }
    let mut members = 0usize;
    let mut keys = Vec::with_capacity(servers.len());
    for (server, names) in servers.iter().zip(&names) {
        let is_regex = names.iter().any(|name| name.starts_with('~'));
        let shared: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.starts_with('~') && seen[name] > 1).collect();
        let addresses = if is_regex || !shared.is_empty() { addresses(*server) } else { Vec::new() };
        members += addresses.len().saturating_mul(shared.len() + 1);
        if members > MOST_MEMBERS {
            return None;
        }
        let on = |address: &String| {
            let regex = is_regex.then(|| Cow::Owned(format!("~ {address}")));
            regex.into_iter().chain(shared.iter().map(move |name| Cow::Owned(format!("{name} {address}")))).collect::<Vec<_>>()
        };
        keys.push(addresses.iter().flat_map(on).collect());
    }
    Some(keys)
}

/// Servers that are the first on an address, where the first one there was another that still is there.
pub(super) fn another_first(level: &Level<'_, '_>, pairs: &[Pair]) -> Vec<Pair> {
    let (declared, live) = (firsts(level.declared), firsts(level.live));
    let partners: HashMap<usize, usize> = pairs.iter().map(|pair| (pair.declared, pair.live)).collect();
    let is_paired: HashSet<usize> = partners.values().copied().collect();
    let moved = declared.iter().filter_map(|(address, first)| {
        let (partner, was) = (*partners.get(first)?, *live.get(address)?);
        (partner != was && is_paired.contains(&was)).then_some(Pair { declared: *first, live: partner })
    });
    moved.collect()
}

/// The first server of each address where none says that it is.
fn firsts(directives: &[Directive<'_>]) -> HashMap<String, usize> {
    let mut firsts = HashMap::new();
    let mut told = HashSet::new();
    for (at, server) in directives.iter().enumerate().filter(|(_, directive)| is_server(**directive)) {
        for (address, is_default) in listeners(*server) {
            if is_default {
                told.insert(address);
            } else {
                firsts.entry(address).or_insert(at);
            }
        }
    }
    firsts.retain(|address, _| !told.contains(address));
    firsts
}

fn is_server(directive: Directive<'_>) -> bool {
    directive.is_block() && directive.name() == "server"
}

/// The names of a server, in small letters but for regular expressions.
fn names(server: Directive<'_>) -> Vec<String> {
    let lowered = |name: Cow<'_, str>| if name.starts_with('~') { name.into_owned() } else { name.to_ascii_lowercase() };
    let names: Vec<String> = super::super::pair::server_names(server).map(lowered).collect();
    // A server without a name has the empty one.
    if names.is_empty() { vec![String::new()] } else { names }
}

fn addresses(server: Directive<'_>) -> Vec<String> {
    listeners(server).into_iter().map(|(address, _)| address).collect()
}

/// The addresses of a server, and whether it says that it is the default there.
fn listeners(server: Directive<'_>) -> Vec<(String, bool)> {
    let of = |listen: Directive<'_>| {
        let mut args = listen.args().map(Arg::value);
        let address = address(&args.next().unwrap_or_default());
        (address, args.any(|arg| arg == "default_server" || arg == "default"))
    };
    let found: Vec<_> = server.directives().filter(|directive| directive.name() == "listen").map(of).collect();
    if found.is_empty() { vec![(String::from(NO_LISTENER), false)] } else { found }
}

/// An address in one spelling.
fn address(text: &str) -> String {
    let text = text.to_ascii_lowercase();
    if text.starts_with("unix:") {
        return text;
    }
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("*:{text}");
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port))
            if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) && (!host.contains(':') || host.ends_with(']')) =>
        {
            (host.to_owned(), port.to_owned())
        }
        _ => (text.clone(), String::from("80")),
    };
    let host = if host == "0.0.0.0" { "*" } else { &host };
    format!("{host}:{port}")
}

#[cfg(test)]
mod tests {
    use super::{address, keys};
    use crate::conf;
    use crate::source::FileId;

    #[test]
    fn addresses_have_one_spelling() {
        for (text, expected) in [
            ("80", "*:80"),
            ("*:80", "*:80"),
            ("0.0.0.0:80", "*:80"),
            ("0.0.0.0", "*:80"),
            ("127.0.0.1", "127.0.0.1:80"),
            ("[::]:443", "[::]:443"),
            ("[::1]", "[::1]:80"),
            ("Localhost:8080", "localhost:8080"),
            ("::1", "::1:80"),
            ("unix:/tmp/x", "unix:/tmp/x"),
        ] {
            assert_eq!(address(text), expected, "{text}");
        }
    }

    #[test]
    fn servers_of_one_name_and_regular_expressions_keep_their_order() {
        for (servers, expected) in [
            (["listen 80; server_name a.test;", "listen 80; server_name b.test;"], ["", ""]),
            (["listen 80; server_name a.test;", "server_name a.test b.test;"], ["a.test *:80", "a.test *:80"]),
            (["listen 80; server_name a.test;", "listen 81; server_name a.test;"], ["a.test *:80", "a.test *:81"]),
            (["listen 80; server_name ~^a;", "listen 80; server_name b.test;"], ["~ *:80", ""]),
        ] {
            let text = servers.map(|server| format!("server {{ {server} }}")).concat();
            let tree = conf::parse(FileId(0), &text).value;
            let groups = keys(&tree.directives().collect::<Vec<_>>()).expect("they are few");
            let groups: Vec<String> = groups.iter().map(|groups| groups.join(", ")).collect();
            assert_eq!(groups, expected, "{servers:?}");
        }
    }
}
