//! Which route of a host takes a request, in the order in which the proxy asks.

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

/// The routes of a host, ready to be asked.
pub(super) struct Host<'a> {
    server: &'a Server,
    patterns: Option<Patterns>,
}

struct Patterns {
    set: RegexSet,
    /// The places of the routes in the set.
    known: Vec<usize>,
    /// The places of routes that are beyond the language of the set.
    unknown: Vec<usize>,
}

impl<'a> Host<'a> {
    /// A host; where its paths are regular expressions, they are compiled.
    pub(super) fn of(server: &'a Server) -> Self {
        Self { server, patterns: server.is_by_pattern().then(|| Patterns::of(server)).flatten() }
    }

    /// The route that takes a request; none where there is none, or where that is not known.
    pub(super) fn answer(&self, path: &str) -> Option<&'a Route> {
        if self.server.is_by_pattern() {
            let at = self.takers(path).next()?;
            let is_sure = self.patterns.as_ref().is_some_and(|patterns| patterns.unknown.iter().all(|unknown| *unknown > at));
            return is_sure.then(|| &self.server.routes[at]);
        }
        let routes = || self.server.routes.iter();
        let exact = routes().find(|route| route.path_match == PathMatch::Exact && route.path == path);
        let fits = |route: &&Route| route.path_match == PathMatch::Prefix && path.starts_with(&route.path);
        exact.or_else(|| routes().filter(fits).max_by_key(|route| route.path.len()))
    }

    /// The places of the routes whose regular expressions fit a path, in order.
    pub(super) fn takers(&self, path: &str) -> impl Iterator<Item = usize> {
        let found = self.patterns.as_ref().map(|patterns| (patterns, patterns.set.matches(path.as_bytes())));
        found.into_iter().flat_map(|(patterns, matches)| matches.into_iter().map(|at| patterns.known[at]).collect::<Vec<_>>())
    }
}

impl Patterns {
    fn of(server: &Server) -> Option<Self> {
        let patterns: Vec<String> = server.routes.iter().map(|route| pattern(&route.path)).collect();
        let compiles = |pattern: &String| set(std::slice::from_ref(pattern)).is_some();
        let (known, unknown) = (0..patterns.len()).partition(|at: &usize| compiles(&patterns[*at]));
        let known: Vec<usize> = known;
        let of_known: Vec<String> = known.iter().map(|at| patterns[*at].clone()).collect();
        Some(Self { set: set(&of_known)?, known, unknown })
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
            // Nobody knows here what the one before it fits.
            (&patterns, "/docs/y", None),
        ] {
            assert_eq!(Host::of(server).answer(path).map(|route| route.path.as_str()), expected, "{path}");
        }
    }
}
