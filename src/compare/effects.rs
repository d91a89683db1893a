//! What a change of manifests does to what comes of them.

use std::collections::HashMap;
use std::sync::Arc;

use crate::cause::edits::{Edit, Given, Set};
use crate::compile::{Declared, Lua, Written};
use crate::diff::{self, Change, Report, Side};
use crate::lower::Controller;
use crate::manifest::Cluster;

/// More compiled Ingresses than this are too many to try everything: what is left is the likeness of names.
const MOST_COMPILED: usize = 20_000;
/// What every compilation costs beside its Ingresses, in such.
const FIXED_COST: usize = 50;

/// What manifests come to.
type Compile<'a> = dyn Fn(&Cluster, &Controller) -> Written + Sync + 'a;

/// Whether manifests are few enough to be compiled so many times.
pub(super) fn affords(given: Given, times: usize) -> bool {
    times * (given.cluster.ingresses.len() + FIXED_COST) <= MOST_COMPILED
}

/// Manifests, what they come to, and what others would.
pub(super) struct Sample<'a> {
    pub(super) given: Given<'a>,
    pub(super) written: &'a Written,
    pub(super) compile: Box<Compile<'a>>,
}

impl<'a> Sample<'a> {
    /// The manifests of a side, and what others would come to under the same circumstances.
    pub(super) fn of(declared: &'a Declared) -> Self {
        let given = Given { cluster: &declared.input.cluster, controller: &declared.input.controller };
        let compile = |cluster: &Cluster, controller: &Controller| Written::of(&declared.proxy_of(cluster, controller));
        Sample { given, written: declared.written(), compile: Box::new(compile) }
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
}

/// Two texts of one directive or value: without and with a change.
pub(super) type Texts = [Option<String>; 2];

/// Differences by their file and the blocks around them, and by their names.
#[derive(Debug, Default)]
pub(super) struct Effects {
    by_path: HashMap<(&'static str, String), HashMap<String, Vec<Texts>>>,
    count: usize,
}

impl Effects {
    /// What differs between two states.
    pub(super) fn between(before: &Written, after: &Written) -> Self {
        let mut effects = Self::default();
        effects.note("nginx.conf", diff::compare(&after.tree(), &before.tree()));
        for what in Lua::ALL {
            if let (Some(old), Some(new)) = (before.lua(what), after.lua(what)) {
                effects.note(what.file(), diff::json::compare(new, old));
            }
        }
        effects
    }

    fn note(&mut self, file: &'static str, report: Report) {
        self.count += report.changes.len();
        for change in report.changes {
            let (path, name) = print(&change);
            self.by_path.entry((file, path)).or_default().entry(name).or_default().push(texts(&change));
        }
    }

    /// What happens to a directive or value.
    pub(super) fn of(&self, file: &'static str, path: &str, name: &str) -> Option<&[Texts]> {
        self.by_path.get(&(file, path.to_owned()))?.get(name).map(Vec::as_slice)
    }

    /// How many directives of a block are touched.
    pub(super) fn within(&self, file: &'static str, path: &str) -> usize {
        self.by_path.get(&(file, path.to_owned())).map_or(0, HashMap::len)
    }

    /// How many differences there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }
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
