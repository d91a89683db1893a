//! What is in blocks that only a running configuration has: the lines in them speak for values that the manifests no longer have.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

use super::seen::{Lost, Seen};
use crate::conf::{Directive, Tree};
use crate::diff::{Change, Kind};
use crate::source::Span;

/// Of more blocks nobody looks at what is in them.
const MOST_BLOCKS: usize = 100;
/// A longer block is not looked at.
const MOST_BYTES: usize = 8 << 10;

/// Blocks by where their heads stand on the side that has them.
#[derive(Default)]
pub(super) struct Blocks {
    side: usize,
    found: HashMap<Span, Arc<Lost>>,
}

impl Blocks {
    /// The blocks of a configuration, the first of two sides or the second, that the other side lacks.
    pub(super) fn read(tree: &Tree, side: usize, changes: &[(&'static str, &Change)]) -> Self {
        let kind = if side == 0 { Kind::Removed } else { Kind::Added };
        let is_lost = |change: &Change| change.is_block() && change.kind == kind;
        let lost: Vec<_> = changes.iter().filter(|(_, change)| is_lost(change)).collect();
        let wanted: HashSet<Span> = lost.iter().filter_map(|(_, change)| span_of(change, side)).collect();
        if wanted.is_empty() || wanted.len() > MOST_BLOCKS {
            return Self::default();
        }
        let all = tree.directives().flat_map(|directive| std::iter::once(directive).chain(directive.descendants()));
        let blocks = all.filter(|directive| directive.is_block() && directive.text().len() <= MOST_BYTES);
        let found: HashMap<Span, Directive> =
            blocks.map(|block| (block.head_span(), block)).filter(|(span, _)| wanted.contains(span)).collect();
        let read = |change: &Change| {
            let span = span_of(change, side)?;
            let block = found.get(&span)?;
            let lines = block.descendants().filter(|line| !line.is_block()).map(|line| Seen::inside(change, line, side)).collect();
            Some((span, Arc::new(Lost { text: block.text().to_owned(), lines })))
        };
        Self { side, found: lost.iter().filter_map(|(_, change)| read(change)).collect() }
    }

    /// What is in the block that a change is about.
    pub(super) fn of(&self, change: &Change) -> Option<Arc<Lost>> {
        self.found.get(&span_of(change, self.side)?).cloned()
    }
}

fn span_of(change: &Change, side: usize) -> Option<Span> {
    [&change.before, &change.after][side].as_ref()?.span
}
