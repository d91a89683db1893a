//! Expectations on requests, and whether a configuration meets them.
//!
//! A [`Suite`] is read from YAML ([`read()`]) or made of what is there ([`generate`]). [`judge`] asks the route engine about each request and
//! compares all ways that the request may take: an expectation holds if it holds on all of them. One request that comes alone to a
//! backend that serves is meant, so that limits, and backends that fail, are no ways of their own unless they are named; everything else
//! that the request does not say must be named by the expectation ([`Test::when`]), or else what depends on it fails. [`seen`] compares
//! with what an address answers, as far as that can be seen from outside. [`Coverage`] tells what no expectation touches.

mod compare;
mod coverage;
mod generate;
mod got;
mod judge;
mod name;
mod read;
mod sample;
mod seen;
mod suite;
mod verdict;
mod ways;
mod whom;

pub use coverage::{Coverage, Item, ItemKind};
pub use generate::{Draft, generate};
pub use got::Got;
pub use judge::judge;
pub use name::name;
pub use read::read;
pub use seen::{Seen, seen};
pub use suite::{Condition, Expectation, Expected, Status, Suite, Test};
pub use verdict::{Check, Judged, Problem, Summary, Verdict};
pub use whom::ServiceName;
