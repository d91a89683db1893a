//! What a limit counts by: an expression, and the addresses that it does not count.

use std::collections::BTreeMap;

use super::addresses::Addresses;
use super::lines::{first, text, whole};
use crate::conf::{Arg, Directive};
use crate::source::Span;

/// Finds the block that gives a variable its value.
pub(super) type Lookup<'l, 'a> = &'l dyn Fn(&str) -> Option<Directive<'a>>;

/// Tables that look one thing up in another are followed this far.
const MOST_TABLES: usize = 4;

/// What a limit counts by.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Key {
    /// The expression, as `$binary_remote_addr`; with the tables that it is looked up in, where they are none of addresses.
    pub(super) counted: String,
    /// The addresses that are not counted.
    pub(super) exempt: Addresses,
    /// The same as they are written.
    pub(super) exempt_words: Vec<String>,
    /// The lines that say so.
    pub(super) lines: Vec<Span>,
}

impl Key {
    /// Reads what an expression stands for.
    pub(super) fn read(expression: &str, lookup: Lookup<'_, '_>) -> Self {
        by_address(expression, lookup).unwrap_or_else(|| as_it_is(expression, lookup))
    }
}

/// A table that counts by one expression, but for some addresses.
fn by_address(expression: &str, lookup: Lookup<'_, '_>) -> Option<Key> {
    let table = lookup(expression).filter(|block| block.name() == "map")?;
    let networks = first(table).and_then(|source| lookup(&source)).filter(|block| block.name() == "geo")?;
    let by = networks.args().map(Arg::value).next().filter(|by| by == "$remote_addr" || networks.args().len() == 1)?;
    let results: BTreeMap<_, _> = table.directives().filter_map(|line| Some((line.name(), first(line)?))).collect();
    let result = |value: &str| results.get(value).or_else(|| results.get("default")).map(|result| result.as_ref()).unwrap_or_default();
    let (mut counted, mut exempt) = (String::from(result("")), Vec::new());
    for line in networks.directives() {
        let (network, value) = (line.name(), first(line)?);
        match (&*network, result(&value)) {
            ("include" | "ranges" | "proxy" | "delete", _) => return None,
            ("default", result) => result.clone_into(&mut counted),
            (_, "") => exempt.push(network.into_owned()),
            // A network that counts by something else within those that count by nothing: no set of addresses says it.
            (_, _) => return None,
        }
    }
    if counted.is_empty() {
        return None;
    }
    let counted = if by == "$remote_addr" || networks.args().len() == 1 { counted } else { format!("{counted} by {by}") };
    let lines = whole(networks).into_iter().chain(whole(table)).collect();
    Some(Key { counted, exempt: Addresses::of(exempt.iter().map(String::as_str)), exempt_words: exempt, lines })
}

/// An expression with the text of every table that it is looked up in.
fn as_it_is(expression: &str, lookup: Lookup<'_, '_>) -> Key {
    let mut key = Key { counted: expression.to_owned(), ..Key::default() };
    let mut next = lookup(expression);
    for _ in 0..MOST_TABLES {
        let Some(block) = next else { break };
        key.counted.push_str(&format!(" ({})", text(block)));
        key.lines.extend(whole(block));
        next = first(block).filter(|_| block.args().len() > 1).and_then(|source| lookup(&source));
    }
    key
}
