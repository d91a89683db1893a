//! All routes, for people, for scripts, for tables, and as a page that explains them.

mod csv;
mod html;
mod json;
mod markdown;
mod text;
pub(super) mod words;

pub use csv::csv;
use hashbrown::HashMap;
pub use html::html;
pub use json::json;
pub use markdown::markdown;
pub use text::text;

use crate::route::{Host, Port, Route};
use crate::source::Spot;

/// The routes that are shown.
#[derive(Debug)]
pub struct Routes<'a> {
    /// Where they come from.
    pub side: String,
    /// The hosts, and which of their routes are shown.
    pub hosts: Vec<Shown<'a>>,
    /// Where the proxy listens; the default of a port is a place among all hosts.
    pub ports: &'a [Port],
    /// Other hosts or routes are left out.
    pub is_part: bool,
    /// Where directives stand, by their starts; nothing where no file holds them.
    pub places: HashMap<u32, Spot>,
    /// What is not known of all of it, in sentences.
    pub notes: Vec<String>,
}

/// A host, and which of its routes are shown.
#[derive(Debug)]
pub struct Shown<'a> {
    /// The host.
    pub host: &'a Host,
    /// Its place among all hosts.
    pub at: usize,
    /// The places of the routes that are shown.
    pub routes: Vec<usize>,
}

impl<'a> Routes<'a> {
    /// All routes that are shown, with their hosts.
    fn all(&self) -> impl Iterator<Item = (&'a Host, &'a Route)> {
        self.hosts.iter().flat_map(|shown| shown.routes.iter().map(|at| (shown.host, &shown.host.routes[*at])))
    }
}
