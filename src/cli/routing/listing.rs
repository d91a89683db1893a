//! Which routes are listed, and what is said of them.

use hashbrown::HashMap;

use super::source::Source;
use crate::catalog::settings;
use crate::conf::Tree;
use crate::output::routes::{Routes, Shown};
use crate::route::{Config, Goal, Host, Portions, Route, Table};
use crate::source::Span;

/// Which routes are listed; all where nothing is said.
#[derive(Debug, Default)]
pub(super) struct Wanted<'w> {
    /// Those of the host that answers for this name.
    pub(super) host: Option<&'w str>,
    /// Those of Ingresses or Services of this namespace.
    pub(super) namespace: Option<&'w str>,
    /// Those that paths can come to that begin so.
    pub(super) below: Option<&'w str>,
    /// Those where TLS is spoken, or is not.
    pub(super) is_tls: Option<bool>,
}

/// The routes of a configuration, and what it takes to say which of them are meant.
pub(super) struct Listed {
    table: Table,
    /// Where the servers stand that answer for the host that is meant.
    servers: Option<Vec<Span>>,
    notes: Vec<String>,
}

impl Listed {
    /// All routes of a source: where nobody asks for a host, of some hosts of the manifests after the others.
    pub(super) fn of_all(source: &mut Source, wanted: &Wanted<'_>) -> Self {
        let (dynamic, notes) = (source.dynamic(), source.notes(true));
        if wanted.host.is_none()
            && let Some(declared) = source.in_portions()
        {
            let (usual, mut portions) = (usual(), Portions::default());
            declared.portions(&mut |tree: &Tree<'_>, length: usize| {
                portions.add(&Config::lift(tree, dynamic.clone()), length, &|directive| usual.get(directive).cloned());
            });
            return Self { table: portions.finish(), servers: None, notes };
        }
        let tree = source.tree();
        Self::of(source, &tree, &Config::lift(&tree, dynamic), wanted)
    }

    /// All routes of a tree.
    pub(super) fn of(source: &Source, tree: &Tree<'_>, config: &Config<'_>, wanted: &Wanted<'_>) -> Self {
        let is_of_controller = source.is_of_controller(tree);
        let usual = if is_of_controller { usual() } else { HashMap::new() };
        let table = config.table(&|directive| usual.get(directive).cloned());
        Self { table, servers: wanted.host.map(|host| config.servers_of(host)), notes: source.notes(is_of_controller) }
    }
}

impl Wanted<'_> {
    /// The routes that are meant.
    pub(super) fn of<'a>(&self, listed: &'a Listed, source: &Source) -> Routes<'a> {
        let Listed { table, servers, notes } = listed;
        let is_at = |host: &Host, is_tls: bool| {
            let mut ports = table.ports.iter().filter(|port| host.ports.contains(&port.port));
            ports.any(|port| port.is_public && port.is_tls == is_tls)
        };
        let is_host = |host: &Host| {
            servers.as_ref().is_none_or(|servers| servers.contains(&host.at)) && self.is_tls.is_none_or(|is_tls| is_at(host, is_tls))
        };
        let hosts = table.hosts.iter().enumerate().filter(|(_, host)| is_host(host)).map(|(at, host)| {
            let routes = host.routes.iter().enumerate().filter(|(_, route)| self.means(route)).map(|(at, _)| at).collect();
            Shown { host, at, routes }
        });
        let hosts: Vec<Shown<'a>> = hosts.filter(|host| !host.routes.is_empty()).collect();
        let places = source.side.dump().map_or_else(HashMap::new, |dump| {
            let routes = hosts.iter().flat_map(|shown| shown.routes.iter().map(|at| shown.host.routes[*at].at.start));
            routes.map(|start| (start, dump.position(start))).collect()
        });
        let side = source.side.name(source.role());
        let is_part = self.host.is_some() || self.namespace.is_some();
        Routes { side, hosts, ports: &table.ports, is_part, places, notes: notes.clone() }
    }

    fn means(&self, route: &Route) -> bool {
        let service = match &route.goal {
            Goal::Backend(upstream) => upstream.namespace.as_deref(),
            Goal::Answer(_) | Goal::Files | Goal::Unknown => None,
        };
        let of_namespace = |namespace: &str| route.namespace.as_deref() == Some(namespace) || service == Some(namespace);
        !route.is_internal
            && self.namespace.is_none_or(of_namespace)
            && self.below.is_none_or(|below| route.can_match_below(below.as_bytes()))
    }
}

/// What the controller writes into directives where nobody says anything. Of several keys that govern one, that of its name counts.
fn usual() -> HashMap<&'static str, String> {
    let mut usual = HashMap::new();
    for setting in settings::all() {
        if let [directive] = setting.directives {
            let is_of_its_name = setting.name.replace('-', "_") == *directive;
            if is_of_its_name || !usual.contains_key(directive) {
                usual.insert(*directive, setting.default());
            }
        }
    }
    usual.retain(|_, value| !value.is_empty());
    usual
}
