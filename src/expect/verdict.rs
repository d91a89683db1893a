//! What comes of expectations.

use super::got::Got;
use super::suite::{Expectation, Test};
use crate::source::Span;

/// What comes of one expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is as expected, on all ways.
    Holds,
    /// It is otherwise.
    Differs {
        /// What it is.
        got: Got,
        /// The directive that decides.
        at: Option<Span>,
    },
    /// It is as expected on some ways, or as far as is known.
    Depends {
        /// Where it is as expected.
        holds: Vec<String>,
        /// Where it is not, or may not be.
        otherwise: Vec<String>,
        /// What it is there; none where that is not known.
        got: Option<Got>,
        /// The directive that decides.
        at: Option<Span>,
    },
    /// It cannot be said from here.
    Unchecked(String),
}

impl Verdict {
    /// Whether it fails the test.
    #[must_use]
    pub fn fails(&self) -> bool {
        matches!(self, Self::Differs { .. } | Self::Depends { .. })
    }
}

/// An expectation, and what comes of it.
#[derive(Debug)]
pub struct Check<'s> {
    /// The expectation.
    pub expectation: &'s Expectation,
    /// What the configuration makes of it.
    pub model: Verdict,
    /// What an address answers; none where none was asked.
    pub seen: Option<Verdict>,
}

impl Check<'_> {
    /// What comes of it: what fails first, then what was seen.
    #[must_use]
    pub fn verdict(&self) -> &Verdict {
        if self.model.fails() { &self.model } else { self.seen.as_ref().unwrap_or(&self.model) }
    }
}

/// What is wrong with a test as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where it stands.
    pub at: Span,
    /// What it is.
    pub message: String,
}

/// A test, and what comes of it.
#[derive(Debug)]
pub struct Judged<'s> {
    /// The test.
    pub test: &'s Test,
    /// Its expectations.
    pub checks: Vec<Check<'s>>,
    /// What is wrong with it as a whole.
    pub problems: Vec<Problem>,
}

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Summary {
    /// All expectations hold.
    Passed,
    /// Some cannot be checked from here, and the rest hold.
    Unchecked,
    /// Some do not hold.
    Failed,
}

impl Summary {
    /// The word for it in machine formats.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Unchecked => "unchecked",
            Self::Failed => "failed",
        }
    }
}

impl Judged<'_> {
    /// How the test ended.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let of = |check: &Check<'_>| match check.verdict() {
            Verdict::Holds => Summary::Passed,
            Verdict::Unchecked(_) => Summary::Unchecked,
            Verdict::Differs { .. } | Verdict::Depends { .. } => Summary::Failed,
        };
        let worst = self.checks.iter().map(of).max().unwrap_or(Summary::Passed);
        if self.problems.is_empty() { worst } else { Summary::Failed }
    }
}
