//! How much may be looked into for one host: whatever takes time is paid from one budget, so that a proof ends, and ends alike on
//! every machine.

use std::cell::Cell;

/// What one way through both sides costs, in states of an automaton.
pub(in crate::route) const WAY: u64 = 200;
/// What it costs to ask both sides about one request.
pub(in crate::route) const REQUEST: u64 = 300;
/// What may be spent for each test of paths that a host has, beyond what every host has.
const OF_TEST: u64 = 20_000;
/// How many parts of a host may each take as much of what is left.
const PARTS: u64 = 8;

/// What is left.
#[derive(Debug)]
pub(in crate::route) struct Work(Cell<u64>);

impl Work {
    /// The budget of a host with so many tests of paths.
    pub(in crate::route) fn new(most: u64, tests: usize) -> Self {
        Self(Cell::new(most.saturating_add(OF_TEST.saturating_mul(tests as u64))))
    }

    /// Pays; false where nothing is left.
    pub(in crate::route) fn pay(&self, cost: u64) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(cost));
        left > 0
    }

    pub(in crate::route) fn is_left(&self) -> bool {
        self.0.get() > 0
    }

    /// Where the budget stands when one of some parts that are left has had its share.
    pub(in crate::route) fn end_of_share(&self, parts: usize) -> u64 {
        let left = self.0.get();
        left - left / PARTS.min(parts as u64).max(1)
    }

    /// Whether more is left than there shall be.
    pub(in crate::route) fn is_above(&self, end: u64) -> bool {
        self.0.get() > end
    }
}
