//! Which route of a host takes a request, in the order in which the proxy asks.

use std::borrow::Borrow;
use std::cell::{OnceCell, RefCell};
use std::collections::BTreeSet;
use std::hash::Hash;
use std::rc::Rc;

use hashbrown::hash_map::Entry;
use hashbrown::{DefaultHashBuilder, HashMap};
use regex::bytes::{RegexSet, RegexSetBuilder};

use crate::ir::{PathMatch, Route, Server};

/// Routes whose paths may begin alike, and of which more are not looked at: each path is asked of all of them.
pub(super) const MOST: usize = 128;

/// Letters of regular expressions that stand for something else than themselves. A dot alone does no harm to a literal path.
const SPECIAL: &[char] = &['\\', '^', '$', '|', '?', '*', '+', '(', ')', '[', ']', '{', '}'];

/// Whether a path means the same as a text and as a regular expression, but for the letters that its dots fit.
pub(super) fn is_literal(path: &str) -> bool {
    !path.contains(SPECIAL)
}

/// The same path with what stands behind it as the first or second group, where it is a text up to its own first group.
pub(super) fn with_rest(path: &str, group: usize) -> Option<String> {
    let start = path.split('(').next().unwrap_or(path).trim_end_matches('/');
    match (start, group) {
        _ if !is_literal(start) => None,
        (start, 1) => Some(format!("{start}/(.*)")),
        ("", 2) => Some(String::from("/()(.*)")),
        (start, 2) => Some(format!("{start}(/|$)(.*)")),
        _ => None,
    }
}

/// The regular expression that the proxy makes of the path of a route.
pub(super) fn pattern(path: &str) -> String {
    format!("^{path}")
}

/// The letters that each path begins with that a regular expression fits; fewer where that is not plain.
fn beginning(path: &str) -> &str {
    // What stands in groups of other kinds can reach out of them, as comments do.
    let is_odd = path.contains("(?") && path.replace("(?:", "").contains("(?") || path.contains("\\Q");
    if path.contains('|') && (is_odd || bars(path).next().is_some()) {
        return "";
    }
    let end = path.find(|letter| letter == '.' || SPECIAL.contains(&letter)).unwrap_or(path.len());
    let is_optional = path[end..].starts_with(['?', '*', '{']);
    let last = path[..end].chars().next_back().filter(|_| is_optional).map_or(0, char::len_utf8);
    &path[..end - last]
}

/// Where the alternatives of a regular expression end, outside of all groups and classes of letters.
pub(super) fn bars(path: &str) -> impl Iterator<Item = usize> {
    let (mut depth, mut in_class, mut is_escaped) = (0_usize, false, false);
    path.char_indices().filter_map(move |(at, letter)| {
        let is_bar = !is_escaped && !in_class && depth == 0 && letter == '|';
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => depth += 1,
            ')' if !in_class => depth = depth.saturating_sub(1),
            _ => {}
        }
        is_bar.then_some(at)
    })
}

/// Values by the beginning of texts.
struct Beginnings<K, V> {
    values: HashMap<K, V>,
    /// How long the beginnings are.
    lengths: BTreeSet<usize>,
}

impl<K, V> Default for Beginnings<K, V> {
    fn default() -> Self {
        Self { values: HashMap::new(), lengths: BTreeSet::new() }
    }
}

impl<K: Borrow<str> + Eq + Hash, V> Beginnings<K, V> {
    fn entry(&mut self, beginning: K) -> Entry<'_, K, V, DefaultHashBuilder> {
        self.lengths.insert(beginning.borrow().len());
        self.values.entry(beginning)
    }

    /// The values of all beginnings of a text, that of the shortest first.
    fn of(&self, text: &str) -> impl DoubleEndedIterator<Item = &V> {
        self.lengths.range(..=text.len()).filter_map(|end| self.values.get(text.get(..*end)?))
    }
}

/// The hosts that were asked for before.
#[derive(Default)]
pub(super) struct Hosts<'a>(RefCell<HashMap<&'a str, Rc<Host<'a>>>>);

impl<'a> Hosts<'a> {
    /// A host, made ready once.
    pub(super) fn of(&self, server: &'a Server) -> Rc<Host<'a>> {
        let mut known = self.0.borrow_mut();
        Rc::clone(known.entry(&server.hostname).or_insert_with(|| Rc::new(Host::of(server))))
    }
}

/// The routes of a host, ready to be asked.
pub(super) struct Host<'a> {
    server: &'a Server,
    /// Those that may fit a path by what it begins with, in small letters, so that only expressions that are needed are compiled.
    groups: Beginnings<String, Group>,
    /// Where paths are texts: the first route of each exact path, and the last of each beginning.
    exact: HashMap<&'a str, &'a Route>,
    beginnings: Beginnings<&'a str, &'a Route>,
    by_pattern: bool,
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
    /// The places of routes that are beyond the language of the set, or too many.
    unknown: Vec<usize>,
}

impl<'a> Host<'a> {
    /// A host, as the proxy compares its paths.
    pub(super) fn of(server: &'a Server) -> Self {
        let by_pattern = server.by_pattern;
        let (groups, beginnings) = (Beginnings::default(), Beginnings::default());
        let mut host = Self { server, groups, exact: HashMap::new(), beginnings, by_pattern };
        for (at, route) in server.routes.iter().enumerate() {
            if by_pattern {
                host.groups.entry(beginning(&route.path).to_ascii_lowercase()).or_default().routes.push(at);
            } else if route.path_match == PathMatch::Exact {
                host.exact.entry(&route.path).or_insert(route);
            } else {
                host.beginnings.entry(&route.path).insert(route);
            }
        }
        host
    }

    /// The route that takes a request; none where there is none, or where that is not known.
    pub(super) fn answer(&self, path: &str) -> Option<&'a Route> {
        if self.by_pattern {
            let at = self.takers(path, self.server.routes.len()).into_iter().next()?;
            let mut unknown = self.groups_of(path, at).flat_map(|group| &group.patterns(self.server).unknown);
            return unknown.all(|unknown| *unknown > at).then(|| &self.server.routes[at]);
        }
        self.exact.get(path).or_else(|| self.beginnings.of(path).next_back()).copied()
    }

    /// The places of the routes before one whose regular expressions fit a path, in order.
    pub(super) fn takers(&self, path: &str, before: usize) -> Vec<usize> {
        let mut found: Vec<usize> =
            self.groups_of(path, before).flat_map(|group| group.patterns(self.server).fit(path)).filter(|at| *at < before).collect();
        found.sort_unstable();
        found
    }

    /// Whether routes before one begin as a path does and are not looked at, because too many do.
    pub(super) fn overlooks(&self, path: &str, before: usize) -> bool {
        self.groups_of(path, before).any(|group| group.routes.get(MOST).is_some_and(|first| *first < before))
    }

    /// The groups with routes before one that may fit a path.
    fn groups_of(&self, path: &str, before: usize) -> impl Iterator<Item = &Group> {
        let path = path.to_ascii_lowercase();
        let groups = self.groups.of(&path).filter(|group| group.routes.first().is_some_and(|first| *first < before));
        groups.collect::<Vec<_>>().into_iter()
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
        let (first, rest) = routes.split_at(routes.len().min(MOST));
        let (known, mut unknown) = first.iter().copied().partition::<Vec<usize>, _>(compiles);
        unknown.extend(rest);
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
    use crate::ir::Origin;

    fn server(by_pattern: bool, paths: &[(&str, PathMatch)]) -> Server {
        let route = |(path, path_match): &(&str, PathMatch)| Route::new(path, *path_match, "", Arc::default(), Origin::Default);
        let routes = paths.iter().map(route).collect();
        Server { hostname: String::from("shop.example"), by_pattern, routes, ..Server::default() }
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
    fn routes_beyond_the_first_many_of_a_beginning_are_overlooked() {
        let paths: Vec<String> = (0..=MOST).map(|at| format!("/x[0-9]{at}")).collect();
        let paths: Vec<_> = paths.iter().map(|path| (path.as_str(), PathMatch::Prefix)).chain([("/y[0-9]", PathMatch::Prefix)]).collect();
        let server = server(true, &paths);
        let host = Host::of(&server);
        for (path, before, expected) in [("/x1", MOST, false), ("/x1", MOST + 1, true), ("/y1", MOST + 1, false)] {
            assert_eq!(host.overlooks(path, before), expected, "{path} {before}");
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
            ("/a(/|$)(.*)", "/a"),
            ("/a(?:b|c)", "/a"),
            ("/a(?#()|/b", ""),
            (r"/a\Q(\E|/b", ""),
            ("/a[(]|/b", ""),
            ("/é*", "/"),
            (r"/a\.b", "/a"),
        ] {
            assert_eq!(beginning(path), expected, "{path}");
        }
    }
}
