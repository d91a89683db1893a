//! What nginx refuses of a configuration.
//!
//! The judgement is made on the text, as `nginx -t` makes it: where a directive may stand (`walk`), what it takes (`arguments`,
//! `rules`, `values`, `process`, `tables`), what follows from several of them (`pairs`, `buffers`, `location`), what it names that no other
//! part defines (`variables`, `zones`) or another one defines too (`definitions`), and which names are too long (`hashes`).
//! What nginx knows is a table (`directives`, `rows`). What a snippet names outside of the configuration is no part of the judgement:
//! who asks for it (`outside`) is told what might not be there.

mod arguments;
mod buffers;
mod ciphers;
mod curves;
mod definitions;
mod directives;
mod forms;
mod hashes;
mod image;
mod judge;
mod listen;
mod location;
mod outside;
mod owner;
mod pairs;
mod pass;
mod pattern;
mod process;
mod refusal;
mod rows;
mod rules;
mod tables;
mod units;
mod values;
mod variables;
mod waf;
mod walk;
mod zones;

pub use curves::is_curve_list;
pub use image::Release;
pub use judge::{Judge, TakePortions};
pub use outside::{outside, upstreams};
pub(super) use owner::{owner, server_name};
pub use refusal::Refusal;
pub use rows::run_on;
pub use units::size;

/// The nginx that reads a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// That of the image of a release of the controller, with its modules and its user.
    Controller(Release),
    /// One that somebody installed, from release 1.22 on.
    Stock,
    /// The same from release 1.25.1 on, where HTTP/2 and HTTP/3 have directives of their own.
    Recent,
}

impl Build {
    fn is_controller(self) -> bool {
        matches!(self, Self::Controller(_))
    }
}

/// Everything in a configuration that nginx refuses.
#[must_use]
pub fn refusals(text: &str, build: Build) -> Vec<Refusal> {
    let mut judge = Judge::new(build);
    judge.take(text);
    judge.into_refusals()
}
