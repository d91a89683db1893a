//! Which hosts have routes to an upstream: what a log that does not tell the host still says of it.

use hashbrown::HashMap;

use crate::route::Config;

/// Hosts with a route to an upstream.
#[derive(Debug, Default)]
pub(super) struct Led {
    /// Those with a name of their own.
    pub(super) names: Vec<String>,
    /// One for each server that answers for many.
    pub(super) examples: Vec<String>,
    /// Servers among them answer for many hosts.
    pub(super) is_open: bool,
    /// Servers among them have no name that an example can be made of.
    pub(super) is_unnamed: bool,
}

/// The hosts of all upstreams.
#[derive(Debug)]
pub(super) struct Hosts(HashMap<String, Led>);

impl Hosts {
    pub(super) fn new(config: &Config<'_>) -> Self {
        let mut hosts: HashMap<String, Led> = HashMap::new();
        for (names, upstreams) in config.upstreams_of_servers() {
            for upstream in upstreams {
                let led = hosts.entry(upstream).or_default();
                names.iter().for_each(|name| led.add(name));
            }
        }
        Self(hosts)
    }

    pub(super) fn of(&self, upstream: &str) -> Option<&Led> {
        self.0.get(upstream)
    }
}

impl Led {
    fn add(&mut self, name: &str) {
        let is_open = matches!(name, "" | "_") || name.starts_with(['~', '*', '.']) || name.ends_with('*');
        self.is_open |= is_open;
        match name {
            "" | "_" => self.examples.push(String::from("a-host-that-none-names.invalid")),
            _ if name.starts_with('~') => self.is_unnamed = true,
            _ if is_open => self.examples.push(name.trim_start_matches('.').replace('*', "a-host-that-none-names")),
            _ => self.names.push(name.to_owned()),
        }
    }
}
