//! Which route of a host takes a request, in the order in which the proxy asks.

use std::cell::OnceCell;
use std::collections::HashMap;

use regex::bytes::{RegexSet, RegexSetBuilder};

use crate::ir::{PathMatch, Route, Server};

/// Letters of regular expressions that stand for something else than themselves. A dot alone does no harm to a literal path.
const SPECIAL: &[char] = &['\\', '^', '$', '|', '?', '*', '+', '(', ')', '[', ']', '{', '}'];

/// Whether a path means the same as a text and as a regular expression, but for the letters that its dots fit.
pub(super) fn is_literal(path: &str) -> bool {
    !path.contains(SPECIAL)
}

/// The regular expression that the proxy makes of the path of a route.
pub(super) fn pattern(path: &str) -> String {
    format!("^{path}")
}

/// The letters that each path begins with that a regular expression fits; fewer where that is not plain.
fn beginning(path: &str) -> &str {
    if path.contains('|') {
        return "";
    }
    let end = path.find(|letter| letter == '.' || SPECIAL.contains(&letter)).unwrap_or(path.len());
    let is_optional = path[end..].starts_with(['?', '*', '{']);
    let last = path[..end].chars().next_back().filter(|_| is_optional).map_or(0, char::len_utf8);
    &path[..end - last]
}

/// The routes of a host, ready to be asked.
pub(super) struct Host<'a> {
    server: &'a Server,
    /// Those that may fit a path by what it begins with, in small letters, so that only expressions that are needed are compiled.
    groups: HashMap<String, Group>,
}

#[derive(Default)]
struct Group {
    /// The places of the routes, in order.
    routes: Vec<usize>,
    patterns: OnceCell<Patterns>,
}

struct Patterns {
    set: RegexSet,
    /// The places of the routes in the set.
    known: Vec<usize>,
    /// The places of routes that are beyond the language of the set.
    unknown: Vec<usize>,
}

impl<'a> Host<'a> {
    /// A host, as the proxy compares its paths.
    pub(super) fn of(server: &'a Server) -> Self {
        let mut groups: HashMap<String, Group> = HashMap::new();
        let routes = server.is_by_pattern().then_some(&server.routes);
        for (at, route) in routes.into_iter().flatten().enumerate() {
            groups.entry(beginning(&route.path).to_ascii_lowercase()).or_default().routes.push(at);
        }
        Self { server, groups }
    }

    /// The route that takes a request; none where there is none, or where that is not known.
    pub(super) fn answer(&self, path: &str) -> Option<&'a Route> {
        if self.server.is_by_pattern() {
            let at = self.takers(path, self.server.routes.len()).into_iter().next()?;
            let mut unknown = self.groups_of(path, at).flat_map(|group| &group.patterns(self.server).unknown);
            return unknown.all(|unknown| *unknown > at).then(|| &self.server.routes[at]);
        }
        let routes = || self.server.routes.iter();
        let exact = routes().find(|route| route.path_match == PathMatch::Exact && route.path == path);
        let fits = |route: &&Route| route.path_match == PathMatch::Prefix && path.starts_with(&route.path);
        exact.or_else(|| routes().filter(fits).max_by_key(|route| route.path.len()))
    }

    /// The places of the routes before one whose regular expressions fit a path, in order.
    pub(super) fn takers(&self, path: &str, before: usize) -> Vec<usize> {
        let mut found: Vec<usize> =
            self.groups_of(path, before).flat_map(|group| group.patterns(self.server).fit(path)).filter(|at| *at < before).collect();
        found.sort_unstable();
        found
    }

    /// The groups with routes before one that may fit a path.
    fn groups_of(&self, path: &str, before: usize) -> impl Iterator<Item = &Group> {
        let path = path.to_ascii_lowercase();
        let groups = (0..=path.len()).filter_map(move |end| self.groups.get(path.get(..end)?));
        groups.filter(move |group| group.routes.first().is_some_and(|first| *first < before))
    }
}

impl Group {
    fn patterns(&self, server: &Server) -> &Patterns {
        self.patterns.get_or_init(|| Patterns::of(server, &self.routes))
    }
}

impl Patterns {
    fn of(server: &Server, routes: &[usize]) -> Self {
        let patterns = |routes: &[usize]| routes.iter().map(|at| pattern(&server.routes[*at].path)).collect::<Vec<_>>();
        let compiles = |at: &usize| set(&[pattern(&server.routes[*at].path)]).is_some();
        let (known, unknown) = routes.iter().copied().partition::<Vec<usize>, _>(compiles);
        match set(&patterns(&known)) {
            Some(set) => Self { set, known, unknown },
            // Together they are too large.
            None => Self { set: RegexSet::empty(), known: Vec::new(), unknown: routes.to_vec() },
        }
    }

    fn fit(&self, path: &str) -> impl Iterator<Item = usize> {
        self.set.matches(path.as_bytes()).into_iter().map(|at| self.known[at])
    }
}

/// Regular expressions as the proxy compares them: in any case of letters, byte by byte.
fn set(patterns: &[String]) -> Option<RegexSet> {
    RegexSetBuilder::new(patterns).case_insensitive(true).unicode(false).build().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::ir::Features;

    fn server(by_pattern: bool, paths: &[(&str, PathMatch)]) -> Server {
        let mut features = Features::default();
        features.rewrite.by_pattern = by_pattern;
        let features = Arc::new(features);
        let mut server = Server { hostname: String::from("shop.example"), ..Server::default() };
        for (path, path_match) in paths {
            let mut route = fixture();
            route.path = (*path).to_owned();
            route.path_match = *path_match;
            route.features = Arc::clone(&features);
            server.routes.push(route);
        }
        server
    }

    fn fixture() -> Route {
        Route {
            path: String::new(),
            path_match: PathMatch::Prefix,
            declared_path: String::new(),
            upstream: String::new(),
            is_default_backend: false,
            owner: None,
            features: Arc::default(),
            exemptions: crate::ir::Exemptions::default(),
            error_upstream: "".into(),
            origin: crate::ir::Origin::Default,
        }
    }

    #[test]
    fn texts_go_by_length_and_patterns_by_order() {
        use PathMatch::{Exact, Prefix};
        let plain = server(false, &[("/docs/", Prefix), ("/docs", Exact), ("/", Prefix)]);
        let patterns = server(true, &[("/[a-z]{2,9}/?$", Prefix), ("/docs/(?=x)", Prefix), ("/docs", Exact), ("/", Prefix)]);
        for (server, path, expected) in [
            (&plain, "/docs", Some("/docs")),
            (&plain, "/docs/x", Some("/docs/")),
            (&plain, "/DOCS", Some("/")),
            (&plain, "/docsx", Some("/")),
            (&patterns, "/docs", Some("/[a-z]{2,9}/?$")),
            (&patterns, "/DOCS/", Some("/[a-z]{2,9}/?$")),
            // It cannot begin with what nobody knows.
            (&patterns, "/x/y", Some("/")),
            // Nobody knows here what the one before it fits.
            (&patterns, "/docs/y", None),
        ] {
            assert_eq!(Host::of(server).answer(path).map(|route| route.path.as_str()), expected, "{path}");
        }
    }

    #[test]
    fn beginnings_are_plain() {
        for (path, expected) in [
            ("/docs", "/docs"),
            ("/docs/?", "/docs"),
            ("/docs{2}", "/doc"),
            ("/docs+", "/docs"),
            ("/v1.2", "/v1"),
            ("/a|/b", ""),
            ("/é*", "/"),
            (r"/a\.b", "/a"),
        ] {
            assert_eq!(beginning(path), expected, "{path}");
        }
    }
}
