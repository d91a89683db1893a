//! Two sides against one another: what differs, in words, with places and causes.
//!
//! [`diff`](crate::diff) compares trees, and [`cause`](crate::cause) knows what manifests govern; here edits are tried, one by one, and
//! what they do is compared with what differs.

mod alike;
mod by_host;
mod certificates;
mod comparison;
mod contents;
mod dump;
mod effects;
mod entry;
mod experiment;
mod explainer;
mod follow;
mod guess;
mod lost;
mod merge;
mod missing;
mod mistaken;
mod origins;
mod raw;
mod replicas;
mod running;
mod seen;
mod settled;
mod side;
mod singles;
mod supposition;
mod trial;
mod unsaid;
mod upstreams;

pub use by_host::{Rest, rest};
pub use comparison::{Comparison, Told};
pub use dump::{Dump, Unusable};
pub use entry::{Because, Differences, Drift, Entry, Replicas};
pub use mistaken::{Mistaken, tells};
pub use origins::{Origins, Render, Write, query, written};
pub use replicas::groups;
pub use side::Side;
pub use unsaid::{Unsaid, between as unsaid};
