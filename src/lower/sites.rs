//! Servers and locations while they are built.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use hashbrown::HashMap;

use super::asks::Asks;
use super::select::Chosen;
use crate::ir::{DEFAULT_UPSTREAM, Route, Server};
use crate::source::Span;

/// Who made a setting of a host, by the place of the Ingress among the chosen ones.
pub(super) type Makers = BTreeMap<&'static str, usize>;

/// A server while it is built.
#[derive(Debug)]
pub(super) struct Site {
    /// What is known of it; its routes are still in `locations`.
    pub(super) server: Server,
    /// Its locations, in the order in which they were asked for.
    pub(super) locations: Vec<Location>,
    /// Where the first location of a path is, behind the first few.
    first_by_path: HashMap<String, usize>,
    /// The Ingress that declared the host first, by its place among the chosen ones; none for the catch-all.
    pub(super) declared_by: Option<usize>,
    /// Where aliases and the snippet were asked for.
    pub(super) aliases_at: Option<Span>,
    /// The Ingress that asked for the aliases, by its place among the chosen ones.
    pub(super) aliases_by: Option<usize>,
    /// The first Ingress that asked for the redirect of the `www.` twin, by its place among the chosen ones.
    pub(super) twin_by: Option<usize>,
    pub(super) snippet_at: Option<Span>,
    /// Who made which setting of the host.
    pub(super) makers: Makers,
}

/// A location while it is built.
#[derive(Debug)]
pub(super) struct Location {
    /// The route that it becomes.
    pub(super) route: Route,
    /// What is asked of it.
    pub(super) asks: Arc<Asks>,
    /// Name of the upstream that answers for its errors.
    pub(super) error_upstream: Cow<'static, str>,
    /// The Ingress that asked for it, by its place among the chosen ones; none for the controller's own.
    pub(super) ingress: Option<usize>,
}

impl Location {
    /// A location that the Ingress `ingress` asked for.
    pub(super) fn new(route: Route, asks: &Arc<Asks>, ingress: Option<usize>) -> Self {
        Self { route, asks: Arc::clone(asks), error_upstream: Cow::Borrowed(DEFAULT_UPSTREAM), ingress }
    }
}

/// Locations that are looked through one by one: most hosts have no more.
const NEAR: usize = 8;

impl Site {
    /// A server with its first location.
    pub(super) fn new(server: Server, root: Location) -> Self {
        let mut site = Self {
            server,
            declared_by: root.ingress,
            locations: Vec::with_capacity(1),
            first_by_path: HashMap::new(),
            aliases_at: None,
            aliases_by: None,
            twin_by: None,
            snippet_at: None,
            makers: Makers::new(),
        };
        site.push(root);
        site
    }

    /// Adds a location.
    pub(super) fn push(&mut self, location: Location) {
        if self.locations.len() >= NEAR {
            self.first_by_path.entry(location.route.path.clone()).or_insert(self.locations.len());
        }
        self.locations.push(location);
    }

    /// The first location of a path.
    pub(super) fn first(&mut self, path: &str) -> Option<&mut Location> {
        let is_here = |location: &Location| location.route.path == path;
        let at = self.locations.iter().take(NEAR).position(is_here).or_else(|| self.first_by_path.get(path).copied())?;
        self.locations.get_mut(at)
    }
}

/// The servers while they are built.
#[derive(Debug)]
pub(super) struct Sites {
    /// The servers; the first is the catch-all.
    pub(super) list: Vec<Site>,
    pub(super) by_host: HashMap<String, usize>,
}

impl Sites {
    /// Room for as many servers.
    pub(super) fn with_capacity(count: usize) -> Self {
        Self { list: Vec::with_capacity(count), by_host: HashMap::with_capacity(count) }
    }

    /// The server of a host.
    pub(super) fn find(&mut self, host: &str) -> Option<&mut Site> {
        self.by_host.get(host).map(|&at| &mut self.list[at])
    }

    /// The server of a host, else the catch-all.
    pub(super) fn find_or_catch_all(&mut self, host: &str) -> &mut Site {
        let at = self.by_host.get(host).copied().unwrap_or_default();
        &mut self.list[at]
    }

    /// Whether there is a server for a host.
    pub(super) fn has(&self, host: &str) -> bool {
        self.by_host.contains_key(host)
    }

    /// Adds a server.
    pub(super) fn push(&mut self, site: Site) {
        self.by_host.insert(site.server.hostname.clone(), self.list.len());
        self.list.push(site);
    }
}

/// Where an annotation stands that is named without its prefix.
pub(super) fn cause(ingress: &Chosen, name: &str) -> Option<Span> {
    ingress.features.cause(name).map(|(_, span)| *span)
}
