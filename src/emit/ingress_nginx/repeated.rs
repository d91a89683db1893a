//! What many locations have in common: it is printed once, and need be judged only once.

use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};

use hashbrown::{HashMap, HashSet};
use minijinja::value::Object;

use super::super::view::Raw;
use super::printer::Printer;
use crate::ir::{CATCH_ALL, PathMatch, Route, Server};

/// Bodies that are kept. Where more differ, most say what no other says, and to keep them costs more than it spares.
const KEPT: usize = 64;

/// Longest name that is plain, in bytes: far below what nginx reads as a word.
const LONGEST: usize = 512;

/// The bodies that were printed.
#[derive(Debug)]
pub(super) struct Repeated<V> {
    printed: RwLock<HashMap<Arc<V>, Printed>>,
    /// What was judged and found good.
    good: HashSet<Shape>,
}

impl<V> Default for Repeated<V> {
    fn default() -> Self {
        Self { printed: RwLock::default(), good: HashSet::new() }
    }
}

/// What a body is printed as, in front of the name of the upstream and behind it.
#[derive(Debug, Clone)]
pub(super) struct Printed {
    pub(super) begin: Raw,
    pub(super) end: Raw,
    /// Which of those that are kept it is; none: it is not kept.
    pub(super) shape: Option<usize>,
}

/// What nginx makes of a location depends on nothing else, as long as its names are plain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    body: usize,
    path_match: PathMatch,
    is_root: bool,
    ends_with_slash: bool,
}

impl<V: Object + Eq + Hash + 'static> Repeated<V> {
    /// A body, printed by two templates: once for all that are alike.
    pub(super) fn printed(&self, body: V, [begin, end]: [&str; 2], printer: &mut Printer) -> Printed {
        let kept = self.printed.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(printed) = kept.get(&body) {
            return printed.clone();
        }
        let is_full = kept.len() >= KEPT;
        drop(kept);
        let body = Arc::new(body);
        let (begin, end) = (printer.shared_piece(begin, &body), printer.shared_piece(end, &body));
        let printed = Printed { begin, end, shape: None };
        if is_full {
            return printed;
        }
        let mut kept = self.printed.write().unwrap_or_else(PoisonError::into_inner);
        let shape = Some(kept.len());
        // Another thread may have been faster.
        kept.entry(body).or_insert(Printed { shape, ..printed }).clone()
    }
}

impl<V> Repeated<V> {
    /// Whether all that has a shape is good.
    pub(super) fn is_good(&self, shape: Shape) -> bool {
        self.good.contains(&shape)
    }

    /// Takes note of a shape that was judged and found good.
    pub(super) fn learn(&mut self, shape: Shape) {
        self.good.insert(shape);
    }
}

impl Shape {
    /// That of a route whose body is kept.
    pub(super) fn new(body: usize, route: &Route) -> Self {
        let path = route.path.as_str();
        Self { body, path_match: route.path_match, is_root: path == "/", ends_with_slash: path.ends_with('/') }
    }
}

/// What the routes of a host have in common.
#[derive(Debug, Clone, Copy)]
pub(super) struct Manner {
    /// They match by pattern.
    pub(super) by_pattern: bool,
    /// What nginx makes of one depends on its own words alone.
    pub(super) is_plain: bool,
}

impl Manner {
    /// That of a host.
    pub(super) fn of(server: &Server) -> Self {
        Self { by_pattern: server.by_pattern, is_plain: is_plain(server) }
    }
}

/// Whether nothing but its own words says what nginx makes of a location of a host.
fn is_plain(server: &Server) -> bool {
    let Server { hostname, aliases, client_auth, client_auth_error, backend_tls, snippet, by_pattern, .. } = server;
    // What the proxy itself answers stands in the host that catches all others.
    let is_usual = hostname != CATCH_ALL && is_name(hostname) && aliases.is_empty() && snippet.is_empty() && !by_pattern;
    is_usual && client_auth.is_none() && client_auth_error.is_none() && backend_tls.is_none() && !server.has_twins()
}

/// Whether the names in a location mean nothing to nginx.
pub(super) fn has_plain_names(route: &Route) -> bool {
    let is_path = |path: &str| path.starts_with('/') && is_name(path);
    let declared = route.declared_path.as_str();
    let owner = route.owner.as_deref();
    let owned = owner.is_some_and(|owner| [&owner.namespace, &owner.name, &owner.service, &owner.port].iter().all(|name| is_name(name)));
    owned
        && is_path(&route.path)
        && (declared.is_empty() || is_path(declared))
        && is_name(&route.upstream)
        && route.steps.app_root.is_none()
}

fn is_name(text: &str) -> bool {
    text.len() <= LONGEST && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'-' | b'_'))
}
