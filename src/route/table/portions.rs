//! The routes of a configuration that comes in portions, of which each is a smaller configuration: what was read of one is given up
//! with it.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::row::{Host, Route, Table};
use super::walk;
use crate::route::config::Config;
use crate::source::Span;

/// The routes of all portions so far.
#[derive(Debug, Default)]
pub struct Portions {
    table: Table,
    /// The hosts of the portion before: the last of them may go on in the next one.
    known: HashMap<String, usize>,
    /// Ports whose server for unknown hosts says that it is.
    settled: BTreeSet<u16>,
    /// Bytes of the portions so far: what stands behind another in the whole stands behind it here.
    offset: u32,
}

impl Portions {
    /// Adds the routes of the next portion, of so many bytes. For `default` see [`Config::table`].
    pub fn add(&mut self, config: &Config<'_>, length: usize, default: &(dyn Fn(&str) -> Option<String> + Sync)) {
        let Table { hosts, ports } = config.table(default);
        let mut known = HashMap::new();
        let mut places = Vec::new();
        for host in hosts {
            let name = host.name.clone();
            let at = self.host(host);
            places.push(at);
            known.insert(name, at);
        }
        for mut port in ports {
            port.default = port.default.map(|at| places[at]);
            let is_named = config.ports.get(&port.port).is_some_and(|servers| servers.is_default_named);
            // The first that says so counts, else the first of all.
            let is_first = is_named && self.settled.insert(port.port);
            let mut all = self.table.ports.iter_mut();
            match all.find(|known| known.port == port.port) {
                Some(known) => {
                    known.is_tls |= port.is_tls;
                    known.is_public |= port.is_public;
                    if is_first {
                        (known.default, known.merges_slashes) = (port.default, port.merges_slashes);
                    }
                }
                None => self.table.ports.push(port),
            }
        }
        self.known = known;
        self.offset = self.offset.saturating_add(u32::try_from(length).unwrap_or(u32::MAX));
    }

    /// All of them as one table.
    #[must_use]
    pub fn finish(self) -> Table {
        let Table { hosts, mut ports } = self.table;
        let mut hosts: Vec<(usize, Host)> = hosts.into_iter().enumerate().collect();
        hosts.iter_mut().for_each(|(_, host)| host.routes = ordered(std::mem::take(&mut host.routes)));
        hosts.sort_by_key(|(_, host)| walk::order(host));
        let places: HashMap<usize, usize> = hosts.iter().enumerate().map(|(now, (before, _))| (*before, now)).collect();
        for port in &mut ports {
            port.default = port.default.and_then(|at| places.get(&at).copied());
        }
        ports.sort_by_key(|port| port.port);
        Table { hosts: hosts.into_iter().map(|(_, host)| host).collect(), ports }
    }

    /// Adds a host, or what more there is of it; where it is.
    fn host(&mut self, mut host: Host) -> usize {
        let offset = self.offset;
        let moved = |at: Span| Span { start: at.start.saturating_add(offset), end: at.end.saturating_add(offset), ..at };
        host.at = moved(host.at);
        host.routes.iter_mut().for_each(|route| route.at = moved(route.at));
        match self.known.get(&host.name) {
            Some(&at) => {
                let known = &mut self.table.hosts[at].routes;
                let first = known.len();
                let more = host.routes.into_iter().filter(|route| !route.is_server);
                known.extend(more.map(|route| Route { within: route.within.map(|at| at + first), ..route }));
                at
            }
            None => {
                self.table.hosts.push(host);
                self.table.hosts.len() - 1
            }
        }
    }
}

/// The routes of a host in the order in which they are asked, wherever their portions were. Those within another stay behind it.
fn ordered(routes: Vec<Route>) -> Vec<Route> {
    let mut groups: Vec<Vec<Route>> = Vec::new();
    let mut outermost = 0;
    for (at, mut route) in routes.into_iter().enumerate() {
        match (route.within, groups.last_mut()) {
            (Some(within), Some(group)) => {
                // Counted from the outermost one until all have their places.
                route.within = Some(within - outermost);
                group.push(route);
            }
            _ => {
                outermost = at;
                groups.push(vec![route]);
            }
        }
    }
    groups.sort_by_key(|group| group.first().map(walk::rank_of));
    let mut all: Vec<Route> = Vec::new();
    for group in groups {
        let first = all.len();
        all.extend(group.into_iter().map(|route| Route { within: route.within.map(|at| at + first), ..route }));
    }
    all
}
