//! Hosts: what stands in the tables that a request finds its route by, and the rules of the routes.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use hashbrown::HashSet;

use super::super::asked::{self, Asked};
use super::super::dialect::regex_literal;
use super::super::scope::Scope;
use super::formats::{Kind, SectionName};
use super::limits::Tables;
use super::lines::Lines;
use super::openssl::is_cipher_list;
use super::patterns::{self, Meaning};
use super::scripts::ErrorPages;
use super::servers::members;
use super::shared::Shared;
use super::{client_auth, effort, redirects, route};
use crate::diagnostic::Diagnostic;
use crate::ir::{CATCH_ALL, PathMatch, Question, Route, STATUS_PATH, Server, questions};
use crate::nginx::problem;

/// A table that paths are looked up in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Table {
    /// The whole path.
    Exact,
    /// The longest beginning.
    Beginning,
    /// The whole path in small letters.
    ExactAnyCase,
    /// The longest beginning in small letters.
    BeginningAnyCase,
}

/// The rules of a backend.
#[derive(Debug)]
pub(super) struct Backend {
    /// The name that it would like to have.
    pub(super) name: SectionName,
    /// Whose it is.
    pub(super) about: String,
    /// The rules.
    pub(super) rules: Arc<str>,
}

/// Where a canary is, and who asks for it.
#[derive(Debug)]
pub(super) struct Canary {
    /// Which requests are for it.
    pub(super) questions: Vec<Question>,
    /// Its rules.
    pub(super) backend: usize,
}

/// What one host adds to the configuration. Backends are named by their place in the list.
#[derive(Debug, Default)]
pub(super) struct Host {
    /// The name that its paths are found under; none where nothing is served.
    pub(super) site: Option<String>,
    /// Backends with their canaries.
    pub(super) backends: Vec<(Backend, Option<Canary>)>,
    /// Paths and backends.
    pub(super) paths: Vec<(Table, String, usize)>,
    /// Regular expressions in the order in which they are tried, and their backends.
    pub(super) patterns: Vec<(String, usize)>,
    /// Tables of counters.
    pub(super) tables: Tables,
    /// What was found.
    pub(super) findings: Vec<Diagnostic>,
}

/// Prepares a host.
pub(super) fn host<'a>(server: &'a Server, shared: &Shared<'a>) -> Host {
    let mut host = Host::default();
    let mut scope = Scope::of_server(server.origin);
    let mut closed = None;
    host.site = match asked::host(server, shared.proxy) {
        Asked::Served => Some(server.hostname.clone()),
        Asked::Closed(name) => {
            scope.refuse("host", "it has capital letters: no host has");
            closed = Some("the name of the host has capital letters");
            Some(name)
        }
        Asked::Never => {
            scope.unserved("host", "no client can ask for such a host");
            None
        }
    };
    let mut maker = Maker { server, shared, host: &mut host, closed };
    maker.snippet(&mut scope);
    maker.unguarded(&mut scope);
    maker.tls(&mut scope);
    maker.all(&mut scope);
    host.findings = scope.finish();
    host
}

struct Maker<'m, 'a> {
    server: &'a Server,
    shared: &'m Shared<'a>,
    host: &'m mut Host,
    /// Why the whole host is closed.
    closed: Option<&'static str>,
}

impl<'a> Maker<'_, 'a> {
    fn snippet(&mut self, scope: &mut Scope<'a>) {
        if !self.server.snippet.trim().is_empty() {
            scope.enter_cause(self.server, "server-snippet");
            scope.close("server-snippet", "raw configuration of nginx means nothing to HAProxy, and it may protect something");
            self.closed = Some("a snippet of the host cannot be expressed");
        }
    }

    /// Closes a host with a regular expression of which nobody could tell where it gives up.
    fn unguarded(&mut self, scope: &mut Scope<'a>) {
        let routes = self.server.routes.iter();
        let mut unguarded = routes.filter(|route| !effort::can_be_guarded(&route.path));
        if let Some(route) = unguarded.next().filter(|_| self.server.by_pattern) {
            scope.enter(route);
            scope.close("path", "HAProxy cannot tell where a regular expression with comments in it gives up: the host is closed");
            self.closed = Some("a regular expression of the host cannot be expressed");
        }
    }

    /// Tells what it costs that the host asks for certificates, and what of its TLS is left out.
    fn tls(&self, scope: &mut Scope<'a>) {
        if !self.server.ciphers.is_empty() && !is_cipher_list(&self.server.ciphers) {
            scope.enter_cause(self.server, "ssl-ciphers");
            scope.lost("ssl-ciphers", "no cipher has a name like that: those of all hosts are offered");
        }
        if self.server.prefer_server_ciphers.is_some() {
            scope.enter_cause(self.server, "ssl-prefer-server-ciphers");
            scope.lost("ssl-prefer-server-ciphers", "HAProxy decides for all hosts whose order of ciphers counts: its own");
        }
        if client_auth::of(self.server).is_some() {
            scope.enter_cause(self.server, "auth-tls-secret");
            let message = "HAProxy keeps no sessions of TLS where any host asks for certificates: each connection makes a whole handshake";
            scope.differs("auth-tls-secret", message);
        }
    }

    fn all(&mut self, scope: &mut Scope<'a>) {
        // Each with the regular expression that it is looked for by, where one is, and the place of its backend.
        let mut of_routes: Vec<(&Route, Cow<str>, usize)> = Vec::with_capacity(self.server.routes.len());
        let by_pattern = self.server.by_pattern;
        for route in &self.server.routes {
            scope.enter(route);
            let problem = if by_pattern { problem(&route.path) } else { None };
            match (asked::path(&route.path, by_pattern), problem) {
                (Asked::Served, None) if self.shared.proxy.is_own(self.server, route) => scope.takes_own_path(),
                (Asked::Served, Some(reason)) => {
                    scope.refused(
                        "path",
                        &format!("`{}` is no regular expression: {reason}", route.path),
                        "nobody is passed on to the backend",
                    );
                    let closed = route::closed("the path is no regular expression, and stands for its own letters");
                    let at = self.add(route::name(route), route::about(route), closed);
                    of_routes.push((route, Cow::from(regex_literal(&route.path)), at));
                }
                (Asked::Served, None) => of_routes.push((route, Cow::from(&route.path), self.route(route, scope))),
                (Asked::Closed(beginning), _) => {
                    scope.refuse("path", "it is too long, or holds a control character");
                    let at = self.add(route::name(route), route::about(route), route::closed("the path is not fit for a configuration"));
                    let (table, beginning) =
                        if by_pattern { (Table::BeginningAnyCase, beginning.to_lowercase()) } else { (Table::Beginning, beginning) };
                    self.host.paths.push((table, beginning, at));
                }
                (Asked::Never, _) => scope.unserved("path", "no request can have such a path"),
            }
        }
        self.app_roots();
        if by_pattern {
            self.patterns(&of_routes);
        } else {
            self.plain(&of_routes);
        }
        if self.server.hostname == CATCH_ALL {
            self.own_paths();
        }
    }

    fn add(&mut self, name: SectionName, about: String, lines: Lines) -> usize {
        self.host.backends.push((Backend { name, about, rules: self.shared.share(lines.finish()) }, None));
        self.host.backends.len() - 1
    }

    /// Adds the backend of a route, and that of its canary.
    fn route(&mut self, route: &Route, scope: &mut Scope) -> usize {
        let (name, about) = (route::name(route), route::about(route));
        if let Some(reason) = self.closed {
            return self.add(name, about, route::closed(reason));
        }
        let lines = route::write(self.server, route, &route.upstream, self.shared, &mut self.host.tables, scope);
        let own = self.add(name.clone(), about.clone(), lines);
        let Some((canary, questions)) = self.canary(route) else { return own };
        let lines = route::write(self.server, route, canary, self.shared, &mut self.host.tables, scope);
        let backend = self.add(name.canary(), format!("{about}, the canary"), lines);
        self.host.backends[own].1 = Some(Canary { questions, backend });
        own
    }

    fn canary(&self, route: &Route) -> Option<(&'a str, Vec<Question>)> {
        let proxy = self.shared.proxy;
        let own = proxy.upstream(&route.upstream).filter(|own| !members(own).is_empty())?;
        let canary = proxy.upstream(own.alternatives.first()?).filter(|canary| !members(canary).is_empty())?;
        let questions = questions(own, canary);
        (!questions.is_empty()).then_some((canary.name.as_str(), questions))
    }

    /// Redirects requests for the root, whatever route they have.
    fn app_roots(&mut self) {
        let Some(root) = self.server.app_root().filter(|_| self.server.client_auth_error.is_none()) else { return };
        let mut lines = Lines::default();
        client_auth::write(self.server, &mut Scope::default(), &mut lines);
        lines.code("http-request set-var(txn.is_bare) bool(true)");
        redirects::app_root(root, &mut lines);
        let at = self.add(
            SectionName::of(Kind::AppRoot, &self.server.hostname.replace('*', "any")),
            String::from("Requests for the root of the host"),
            lines,
        );
        self.host.paths.push((Table::Exact, String::from("/"), at));
    }

    fn plain(&mut self, routes: &[(&Route, Cow<str>, usize)]) {
        let exact: HashSet<&str> =
            routes.iter().filter(|(route, ..)| route.path_match == PathMatch::Exact).map(|(route, ..)| route.path.as_str()).collect();
        for (route, _, at) in routes {
            let table = match route.path_match {
                PathMatch::Exact => Table::Exact,
                PathMatch::Prefix => Table::Beginning,
            };
            self.host.paths.push((table, route.path.clone(), *at));
            let without_slash = route.path.strip_suffix('/').filter(|path| !path.is_empty());
            if let Some(path) = without_slash.filter(|path| !exact.contains(path) && !route.is_refused()) {
                let mut lines = Lines::default();
                client_auth::write(self.server, &mut Scope::default(), &mut lines);
                route::body_size(&route.features, self.shared, &ErrorPages::default(), &mut lines);
                redirects::add_slash(route, self.shared, &mut lines);
                let at = self.add(
                    SectionName::of(Kind::Slash, route::name(route).as_str()),
                    String::from("A path that ends with a slash, asked for without it"),
                    lines,
                );
                self.host.paths.push((Table::Exact, path.to_owned(), at));
            }
        }
    }

    /// Quirk: one path that is a regular expression makes all paths of the host regular expressions, in any case of letters.
    fn patterns(&mut self, routes: &[(&Route, Cow<str>, usize)]) {
        let meanings: Vec<_> = routes.iter().map(|(_, pattern, at)| (patterns::meaning(pattern), *at)).collect();
        if meanings.iter().any(|(meaning, _)| *meaning == Meaning::Pattern) {
            self.host.patterns = routes.iter().map(|(_, pattern, at)| (patterns::map_key(pattern), *at)).collect();
            return;
        }
        // The first that fits counts, but the tables find the longest: what an earlier one takes away from a later one is left out.
        let mut begun = Beginnings::default();
        let mut whole: HashSet<String> = HashSet::new();
        for (meaning, at) in meanings {
            let beginning = match meaning {
                Meaning::Under(path) => {
                    if !begun.begin(&path) && whole.insert(path.clone()) {
                        self.host.paths.push((Table::ExactAnyCase, path.clone(), at));
                    }
                    path + "/"
                }
                Meaning::Begins(beginning) => beginning,
                Meaning::Pattern => continue,
            };
            if !begun.begin(&beginning) {
                self.host.paths.push((Table::BeginningAnyCase, beginning.clone(), at));
                begun.insert(beginning);
            }
        }
    }

    /// The health check.
    fn own_paths(&mut self) {
        let mut lines = Lines::default();
        lines.code("http-request set-var(txn.is_bare) bool(true)");
        lines.code("http-request set-log-level silent");
        lines.code("http-after-response set-header Content-Type text/html");
        lines.code("http-request return status 200");
        let at = self.add(SectionName::fixed(SectionName::HEALTH), String::from("The health check"), lines);
        let path = self.shared.proxy.runtime.health_path.clone();
        self.host.paths.push((Table::Beginning, path, at));
        let mut lines = Lines::default();
        lines.code("http-request set-log-level silent");
        lines.rule(super::answers::answer(403));
        let at =
            self.add(SectionName::fixed(SectionName::STATUS), String::from("The status page of nginx, which HAProxy does not have"), lines);
        self.host.paths.push((Table::Beginning, String::from(STATUS_PATH), at));
    }
}

/// Beginnings of paths, of which none is one of another.
#[derive(Debug, Default)]
struct Beginnings(BTreeSet<String>);

impl Beginnings {
    /// Whether one of them is one of a path. In their order it can only be the last that does not come behind the path.
    fn begin(&self, path: &str) -> bool {
        let last = self.0.range::<str, _>((Bound::Unbounded, Bound::Included(path))).next_back();
        last.is_some_and(|beginning| path.starts_with(beginning.as_str()))
    }

    /// Adds one, in place of those that it begins.
    fn insert(&mut self, beginning: String) {
        loop {
            let next = self.0.range::<str, _>((Bound::Included(beginning.as_str()), Bound::Unbounded)).next();
            let Some(longer) = next.filter(|next| next.starts_with(&beginning)).cloned() else { break };
            self.0.remove(&longer);
        }
        self.0.insert(beginning);
    }
}

/// Lists of patterns that several hosts have in common, each with its number.
#[derive(Debug, Default)]
pub(super) struct Shapes(BTreeMap<Vec<String>, usize>);

impl Shapes {
    /// The number of a list.
    pub(super) fn number(&mut self, patterns: &[(String, usize)]) -> usize {
        let shape: Vec<String> = patterns.iter().map(|(pattern, _)| pattern.clone()).collect();
        let next = self.0.len() + 1;
        *self.0.entry(shape).or_insert(next)
    }

    /// All lists with their numbers.
    pub(super) fn all(&self) -> Vec<(usize, &[String])> {
        let mut all: Vec<_> = self.0.iter().map(|(shape, number)| (*number, shape.as_slice())).collect();
        all.sort_by_key(|(number, _)| *number);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_found() {
        let mut begun = Beginnings::default();
        for beginning in ["/a/b/c", "/a/x", "/b", "/a/b"] {
            begun.insert(beginning.to_owned());
        }
        assert_eq!(begun.0.len(), 3);
        for path in ["/a/b", "/a/b/c", "/a/b/zz", "/a/b!", "/b", "/bb", "/a/x/y"] {
            assert!(begun.begin(path), "{path}");
        }
        for path in ["", "/", "/a", "/a/", "/a/a", "/a/c", "/c", "/a/y/b"] {
            assert!(!begun.begin(path), "{path}");
        }
    }
}
