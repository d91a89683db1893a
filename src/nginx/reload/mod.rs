//! What nginx refuses of a configuration.
//!
//! The judgement is made on the text, as `nginx -t` makes it: where a directive may stand (`walk`), what it takes (`arguments`,
//! `values`, `process`), what follows from several of them (`buffers`), what it names that no other part defines (`variables`, `zones`), and
//! which names are too long (`hashes`).
//! What nginx knows is a table (`directives`, `rows`).

mod arguments;
mod buffers;
mod ciphers;
mod curves;
mod directives;
mod hashes;
mod judge;
mod outside;
mod pattern;
mod process;
mod refusal;
mod rows;
mod values;
mod variables;
mod walk;
mod zones;

pub use curves::is_curve_list;
pub use judge::Judge;
pub use refusal::Refusal;

/// The nginx that reads a configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Build {
    /// That of the controller's image, with its modules and its user.
    Controller,
    /// One that somebody installed.
    Stock,
}

/// Everything in a configuration that nginx refuses.
#[must_use]
pub fn refusals(text: &str, build: Build) -> Vec<Refusal> {
    let mut judge = Judge::new(build);
    judge.take(text);
    judge.into_refusals()
}
