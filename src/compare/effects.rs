//! What a change of manifests does to what comes of them.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use crate::catalog::flags::{Flag, Flags};
use crate::cause::edits::{Edit, Given, Set};
use crate::compile::{Declared, Lua, Written};
use crate::diff::{self, Change, Report, Side};
use crate::lower::Controller;
use crate::manifest::Cluster;

/// More compiled paths than this are too many to try everything: what is left is the likeness of names.
const MOST_COMPILED: usize = 20_000;
/// What every compilation costs beside its paths, in such.
const FIXED_COST: usize = 50;

/// What manifests come to.
type Compile<'a> = dyn Fn(&Cluster, &Controller) -> Written + Sync + 'a;

/// Whether manifests are few enough to be compiled so many times.
pub(super) fn affords(given: Given, times: usize) -> bool {
    times * cost(given) <= MOST_COMPILED
}

/// What it costs to compile manifests, in paths.
fn cost(given: Given) -> usize {
    let rules = given.cluster.ingresses.iter().flat_map(|ingress| ingress.value.spec.iter().flat_map(|spec| spec.rules.iter().flatten()));
    let paths: usize = rules.map(|rule| rule.http.as_ref().map_or(1, |http| http.paths.len())).sum();
    paths.max(given.cluster.ingresses.len()) + FIXED_COST
}

/// Manifests, what they come to, and what others would.
pub(super) struct Sample<'a> {
    pub(super) given: Given<'a>,
    written: Box<dyn Fn() -> &'a Written + Sync + 'a>,
    /// The files for Lua that the other side has too.
    lua: Vec<Lua>,
    pub(super) compile: Box<Compile<'a>>,
}

impl<'a> Sample<'a> {
    /// The manifests of a side, and what others would come to under the same circumstances.
    pub(super) fn of(declared: &'a Declared) -> Self {
        Self::with(declared, Lua::ALL.to_vec())
    }

    /// Manifests, what they come to, and how others are compiled.
    pub(super) fn new(given: Given<'a>, written: &'a Written, compile: Box<Compile<'a>>) -> Self {
        Self { given, written: Box::new(move || written), lua: Lua::ALL.to_vec(), compile }
    }

    /// What the manifests come to: where nobody asks, it is not written at all.
    pub(super) fn written(&self) -> &'a Written {
        (self.written)()
    }

    /// The same beside a side that may lack files for Lua: what is in them is no difference then.
    pub(super) fn beside(declared: &'a Declared, other: &super::side::Side) -> Self {
        Self::with(declared, Lua::ALL.into_iter().filter(|what| other.tells(*what)).collect())
    }

    fn with(declared: &'a Declared, lua: Vec<Lua>) -> Self {
        let given = Given { cluster: &declared.input.cluster, controller: &declared.input.controller };
        let compile = |cluster: &Cluster, controller: &Controller| Written::of(&declared.proxy_of(cluster, controller));
        Sample { given, written: Box::new(|| declared.written()), lua, compile: Box::new(compile) }
    }

    /// How often the manifests can be compiled beside so many other times.
    pub(super) fn room(&self, others: usize) -> usize {
        (MOST_COMPILED / cost(self.given)).saturating_sub(others)
    }

    /// Whether the manifests are few enough to be compiled so many times.
    pub(super) fn affords(&self, times: usize) -> bool {
        affords(self.given, times)
    }

    /// What comes of the manifests with some edits as one of the sets has them.
    pub(super) fn changed<'e>(&self, edits: impl IntoIterator<Item = &'e Edit>, set: Set, from: Given) -> Written {
        let (mut cluster, mut controller) = (self.given.cluster.clone(), self.given.controller.clone());
        edits.into_iter().for_each(|edit| edit.put(set, from, &mut cluster, &mut controller));
        (self.compile)(&cluster, &controller)
    }

    /// What differs between two states.
    pub(super) fn effects(&self, before: &Written, after: &Written) -> Effects {
        let mut effects = Effects::default();
        effects.note("nginx.conf", diff::compare(&after.tree(), &before.tree()));
        for what in &self.lua {
            if let (Some(old), Some(new)) = (before.lua(*what), after.lua(*what)) {
                effects.note(what.file(), diff::json::compare(new, old));
            }
        }
        effects
    }

    /// What differs from the side where the controller has an argument with another value.
    pub(super) fn with_argument(&self, flag: &Flag, value: &str) -> Effects {
        let mut controller = self.given.controller.clone();
        let text = format!("--{}={value}", flag.name);
        flag.copy(&Flags::parse(controller.version, [(text, None)]).value, &mut controller.flags);
        self.effects(&(self.compile)(self.given.cluster, &controller), self.written())
    }
}

/// Two texts of one directive or value: without and with a change.
pub(super) type Texts = [Option<String>; 2];

/// Differences by their file and the blocks around them, and by their names.
#[derive(Debug, Default)]
pub(super) struct Effects {
    by_path: HashMap<(&'static str, String), HashMap<String, Vec<Texts>>>,
    /// What is in blocks that only the first state has, and in routes that only there are not closed, by the blocks around.
    blocks: HashSet<(String, u64)>,
    /// How many there are of each part.
    parts: HashMap<String, usize>,
    count: usize,
}

impl Effects {
    /// Adds the differences in a file.
    pub(super) fn note(&mut self, file: &'static str, report: Report) {
        self.count += report.changes.len();
        for change in report.changes {
            let (path, name) = print(&change);
            *self.parts.entry(part(&change)).or_default() += 1;
            let inside = |side: &Option<Side>| side.as_ref().and_then(|side| side.inside);
            let only = match (&change.before, &change.after) {
                (before, None) => inside(before),
                (None, after) if !change.is_block() => inside(after),
                _ => None,
            };
            self.blocks.extend(only.map(|inside| (path.clone(), inside)));
            self.by_path.entry((file, path)).or_default().entry(name).or_default().push(texts(&change));
        }
    }

    /// What happens to a directive or value.
    pub(super) fn of(&self, file: &'static str, path: &str, name: &str) -> Option<&[Texts]> {
        self.by_path.get(&(file, path.to_owned()))?.get(name).map(Vec::as_slice)
    }

    /// Whether a block with the same words in it is in the first state alone.
    pub(super) fn has_block(&self, path: &str, inside: u64) -> bool {
        !self.blocks.is_empty() && self.blocks.contains(&(path.to_owned(), inside))
    }

    /// How many directives of a block are touched.
    pub(super) fn within(&self, file: &'static str, path: &str) -> usize {
        self.by_path.get(&(file, path.to_owned())).map_or(0, HashMap::len)
    }

    /// How many differences there are in a part.
    pub(super) fn in_part(&self, part: &str) -> usize {
        self.parts.get(part).copied().unwrap_or_default()
    }

    /// How many differences there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }
}

/// What one Ingress can have its own part in: its locations, else a host, an upstream or another block of the whole.
pub(super) fn part(change: &Change) -> String {
    match owner(change) {
        Some((namespace, name)) => format!("{namespace}/{name}"),
        None => join(change.path.iter().chain([&change.name]).take(2).cloned().collect::<Vec<_>>().as_slice()),
    }
}

/// Namespace and name of the Ingress whose location a difference is in.
pub(super) fn owner(change: &Change) -> Option<(String, String)> {
    let mut targets = change.place.after.iter().chain(&change.place.before).filter(|target| !target.ingress.is_empty());
    targets.next().map(|target| (target.namespace.clone(), target.ingress.clone()))
}

/// The blocks around a difference, and its name.
pub(super) fn print(change: &Change) -> (String, String) {
    (join(&change.path), change.name.to_string())
}

/// Blocks from outside in as one text.
pub(super) fn join(path: &[Arc<str>]) -> String {
    path.iter().map(|word| &**word).collect::<Vec<_>>().join("\n")
}

pub(super) fn texts(change: &Change) -> Texts {
    [&change.before, &change.after].map(|side: &Option<Side>| side.as_ref().map(|side| side.text.clone()))
}
