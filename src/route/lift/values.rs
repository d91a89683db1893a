//! Words of directives: texts with variables, switches, sizes, networks.

use std::net::IpAddr;

use hashbrown::HashMap;
use ipnet::IpNet;

use crate::conf::{Arg, Directive};
use crate::nginx::Pattern;
use crate::pool::Pool;
use crate::route::model::Headers;
use crate::route::text::{Template, Variable};

/// What the words of all blocks are read with.
#[derive(Debug, Clone, Copy)]
pub(in crate::route) struct Names<'n> {
    /// The variables that the configuration defines, by their names in small letters.
    pub(in crate::route) places: &'n HashMap<String, usize>,
    /// Headers for backends: most locations have the same.
    pub(in crate::route) headers: &'n Pool<Headers>,
}

impl Names<'_> {
    /// Which variable a name is.
    pub(in crate::route) fn variable(self, name: &str) -> Variable {
        let name = name.to_ascii_lowercase();
        self.places.get(&name).map_or_else(|| Self::of_nginx(&name), |&place| Variable::Own(place))
    }

    /// The variable that nginx itself makes of the request under a name in small letters.
    pub(super) fn of_nginx(name: &str) -> Variable {
        let family = [("http_", Variable::Header as fn(Box<str>) -> Variable), ("arg_", Variable::Argument), ("cookie_", Variable::Cookie)];
        let found = family.iter().find_map(|(start, make)| Some(make(name.strip_prefix(start)?.into())));
        found.unwrap_or_else(|| Variable::Builtin(name.into()))
    }

    /// A text with variables.
    pub(in crate::route) fn template(self, text: &str) -> Template {
        Template::parse(text, false, &|name| self.variable(name))
    }

    /// What `rewrite` writes: its first `?` begins the arguments.
    pub(super) fn replacement(self, text: &str) -> Template {
        Template::parse(text, true, &|name| self.variable(name))
    }

    /// The places of the variables that the groups of an expression fill.
    pub(super) fn groups(self, pattern: &Result<Pattern, String>) -> Vec<(usize, usize)> {
        let Ok(pattern) = pattern else { return Vec::new() };
        pattern.names().filter_map(|(group, name)| Some((group, *self.places.get(&name.to_ascii_lowercase())?))).collect()
    }
}

/// The first argument.
pub(super) fn first(directive: Directive<'_>) -> String {
    nth(directive, 0)
}

/// An argument by its place; nothing where there is none.
pub(super) fn nth(directive: Directive<'_>, at: usize) -> String {
    directive.args().nth(at).map(Arg::value).unwrap_or_default().into_owned()
}

/// `on` or `off`.
pub(super) fn is_on(directive: Directive<'_>) -> bool {
    first(directive) == "on"
}

/// A network, or an address as a network of one.
pub(super) fn network(word: &str) -> Option<IpNet> {
    match word.parse::<IpNet>() {
        Ok(network) => Some(network.trunc()),
        Err(_) => word.parse::<IpAddr>().ok().map(IpNet::from),
    }
}
