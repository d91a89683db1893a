//! Data to people and machines: findings as text with the lines they are about and in the formats of others, and differences.
//!
//! Nothing here writes anywhere. Text from outside passes through [`untrusted`] before it becomes part of a message, so that no
//! manifest can move the cursor of a terminal or turn the direction of a line.

pub mod catalog;
pub mod changes;
mod cut;
pub mod difference;
pub mod excerpt;
pub mod few;
pub mod findings;
pub mod fixes;
pub mod github;
pub mod json;
pub mod junit;
mod lines;
pub mod origins;
pub mod patch;
mod region;
pub mod releases;
pub mod report;
pub mod rule_pages;
pub mod sarif;
pub mod summary;
pub mod untrusted;

use anstyle::{AnsiColor, Style};

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::SourceMap;

/// What a check found.
#[derive(Debug, Clone, Copy)]
pub struct Findings<'a> {
    /// The findings, in the order in which they are shown.
    pub all: &'a [Diagnostic],
    /// How many more there were that the settings suppress.
    pub suppressed: usize,
    /// The lowest severity that fails the run.
    pub deny: Severity,
    /// All texts that were read.
    pub sources: &'a SourceMap,
}

/// How text for people is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paint {
    /// With colours.
    pub colours: bool,
    /// Columns of the terminal; none where it is not known, as in a pipe.
    pub width: Option<usize>,
}

impl Paint {
    /// The style of a colour; plain without colours.
    fn style(self, colour: AnsiColor) -> Style {
        if self.colours { colour.on_default() } else { Style::new() }
    }
}
