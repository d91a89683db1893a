//! Members that belong together.

/// Which of some members, by their numbers, belong together.
#[derive(Debug)]
pub struct Groups(Vec<usize>);

impl Groups {
    /// So many, each for itself.
    #[must_use]
    pub fn of(count: usize) -> Self {
        Self((0..count).collect())
    }

    /// The first of those that a member belongs to.
    pub fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    /// Puts those of two members together.
    pub fn join(&mut self, one: usize, other: usize) {
        let (one, other) = (self.root(one), self.root(other));
        self.0[one.max(other)] = one.min(other);
    }
}
