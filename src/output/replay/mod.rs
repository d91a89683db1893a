//! Requests of a log that are answered otherwise: for people, for scripts, and for pull requests.
//!
//! Whoever sent them did not do so for a report: values of arguments, numbers and tokens in paths are left out unless they are asked for.

mod json;
mod markdown;
mod text;
mod words;

pub use json::json;
pub use markdown::markdown;
pub use text::text;

use std::rc::Rc;
use std::sync::Arc;

use super::decision::Places;
use crate::replay::{Difference, Example, Tally};
use crate::route::Decision;

/// What a replay compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Between {
    /// What ran, by the log, with what manifests declare.
    LogAndManifests,
    /// What ran, by the log, with a configuration that runs somewhere.
    LogAndLive,
    /// One configuration with another.
    BaseAndHead,
}

impl Between {
    /// The words for both sides.
    #[must_use]
    pub fn names(self) -> [&'static str; 2] {
        match self {
            Self::LogAndManifests => ["ran", "declared"],
            Self::LogAndLive => ["ran", "live"],
            Self::BaseAndHead => ["base", "head"],
        }
    }

    /// How what ran is compared, as the end of a sentence; nothing where it is not.
    fn as_wanted(self) -> Option<&'static str> {
        match self {
            Self::LogAndManifests => Some("is declared"),
            Self::LogAndLive => Some("the live configuration says"),
            Self::BaseAndHead => None,
        }
    }
}

/// What a replay found.
#[derive(Debug)]
pub struct Replayed<'a> {
    /// The side that ran, or that was: a name.
    pub before: String,
    /// The other one.
    pub after: String,
    /// What is compared.
    pub between: Between,
    /// The logs, as the user named them.
    pub logs: Vec<String>,
    /// What was counted.
    pub tally: &'a Tally,
    /// The groups, the largest first.
    pub groups: Vec<Group<'a>>,
    /// What was not compared or is not known for certain, a sentence each.
    pub notes: Vec<String>,
    /// Values of requests are shown.
    pub shows_requests: bool,
}

/// Requests that are answered otherwise in the same way.
#[derive(Debug)]
pub struct Group<'a> {
    /// What they have in common.
    pub difference: Arc<Difference>,
    /// How many.
    pub count: usize,
    /// The first of them.
    pub example: &'a Example,
    /// What both sides do with it, as far as they are asked.
    pub sides: [Option<Side>; 2],
}

/// What one side does with an example.
#[derive(Debug)]
pub struct Side {
    /// The decision.
    pub decision: Decision,
    /// Where its directives come from.
    pub places: Rc<Places>,
}
