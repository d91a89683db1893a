//! Data to people and machines: a folder for each kind of answer, and what they share.
//!
//! Nothing here writes anywhere. Text from outside passes through [`untrusted`] before it becomes part of a message, so that no
//! manifest can move the cursor of a terminal or turn the direction of a line.

pub mod advisories;
pub mod catalog;
pub mod changes;
mod comma;
mod cut;
pub mod decision;
pub mod difference;
mod entries;
pub mod expectations;
pub mod findings;
pub mod inventory;
pub mod json;
mod lines;
mod marked;
pub mod origins;
mod page;
pub mod proof;
mod region;
pub mod releases;
pub mod replay;
pub mod report;
pub mod routes;
pub mod rule_pages;
pub mod untrusted;

use anstyle::{AnsiColor, Style};

/// How text for people is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paint {
    /// With colours.
    pub colours: bool,
    /// With links, in a terminal that opens them.
    pub links: bool,
    /// Columns of the terminal; none where it is not known, as in a pipe.
    pub width: Option<usize>,
}

impl Paint {
    /// The style of a colour; plain without colours.
    fn style(self, colour: AnsiColor) -> Style {
        if self.colours { colour.on_default() } else { Style::new() }
    }

    fn styled(self, style: Style, text: &str) -> String {
        if self.colours { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// A text that stands out; as it is without colours.
    #[must_use]
    pub fn bold(self, text: &str) -> String {
        self.styled(Style::new().bold(), text)
    }

    fn dim(self, text: &str) -> String {
        self.styled(Style::new().dimmed(), text)
    }
}
