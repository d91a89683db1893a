//! Which servers lead to which upstreams, by what the controller writes into its locations.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::config::Config;
use super::model::{Location, Name};

impl Config<'_> {
    /// The names of each server, `*` for the label of a wildcard and `~` before an expression, and the upstreams of its locations:
    /// the values of `$proxy_upstream_name`.
    #[must_use]
    pub fn upstreams_of_servers(&self) -> Vec<(Vec<String>, BTreeSet<String>)> {
        let of = |at: usize| {
            let server = &self.servers[at];
            let mut names: Vec<String> = server.names.iter().map(shown).collect();
            if names.is_empty() {
                names.push(String::new());
            }
            let mut upstreams = BTreeSet::new();
            self.add_upstreams(&self.inside(at).locations.all, &mut upstreams);
            (names, upstreams)
        };
        (0..self.servers.len()).into_par_iter().map(of).collect()
    }

    fn add_upstreams(&self, locations: &[Location], upstreams: &mut BTreeSet<String>) {
        for location in locations {
            upstreams.extend(self.constant(location, "proxy_upstream_name"));
            self.add_upstreams(&location.inner.all, upstreams);
        }
    }
}

fn shown(name: &Name) -> String {
    match name {
        Name::Exact(name) => name.clone(),
        Name::Head(name) => format!("*{name}"),
        Name::Tail(name) => format!("{name}*"),
        Name::Pattern(..) => String::from("~"),
    }
}
