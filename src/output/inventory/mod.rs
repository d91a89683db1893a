//! An inventory, for people, for scripts, for tables, and as a page that is shown to others.

mod charts;
mod csv;
mod html;
mod json;
mod markdown;
mod text;
mod words;

pub use csv::csv;
pub use html::html;
pub use json::{json, read};
pub use markdown::markdown;
pub use text::text;

use crate::inventory::{Comparison, Inventory};

/// What is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// The inventory.
    pub inventory: &'a Inventory,
    /// What differs from one before, where one was given.
    pub comparison: Option<&'a Comparison>,
}
