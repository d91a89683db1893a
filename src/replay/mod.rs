//! Requests of an access log, asked again: of two configurations, or of one that the log is compared with.
//!
//! A log does not tell all of a request. What it leaves out is either shown to make no difference, or the request counts as not compared,
//! with the reason. Headers that the format does not hold are taken as not sent, and how many requests came by a place that looks at one
//! is counted.

mod answer;
mod asked;
mod cache;
mod compare;
mod difference;
mod drift;
mod hosts;
mod judge;
mod tally;

pub use answer::{End, Shown};
pub use asked::Usual;
pub use cache::Cache;
pub use compare::Comparison;
pub use difference::{Difference, Kind, Reason};
pub use drift::Drift;
pub use judge::{Asked, Judge, Judged, Verdict};
pub use tally::{Example, Group, Place, Tally};
