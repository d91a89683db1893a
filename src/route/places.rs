//! Where the blocks of a server stand, found in one walk.

use hashbrown::HashMap;

use super::lift::Lines;
use crate::conf::Directive;
use crate::source::Span;

/// Blocks within blocks are looked for so deep.
const DEEPEST: usize = 32;

/// The blocks of a server by where they begin, each with those around it.
#[derive(Debug)]
pub struct Places<'t> {
    server: [Directive<'t>; 1],
    around: HashMap<Span, Vec<Directive<'t>>>,
}

impl<'t> Places<'t> {
    pub(super) fn of(lines: Lines<'t>, server: Directive<'t>) -> Self {
        let mut places = Self { server: [server], around: HashMap::new() };
        places.collect(lines, &mut vec![server]);
        places
    }

    fn collect(&mut self, lines: Lines<'t>, around: &mut Vec<Directive<'t>>) {
        let Some(block) = around.last().copied().filter(|_| around.len() < DEEPEST) else { return };
        for inner in lines.of(block).into_iter().filter(|inner| inner.is_block()) {
            around.push(inner);
            self.around.insert(inner.head_span(), around.clone());
            self.collect(lines, around);
            around.pop();
        }
    }

    /// All blocks in the server, in no order.
    pub fn all(&self) -> impl Iterator<Item = Directive<'t>> {
        self.around.values().filter_map(|around| around.last().copied())
    }

    /// The blocks around a place, from outside in, itself the last; the server alone where no place is meant.
    #[must_use]
    pub fn blocks(&self, at: Option<Span>) -> &[Directive<'t>] {
        at.and_then(|at| self.around.get(&at)).map_or(&self.server, Vec::as_slice)
    }
}
