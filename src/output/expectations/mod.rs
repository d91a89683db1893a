//! What comes of expectations: for people, for scripts, and as test runners tell it; and the file that they are written in.

mod github;
mod json;
mod junit;
mod text;
mod words;
mod yaml;

pub use github::github;
pub use json::json;
pub use junit::junit;
pub use text::text;
pub use yaml::yaml;

use super::decision::Places;
use crate::diagnostic::Diagnostic;
use crate::expect::{Coverage, Judged, Summary};
use crate::source::SourceMap;

/// What came of a file of expectations.
#[derive(Debug)]
pub struct Report<'a> {
    /// What was asked.
    pub side: String,
    /// The addresses that were asked as well.
    pub against: Vec<String>,
    /// The tests, in the order of the file.
    pub tests: Vec<Judged<'a>>,
    /// The file.
    pub sources: &'a SourceMap,
    /// What is wrong with the file.
    pub findings: &'a [Diagnostic],
    /// Where the directives come from that decided.
    pub places: Places,
    /// What the expectations touch.
    pub coverage: &'a Coverage<'a>,
    /// How much of it they must touch, in percent.
    pub least: Option<f64>,
    /// What they do not touch is shown.
    pub shows_coverage: bool,
    /// Tests that passed are shown as well.
    pub shows_all: bool,
    /// What the answers do not rest on, in sentences.
    pub notes: Vec<String>,
}

impl Report<'_> {
    /// How many tests ended so.
    #[must_use]
    pub fn count(&self, summary: Summary) -> usize {
        self.tests.iter().filter(|judged| judged.summary() == summary).count()
    }

    /// Whether less is touched than must be.
    #[must_use]
    pub fn touches_too_little(&self) -> bool {
        self.least.is_some_and(|least| self.coverage.percent() < least)
    }
}
