//! A block of the configuration, and what holds in it.

use std::borrow::Cow;
use std::sync::OnceLock;

use hashbrown::HashMap;

use super::maps::Maps;
use crate::conf::Directive;
use crate::nginx::rewrite::Finding;

/// A block.
#[derive(Debug)]
pub(super) struct Block<'b, 't> {
    /// What it is: `http`, `server`, `location` or `if`.
    pub(super) name: &'b str,
    pub(super) args: &'b [&'b str],
    pub(super) directives: &'b [Directive<'t>],
    pub(super) outer: Option<&'b Block<'b, 't>>,
    /// The maps that run regular expressions.
    pub(super) maps: &'b Maps,
    /// Where its rewrites write more than is reserved, once somebody has looked.
    pub(super) overrun: OnceLock<Option<Finding<'t>>>,
    /// The first directive of each name, once a block in it has asked: thousands of blocks may stand in one.
    pub(super) first: OnceLock<HashMap<Cow<'t, str>, Directive<'t>>>,
}

/// A directive that reaches a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found<'t> {
    /// Its name.
    pub(super) directive: String,
    /// The directive, as it is written.
    pub(super) line: &'t str,
    /// Directives without which it did not.
    pub(super) others: Vec<(String, &'t str)>,
    /// What to write in its place, where that means the same.
    pub(super) instead: Option<String>,
}

impl<'t> Found<'t> {
    pub(super) fn at(directive: Directive<'t>) -> Self {
        Self { directive: directive.name().into_owned(), line: directive.head_text(), others: Vec::new(), instead: None }
    }

    pub(super) fn with(mut self, other: Directive<'t>) -> Self {
        self.others.push((other.name().into_owned(), other.head_text()));
        self
    }
}

impl<'t> Block<'_, 't> {
    /// The directives of a name that stand in it.
    pub(super) fn own<'s>(&'s self, name: &'s str) -> impl Iterator<Item = Directive<'t>> + 's {
        self.directives.iter().copied().filter(move |directive| directive.name() == name)
    }

    /// The directive that holds in it: its own, or that of a block around it.
    pub(super) fn holding(&self, name: &str) -> Option<Directive<'t>> {
        let own = self.own(name).next();
        own.or_else(|| self.outer?.held_for_inner(name))
    }

    fn held_for_inner(&self, name: &str) -> Option<Directive<'t>> {
        let first = self.first.get_or_init(|| {
            let named = self.directives.iter().rev().map(|directive| (directive.name(), *directive));
            named.collect()
        });
        first.get(name).copied().or_else(|| self.outer?.held_for_inner(name))
    }

    /// The same where its first argument is a word.
    pub(super) fn holding_as(&self, name: &str, word: &str) -> Option<Directive<'t>> {
        self.holding(name).filter(|directive| directive.args().next().is_some_and(|arg| arg.value() == word))
    }
}
