//! What both configurations have in common as text: the same text around the same text does the same, whatever it is.

use hashbrown::HashSet;

use super::side::text;
use crate::conf::Directive;
use crate::route::config::Config;
use crate::route::controller::{Backend, Dynamic};

/// What both sides have in common.
#[derive(Debug)]
pub(in crate::route) struct Common {
    /// What stands around all servers is the same, and so are the settings of the controller's Lua.
    pub(in crate::route) is_same_around: bool,
    /// Variables that one side alone defines, wherever: elsewhere they mean something else, or nothing.
    pub(in crate::route) variables: Vec<String>,
    lua: Alike,
}

/// What the controller's Lua does alike on two sides.
#[derive(Debug)]
pub struct Alike {
    /// Upstreams that it serves otherwise.
    upstreams: HashSet<String>,
}

impl Alike {
    /// What it gets on both sides.
    #[must_use]
    pub fn of(sides: [&Dynamic; 2]) -> Self {
        Self { upstreams: upstreams(sides) }
    }

    /// Whether it serves all upstreams alike that a text names.
    #[must_use]
    pub fn serves(&self, text: &str) -> bool {
        upstreams_of(text).take_while(|_| !self.upstreams.is_empty()).all(|name| !self.upstreams.contains(name))
    }
}

/// The upstreams that a text names for Lua.
fn upstreams_of(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split("$proxy_upstream_name").skip(1);
    parts.filter_map(|rest| rest.split(';').next()).map(|word| word.trim().trim_matches('"'))
}

impl Common {
    pub(in crate::route) fn of(sides: [&Config<'_>; 2]) -> Self {
        let [base, head] = sides;
        // What nobody knows is the same as nothing.
        let is_same_text = around(base).zip(around(head)).is_some_and(|(base, head)| base == head);
        let is_same_around = is_same_text && base.dynamic.settings == head.dynamic.settings;
        Self { is_same_around, variables: variables(base, head), lua: Alike::of([&base.dynamic, &head.dynamic]) }
    }

    /// Whether two servers do the same by their texts alone.
    pub(in crate::route) fn are_same(&self, sides: [&Config<'_>; 2], servers: [usize; 2], host: &str) -> bool {
        let [base, head] = [0, 1].map(|at| sides[at].blocks[servers[at]].text());
        self.is_same_around
            && base == head
            && !self.names_unlike(base)
            && sides[0].dynamic.certifies_as(&sides[1].dynamic, host)
            && self.lua.serves(base)
    }

    /// Whether what stands around the locations of two servers, and around these, does the same.
    pub(in crate::route) fn are_around_alike(&self, servers: &[String; 2]) -> bool {
        self.is_same_around && servers[0] == servers[1] && !self.names_unlike(&servers[0])
    }

    /// Whether two locations do the same by their texts, where what stands around them does.
    pub(in crate::route) fn are_same_locations(&self, locations: [Directive<'_>; 2]) -> bool {
        let [base, head] = locations.map(Directive::text);
        base == head && !self.names_unlike(base) && self.lua.serves(base)
    }

    /// Whether a text names a variable that one side alone defines.
    fn names_unlike(&self, text: &str) -> bool {
        if self.variables.is_empty() {
            return false;
        }
        let text = text.to_ascii_lowercase();
        self.variables.iter().any(|name| text.contains(&format!("${name}")) || text.contains(&format!("${{{name}}}")))
    }
}

/// The text of a server without its locations, those aside that requests come to from within.
pub(in crate::route) fn around_locations(config: &Config<'_>, server: usize) -> String {
    let is_own = |directive: &Directive<'_>| {
        let is_location = directive.is_block() && directive.name() == "location";
        !is_location || directive.directives().any(|inner| inner.name() == "internal")
    };
    config.lines.of(config.blocks[server]).into_iter().filter(is_own).map(text).collect::<Vec<_>>().join("\u{2}")
}

/// What stands around all servers; with files that are included nobody knows.
fn around(config: &Config<'_>) -> Option<Vec<String>> {
    if config.lines.files() > 1 {
        return None;
    }
    let mut all = Vec::new();
    for top in config.lines.top() {
        if top.is_block() && top.name() == "http" {
            let inside = config.lines.of(top).into_iter().filter(|directive| !(directive.is_block() && directive.name() == "server"));
            all.extend(inside.map(text));
        } else {
            all.push(text(top));
        }
    }
    Some(all)
}

fn variables(base: &Config<'_>, head: &Config<'_>) -> Vec<String> {
    let (one, other) = (&base.variables.places, &head.variables.places);
    let unlike = one.keys().filter(|name| !other.contains_key(*name)).chain(other.keys().filter(|name| !one.contains_key(*name)));
    unlike.cloned().collect()
}

fn upstreams([base, head]: [&Dynamic; 2]) -> HashSet<String> {
    let (before, after) = (base.backends(), head.backends());
    let (Some(before), Some(after)) = (before, after) else {
        return before.into_iter().chain(after).flat_map(|backends| backends.keys().cloned()).collect();
    };
    let is_same = |one: &Backend, other: &Backend| one.acts_as(other);
    let mut unlike: HashSet<String> = HashSet::new();
    for name in before.keys().chain(after.keys()) {
        if !before.get(name).zip(after.get(name)).is_some_and(|(one, other)| is_same(one, other)) {
            unlike.insert(name.clone());
        }
    }
    // What a canary does is a part of what its backend does.
    let of_canaries =
        before.iter().chain(after).filter(|(_, backend)| backend.alternative.as_ref().is_some_and(|name| unlike.contains(name)));
    let of_canaries: Vec<String> = of_canaries.map(|(name, _)| name.clone()).collect();
    unlike.extend(of_canaries);
    unlike
}
