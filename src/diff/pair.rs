//! Which directive of one block is which directive of the other.

use std::borrow::Cow;
use std::collections::VecDeque;

use hashbrown::HashMap;

use super::lua;
use crate::conf::{Arg, Directive};

/// What identifies a directive among its sisters.
pub(super) type Key<'a> = Vec<Cow<'a, str>>;

/// How closely two directives must agree to be the same one. Each stage looks only at what the one before has left.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// All words of a directive; the names and listeners of a server.
    Exact,
    /// The name and the first of several arguments, as in `proxy_set_header Host x`; the names of a server; of other blocks what
    /// they keep when their arguments change.
    Named,
    /// The name, where only one is left on each side; the first name of a server.
    Alone,
}

/// For each declared directive the index of its live partner.
pub(super) fn partners(declared: &[Directive<'_>], live: &[Directive<'_>]) -> Vec<Option<usize>> {
    let mut pairs = Pairs { declared, live, partners: vec![None; declared.len()], is_taken: vec![false; live.len()] };
    pairs.match_start();
    for stage in [Stage::Exact, Stage::Named, Stage::Alone] {
        pairs.match_stage(stage);
    }
    pairs.partners
}

struct Pairs<'s, 'a> {
    declared: &'s [Directive<'a>],
    live: &'s [Directive<'a>],
    partners: Vec<Option<usize>>,
    is_taken: Vec<bool>,
}

impl<'a> Pairs<'_, 'a> {
    /// Pairs the equal directives at the start without hashing them: two versions of a file are mostly equal.
    fn match_start(&mut self) {
        let same = |(a, b): &(&Directive<'_>, &Directive<'_>)| a.text() == b.text() || key(**a, Stage::Exact) == key(**b, Stage::Exact);
        let count = self.declared.iter().zip(self.live).take_while(same).count();
        for at in 0..count {
            self.pair(at, at);
        }
    }

    fn match_stage(&mut self, stage: Stage) {
        let mut waiting: HashMap<Key<'a>, Group> = HashMap::new();
        for (at, directive) in self.live.iter().enumerate().filter(|(at, _)| !self.is_taken[*at]) {
            if let Some(key) = key(*directive, stage) {
                waiting.entry(key).or_default().live.push_back(at);
            }
        }
        if waiting.is_empty() {
            return;
        }
        let left: Vec<usize> = (0..self.declared.len()).filter(|at| self.partners[*at].is_none()).collect();
        for at in &left {
            if let Some(group) = key(self.declared[*at], stage).and_then(|key| waiting.get_mut(&key)) {
                group.declared += 1;
            }
        }
        for at in left {
            let group = key(self.declared[at], stage).and_then(|key| waiting.get_mut(&key));
            let Some(group) = group.filter(|group| stage != Stage::Alone || group.is_single()) else { continue };
            if let Some(partner) = group.live.pop_front() {
                self.pair(at, partner);
            }
        }
    }

    fn pair(&mut self, at: usize, partner: usize) {
        self.partners[at] = Some(partner);
        self.is_taken[partner] = true;
    }
}

/// The directives with one key.
#[derive(Default)]
struct Group {
    live: VecDeque<usize>,
    declared: usize,
}

impl Group {
    fn is_single(&self) -> bool {
        (self.live.len(), self.declared) == (1, 1)
    }
}

/// The key of a directive at a stage; nothing if it has none there. Blocks and directives without a block never share a key.
fn key(directive: Directive<'_>, stage: Stage) -> Option<Key<'_>> {
    if directive.is_block() {
        return block_key(directive, stage);
    }
    let mut key = match stage {
        Stage::Exact => leaf_key(directive),
        Stage::Named if directive.args().len() > 1 || directive.lua().is_some() => values(directive.words().take(2)),
        Stage::Named => return None,
        Stage::Alone => values(directive.words().take(1)),
    };
    key.insert(0, Cow::Borrowed(";"));
    Some(key)
}

/// The words of a directive without a block, and its Lua code as Lua reads it.
pub(super) fn leaf_key(directive: Directive<'_>) -> Key<'_> {
    lua::words(directive)
}

/// Whether two blocks are named alike.
pub(super) fn is_same_head(one: Directive<'_>, other: Directive<'_>) -> bool {
    block_key(one, Stage::Exact) == block_key(other, Stage::Exact)
}

fn block_key(directive: Directive<'_>, stage: Stage) -> Option<Key<'_>> {
    let name = directive.name();
    if name == "server" {
        return Some(server_key(directive, stage));
    }
    let mut key = vec![Cow::Borrowed("{"), name];
    if stage != Stage::Exact {
        key.push(likeness(directive, stage)?);
        return Some(key);
    }
    match location(directive) {
        Some((modifier, path)) => key.extend([Cow::Borrowed(modifier), path]),
        None => key.extend(directive.args().map(Arg::value)),
    }
    Some(key)
}

/// What a block keeps when its arguments change: a condition what it does, a table what it fills, a location whose path it is.
fn likeness(block: Directive<'_>, stage: Stage) -> Option<Cow<'_, str>> {
    match (&*block.name(), stage) {
        ("if", Stage::Named) => {
            let lines = block.descendants().map(|inner| format!("{} {}", inner.depth() - block.depth(), leaf_key(inner).join("\u{0}")));
            Some(Cow::Owned(lines.collect::<Vec<_>>().join("\n")))
        }
        ("map" | "geo" | "split_clients", Stage::Named) => block.args().next_back().map(Arg::value),
        ("location", Stage::Named) => declared_path(block).or_else(|| without_hash(block)).map(Cow::Owned),
        ("limit_except", Stage::Alone) => Some(Cow::Borrowed("")),
        _ => None,
    }
}

/// The Ingress of a location and its path as that writes it: they stay where the path becomes a regular expression.
fn declared_path(location: Directive<'_>) -> Option<String> {
    let noted = |name: &str| {
        let mut sets = location.directives().filter(|inner| inner.name() == "set");
        let set = sets.find(|set| set.args().next().is_some_and(|variable| variable.value() == name))?;
        set.args().nth(1).map(|value| value.value().into_owned()).filter(|value| !value.is_empty())
    };
    Some([noted("$namespace")?, noted("$ingress_name")?, noted("$location_path")?].join("\0"))
}

/// The name of a location of the controller's own that ends in a hash of what it holds, without that.
fn without_hash(location: Directive<'_>) -> Option<String> {
    const SHA1: usize = 40;
    let name = location.args().next()?.value();
    let (front, hash) = name.split_at_checked(name.len().checked_sub(SHA1)?)?;
    (front.starts_with('@') && hash.bytes().all(|byte| byte.is_ascii_hexdigit())).then(|| front.to_owned())
}

fn server_key(server: Directive<'_>, stage: Stage) -> Key<'_> {
    let mut key = vec![Cow::Borrowed("{"), Cow::Borrowed("server")];
    let mut names: Key<'_> = arguments_of(server, "server_name").collect();
    if stage == Stage::Alone {
        names.truncate(1);
    }
    names.sort_unstable();
    key.extend(names);
    if stage == Stage::Exact {
        let mut listeners: Key<'_> = first_arguments_of(server, "listen").collect();
        listeners.sort_unstable();
        key.push(Cow::Borrowed("{"));
        key.extend(listeners);
    }
    key
}

/// The names that a server answers for.
pub(super) fn server_names(server: Directive<'_>) -> impl Iterator<Item = Cow<'_, str>> {
    arguments_of(server, "server_name")
}

fn arguments_of<'a>(block: Directive<'a>, name: &'static str) -> impl Iterator<Item = Cow<'a, str>> {
    block.directives().filter(move |inner| inner.name() == name).flat_map(|inner| inner.args().map(Arg::value))
}

fn first_arguments_of<'a>(block: Directive<'a>, name: &'static str) -> impl Iterator<Item = Cow<'a, str>> {
    block.directives().filter(move |inner| inner.name() == name).filter_map(|inner| inner.args().next().map(Arg::value))
}

/// The modifier and the path of a `location`. nginx also reads the modifier where it is glued to the path.
pub(super) fn location(directive: Directive<'_>) -> Option<(&'static str, Cow<'_, str>)> {
    const MODIFIERS: [&str; 4] = ["=", "^~", "~*", "~"];
    if directive.name() != "location" {
        return None;
    }
    let mut args = directive.args().map(Arg::value);
    match (args.next()?, args.next(), args.next()) {
        (modifier, Some(path), None) => MODIFIERS.into_iter().find(|known| *known == modifier).map(|known| (known, path)),
        (path, None, _) => {
            let glued = MODIFIERS.into_iter().find_map(|known| path.strip_prefix(known).map(|rest| (known, Cow::Owned(rest.to_owned()))));
            Some(glued.unwrap_or(("", path)))
        }
        _ => None,
    }
}

/// A block as a word on a path: a server with its first name, any other with its arguments.
pub(super) fn label(block: Directive<'_>) -> String {
    let own = values(block.words());
    if block.name() != "server" {
        return own.join(" ");
    }
    let name = arguments_of(block, "server_name").next();
    let named = name.or_else(|| first_arguments_of(block, "listen").next());
    own.into_iter().chain(named).collect::<Vec<_>>().join(" ")
}

fn values<'a>(args: impl Iterator<Item = Arg<'a>>) -> Key<'a> {
    args.map(Arg::value).collect()
}
