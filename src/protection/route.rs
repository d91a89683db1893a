//! The levels around a route, and how nginx looks a directive up in them.

use std::borrow::Cow;
use std::cell::RefCell;
use std::rc::Rc;

use hashbrown::HashMap;
use serde_json::Value;

use super::addresses::Rules;
use super::key::Key;
use super::lines::{first, whole};
use super::lua;
use crate::conf::{Arg, Directive};
use crate::source::Span;

/// The directives of one block by their names.
type Names<'a> = HashMap<Cow<'a, str>, Vec<Directive<'a>>>;

/// A block, and what stands in it.
#[derive(Debug)]
struct Level<'a> {
    block: Directive<'a>,
    names: Names<'a>,
}

impl<'a> Level<'a> {
    fn new(block: Directive<'a>) -> Self {
        let mut names: Names<'a> = HashMap::new();
        for directive in block.directives() {
            names.entry(directive.name()).or_default().push(directive);
        }
        Self { block, names }
    }

    fn own(&self, name: &str) -> &[Directive<'a>] {
        self.names.get(name).map(Vec::as_slice).unwrap_or_default()
    }
}

/// One of the two configurations: what many of its routes have in common is read once.
#[derive(Debug, Default)]
pub struct Configuration<'a> {
    http: Option<Rc<Level<'a>>>,
    levels: RefCell<HashMap<u32, Rc<Level<'a>>>>,
    pub(super) rules: RefCell<HashMap<u32, Rc<Rules>>>,
    pub(super) keys: RefCell<HashMap<String, Rc<Key>>>,
    zones: HashMap<Cow<'a, str>, Directive<'a>>,
    /// The blocks that give a variable its value.
    variables: HashMap<Cow<'a, str>, Directive<'a>>,
    /// Locations by the place of their server and their path.
    locations: RefCell<HashMap<u32, HashMap<Cow<'a, str>, Directive<'a>>>>,
    /// Which host has which certificate, where that is known.
    certificates: Option<&'a Value>,
}

impl<'a> Configuration<'a> {
    /// Reads what stands around all hosts; the extract for one host has no such level.
    #[must_use]
    pub fn new(http: Option<Directive<'a>>) -> Self {
        let mut new = Self { http: http.map(|http| Rc::new(Level::new(http))), ..Self::default() };
        let Some(http) = new.http.clone() else { return new };
        for name in ["limit_req_zone", "limit_conn_zone"] {
            for zone in http.own(name) {
                let word = zone.args().map(Arg::value).find_map(|arg| arg.strip_prefix("zone=").map(str::to_owned));
                let word = word.map(|word| word.split(':').next().unwrap_or_default().to_owned());
                new.zones.extend(word.map(|word| (Cow::Owned(word), *zone)));
            }
        }
        for name in ["map", "geo"] {
            let named = http.own(name).iter().filter_map(|block| block.args().next_back().map(|arg| (arg.value(), *block)));
            new.variables.extend(named);
        }
        new
    }

    /// With what the controller tells its Lua code of the certificates of hosts.
    #[must_use]
    pub fn with_certificates(self, certificates: Option<&'a Value>) -> Self {
        Self { certificates, ..self }
    }

    /// Whether what stands around all hosts is known.
    pub(super) fn is_whole(&self) -> bool {
        self.http.is_some()
    }

    /// The directive that declares a zone of counters.
    pub(super) fn zone(&self, name: &str) -> Option<Directive<'a>> {
        self.zones.get(name).copied()
    }

    /// The block that gives a variable its value: `map` or `geo`.
    pub(super) fn variable(&self, name: &str) -> Option<Directive<'a>> {
        self.variables.get(name).copied()
    }

    fn level(&self, block: Directive<'a>) -> Rc<Level<'a>> {
        if let Some(http) = self.http.as_ref().filter(|http| http.block.span() == block.span()) {
            return Rc::clone(http);
        }
        let name = block.name();
        if name != "server" {
            return Rc::new(Level::new(block));
        }
        Rc::clone(self.levels.borrow_mut().entry(block.span().start).or_insert_with(|| Rc::new(Level::new(block))))
    }
}

/// A place where requests are answered, with the levels around it.
#[derive(Debug)]
pub struct Route<'c, 'a> {
    pub(super) configuration: &'c Configuration<'a>,
    levels: Vec<Rc<Level<'a>>>,
}

impl<'c, 'a> Route<'c, 'a> {
    /// Of the blocks around it, from outside in, with its own as the last: `server` and `location`.
    pub fn new(configuration: &'c Configuration<'a>, blocks: &[Directive<'a>]) -> Self {
        let http = configuration.http.iter().cloned();
        let inside = blocks.iter().filter(|block| matches!(&*block.name(), "server" | "location"));
        Self { configuration, levels: http.chain(inside.map(|block| configuration.level(*block))).collect() }
    }

    /// The directives of these names on the innermost level that has any: how nginx inherits lists and values alike.
    pub(super) fn inherited(&self, names: &[&str]) -> Vec<Directive<'a>> {
        self.inherited_from(names).map(|(_, found)| found).unwrap_or_default()
    }

    /// The same with the place of the block, in the order of the text.
    pub(super) fn inherited_from(&self, names: &[&str]) -> Option<(u32, Vec<Directive<'a>>)> {
        self.levels.iter().rev().find_map(|level| {
            let mut found: Vec<Directive<'a>> = names.iter().flat_map(|name| level.own(name)).copied().collect();
            found.sort_by_key(|directive| directive.span().start);
            (!found.is_empty()).then(|| (level.block.span().start, found))
        })
    }

    /// The directive of this name that counts here.
    pub(super) fn last(&self, name: &str) -> Option<Directive<'a>> {
        self.inherited(&[name]).pop()
    }

    /// Its first argument, or what nginx takes where there is none.
    pub(super) fn value(&self, name: &str, default: &'static str) -> Cow<'a, str> {
        self.last(name).and_then(first).unwrap_or(Cow::Borrowed(default))
    }

    /// The directives of a name on all levels, from outside in.
    pub(super) fn all(&self, name: &str) -> Vec<Directive<'a>> {
        self.levels.iter().flat_map(|level| level.own(name)).copied().collect()
    }

    /// The directives of a name in the block of the route itself.
    pub(super) fn own(&self, name: &str) -> &[Directive<'a>] {
        self.levels.last().map(|level| level.own(name)).unwrap_or_default()
    }

    /// The directives of a name in the server and below.
    pub(super) fn inside_host(&self, name: &str) -> Vec<Directive<'a>> {
        let inside = self.levels.iter().filter(|level| level.block.name() != "http");
        inside.flat_map(|level| level.own(name)).copied().collect()
    }

    /// The value that a `set` of the route gives a variable, and the line.
    pub(super) fn set(&self, variable: &str) -> Option<(Cow<'a, str>, Directive<'a>)> {
        let found = self.own("set").iter().rev().find(|set| first(**set).is_some_and(|name| name == variable))?;
        Some((found.args().nth(1)?.value(), *found))
    }

    /// Whether its host has a certificate of its own, or is to have one; none where that is not known.
    pub(super) fn has_certificate(&self) -> Option<bool> {
        let certificates = self.configuration.certificates?;
        let server = self.levels.iter().find(|level| level.block.name() == "server")?;
        let name = server.own("server_name").first().copied().and_then(first)?;
        Some(lua::certificate(certificates, &lua::host(&name)?).is_some())
    }

    /// The location of the same server that has exactly this path.
    pub(super) fn neighbour(&self, path: &str) -> Option<Directive<'a>> {
        let server = self.levels.iter().find(|level| level.block.name() == "server")?;
        let mut known = self.configuration.locations.borrow_mut();
        let locations = known.entry(server.block.span().start).or_insert_with(|| {
            let named =
                server.own("location").iter().filter_map(|location| location.args().next_back().map(|path| (path.value(), *location)));
            named.collect()
        });
        locations.get(path).copied()
    }

    /// All directives below the route, at any depth.
    pub(super) fn below(&self) -> impl Iterator<Item = Directive<'a>> {
        self.levels.last().into_iter().flat_map(|level| level.block.descendants())
    }

    /// Everything in the block of the route, and whatever ends all requests of its server.
    pub(super) fn whole(&self) -> Vec<Span> {
        let own = self.levels.last().map(|level| whole(level.block)).unwrap_or_default();
        self.inside_host("return").into_iter().map(Directive::span).chain(own).collect()
    }
}
