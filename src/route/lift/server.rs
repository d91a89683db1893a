//! Where servers listen, and how they are named.

use std::sync::Arc;

use super::include::Lines;
use super::values::Names;
use crate::conf::{Arg, Directive};
use crate::nginx::Pattern;
use crate::route::model::{Listener, Name};

/// Where a server listens; at port 80 where it says nothing.
pub(in crate::route) fn listeners<'t>(lines: Lines<'t>, block: Directive<'t>) -> Vec<Listener> {
    let found: Vec<Listener> = lines.of(block).into_iter().filter(|directive| directive.name() == "listen").map(listener).collect();
    let unsaid = || {
        let address = String::from(EVERY);
        vec![Listener { address, port: Some(80), is_public: true, is_tls: false, is_proxied: false, is_default: false }]
    };
    if found.is_empty() { unsaid() } else { found }
}

fn listener(directive: Directive<'_>) -> Listener {
    let words: Vec<String> = directive.args().map(|arg| arg.value().into_owned()).collect();
    let address = words.first().cloned().unwrap_or_default();
    let has = |flag: &str| words.iter().skip(1).any(|word| word == flag);
    let (host, port) = match address.rsplit_once(':') {
        _ if address.starts_with("unix:") => (address.as_str(), None),
        Some((host, port)) if !host.ends_with(':') && !port.ends_with(']') => (host, port.parse().ok()),
        _ => match address.parse() {
            Ok(port) => (EVERY, Some(port)),
            Err(_) => (address.as_str(), Some(80)),
        },
    };
    let host = if host == "0.0.0.0" { EVERY } else { host }.to_ascii_lowercase();
    let is_public = port.is_some() && !address.starts_with("127.") && !address.starts_with("[::1]") && !address.starts_with("localhost");
    Listener {
        address: host,
        port,
        is_public,
        is_tls: has("ssl"),
        is_proxied: has("proxy_protocol"),
        is_default: has("default_server") || has("default"),
    }
}

/// Every address of IPv4.
const EVERY: &str = "*";

/// The first name of a server as it is written, and all its names.
pub(in crate::route) fn names<'t>(lines: Lines<'t>, block: Directive<'t>, variables: Names<'_>) -> (String, Vec<Name>) {
    let directives = lines.of(block);
    let words = directives.iter().filter(|directive| directive.name() == "server_name").flat_map(|directive| directive.args());
    let words: Vec<String> = words.map(|arg: Arg<'_>| arg.value().into_owned()).collect();
    let first = words.first().cloned().unwrap_or_default();
    (first, words.iter().flat_map(|word| name(word, variables)).collect())
}

fn name(word: &str, variables: Names<'_>) -> Vec<Name> {
    if let Some(pattern) = word.strip_prefix('~') {
        // Hosts are small letters before they are compared.
        let pattern = Pattern::new(pattern, true);
        let groups = variables.groups(&pattern);
        return vec![Name::Pattern(pattern.map(Arc::new), groups)];
    }
    let word = word.to_ascii_lowercase();
    if let Some(head) = word.strip_prefix('*') {
        return vec![Name::Head(head.to_owned())];
    }
    if let Some(tail) = word.strip_suffix('*') {
        return vec![Name::Tail(tail.to_owned())];
    }
    match word.strip_prefix('.') {
        Some(name) => vec![Name::Exact(name.to_owned()), Name::Head(word.clone())],
        None => vec![Name::Exact(word)],
    }
}
