//! Variables that a configuration defines.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use crate::nginx::Pattern;
use crate::route::text::{Template, Value};

/// Where the value of a variable comes from.
#[derive(Debug)]
pub(in crate::route) enum Definition {
    /// `set` and named groups alone give it one.
    Set,
    /// `map`
    Map {
        /// What is looked up.
        source: Template,
        /// Texts in small letters.
        exact: HashMap<Vec<u8>, Entry>,
        /// Beginnings and ends of host names: `*.example.com` as `.example.com`, `example.*` as `example.`.
        heads: Vec<(Vec<u8>, Entry)>,
        tails: Vec<(Vec<u8>, Entry)>,
        /// Regular expressions in order, with their named groups.
        patterns: Vec<PatternEntry>,
        /// Without any of these.
        default: Entry,
        /// The port and the final dot of what is looked up do not count.
        is_of_hosts: bool,
    },
    /// `geo`
    Geo {
        /// The address.
        source: Template,
        /// Networks; the narrowest counts, of equal ones the last.
        networks: Vec<(IpNet, Vec<u8>)>,
        /// Addresses that the address of the client is taken from behind.
        proxies: Vec<IpNet>,
        /// They may stand behind each other.
        is_recursive: bool,
        /// Without any of these.
        default: Vec<u8>,
    },
    /// A part of all requests by chance: `split_clients`. Parts in order, in words.
    Chance(Vec<(String, Template)>),
    /// What another program says, in words.
    Outside(Arc<str>),
}

/// A regular expression of a `map`: an error where it cannot be evaluated; the places of its named groups; its value.
pub(in crate::route) type PatternEntry = (Result<Arc<Pattern>, String>, Vec<(usize, usize)>, Entry);

/// A value of a `map`.
pub(in crate::route) type Entry = Template;

impl Definition {
    /// What a `geo` says of an address.
    pub(in crate::route) fn of_address(networks: &[(IpNet, Vec<u8>)], default: &[u8], address: IpAddr) -> Value {
        let fitting = networks.iter().filter(|(network, _)| network.contains(&address) || network.contains(&address.to_canonical()));
        let best = fitting.max_by_key(|(network, _)| network.prefix_len());
        Value::of(best.map_or(default, |(_, value)| value.as_slice()))
    }
}

/// All variables of a configuration.
#[derive(Debug, Default)]
pub(in crate::route) struct Variables {
    /// Their places by their names in small letters.
    pub(in crate::route) places: HashMap<String, usize>,
    /// Their names and where their values come from.
    pub(in crate::route) all: Vec<(String, Definition)>,
}
