//! Variables that a configuration defines.

use std::net::IpAddr;
use std::sync::Arc;

use hashbrown::HashMap;
use ipnet::IpNet;

use crate::nginx::{Groups, Pattern};
use crate::route::text::{Template, Value, Variable};

/// Where the value of a variable comes from.
#[derive(Debug)]
pub(in crate::route) enum Definition {
    /// `set` and named groups alone give it one; before that, it is the variable that nginx has of that name, if any.
    Set(Option<Variable>),
    /// `map`
    Map(Map),
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

/// A `map`.
#[derive(Debug)]
pub(in crate::route) struct Map {
    /// What is looked up.
    pub(in crate::route) source: Template,
    /// Texts in small letters.
    pub(in crate::route) exact: HashMap<Vec<u8>, Template>,
    /// Ends of host names, the longest first: `*.example.com` as `.example.com`.
    pub(in crate::route) heads: Vec<(Vec<u8>, Template)>,
    /// Beginnings of host names, the longest first: `example.*` as `example.`.
    pub(in crate::route) tails: Vec<(Vec<u8>, Template)>,
    /// Regular expressions in order.
    pub(in crate::route) patterns: Vec<PatternEntry>,
    /// Without any of these.
    pub(in crate::route) default: Template,
    /// The final dot of what is looked up does not count.
    pub(in crate::route) is_of_hosts: bool,
}

/// A regular expression of a `map`: an error where it cannot be evaluated; the places of its named groups; its value.
pub(in crate::route) type PatternEntry = (Result<Arc<Pattern>, String>, Vec<(usize, usize)>, Template);

/// What a `map` has for a text.
pub(in crate::route) struct Entry<'m> {
    /// The value.
    pub(in crate::route) value: &'m Template,
    /// What the regular expression found that fits, and the places of its named groups.
    pub(in crate::route) groups: Option<(Groups, &'m [(usize, usize)])>,
}

impl Map {
    /// Whether it has the same value for every text.
    pub(in crate::route) fn is_constant(&self) -> bool {
        self.exact.is_empty() && self.heads.is_empty() && self.tails.is_empty() && self.patterns.is_empty()
    }

    /// The value for a text without a look at the expressions.
    pub(in crate::route) fn plain(&self, text: &[u8]) -> Option<&Template> {
        let key = text.to_ascii_lowercase();
        let key = if self.is_of_hosts { key.strip_suffix(b".").unwrap_or(&key) } else { &key };
        let head = || self.heads.iter().find(|(head, _)| key.len() > head.len() && key.ends_with(head)).map(|(_, value)| value);
        let tail = || self.tails.iter().find(|(tail, _)| key.len() > tail.len() && key.starts_with(tail)).map(|(_, value)| value);
        self.exact.get(key).or_else(head).or_else(tail)
    }

    /// The value for a text, in nginx's order: exact in any case of letters, the longest end, the longest beginning, expressions.
    ///
    /// # Errors
    /// Where an expression that may fit cannot be evaluated: why.
    pub(in crate::route) fn find(&self, text: &[u8]) -> Result<Entry<'_>, &str> {
        let plain = |value| Ok(Entry { value, groups: None });
        if let Some(value) = self.plain(text) {
            return plain(value);
        }
        for (pattern, names, value) in &self.patterns {
            if let Some(groups) = pattern.as_ref().map_err(String::as_str)?.groups(text) {
                return Ok(Entry { value, groups: Some((groups, names)) });
            }
        }
        plain(&self.default)
    }
}

impl Definition {
    /// What a `geo` says of an address.
    pub(in crate::route) fn of_address<'v>(networks: &'v [(IpNet, Vec<u8>)], default: &'v [u8], address: IpAddr) -> Value<'v> {
        let fitting = networks.iter().filter(|(network, _)| is_in(network, address));
        let best = fitting.max_by_key(|(network, _)| network.prefix_len());
        Value::of(best.map_or(default, |(_, value)| value))
    }
}

/// Whether an address is in a network; one of IPv4 that is written as IPv6 is one of IPv4.
pub(in crate::route) fn is_in(network: &IpNet, address: IpAddr) -> bool {
    network.contains(&address) || network.contains(&address.to_canonical())
}

/// The variables that the controller's own code reads and writes, by their places; none where the configuration has none of that name.
#[derive(Debug, Default)]
pub(in crate::route) struct OfController {
    pub(in crate::route) namespace: Option<usize>,
    pub(in crate::route) ingress: Option<usize>,
    pub(in crate::route) path: Option<usize>,
    pub(in crate::route) service: Option<usize>,
    pub(in crate::route) port: Option<usize>,
    pub(in crate::route) upstream: Option<usize>,
    pub(in crate::route) pass_scheme: Option<usize>,
    pub(in crate::route) pass_server_port: Option<usize>,
    pub(in crate::route) pass_port: Option<usize>,
    pub(in crate::route) host: Option<usize>,
    pub(in crate::route) auth_path: Option<usize>,
    pub(in crate::route) ssl_redirect: Option<usize>,
    pub(in crate::route) force_ssl_redirect: Option<usize>,
    pub(in crate::route) force_no_ssl_redirect: Option<usize>,
    pub(in crate::route) preserve_trailing_slash: Option<usize>,
    pub(in crate::route) use_port_in_redirects: Option<usize>,
}

impl OfController {
    pub(in crate::route) fn among(places: &HashMap<String, usize>) -> Self {
        let place = |name: &str| places.get(name).copied();
        Self {
            namespace: place("namespace"),
            ingress: place("ingress_name"),
            path: place("location_path"),
            service: place("service_name"),
            port: place("service_port"),
            upstream: place("proxy_upstream_name"),
            pass_scheme: place("pass_access_scheme"),
            pass_server_port: place("pass_server_port"),
            pass_port: place("pass_port"),
            host: place("best_http_host"),
            auth_path: place("auth_path"),
            ssl_redirect: place("ssl_redirect"),
            force_ssl_redirect: place("force_ssl_redirect"),
            force_no_ssl_redirect: place("force_no_ssl_redirect"),
            preserve_trailing_slash: place("preserve_trailing_slash"),
            use_port_in_redirects: place("use_port_in_redirects"),
        }
    }
}

/// All variables of a configuration.
#[derive(Debug, Default)]
pub(in crate::route) struct Variables {
    /// Those of the controller.
    pub(in crate::route) own: OfController,
    /// Their places by their names in small letters.
    pub(in crate::route) places: HashMap<String, usize>,
    /// Their names and where their values come from.
    pub(in crate::route) all: Vec<(String, Definition)>,
}
