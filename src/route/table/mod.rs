//! All routes of a configuration: hosts in the order in which names are compared, and their locations in the order in which paths are.
//!
//! This is what [`Config::decide`] goes through for a request, laid out: the same model is read, and what a location does not settle
//! itself (an `if`, code in Lua) is told as such.

mod facts;
mod goal;
mod guards;
mod limits;
mod place;
mod portions;
mod row;
mod shown;
mod walk;

use rayon::prelude::*;

use super::config::Config;
use super::model::{Found, Servers};
pub use portions::Portions;
pub use row::{Canary, CanaryRule, Goal, Guard, Host, HostKind, HostName, Limit, Port, Redirect, RedirectKind, Route, Table, Upstream};

impl Config<'_> {
    /// All routes. `default` says what the one who wrote the configuration writes into a directive where nobody says anything.
    #[must_use]
    pub fn table(&self, default: &(dyn Fn(&str) -> Option<String> + Sync)) -> Table {
        let whole = walk::Whole::new(self, default);
        let mut hosts: Vec<(usize, Host)> =
            (0..self.servers.len()).into_par_iter().filter_map(|server| Some((server, walk::host(self, server, &whole)?))).collect();
        hosts.sort_by_key(|(_, host)| walk::order(host));
        let place = |server: usize| hosts.iter().position(|(known, _)| *known == server);
        let ports = self.ports.iter().map(|(port, servers)| Port {
            port: *port,
            is_tls: servers.is_tls,
            is_public: servers.is_public,
            default: place(servers.default),
            merges_slashes: self.inside(servers.default).merges_slashes,
        });
        let ports = ports.collect();
        Table { hosts: hosts.into_iter().map(|(_, host)| host).collect(), ports }
    }

    /// Where the servers stand that answer for a host: one for each port, the same one once.
    #[must_use]
    pub fn servers_of(&self, host: &str) -> Vec<crate::source::Span> {
        let host = host.to_ascii_lowercase();
        // The name of a server with a wildcard or an expression means that server.
        let by_name = self.servers.iter().filter(|server| server.name.eq_ignore_ascii_case(&host)).map(|server| server.at);
        let mut found: Vec<_> = by_name.collect();
        if !found.is_empty() {
            return found;
        }
        let ports: Vec<_> = self.ports.values().filter(|servers| servers.is_public).collect();
        let named = |servers: &&Servers| match servers.find(&host, &self.servers) {
            Found::Named(at) | Found::Fitting(at, _) | Found::Unclear(at) => Some(at),
            Found::Default => None,
        };
        // Where none names it, the default of each port answers.
        let mut all: Vec<usize> = ports.iter().copied().filter_map(|servers| named(&servers)).collect();
        if all.is_empty() {
            all.extend(ports.iter().map(|servers| servers.default));
        }
        for at in all.into_iter().map(|at| self.servers[at].at) {
            if !found.contains(&at) {
                found.push(at);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
