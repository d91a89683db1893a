//! The direction of a change: does it let more through, or less?

use std::collections::BTreeSet;

use super::Verdict;

/// What a change does to what is let through. Several changes add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shift {
    opens: bool,
    closes: bool,
    differs: bool,
}

impl Shift {
    /// Lets the same through.
    pub(super) const SAME: Self = Self { opens: false, closes: false, differs: false };
    /// Lets more through.
    pub(super) const OPENS: Self = Self { opens: true, ..Self::SAME };
    /// Lets less through.
    pub(super) const CLOSES: Self = Self { closes: true, ..Self::SAME };
    /// Lets something else through.
    pub(super) const DIFFERS: Self = Self { differs: true, ..Self::SAME };

    /// Of values of which a greater one lets more through.
    pub(super) fn rising<T: Ord>(before: &T, after: &T) -> Self {
        match before.cmp(after) {
            std::cmp::Ordering::Less => Self::OPENS,
            std::cmp::Ordering::Equal => Self::SAME,
            std::cmp::Ordering::Greater => Self::CLOSES,
        }
    }

    /// Of values of which a greater one lets less through.
    pub(super) fn falling<T: Ord>(before: &T, after: &T) -> Self {
        Self::rising(after, before)
    }

    /// Of sets of what is let through.
    pub(super) fn admitted<T: Ord>(before: &BTreeSet<T>, after: &BTreeSet<T>) -> Self {
        let opens = !after.is_subset(before);
        Self { opens, closes: !before.is_subset(after), differs: false }
    }

    /// Of sets of what is refused.
    pub(super) fn refused<T: Ord>(before: &BTreeSet<T>, after: &BTreeSet<T>) -> Self {
        Self::admitted(after, before)
    }

    /// Of values that cannot be ranked.
    pub(super) fn unranked<T: PartialEq>(before: &T, after: &T) -> Self {
        if before == after { Self::SAME } else { Self::DIFFERS }
    }

    /// Both changes at once.
    pub(super) fn and(self, other: Self) -> Self {
        Self { opens: self.opens || other.opens, closes: self.closes || other.closes, differs: self.differs || other.differs }
    }

    /// The word for it; whether there was a protection on each side tells a weaker one from one that is lost.
    pub(super) fn verdict(self, was_there: bool, is_there: bool) -> Option<Verdict> {
        match (self.opens, self.closes, self.differs) {
            (false, false, false) => None,
            (true, false, false) if was_there && !is_there => Some(Verdict::Lost),
            (true, false, false) => Some(Verdict::Weaker),
            (false, true, false) if !was_there && is_there => Some(Verdict::Gained),
            (false, true, false) => Some(Verdict::Stronger),
            _ => Some(Verdict::Changed),
        }
    }
}
