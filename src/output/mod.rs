//! Data to people: findings as text with the lines they are about, and differences.
//!
//! Nothing here writes anywhere. Text from outside passes through [`untrusted`] before it becomes part of a message, so that no
//! manifest can move the cursor of a terminal or turn the direction of a line.

pub mod changes;
pub mod excerpt;
pub mod findings;
pub mod report;
pub mod untrusted;

use anstyle::{AnsiColor, Style};

/// How text for people is made up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Paint {
    /// With colours.
    pub colours: bool,
}

impl Paint {
    /// The style of a colour; plain without colours.
    fn style(self, colour: AnsiColor) -> Style {
        if self.colours { colour.on_default() } else { Style::new() }
    }
}
