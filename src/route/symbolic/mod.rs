//! All requests at once: two configurations as functions of a request, compared region by region.
//!
//! The paths of a host fall into regions by what both sides test of them (`words`); within a region, both sides are walked over values
//! that are functions of the request (`walk`, `term`), and ask for the same assumptions where their ways part (`assume`, `test`). Where
//! both come to the same function on all ways, they are equal for every request. Where they do not, a request is looked for that the
//! engine for single requests answers otherwise (`requests`, `seen`): without one there is no difference, and no proof either.

mod assume;
mod compare;
mod facts;
mod hosts;
mod judge;
mod leaf;
mod left_out;
mod proof;
mod requests;
mod seen;
mod shown;
mod side;
mod term;
mod test;
mod texts;
mod unlike;
mod unserved;
mod walk;
mod words;
mod work;

pub use facts::Fact;
pub use left_out::is_host_alike;
pub use proof::{Difference, Doubt, Facts, HostProof, Limits, Pair, Proof, Region, Strength, Verdict};
pub use texts::Alike;
pub use unlike::{Aspect, Kind};
