//! The locations of a server, and which one takes a path.

use std::collections::BTreeSet;
use std::sync::Arc;

use hashbrown::HashMap;

use super::instruction::Step;
use super::level::Level;
use crate::nginx::Pattern;
use crate::source::Span;

/// How a location is compared with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::route) enum Kind {
    /// `= /path`
    Exact,
    /// `/path` or `^~ /path`
    Prefix,
    /// `~ expression` or `~* expression`
    Pattern,
    /// `@name`
    Named,
}

/// A location.
#[derive(Debug)]
pub(in crate::route) struct Location {
    /// How it is compared.
    pub(in crate::route) kind: Kind,
    /// The path, the expression or the name as it is written.
    pub(in crate::route) path: String,
    /// Where it stands: from its name through its last argument.
    pub(in crate::route) at: Span,
    /// What holds in it.
    pub(in crate::route) level: Arc<Level>,
    /// What the rewrite phase does in it.
    pub(in crate::route) rewrite: Arc<[Step]>,
    /// Locations in it.
    pub(in crate::route) inner: Locations,
    /// Regular expressions are not asked where this beginning fits best: `^~`.
    pub(in crate::route) is_final: bool,
    /// The path without its final slash is redirected to it.
    pub(in crate::route) adds_slash: bool,
    /// The groups with names of an expression, and the places of their variables.
    pub(in crate::route) names: Vec<(usize, usize)>,
    /// The expression; an error where it cannot be evaluated.
    pub(in crate::route) pattern: Option<Result<Arc<Pattern>, String>>,
}

/// Locations beside each other, ready to be asked.
#[derive(Debug, Default)]
pub(in crate::route) struct Locations {
    /// In the order of the text.
    pub(in crate::route) all: Vec<Location>,
    exact: HashMap<Vec<u8>, usize>,
    prefixes: HashMap<Vec<u8>, usize>,
    lengths: BTreeSet<usize>,
    /// Those that a path is redirected to which lacks their slash, by that path: an exact one before a beginning.
    slashes: HashMap<Vec<u8>, usize>,
    /// Those with expressions, in order.
    patterns: Vec<usize>,
    named: HashMap<String, usize>,
}

/// What a path comes to among the locations without expressions.
pub(in crate::route) enum Static {
    /// Nothing.
    Nowhere,
    /// Exactly this one: no other is asked.
    Exact(usize),
    /// This is the longest beginning.
    Beginning(usize),
    /// The path lacks the slash at the end of this one.
    Slash(usize),
}

impl Locations {
    /// Sorts locations by how they are asked. Of equal ones the first counts, which nginx would refuse.
    pub(in crate::route) fn new(all: Vec<Location>) -> Self {
        let mut locations = Self::default();
        for (at, location) in all.iter().enumerate() {
            let path = || location.path.clone().into_bytes();
            match location.kind {
                Kind::Exact => {
                    locations.exact.entry(path()).or_insert(at);
                }
                Kind::Prefix => {
                    locations.lengths.insert(location.path.len());
                    locations.prefixes.entry(path()).or_insert(at);
                }
                Kind::Pattern => locations.patterns.push(at),
                Kind::Named => {
                    locations.named.entry(location.path.clone()).or_insert(at);
                }
            }
        }
        // What both begins and is exactly a path is the exact one, also where it takes no slash.
        for (path, &at) in locations.prefixes.iter().chain(&locations.exact) {
            let Some(path) = path.strip_suffix(b"/").filter(|path| !path.is_empty()) else { continue };
            if all[at].adds_slash {
                locations.slashes.insert(path.to_vec(), at);
            } else {
                locations.slashes.remove(path);
            }
        }
        locations.all = all;
        locations
    }

    /// Those without expressions: an exact one first, then the longest beginning.
    ///
    /// Source: `ngx_http_core_find_static_location`.
    pub(in crate::route) fn find_static(&self, path: &[u8]) -> Static {
        if let Some(&at) = self.exact.get(path) {
            return Static::Exact(at);
        }
        if let Some(&at) = self.prefixes.get(path) {
            return Static::Beginning(at);
        }
        if let Some(&at) = self.slashes.get(path) {
            return Static::Slash(at);
        }
        let longest = self.lengths.range(..path.len()).rev().find_map(|length| self.prefixes.get(&path[..*length]));
        longest.map_or(Static::Nowhere, |at| Static::Beginning(*at))
    }

    /// Those with expressions, in order.
    pub(in crate::route) fn with_patterns(&self) -> impl Iterator<Item = &Location> {
        self.patterns.iter().map(|at| &self.all[*at])
    }

    /// The one with a name.
    pub(in crate::route) fn named(&self, name: &str) -> Option<&Location> {
        self.named.get(name).map(|at| &self.all[*at])
    }
}
